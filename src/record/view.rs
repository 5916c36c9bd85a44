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
    let vault = Vault::of(dir);
    let in_vault = Files::of(&vault, takes)?;
    let mut rebuilt = Rebuilt::default();
    for film in films {
        let path = dir.join(folder_name(&film.edition));
        Folder { path, vault: &vault, takes, files: &in_vault, film }.rebuild(&mut rebuilt)?;
    }
    Ok(rebuilt)
}

/// One film's folder while it is rebuilt.
struct Folder<'a> {
    path: PathBuf,
    vault: &'a Vault,
    takes: &'a Takes,
    files: &'a Files,
    film: &'a Film,
}

/// What is there by name; plain files with their stamp.
type There = BTreeMap<String, Option<Stamp>>;
type Wanted = BTreeMap<String, Nonce>;

impl Folder<'_> {
    fn rebuild(&self, rebuilt: &mut Rebuilt) -> Result<(), DiskError> {
        let wanted = self.wanted();
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
        let steps = self.steps(&wanted)?;
        self.take(&steps, rebuilt)?;
        if wanted.is_empty() {
            // Removes the folder where nothing at all is left in it.
            let _ = fs::remove_dir(&self.path);
        }
        Ok(())
    }

    fn wanted(&self) -> Wanted {
        let numbered = self.film.clips.iter().enumerate();
        let shown = numbered.filter_map(|(index, clip)| Some((index, clip, clip.take?)));
        let there = shown.filter(|(_, _, nonce)| self.files.has(*nonce));
        let count = self.film.clips.len();
        there.map(|(index, clip, nonce)| (file_name(index, count, clip), nonce)).collect()
    }

    /// What is to be done. Files that would be removed, but aren't safe in the vault, count as somebody else's.
    fn steps(&self, wanted: &Wanted) -> Result<Steps, DiskError> {
        let there = self.there()?;
        let mut owners = BTreeMap::new();
        for (name, stamp) in &there {
            let owner = stamp.map(|stamp| self.owner(name, &stamp, wanted)).transpose()?;
            owners.insert(name.clone(), owner.flatten());
        }
        let foreign = self.unsafe_to_remove(&steps::between(&owners, wanted), &there)?;
        owners.extend(foreign.into_iter().map(|name| (name, None)));
        Ok(steps::between(&owners, wanted))
    }

    /// The entries that bear such names as a rebuild gives.
    fn there(&self) -> Result<There, DiskError> {
        let mut there = BTreeMap::new();
        for entry in disk::list(&self.path)? {
            let Ok(name) = entry.file_name().into_string() else { continue };
            if name::is_ours(&name) {
                let plain = disk::look(&entry.path())?.filter(Metadata::is_file);
                there.insert(name, plain.map(|meta| Stamp::of(&meta)));
            }
        }
        Ok(there)
    }

    /// Whose take it is. Read only where its identity, or its size and time, do not tell:
    /// a folder that was copied has other ones.
    fn owner(&self, name: &str, stamp: &Stamp, wanted: &Wanted) -> Result<Option<Nonce>, DiskError> {
        let candidates = match self.files.known(stamp) {
            [only] => return Ok(Some(*only)),
            [] => self.files.of_size(stamp),
            several => several,
        };
        if candidates.is_empty() {
            return Ok(None);
        }
        let hash = vault::hash(&self.path.join(name))?;
        let landed = |nonce: &Nonce| self.takes.get(*nonce).and_then(|take| take.landed.as_ref());
        let same = |nonce: &&Nonce| landed(nonce).map(|landed| &landed.hash) == hash.as_ref();
        let right = wanted.get(name).filter(|nonce| candidates.contains(nonce)).filter(same);
        Ok(right.or_else(|| candidates.iter().find(same)).copied())
    }

    fn unsafe_to_remove(&self, steps: &Steps, there: &There) -> Result<BTreeSet<String>, DiskError> {
        let mut found = BTreeSet::new();
        for (name, nonce) in &steps.removals {
            let linked =
                there.get(name).copied().flatten().is_some_and(|stamp| self.files.is_in_vault(&stamp));
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
            settle(&self.path.join(from), &self.path.join(to), rebuilt)?;
        }
        for (name, nonce) in &steps.makes {
            let Some(take) = self.takes.get(*nonce) else { continue };
            let (to, temp) = (self.path.join(name), disk::beside(&self.path.join(name)));
            link::link(&self.vault.path(take), &temp)?;
            settle(&temp, &to, rebuilt)?;
            disk::remove(&temp)?;
        }
        Ok(())
    }
}

/// A name that only differs in case may be taken where the file system does not tell them apart.
fn settle(from: &Path, to: &Path, rebuilt: &mut Rebuilt) -> Result<(), DiskError> {
    match disk::rename_new(from, to)? {
        Moved::Yes => rebuilt.made += 1,
        Moved::NameTaken => rebuilt.in_the_way.push(to.to_owned()),
    }
    Ok(())
}

/// The files of the vault that have the length that landed, found by which takes a file may belong to:
/// it is the vault's file under another name, has its size and modification time, which every copy is given,
/// or at least its size.
#[derive(Debug, Default)]
struct Files {
    takes: BTreeSet<Nonce>,
    by_identity: BTreeMap<(u64, u64), [Nonce; 1]>,
    by_time: BTreeMap<(u64, i64), Vec<Nonce>>,
    by_size: BTreeMap<u64, Vec<Nonce>>,
}

impl Files {
    fn of(vault: &Vault, takes: &Takes) -> Result<Self, DiskError> {
        let mut files = Self::default();
        for take in takes.iter() {
            if let Some(stamp) = in_vault(vault, take)? {
                files.takes.insert(take.nonce);
                files.by_identity.insert(stamp.identity, [take.nonce]);
                files.by_time.entry((stamp.bytes, stamp.nanos())).or_default().push(take.nonce);
                files.by_size.entry(stamp.bytes).or_default().push(take.nonce);
            }
        }
        Ok(files)
    }

    fn has(&self, nonce: Nonce) -> bool {
        self.takes.contains(&nonce)
    }

    fn is_in_vault(&self, stamp: &Stamp) -> bool {
        self.by_identity.contains_key(&stamp.identity)
    }

    fn of_size(&self, stamp: &Stamp) -> &[Nonce] {
        self.by_size.get(&stamp.bytes).map_or(&[], Vec::as_slice)
    }

    fn known(&self, stamp: &Stamp) -> &[Nonce] {
        if let Some(nonce) = self.by_identity.get(&stamp.identity) {
            return nonce;
        }
        self.by_time.get(&(stamp.bytes, stamp.nanos())).map_or(&[], Vec::as_slice)
    }
}

/// The take's file, where it has the length that landed.
fn in_vault(vault: &Vault, take: &Take) -> Result<Option<Stamp>, DiskError> {
    let Some(landed) = &take.landed else { return Ok(None) };
    let stamp = vault.look(&vault.path(take))?.filter(Metadata::is_file).map(|meta| Stamp::of(&meta));
    Ok(stamp.filter(|stamp| stamp.bytes == landed.bytes))
}
