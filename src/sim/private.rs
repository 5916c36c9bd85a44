//! Files with a secret in them: readable by their owner alone from the first byte on.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use tempfile::NamedTempFile;

/// For a file that grows: one that is made is its owner's alone.
pub(super) fn options() -> OpenOptions {
    #[allow(unused_mut, reason = "other systems have no modes")]
    let mut options = File::options();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Replaces what was there; whole, or not at all.
pub(super) fn write(path: &Path, text: &str) -> io::Result<()> {
    // A temporary file is its owner's alone.
    let mut file = NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|failed| failed.error)
}
