//! fal's callbacks: a listener that believes only what fal has signed for a purchase of this record, and tells the run
//! that it is time to look. What came of a purchase is never read from a callback, and nothing is bought or recorded here.

mod address;
mod admission;
mod hook;
mod keyring;
mod listener;
mod signature;
mod tally;

pub use address::{NotPublic, PublicUrl};
pub use hook::Hook;
pub use listener::{Listener, Needs, NotListening};
pub use tally::{Heard, Tally};
