//! Gives a file of the vault a second name: by reflink, else by hard link, else by copy.
//! The source is only ever read.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::super::disk::{self, DiskError};
use crate::crash::{Op, gate};

/// Makes `to`, which must not exist, show the bytes of `from`.
pub(super) fn link(from: &Path, to: &Path) -> Result<(), DiskError> {
    if dated(from, to, |from, to| reflink_copy::reflink(from, to)).is_ok() {
        return Ok(());
    }
    disk::remove(to)?;
    if gate(Op::Link { from }, to, || fs::hard_link(from, to)).is_ok() {
        return Ok(());
    }
    let copied = dated(from, to, |from, to| fs::copy(from, to).map(drop));
    copied.map_err(disk::failed("copy a clip to", to)).inspect_err(|_| drop(disk::remove(to)))
}

/// A copy is known again by its modification time, which is that of its source.
fn dated(from: &Path, to: &Path, make: impl FnOnce(&Path, &Path) -> io::Result<()>) -> io::Result<()> {
    gate(Op::Link { from }, to, || make(from, to))?;
    let time = fs::symlink_metadata(from)?.modified()?;
    File::open(to)?.set_modified(time)
}
