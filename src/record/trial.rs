//! Whether a file system does what the record is built on: locks that hold, files that are replaced in one step.
//! Tried with files of its own, which are gone afterwards.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;

/// What the file system does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trial {
    /// A second hand does not get what is locked.
    pub locks: bool,
    /// A file is replaced under its name.
    pub replaces: bool,
    /// `A` and `a` are two files.
    pub tells_cases_apart: bool,
}

/// Why it could not be tried: most often, nothing may be written there.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct TrialError(#[from] io::Error);

/// Tries the file system of a folder that is there.
///
/// # Errors
/// Nothing can be written there.
pub fn trial(folder: &Path) -> Result<Trial, TrialError> {
    let own = tempfile::Builder::new().prefix(".shotlist-trial-").tempdir_in(folder)?;
    let (upper, lower) = (own.path().join("A"), own.path().join("a"));
    fs::write(&upper, "first")?;
    let tells_cases_apart = !lower.exists();
    let locks = holds_locks(&upper)?;
    let next = own.path().join("next");
    fs::write(&next, "second")?;
    let replaces = fs::rename(&next, &upper).is_ok() && fs::read(&upper)? == b"second";
    own.close()?;
    Ok(Trial { locks, replaces, tells_cases_apart })
}

fn holds_locks(path: &Path) -> io::Result<bool> {
    let (one, other) = (File::open(path)?, File::open(path)?);
    if one.try_lock().is_err() {
        return Ok(false);
    }
    Ok(matches!(other.try_lock(), Err(TryLockError::WouldBlock)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_usual_folder_can_hold_the_record_and_is_left_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let trial = trial(folder.path()).unwrap();
        assert!(trial.locks && trial.replaces);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(trial(&folder.path().join("gone")).is_err());
    }
}
