//! A folder to work in, beside what is made: files have plain names in it, so that no path of a user's ever reaches a list
//! or a filter of ffmpeg's. Gone when nobody holds it any more.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::ffmpeg::FfmpegError;

/// Why there is no film or still.
#[derive(Debug, thiserror::Error)]
pub enum CutError {
    #[error(transparent)]
    Ffmpeg(#[from] FfmpegError),
    #[error("{0}: {1}")]
    Clip(String, FfmpegError),
    #[error("could not write {path}: {cause}", path = .0.display(), cause = .1)]
    Unwritten(PathBuf, io::Error),
    #[error("what ffmpeg made is not the film that was asked for: {0}; nothing was written")]
    Wrong(String),
}

#[derive(Debug)]
pub(super) struct Workshop(TempDir);

impl Workshop {
    /// In the folder that the result goes to, so that it can be moved there in one step.
    pub(super) fn beside(result: &Path) -> Result<Self, CutError> {
        let folder =
            result.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let made = tempfile::Builder::new().prefix(".shotlist-cut-").tempdir_in(folder);
        made.map(Self).map_err(|error| CutError::Unwritten(folder.to_owned(), error))
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    /// A file from elsewhere under a plain name.
    pub(super) fn bring(&self, file: &Path, name: &str) -> Result<(), CutError> {
        let to = self.path().join(name);
        link(file, &to).map_err(|error| CutError::Unwritten(to, error))
    }

    pub(super) fn write(&self, name: &str, text: &str) -> Result<(), CutError> {
        let to = self.path().join(name);
        fs::write(&to, text).map_err(|error| CutError::Unwritten(to, error))
    }

    /// A file that is done, under its own name; what has that name is replaced.
    pub(super) fn hand_over(&self, name: &str, to: &Path) -> Result<(), CutError> {
        fs::rename(self.path().join(name), to).map_err(|error| CutError::Unwritten(to.to_owned(), error))
    }
}

#[cfg(unix)]
fn link(file: &Path, to: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(file, to)
}

#[cfg(not(unix))]
fn link(file: &Path, to: &Path) -> io::Result<()> {
    fs::hard_link(file, to).or_else(|_| fs::copy(file, to).map(drop))
}
