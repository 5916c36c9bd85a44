//! Faults on demand: rules say what goes wrong, how often and with which call. Drawn from a hash of the seed, the call, the
//! request and the attempt, so that the same clip meets the same faults in any order and after a restart.

mod bad_end;
mod dice;
mod glob;
mod kind;
mod list;
mod nature;
mod param;
mod read;
mod rule;

pub(super) use bad_end::BadEnd;
pub(super) use dice::{Dice, Met, Who};
pub use kind::{Call, Kind};
pub use list::{Faults, WrongFaults};
pub use param::Param;
pub use rule::{Rule, What};

#[cfg(test)]
mod tests;
