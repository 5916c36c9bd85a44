//! The view: the chosen takes as numbered files in story order, made from the vault and rebuilt at will.
//! Touches nothing in the vault, and removes or moves only files whose bytes are safe there.

mod link;
mod name;
mod steps;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};

use super::disk::{self, DiskError, Moved, Stamp};
use super::vault::{self, Vault};
use crate::address::{Address, Edition};
use crate::take::{Nonce, Take, Takes};
use steps::Steps;

pub use name::{file_name, folder_name};

/// One edition of a storyboard: all its clips in story order, whatever was selected for a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Film {
    pub edition: Edition,
    pub clips: Vec<Clip>,
}

/// A clip's place in its film.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clip {
    pub first: Address,
    pub last: Address,
    /// The chosen take; the clip keeps its number while there is none.
    pub take: Option<Nonce>,
}

/// What a rebuild did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Files made or moved to a new name.
    pub made: usize,
    pub removed: usize,
    /// Not ours, and left alone; the clip that belongs there has no file in the view.
    pub in_the_way: Vec<PathBuf>,
}

/// Makes the folder of every film show its chosen takes. Other folders are not touched.
/// A take whose file is not in the vault is left out. Blocking.
///
/// # Errors
/// The disk failed; the view is then made anew by the next rebuild.
pub fn rebuild(dir: &Path, takes: &Takes, films: &[Film]) -> Result<Rebuilt, DiskError> {
    let mut rebuilt = Rebuilt::default();
    for film in films {
        Folder::new(dir, takes, film).rebuild(&mut rebuilt)?;
    }
    Ok(rebuilt)
}

/// One film's folder while it is rebuilt.
struct Folder<'a> {
    path: PathBuf,
    vault: Vault,
    takes: &'a Takes,
    film: &'a Film,
}

impl<'a> Folder<'a> {
    fn new(dir: &Path, takes: &'a Takes, film: &'a Film) -> Self {
        Self { path: dir.join(folder_name(&film.edition)), vault: Vault::of(dir), takes, film }
    }

    fn rebuild(&self, rebuilt: &mut Rebuilt) -> Result<(), DiskError> {
        let (wanted, files) = self.wanted()?;
        match disk::look(&self.path)? {
            Some(meta) if meta.is_dir() => {}
            Some(_) => {
                rebuilt.in_the_way.push(self.path.clone());
                return Ok(());
            }
            None if wanted.is_empty() => return Ok(()),
            None => disk::create_dir_all(&self.path)?,
        }
        disk::sweep(&self.path)?;
        let steps = self.steps(&wanted, files)?;
        self.take(&steps, rebuilt)?;
        if wanted.is_empty() {
            // Removes the folder where nothing at all is left in it.
            let _ = fs::remove_dir(&self.path);
        }
        Ok(())
    }

    /// The names of the files to be, and the vault's files behind them.
    fn wanted(&self) -> Result<(BTreeMap<String, Nonce>, Files), DiskError> {
        let (mut wanted, mut files) = (BTreeMap::new(), Files::default());
        for (index, clip) in self.film.clips.iter().enumerate() {
            let Some(take) = clip.take.and_then(|nonce| self.takes.get(nonce)) else { continue };
            if let Some(stamp) = self.in_vault(take)? {
                files.add(take.nonce, stamp);
                wanted.insert(file_name(index, self.film.clips.len(), clip), take.nonce);
            }
        }
        Ok((wanted, files))
    }

    /// The take's file in the vault, where it has the length that landed.
    fn in_vault(&self, take: &Take) -> Result<Option<Stamp>, DiskError> {
        let Some(landed) = &take.landed else { return Ok(None) };
        let plain = disk::look(&self.vault.path(take))?.filter(Metadata::is_file);
        Ok(plain.map(|meta| Stamp::of(&meta)).filter(|stamp| stamp.bytes == landed.bytes))
    }

    /// What is to be done. Files that would be removed, but aren't safe in the vault, count as somebody else's.
    fn steps(&self, wanted: &BTreeMap<String, Nonce>, mut files: Files) -> Result<Steps, DiskError> {
        let there = self.there()?;
        if there.keys().any(|name| !wanted.contains_key(name)) || !files.know_all(&there) {
            for take in self.takes.iter() {
                if let Some(stamp) = self.in_vault(take)? {
                    files.add(take.nonce, stamp);
                }
            }
        }
        let mut owners = files.owners(&there);
        let foreign = self.unsafe_to_remove(&steps::between(&owners, wanted), &there, &files)?;
        owners.extend(foreign.into_iter().map(|name| (name, None)));
        Ok(steps::between(&owners, wanted))
    }

    /// The entries that bear such names as a rebuild gives; plain files with their stamp.
    fn there(&self) -> Result<BTreeMap<String, Option<Stamp>>, DiskError> {
        let mut there = BTreeMap::new();
        for entry in disk::list(&self.path)? {
            let Some(name) = entry.file_name().to_str().filter(|name| name::is_ours(name)).map(str::to_owned)
            else {
                continue;
            };
            let plain = disk::look(&entry.path())?.filter(Metadata::is_file);
            there.insert(name, plain.map(|meta| Stamp::of(&meta)));
        }
        Ok(there)
    }

    fn unsafe_to_remove(
        &self,
        steps: &Steps,
        there: &BTreeMap<String, Option<Stamp>>,
        files: &Files,
    ) -> Result<BTreeSet<String>, DiskError> {
        let mut found = BTreeSet::new();
        for (name, nonce) in &steps.removals {
            let linked = there.get(name).copied().flatten().is_some_and(|stamp| files.is_same_file(&stamp));
            if !linked && !self.is_copy(name, *nonce)? {
                found.insert(name.clone());
            }
        }
        Ok(found)
    }

    /// Size and time may lie, and the view's file may be the last one: both are read before one is removed.
    fn is_copy(&self, name: &str, nonce: Nonce) -> Result<bool, DiskError> {
        let Some(take) = self.takes.get(nonce) else { return Ok(false) };
        let Some(landed) = &take.landed else { return Ok(false) };
        let is_right = |path: &Path| vault::hash(path).map(|hash| hash.as_ref() == Some(&landed.hash));
        Ok(is_right(&self.path.join(name))? && is_right(&self.vault.path(take))?)
    }

    /// Everything that moves goes out of the way first, so that two files can exchange their numbers.
    fn take(&self, steps: &Steps, rebuilt: &mut Rebuilt) -> Result<(), DiskError> {
        rebuilt.in_the_way.extend(steps.in_the_way.iter().map(|name| self.path.join(name)));
        for name in steps.removals.keys() {
            disk::remove(&self.path.join(name))?;
            rebuilt.removed += 1;
        }
        for from in steps.moves.keys().filter(|from| !name::is_on_its_way(from)) {
            let _ = disk::rename_new(&self.path.join(from), &self.path.join(name::on_its_way(from)))?;
        }
        for (from, to) in &steps.moves {
            let from = if name::is_on_its_way(from) { from.clone() } else { name::on_its_way(from) };
            self.settle(&self.path.join(from), &self.path.join(to), rebuilt)?;
        }
        for (name, nonce) in &steps.makes {
            let Some(take) = self.takes.get(*nonce) else { continue };
            let (to, temp) = (self.path.join(name), disk::beside(&self.path.join(name)));
            link::link(&self.vault.path(take), &temp)?;
            self.settle(&temp, &to, rebuilt)?;
        }
        Ok(())
    }

    /// A name that only differs in case may be taken where the file system does not tell them apart.
    #[expect(clippy::unused_self, reason = "reads as one of the folder's steps")]
    fn settle(&self, from: &Path, to: &Path, rebuilt: &mut Rebuilt) -> Result<(), DiskError> {
        match disk::rename_new(from, to)? {
            Moved::Yes => rebuilt.made += 1,
            Moved::NameTaken => rebuilt.in_the_way.push(to.to_owned()),
        }
        Ok(())
    }
}

/// Which take a file belongs to, told without reading it: it is the vault's file under another name,
/// or has its size and modification time, which every copy is given.
#[derive(Debug, Default)]
struct Files {
    by_identity: BTreeMap<(u64, u64), Nonce>,
    by_time: BTreeMap<(u64, i64), Nonce>,
}

impl Files {
    fn add(&mut self, nonce: Nonce, stamp: Stamp) {
        self.by_identity.insert(stamp.identity, nonce);
        self.by_time.insert((stamp.bytes, stamp.nanos()), nonce);
    }

    fn is_same_file(&self, stamp: &Stamp) -> bool {
        self.by_identity.contains_key(&stamp.identity)
    }

    fn owner(&self, stamp: &Stamp) -> Option<Nonce> {
        let by_time = || self.by_time.get(&(stamp.bytes, stamp.nanos()));
        self.by_identity.get(&stamp.identity).or_else(by_time).copied()
    }

    fn know_all(&self, there: &BTreeMap<String, Option<Stamp>>) -> bool {
        there.values().flatten().all(|stamp| self.owner(stamp).is_some())
    }

    fn owners(&self, there: &BTreeMap<String, Option<Stamp>>) -> BTreeMap<String, Option<Nonce>> {
        there.iter().map(|(name, stamp)| (name.clone(), stamp.and_then(|stamp| self.owner(&stamp)))).collect()
    }
}
