//! Many clips against a simulator in which everything goes wrong, and the program killed at random: nothing may be bought
//! twice, lost, or put on disk wrong. The judge knows the simulator's audit and the files, and nothing else.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and says where; one that takes minutes says what it saw"
)]

mod audit;
mod boards;
mod judge;
mod kills;
mod mixed;
mod mixes;
mod stage;
