//! What the tests share: a queue with a script, a platform with prices, and project folders to run the program in.

pub(crate) mod caller;
pub(crate) mod meter;
pub(crate) mod platform;
pub(crate) mod project;
pub(crate) mod queue;
pub(crate) mod script;
pub(crate) mod server;
pub(crate) mod tunnel;
mod video;

use std::time::{Duration, Instant};

/// Longer than anything here takes; a test that waits for it has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(45);

/// Waits until it is so.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < PATIENCE, "still not: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
