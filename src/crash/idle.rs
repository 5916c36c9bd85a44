//! The normal build: every point, mark and gate is nothing at all.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use super::{Mark, Op, Point};

/// Nothing; built with `crash-points` it may end the process.
#[inline]
pub const fn point(_point: Point) {}

/// Nothing; built with `crash-points` it is written down.
#[inline]
pub fn mark(_mark: Mark, _of: &dyn Display) {}

/// The exchange itself; built with `crash-points` it passes [`Point::RequestSent`].
#[inline]
pub fn unanswered<F: Future>(exchange: F) -> F {
    exchange
}

/// Does it; built with `crash-points` it may fail instead.
///
/// # Errors
/// Those of the operation.
#[inline]
pub fn gate<T>(_op: Op<'_>, _path: &Path, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    act()
}

/// Writes all bytes; built with `crash-points` it may fail in the middle of them.
///
/// # Errors
/// They could not be written.
#[inline]
pub fn write(mut file: &File, _path: &Path, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)
}
