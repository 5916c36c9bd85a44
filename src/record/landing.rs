//! A download on its way into the vault: hashed as it comes, checked, synced, and only then under its name.
//! Replaces nothing, ever; does not know where the bytes come from.

use std::fs::File;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use tokio::task;

use super::disk::{self, DiskError, Moved, Stamp};
use super::picture::{self, NotAVideo, Picture};
use super::vault::{self, Vault};
use crate::crash::{self, Point};
use crate::take::{Landed, Stored, Take};

/// A file being written. It survives a broken connection: ask for the bytes from [`Landing::bytes`] on,
/// or [`Landing::restart`] it. Dropped unfinished, it is removed.
///
/// What an earlier process left is not taken up again: after a loss of power its bytes may not be
/// what was received, and nothing in fal's answer could tell.
#[derive(Debug)]
pub struct Landing {
    file: File,
    part: Part,
    hasher: blake3::Hasher,
    bytes: u64,
    home: PathBuf,
    vault: PathBuf,
}

/// The temporary file, removed with its owner.
#[derive(Debug)]
struct Part(PathBuf);

impl Drop for Part {
    fn drop(&mut self) {
        // What stays behind is removed when the folder is next opened.
        let _ = disk::remove(&self.0);
    }
}

/// What has arrived, for the caller to judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    pub bytes: u64,
    /// blake3, in hex.
    pub hash: String,
    pub picture: Picture,
}

/// Why a file did not land.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LandError {
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error(transparent)]
    NotAVideo(#[from] NotAVideo),
    /// It is an MP4 file, and not one that can be filed. It is kept beside its place: the clip is paid for.
    #[error("{why}; what came is kept as {}", kept.display())]
    Unreadable { why: NotAVideo, kept: PathBuf },
    #[error("the file is not what was bought: {0}")]
    Refused(String),
    #[error("{} is in the way, and no part of the record; move it away and run again: it costs nothing", .0.display())]
    Occupied(PathBuf),
}

impl Landing {
    /// Starts an empty file for a take.
    ///
    /// # Errors
    /// It could not be made.
    pub fn begin(vault: &Vault, take: &Take) -> Result<Self, DiskError> {
        let home = vault.path(take);
        let part = disk::beside(&home);
        disk::create_dir_all(vault.dir())?;
        disk::remove(&part)?;
        let file = disk::create_new(&part)?;
        let vault = vault.dir().to_owned();
        Ok(Self { file, part: Part(part), hasher: blake3::Hasher::new(), bytes: 0, home, vault })
    }

    /// How many bytes have come so far.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Adds the next bytes. It waits for no sync, so it may be called from an async task.
    ///
    /// # Errors
    /// They could not be written; the landing is then only good for being dropped.
    pub fn write(&mut self, chunk: &[u8]) -> Result<(), DiskError> {
        disk::write(&self.file, &self.part.0, chunk)?;
        self.hasher.update(chunk);
        self.bytes += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        Ok(())
    }

    /// Forgets what has come, where the server can't go on from there or has another file by now.
    ///
    /// # Errors
    /// A new file could not be made.
    pub fn restart(&mut self) -> Result<(), DiskError> {
        disk::remove(&self.part.0)?;
        self.file = disk::create_new(&self.part.0)?;
        self.hasher.reset();
        self.bytes = 0;
        Ok(())
    }

    /// Checks the file, syncs it and gives it its name, off the async threads. `check` may refuse it.
    ///
    /// # Errors
    /// It is no video, was refused, could not be synced, or another file has its name.
    pub async fn finish<C>(self, now: Timestamp, check: C) -> Result<(Landed, Stored), LandError>
    where
        C: FnOnce(&Arrived) -> Result<(), String> + Send + 'static,
    {
        let done = task::spawn_blocking(move || self.land(now, check)).await;
        // A file so broken that its reader panicked is no video either.
        done.unwrap_or_else(|error| Err(NotAVideo::Unreadable(error.to_string()).into()))
    }

    fn land(
        self,
        now: Timestamp,
        check: impl FnOnce(&Arrived) -> Result<(), String>,
    ) -> Result<(Landed, Stored), LandError> {
        crash::point(Point::FileWritten);
        let picture = picture::inspect(&self.part.0).map_err(|why| self.unreadable(why))?;
        let arrived =
            Arrived { bytes: self.bytes, hash: self.hasher.finalize().to_hex().to_string(), picture };
        check(&arrived).map_err(LandError::Refused)?;
        let landed = landed(arrived.hash, self.bytes, picture, now);
        disk::set_read_only(&self.file, &self.part.0)?;
        disk::sync_all(&self.file, &self.part.0)?;
        crash::point(Point::FileSynced);
        match disk::rename_new(&self.part.0, &self.home)? {
            Moved::Yes => {}
            Moved::NameTaken => same_file(&self.home, &landed)?,
        }
        crash::point(Point::FileRenamed);
        disk::sync_dir(&self.vault)?;
        disk::remove(&kept(&self.home))?;
        Ok((landed, stored(&self.home, now)?))
    }

    /// A web page is thrown away; the newest of what begins as a video is kept.
    fn unreadable(&self, why: NotAVideo) -> LandError {
        let begins_well =
            matches!(why, NotAVideo::Truncated | NotAVideo::NoPicture) && self.bytes >= SHORTEST;
        if !begins_well {
            return why.into();
        }
        let kept = kept(&self.home);
        match disk::rename_over(&self.part.0, &kept) {
            Ok(()) => LandError::Unreadable { why, kept },
            Err(error) => error.into(),
        }
    }
}

/// The header of the box that says what a file is.
const SHORTEST: u64 = 8;

/// Where a take's file is kept that can't be filed: under no name that a clip has.
fn kept(home: &Path) -> PathBuf {
    let mut name = home.as_os_str().to_owned();
    name.push(".unreadable");
    name.into()
}

fn landed(hash: String, bytes: u64, picture: Picture, at: Timestamp) -> Landed {
    let Picture { width, height, millis } = picture;
    Landed { at, bytes, hash, width, height, millis }
}

fn stored(home: &Path, at: Timestamp) -> Result<Stored, DiskError> {
    let meta = disk::look(home)?.map(|meta| Stamp::of(&meta).nanos());
    Ok(Stored { at, modified: meta.unwrap_or_default() })
}

/// A run that was killed after the rename has landed this very file already.
fn same_file(home: &Path, landed: &Landed) -> Result<(), LandError> {
    let plain = disk::look(home)?.is_some_and(|meta| meta.is_file() && meta.len() == landed.bytes);
    if plain && vault::hash(home)?.as_ref() == Some(&landed.hash) {
        return Ok(());
    }
    Err(LandError::Occupied(home.to_owned()))
}

impl Vault {
    /// A file that an earlier run checked, synced and named, and was killed before it could record it.
    /// Blocking: it hashes the file.
    ///
    /// # Errors
    /// It can't be read.
    pub fn found(&self, take: &Take, now: Timestamp) -> Result<Option<(Landed, Stored)>, DiskError> {
        let path = self.path(take);
        let Some(meta) = disk::look(&path)?.filter(std::fs::Metadata::is_file) else { return Ok(None) };
        let Ok(picture) = picture::inspect(&path) else { return Ok(None) };
        let Some(hash) = vault::hash(&path)? else { return Ok(None) };
        // That run may have been killed before its name was on disk.
        disk::sync_dir(self.dir())?;
        Ok(Some((landed(hash, meta.len(), picture, now), stored(&path, now)?)))
    }
}
