//! The record of every purchase of an output folder, the vault of its files and the view made of them.
//! Decides what is known and keeps it on disk; does not decide what to buy, and knows no network.

mod disk;
mod fold;
#[cfg(any(fuzzing, test))]
pub mod fuzzing;
mod keeper;
mod landing;
mod line;
mod lock;
mod open;
mod passed;
mod picture;
mod read;
mod trial;
mod vault;
pub mod view;

use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use crate::crash::{self, Point};
use crate::take::{Contradiction, Facts, Joined, Nonce, Take, Takes};
use keeper::{Job, Known};

pub use disk::DiskError;
pub use fold::{Damage, Place, Told};
pub use keeper::Changed;
pub use landing::{Arrived, LandError, Landing};
pub use line::BadLine;
pub use lock::{Holder, LockError, LockWait, holder};
pub use open::{Notice, OpenError};
pub use picture::{Coding, Footage, NotAVideo, Picture, Sound, Timing, footage, inspect};
pub use read::{RecordError, is_here, is_vault, read};
pub use trial::{Trial, TrialError, trial};
pub use vault::{FileState, Trust, Vault};

/// The record, open for buying: the folder is locked for as long as this lives.
///
/// A thread of its own writes and syncs the lines, as many at once as are waiting.
#[derive(Debug)]
pub struct Record {
    dir: PathBuf,
    origin: String,
    known: Arc<Mutex<Known>>,
    notices: Vec<Notice>,
    jobs: Option<Sender<Job>>,
    keeper: Option<JoinHandle<()>>,
}

/// Why a line is not on disk. Nothing may be bought after any of these.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AppendError {
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error("what came of the take {nonce} contradicts the record, {what}")]
    Contradiction { nonce: Nonce, what: Contradiction },
    #[error("the take {0} was never begun")]
    NoIntent(Nonce),
    #[error("a take from {0} can't go into a folder of {1}")]
    Foreign(String, String),
    #[error("the take {0} can't be written so that it reads back; its request may be nested too deeply")]
    Unreadable(Nonce),
    #[error("the thread that writes the record has ended")]
    Ended,
}

impl Record {
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// What was found and put right at opening, for the user to hear of.
    #[must_use]
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    #[must_use]
    pub fn vault(&self) -> Vault {
        Vault::of(&self.dir)
    }

    /// Looks at all that is known. Keep it short: appending waits for it.
    pub fn with_takes<R>(&self, look: impl FnOnce(&Takes) -> R) -> R {
        look(&self.known().takes)
    }

    #[must_use]
    pub fn take(&self, nonce: Nonce) -> Option<Take> {
        self.known().takes.get(nonce).cloned()
    }

    /// Adds what is now known of a take; it is on disk when this returns.
    ///
    /// # Errors
    /// The line is not on disk. After a [`DiskError`] no later one will be either.
    pub async fn append(&self, facts: Facts) -> Result<(), AppendError> {
        let line = self.join(facts)?;
        self.ask(|reply| Job::Append(line, reply)).await?
    }

    /// Are journal, manifest and lock as this run last read or wrote them? Asked before every submit.
    ///
    /// # Errors
    /// Somebody else touched them, or the disk failed: from then on, and for good, nothing may be bought.
    pub async fn unchanged(&self) -> Result<(), Changed> {
        self.ask(Job::Check).await.map_err(|_| Changed::Ended)?
    }

    /// Writes the manifest anew from all that is known, and shortens the journal to one line a take.
    /// A file that says so already is not touched. The record stays open.
    ///
    /// # Errors
    /// The manifest can't be read any more, as after a merge conflict, and was left alone; or the disk failed.
    pub async fn finish(&self) -> Result<(), AppendError> {
        self.ask(Job::Finish).await?.map_err(AppendError::Record)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in the facts and says which line tells them. The journal's first line on a take tells all,
    /// so that the journal never depends on a manifest which git may exchange.
    fn join(&self, facts: Facts) -> Result<Vec<u8>, AppendError> {
        let nonce = facts.nonce;
        let mut known = self.known();
        if let Some(intent) = facts.intent.as_ref().filter(|intent| intent.origin != self.origin) {
            return Err(AppendError::Foreign(intent.origin.clone(), self.origin.clone()));
        }
        let earlier = known.takes.get(nonce).filter(|_| !known.in_journal.contains(&nonce));
        let mut told = earlier.cloned().map_or_else(|| Facts::of(nonce), Facts::from);
        told.join(facts).map_err(|what| AppendError::Contradiction { nonce, what })?;
        let line = readable(&told)?;
        match known.takes.join(told) {
            Ok(Joined::Take) => {}
            Ok(Joined::NoIntent) => return Err(AppendError::NoIntent(nonce)),
            Err(what) => return Err(AppendError::Contradiction { nonce, what }),
        }
        known.in_journal.insert(nonce);
        Ok(line)
    }

    async fn ask<T>(&self, job: impl FnOnce(oneshot::Sender<T>) -> Job) -> Result<T, AppendError> {
        let (reply, answer) = oneshot::channel();
        let sent = self.jobs.as_ref().and_then(|jobs| jobs.send(job(reply)).ok());
        sent.ok_or(AppendError::Ended)?;
        answer.await.map_err(|_| AppendError::Ended)
    }
}

/// The line that tells these facts. One that could not be read back would lock the folder for good.
fn readable(facts: &Facts) -> Result<Vec<u8>, AppendError> {
    let text = line::of_facts(facts.clone());
    match line::read(&text) {
        Ok(line::Line::Facts(back)) if *back == *facts => Ok(text),
        _ => Err(AppendError::Unreadable(facts.nonce)),
    }
}

/// Everything asked for is written before the lock is given back.
impl Drop for Record {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(keeper) = self.keeper.take() {
            // A keeper that panicked has already failed every append; there is nothing more to say here.
            let _ = keeper.join();
            crash::point(Point::LockReleased);
        }
    }
}

#[cfg(test)]
mod tests;
