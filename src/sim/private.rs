//! Files with a secret in them: readable by their owner alone from the first byte on, and whole or not there.

use std::io::{self, Write as _};
use std::path::Path;

use tempfile::NamedTempFile;

/// Replaces what was there.
pub(super) fn write(path: &Path, text: &str) -> io::Result<()> {
    // A temporary file is its owner's alone.
    let mut file = NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|failed| failed.error)
}
