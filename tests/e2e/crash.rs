//! Killed at any moment, and again while recovering: nothing is bought twice, and every clip that was paid for lands.

#[cfg(feature = "crash-points")]
pub(crate) mod faults;
#[cfg(feature = "crash-points")]
mod panics;
#[cfg(feature = "crash-points")]
pub(crate) mod points;
mod random;
pub(crate) mod scene;
