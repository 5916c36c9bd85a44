//! The one thread that writes the record: many lines with one sync, the check before a submit, the compaction.
//! Decides when a change made by somebody else stops the buying; not what is written.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::PathBuf;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use super::AppendError;
use super::disk::{self, DiskError, Stamp};
use super::line;
use super::lock::Lock;
use super::passed::{self, Passed};
use super::read::{self, JOURNAL, Loaded, MANIFEST, RecordError, Text};
use crate::take::{Facts, Nonce, Take, Takes};

/// What is known in memory, and which takes the journal tells of.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) takes: Takes,
    pub(super) in_journal: BTreeSet<Nonce>,
}

/// Something to be done, and where to say what came of it.
#[derive(Debug)]
pub(super) enum Job {
    Append(Vec<u8>, oneshot::Sender<Result<(), AppendError>>),
    Check(oneshot::Sender<Result<(), Changed>>),
    Finish(oneshot::Sender<Result<(), RecordError>>),
}

/// Why nothing more may be bought.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Changed {
    #[error(
        "{} was changed by somebody else while this run was buying (git checkout, stash or clean?); \
         run again to go on from what is there now",
        .0.display()
    )]
    File(PathBuf),
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error("the thread that writes the record has ended")]
    Ended,
}

/// Everything the thread owns; the lock goes when it ends.
#[derive(Debug)]
pub(super) struct Keeper {
    pub(super) dir: PathBuf,
    pub(super) lock: Lock,
    pub(super) journal: File,
    pub(super) journal_stamp: Stamp,
    pub(super) manifest_stamp: Option<Stamp>,
    pub(super) known: Arc<Mutex<Known>>,
    /// Once set, nothing is written any more.
    pub(super) failed: Option<RecordError>,
    /// Once set, nothing is bought any more.
    pub(super) changed: Option<PathBuf>,
}

impl Keeper {
    pub(super) fn run(mut self, jobs: &Receiver<Job>) {
        while let Ok(first) = jobs.recv() {
            let batch: Vec<Job> = std::iter::once(first).chain(jobs.try_iter()).collect();
            self.serve(batch);
        }
    }

    /// Lines first: what is then checked or finished includes them. Who asked may be gone, which is no error.
    fn serve(&mut self, batch: Vec<Job>) {
        let (mut lines, mut waiting, mut checks, mut finishes) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for job in batch {
            match job {
                Job::Append(line, reply) => {
                    lines.extend(line);
                    waiting.push(reply);
                }
                Job::Check(reply) => checks.push(reply),
                Job::Finish(reply) => finishes.push(reply),
            }
        }
        if !waiting.is_empty() {
            let done = self.commit(&lines).map_err(AppendError::from);
            for reply in waiting {
                let _ = reply.send(done.clone());
            }
        }
        for reply in checks {
            let _ = reply.send(self.check());
        }
        for reply in finishes {
            let _ = reply.send(self.finish());
        }
    }

    fn commit(&mut self, lines: &[u8]) -> Result<(), RecordError> {
        if let Some(failed) = &self.failed {
            return Err(failed.clone());
        }
        let done = self.restore().and_then(|()| Ok(self.write(lines)?));
        if let Err(error) = &done {
            self.failed = Some(error.clone());
        }
        done
    }

    fn write(&mut self, lines: &[u8]) -> Result<(), DiskError> {
        let path = self.dir.join(JOURNAL);
        let before = disk::stamp(&self.journal, &path)?;
        self.note(before == self.journal_stamp, JOURNAL);
        disk::write(&self.journal, &path, lines)?;
        passed::lines(lines, Passed::Appended);
        disk::sync_data(&self.journal, &path)?;
        passed::lines(lines, Passed::Synced);
        self.journal_stamp = disk::stamp(&self.journal, &path)?;
        Ok(())
    }

    fn note(&mut self, same: bool, name: &str) {
        if !same && self.changed.is_none() {
            self.changed = Some(self.dir.join(name));
        }
    }

    /// A journal that was removed or exchanged under this run would take the receipts of its purchases with it:
    /// it is written again from memory, joined with what lies there now.
    fn restore(&mut self) -> Result<(), RecordError> {
        let path = self.dir.join(JOURNAL);
        let there = disk::look(&path)?.map(|meta| Stamp::of(&meta).identity);
        if there == Some(self.journal_stamp.identity) {
            return Ok(());
        }
        self.note(false, JOURNAL);
        disk::create_dir_all(&self.dir)?;
        let (text, takes) = read::load_journal(&self.dir)?;
        self.take_in(&takes)?;
        self.write_journal(&text)
    }

    fn take_in(&mut self, takes: &Takes) -> Result<(), RecordError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        for take in takes.iter() {
            join(&mut known.takes, take)?;
            known.in_journal.insert(take.nonce);
        }
        Ok(())
    }

    fn check(&mut self) -> Result<(), Changed> {
        if let Some(failed) = &self.failed {
            return Err(Changed::Record(failed.clone()));
        }
        let (journal, manifest) = (Some(self.journal_stamp), self.manifest_stamp);
        for (name, expected) in [(JOURNAL, journal), (MANIFEST, manifest)] {
            let found = disk::look(&self.dir.join(name)).map_err(RecordError::Disk)?;
            self.note(found.map(|meta| Stamp::of(&meta)) == expected, name);
        }
        let held = self.lock.holds().map_err(RecordError::Disk)?;
        self.note(held, ".lock");
        self.changed.clone().map_or(Ok(()), |path| Err(Changed::File(path)))
    }

    /// Both files again from what is on disk now and what this run knows. Tried even after a failure:
    /// a disk that has room again may still take what it refused.
    fn finish(&mut self) -> Result<(), RecordError> {
        self.restore()?;
        let loaded = read::load_again(&self.dir)?;
        self.absorb(&loaded)?;
        self.write_manifest(&loaded)?;
        self.write_journal(&loaded.journal)
    }

    /// Joins what is on disk with what this run wrote, and forgets what only an exchanged manifest told.
    fn absorb(&mut self, loaded: &Loaded) -> Result<(), RecordError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut takes = loaded.folded.takes.clone();
        for nonce in &known.in_journal {
            if let Some(take) = known.takes.get(*nonce) {
                join(&mut takes, take)?;
            }
        }
        known.takes = takes;
        known.in_journal.extend(&loaded.folded.in_journal);
        Ok(())
    }

    fn write_journal(&mut self, there: &Text) -> Result<(), RecordError> {
        let path = self.dir.join(JOURNAL);
        let text = self.text(JOURNAL_HEADER, |known| known.in_journal.clone(), Facts::from);
        if there.stamp.is_none() || there.bytes != text {
            disk::replace(&path, &text)?;
        }
        self.journal = disk::open_append(&path)?;
        self.journal_stamp = disk::stamp(&self.journal, &path)?;
        Ok(())
    }

    /// A take that was once in the manifest stays there, even one that is under way again.
    fn write_manifest(&mut self, loaded: &Loaded) -> Result<(), RecordError> {
        let path = self.dir.join(MANIFEST);
        let finished = |take: &&Take| !take.is_unfinished();
        let choose = |known: &Known| {
            let finished = known.takes.iter().filter(finished).map(|take| take.nonce);
            finished.chain(loaded.folded.in_manifest.iter().copied()).collect()
        };
        let text = self.text(MANIFEST_HEADER, choose, travelling);
        let is_empty = text.len() == line::of_header(MANIFEST_HEADER).len();
        let is_right = loaded.manifest.bytes == text || (is_empty && loaded.manifest.stamp.is_none());
        if !is_right {
            disk::replace(&path, &text)?;
        }
        self.manifest_stamp = disk::look(&path)?.map(|meta| Stamp::of(&meta));
        Ok(())
    }

    /// A header and one line a take, sorted by nonce, which is the order in which they were begun.
    fn text(
        &self,
        header: &str,
        choose: impl FnOnce(&Known) -> BTreeSet<Nonce>,
        tell: impl Fn(Take) -> Facts,
    ) -> Vec<u8> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let takes = choose(&known).into_iter().filter_map(|nonce| known.takes.get(nonce).cloned());
        line::of_all(header, takes.map(tell))
    }
}

/// Most takes are known alike on both sides, which is quickly seen.
fn join(takes: &mut Takes, take: &Take) -> Result<(), RecordError> {
    if takes.get(take.nonce) == Some(take) {
        return Ok(());
    }
    let joined = takes.join(Facts::from(take.clone()));
    joined.map(drop).map_err(|what| RecordError::Diverged { nonce: take.nonce, what })
}

/// What this machine's clock and disk say of a file stays here, and so does the secret that fal calls back with.
pub(super) fn travelling(take: Take) -> Facts {
    Facts { stored: None, token: None, ..Facts::from(take) }
}

pub(super) const JOURNAL_HEADER: &str = "Every step of every purchase made on this machine, written by shotlist. \
     It is what keeps a clip from being bought twice: don't edit or delete it, and don't commit it.";
pub(super) const MANIFEST_HEADER: &str = "Every purchase that is finished, one a line, written by shotlist. \
     Commit this file: it is what keeps a clip from being bought twice. After a merge keep the lines of both sides.";
