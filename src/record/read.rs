//! Reads journal and manifest from disk, without a lock, while another process may be writing them.
//! Does not decide what their lines mean together.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use super::disk::{self, DiskError, Stamp};
use super::fold::{self, Damage, Folded, Kind, Source};
use super::vault::Vault;
use crate::take::{Contradiction, Nonce, Takes};

pub(super) const JOURNAL: &str = ".journal.jsonl";
pub(super) const MANIFEST: &str = "manifest.jsonl";

/// How often a damaged record is read again when it changed meanwhile, and how long to wait before.
const ATTEMPTS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(25);

/// Why what is known can't be told.
#[derive(Clone, Debug, thiserror::Error)]
pub enum RecordError {
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error(transparent)]
    Damage(#[from] Damage),
    #[error(
        "{} holds {clips} clips, but {MANIFEST} and {JOURNAL} know of none: the record was lost; \
         restore {MANIFEST}, from git for example, or move the clips away to start anew",
        vault.display()
    )]
    Lost { vault: PathBuf, clips: usize },
    #[error(
        "the record was changed while this run was writing it, and now contradicts it on the take {nonce}, {what}"
    )]
    Diverged { nonce: Nonce, what: Contradiction },
}

/// Does a folder hold a record?
#[must_use]
pub fn is_here(dir: &Path) -> bool {
    [MANIFEST, JOURNAL].iter().any(|file| dir.join(file).is_file())
}

/// Is this where an output folder keeps its clips?
#[must_use]
pub fn is_vault(folder: &Path) -> bool {
    folder.parent().is_some_and(|dir| Vault::of(dir).dir() == folder && is_here(dir))
}

/// Both files as they were read.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) folded: Folded,
    pub(super) journal: Text,
    pub(super) manifest: Text,
}

/// A file's bytes, and which file it was; no stamp where there is no file.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) path: PathBuf,
    pub(super) bytes: Vec<u8>,
    pub(super) stamp: Option<Stamp>,
}

/// All that is known of an output folder: no takes where there is no folder.
///
/// # Errors
/// The record is damaged, lost or can't be read.
pub fn read(dir: &Path) -> Result<Takes, RecordError> {
    load(dir).map(|loaded| loaded.folded.takes)
}

/// Reads both files until they are whole, or damaged and at rest. No record at all beside clips is an error:
/// a record that was lost would have them bought again.
pub(super) fn load(dir: &Path) -> Result<Loaded, RecordError> {
    let loaded = load_again(dir)?;
    if !loaded.folded.takes.is_empty() {
        return Ok(loaded);
    }
    let vault = Vault::of(dir);
    match vault.clips()? {
        0 => Ok(loaded),
        clips => Err(RecordError::Lost { vault: vault.dir().to_owned(), clips }),
    }
}

/// The same for a run that knows what it has bought.
pub(super) fn load_again(dir: &Path) -> Result<Loaded, RecordError> {
    let mut attempt = 1;
    loop {
        let journal = text(dir.join(JOURNAL))?;
        let manifest = text(dir.join(MANIFEST))?;
        match fold::fold(&[journal.source(Kind::Journal), manifest.source(Kind::Manifest)]) {
            Ok(folded) => return Ok(Loaded { folded, journal, manifest }),
            Err(_) if attempt < ATTEMPTS && (journal.has_changed() || manifest.has_changed()) => {}
            Err(damage) => return Err(damage.into()),
        }
        attempt += 1;
        thread::sleep(PAUSE);
    }
}

/// The journal alone, which never depends on the manifest.
pub(super) fn load_journal(dir: &Path) -> Result<(Text, Takes), RecordError> {
    let journal = text(dir.join(JOURNAL))?;
    let folded = fold::fold(&[journal.source(Kind::Journal)])?;
    Ok((journal, folded.takes))
}

fn text(path: PathBuf) -> Result<Text, DiskError> {
    let Some(file) = disk::open(&path)? else {
        return Ok(Text { path, bytes: Vec::new(), stamp: None });
    };
    let bytes = disk::read(&file, &path)?;
    let stamp = disk::stamp(&file, &path)?;
    Ok(Text { path, bytes, stamp: Some(stamp) })
}

impl Text {
    pub(super) fn source(&self, kind: Kind) -> Source<'_> {
        Source { file: &self.path, text: &self.bytes, kind }
    }

    fn has_changed(&self) -> bool {
        let now = disk::look(&self.path).ok().flatten().map(|meta| Stamp::of(&meta));
        now != self.stamp
    }
}
