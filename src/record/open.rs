//! Opens the record for buying: takes the lock, and refuses a folder of which it can't be sure before touching it.
//! Repairs only what a killed run may leave: a torn last line of the journal, and temporary files.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread;

use super::Record;
use super::disk::{self, DiskError};
use super::fold::{End, Place};
use super::keeper::{JOURNAL_HEADER, Keeper, Known};
use super::line;
use super::lock::{Holder, Lock, LockError, LockWait};
use super::read::{self, JOURNAL, Loaded, RecordError, Text};
use super::vault::Vault;
use crate::crash::{self, Point};

/// Something that was put right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Notice {
    /// The journal's last line was never written to its end, as when a run is killed; it was dropped.
    #[error(
        "{place}: the last line was cut off in the middle, as when a run is killed; its {bytes} bytes were dropped"
    )]
    TornLine { place: Place, bytes: usize },
}

/// Why the folder can't be used.
#[derive(Clone, Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(
        "{} holds takes bought from {recorded}, and this run would buy from {wanted}; give another folder with --out",
        dir.display()
    )]
    Foreign { dir: PathBuf, recorded: String, wanted: String },
}

impl From<DiskError> for OpenError {
    fn from(error: DiskError) -> Self {
        Self::Record(error.into())
    }
}

impl Record {
    /// Opens the folder's record, made anew where there is none, and holds the folder's lock from then on.
    ///
    /// # Errors
    /// Another run holds the folder, it was bought from another queue, its record is damaged or lost,
    /// or the disk failed. Nothing but `.lock` was written then.
    pub fn open(dir: &Path, origin: &str, me: &Holder, wait: LockWait) -> Result<Self, OpenError> {
        disk::create_dir_all(dir)?;
        let lock = Lock::take(dir, me, wait)?;
        crash::point(Point::LockTaken);
        let loaded = read::load(dir)?;
        same_origin(dir, origin, &loaded)?;
        Vault::of(dir).prepare()?;
        disk::sweep(dir)?;
        greet(dir)?;
        let notices = repair(&loaded)?;
        start(dir, origin, lock, loaded, notices)
    }
}

fn same_origin(dir: &Path, origin: &str, loaded: &Loaded) -> Result<(), OpenError> {
    let Some(take) = loaded.folded.takes.foreign(origin) else { return Ok(()) };
    Err(OpenError::Foreign {
        dir: dir.to_owned(),
        recorded: take.intent.origin.clone(),
        wanted: origin.to_owned(),
    })
}

/// Tells git, in a folder that is all ours, what travels and how it is merged. What is there stays.
fn greet(dir: &Path) -> Result<(), DiskError> {
    let ours = |name: &str| [".lock", "takes", ".gitattributes"].contains(&name);
    if !disk::list(dir)?.iter().all(|entry| entry.file_name().to_str().is_some_and(ours)) {
        return Ok(());
    }
    for (name, text) in [(".gitattributes", GITATTRIBUTES), (".gitignore", GITIGNORE)] {
        disk::replace(&dir.join(name), text.as_bytes())?;
    }
    Ok(())
}

const GITATTRIBUTES: &str = "manifest.jsonl merge=union text eol=lf\n";
const GITIGNORE: &str = "# The manifest is the record that travels; everything else stays on this machine.\n\
     /*\n!/.gitattributes\n!/.gitignore\n!/manifest.jsonl\n";

/// Readers hold no lock, so a torn line goes by a new file, never by cutting the one they read.
fn repair(loaded: &Loaded) -> Result<Vec<Notice>, DiskError> {
    let Text { path, bytes, stamp } = &loaded.journal;
    match loaded.folded.journal_end {
        _ if stamp.is_none() => {
            // A run that was killed here may have made the folder, and not yet made sure of it.
            disk::sync_dir(disk::parent(disk::parent(path)))?;
            disk::replace(path, &line::of_header(JOURNAL_HEADER))?;
        }
        End::Whole => {}
        End::NoNewline => {
            let journal = disk::open_append(path)?;
            disk::write(&journal, path, b"\n")?;
            disk::sync_data(&journal, path)?;
        }
        End::Torn { line, start } => {
            disk::replace(path, &bytes[..start])?;
            let place = Place { file: path.clone(), line };
            return Ok(vec![Notice::TornLine { place, bytes: bytes.len() - start }]);
        }
    }
    Ok(Vec::new())
}

fn start(
    dir: &Path,
    origin: &str,
    lock: Lock,
    loaded: Loaded,
    notices: Vec<Notice>,
) -> Result<Record, OpenError> {
    let path = dir.join(JOURNAL);
    let journal = disk::open_append(&path)?;
    // What a killed run wrote may be in memory alone, and from here on it is relied on.
    disk::sync_data(&journal, &path)?;
    disk::sync_dir(dir)?;
    let journal_stamp = disk::stamp(&journal, &path)?;
    let known = Known { takes: loaded.folded.takes, in_journal: loaded.folded.in_journal };
    let known = Arc::new(Mutex::new(known));
    let keeper = Keeper {
        dir: dir.to_owned(),
        lock,
        journal,
        journal_stamp,
        manifest_stamp: loaded.manifest.stamp,
        known: Arc::clone(&known),
        failed: None,
        changed: None,
    };
    let (jobs, queue) = mpsc::channel();
    let keeper = thread::Builder::new().name("record".to_owned()).spawn(move || keeper.run(&queue));
    let keeper = keeper.map_err(disk::failed("start the writer of", &path))?;
    let (dir, origin) = (dir.to_owned(), origin.to_owned());
    Ok(Record { dir, origin, known, notices, jobs: Some(jobs), keeper: Some(keeper) })
}
