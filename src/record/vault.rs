//! The vault: the paid files, read-only and never replaced, and whether each is still what landed.
//! Follows no link out of the folder; does not decide what to do about a file that is gone.

use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::disk::{self, DiskError, Moved, Stamp};
use crate::take::{Landed, Stored, Take};

/// The folder `takes/` of an output folder.
#[derive(Clone, Debug)]
pub struct Vault {
    dir: PathBuf,
}

/// What lies where a landed take's file should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileState {
    /// It is what landed.
    Present,
    /// It is what landed, as its hash says, though its time was not as recorded: record this.
    Touched(Stored),
    Missing,
    /// A file with other bytes.
    Altered,
    /// A link, a folder, a pipe: nothing that is ever opened.
    NotAFile,
}

impl FileState {
    #[must_use]
    pub fn is_right(&self) -> bool {
        matches!(self, Self::Present | Self::Touched(_))
    }
}

/// What is believed without reading a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// A file of the size and time recorded is the one that landed.
    SizeAndTime,
    /// Nothing: every file is hashed.
    Nothing,
}

impl Vault {
    /// The vault of an output folder.
    #[must_use]
    pub fn of(dir: &Path) -> Self {
        Self { dir: dir.join("takes") }
    }

    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where a take's file lies or will lie.
    #[must_use]
    pub fn path(&self, take: &Take) -> PathBuf {
        self.dir.join(take.file_name())
    }

    /// The path as others should write it down: relative to the output folder, with `/`.
    #[must_use]
    pub fn relative_path(take: &Take) -> String {
        format!("takes/{}", take.file_name())
    }

    /// Makes the folder, and removes what killed downloads left in it.
    pub(super) fn prepare(&self) -> Result<(), DiskError> {
        match disk::look(&self.dir)? {
            None => disk::create_dir_all(&self.dir),
            Some(meta) if meta.is_dir() => disk::sweep(&self.dir),
            Some(_) => {
                let error = io::Error::new(io::ErrorKind::NotADirectory, "it is no folder; move it away");
                Err(disk::failed("use", &self.dir)(error))
            }
        }
    }

    /// How many files in it bear a clip's name.
    pub(super) fn clips(&self) -> Result<usize, DiskError> {
        if !disk::look(&self.dir)?.is_some_and(|meta| meta.is_dir()) {
            return Ok(0);
        }
        let entries = disk::list(&self.dir)?;
        Ok(entries.iter().filter(|entry| entry.file_name().to_str().is_some_and(is_clip_name)).count())
    }

    /// What lies where the take's file should be; missing where the take has not landed.
    /// `now` is the time written into [`FileState::Touched`].
    ///
    /// # Errors
    /// The file can't be looked at or read.
    pub fn state(&self, take: &Take, trust: Trust, now: Timestamp) -> Result<FileState, DiskError> {
        let Some(landed) = &take.landed else { return Ok(FileState::Missing) };
        let path = self.path(take);
        let Some(meta) = self.look(&path)? else { return Ok(FileState::Missing) };
        if !meta.is_file() {
            return Ok(FileState::NotAFile);
        }
        let stamp = Stamp::of(&meta);
        if stamp.bytes != landed.bytes {
            return Ok(FileState::Altered);
        }
        let is_as_recorded = take.stored.is_some_and(|stored| stored.modified == stamp.nanos());
        if is_as_recorded && trust == Trust::SizeAndTime {
            return Ok(FileState::Present);
        }
        hashed(&path, landed, &stamp, is_as_recorded, now)
    }

    /// What lies in the vault itself; nothing where `takes/` is no folder of ours.
    pub(super) fn look(&self, path: &Path) -> Result<Option<Metadata>, DiskError> {
        match disk::look(&self.dir)? {
            Some(meta) if meta.is_dir() => disk::look(path),
            _ => Ok(None),
        }
    }

    /// Moves whatever has the take's name out of the way, so that the file can be fetched anew. Nothing is deleted.
    /// Returns where it went; none where nothing was there.
    ///
    /// # Errors
    /// It could not be moved.
    pub fn set_aside(&self, take: &Take) -> Result<Option<PathBuf>, DiskError> {
        let path = self.path(take);
        for number in 1_u32.. {
            let aside = self.dir.join(format!("{}.aside-{number}", take.file_name()));
            match disk::look(&path)? {
                None => return Ok(None),
                Some(_) if disk::rename_new(&path, &aside)? == Moved::NameTaken => {}
                Some(_) => {
                    disk::sync_dir(&self.dir)?;
                    return Ok(Some(aside));
                }
            }
        }
        Ok(None)
    }
}

/// `0123456789abcdef-01234567.mp4`
fn is_clip_name(name: &str) -> bool {
    let hex = |text: &str, digits| text.len() == digits && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let parts = name.strip_suffix(".mp4").and_then(|stem| stem.split_once('-'));
    parts.is_some_and(|(fingerprint, nonce)| hex(fingerprint, 16) && hex(nonce, 8))
}

fn hashed(
    path: &Path,
    landed: &Landed,
    stamp: &Stamp,
    is_as_recorded: bool,
    now: Timestamp,
) -> Result<FileState, DiskError> {
    match hash(path)? {
        None => Ok(FileState::Missing),
        Some(hash) if hash != landed.hash => Ok(FileState::Altered),
        Some(_) if is_as_recorded => Ok(FileState::Present),
        Some(_) => Ok(FileState::Touched(Stored { at: now, modified: stamp.nanos() })),
    }
}

/// blake3 of a plain file, in hex; none where there is none.
pub(super) fn hash(path: &Path) -> Result<Option<String>, DiskError> {
    let Some(file) = disk::open(path)? else { return Ok(None) };
    hash_of(&file, path).map(|hasher| Some(hasher.finalize().to_hex().to_string()))
}

fn hash_of(file: &File, path: &Path) -> Result<blake3::Hasher, DiskError> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(file).map_err(disk::failed("read", path))?;
    Ok(hasher)
}
