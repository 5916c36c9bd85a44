//! One run at a time in an output folder: the lock, and who holds it.
//! The system frees it with the process, so a killed run never has to be cleaned up after.

use std::fmt;
use std::fs::{File, TryLockError};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::disk::{self, DiskError, Stamp};

/// How often a waiting run asks again.
const EVERY: Duration = Duration::from_millis(50);
/// Somebody may only be looking who holds it, which takes less than this.
const GLANCE: Duration = Duration::from_millis(200);

/// The run that holds a folder, in its own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub pid: u32,
    pub host: String,
    pub since: Timestamp,
    /// The command line, such as `shotlist render`.
    pub command: String,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pid, host, since, command } = self;
        write!(f, "`{command}` (process {pid} on {host}, since {since:.0})")
    }
}

/// What to do when another run holds the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockWait {
    /// Give up at once.
    No,
    /// Ask again for so long.
    For(Duration),
}

/// Why the folder is not ours.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LockError {
    #[error(
        "{} is held by {}; wait for it to end, as `shotlist render --lock-timeout SECONDS` does by itself",
        dir.display(),
        holder.as_ref().map_or("another run".to_owned(), ToString::to_string)
    )]
    Held { dir: PathBuf, holder: Option<Holder> },
    #[error(transparent)]
    Disk(#[from] DiskError),
}

/// The folder is ours for as long as this lives.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    file: File,
}

impl Lock {
    /// Takes the lock and writes who has it.
    pub(super) fn take(dir: &Path, me: &Holder, wait: LockWait) -> Result<Self, LockError> {
        let (started, path) = (Instant::now(), dir.join(".lock"));
        let patience = match wait {
            LockWait::No => GLANCE,
            LockWait::For(time) => time.max(GLANCE),
        };
        loop {
            if let Some(lock) = Self::attempt(&path, me)? {
                return Ok(lock);
            }
            if started.elapsed() >= patience {
                return Err(LockError::Held { dir: dir.to_owned(), holder: signed(&path) });
            }
            thread::sleep(EVERY);
        }
    }

    fn attempt(path: &Path, me: &Holder) -> Result<Option<Self>, DiskError> {
        disk::open(path)?;
        let file = disk::open_or_create(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(disk::failed("lock", path)(error)),
        }
        let lock = Self { path: path.to_owned(), file };
        // Somebody may have removed the file between opening and locking it; the next attempt makes a new one.
        if !lock.holds()? {
            return Ok(None);
        }
        lock.sign(me)?;
        Ok(Some(lock))
    }

    fn sign(&self, me: &Holder) -> Result<(), DiskError> {
        disk::truncate(&self.file, &self.path)?;
        let mut text = serde_json::to_vec(me).unwrap_or_default();
        text.push(b'\n');
        disk::write(&self.file, &self.path, &text)
    }

    /// Is the file at the path still the one that is locked?
    pub(super) fn holds(&self) -> Result<bool, DiskError> {
        let ours = disk::stamp(&self.file, &self.path)?.identity;
        Ok(disk::look(&self.path)?.is_some_and(|meta| Stamp::of(&meta).identity == ours))
    }
}

/// The run that holds the folder at this moment, asked without keeping it from anybody; none where nobody does.
#[must_use]
pub fn holder(dir: &Path) -> Option<Holder> {
    let path = dir.join(".lock");
    match disk::open(&path).ok()??.try_lock_shared() {
        Err(TryLockError::WouldBlock) => signed(&path),
        _ => None,
    }
}

/// Who says to hold it; none where that can't be read, as when it is being written.
fn signed(path: &Path) -> Option<Holder> {
    let mut text = String::new();
    disk::open(path).ok()??.take(64 * 1024).read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}
