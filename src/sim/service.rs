//! What the simulator does: takes requests, runs as many as have a place, ends them, and has their videos.
//! Knows the queue, the journal and the clock; knows nothing of HTTP.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use uuid::Uuid;

use super::animatic::Typefaces;
use super::callback::Callbacks;
use super::faults::Dice;
use super::films::Films;
use super::job::{Ending, Job, Order, Submission};
use super::journal::{Entry, Journal, NotRecorded};
use super::queue::{Cancelled, Queue};
use super::{Config, Size, Speed};
use crate::catalog::Catalog;

mod callbacks;
mod film;
mod output;
mod trouble;

#[derive(Debug)]
pub(super) struct Service {
    pub(super) catalog: Arc<Catalog>,
    /// Where this simulator is reached today.
    pub(super) origins: Origins,
    pub(super) dice: Dice,
    pub(super) speed: Speed,
    pub(super) callbacks: Callbacks,
    size: Size,
    typefaces: Arc<Typefaces>,
    queue: Mutex<Queue>,
    journal: Journal,
    films: Films,
    pace: Duration,
    changed: watch::Sender<()>,
    /// The videos whose first address has gone dead.
    dead: Mutex<BTreeSet<Uuid>>,
}

/// Who answers what.
#[derive(Clone, Debug)]
pub(super) struct Origins {
    pub(super) queue: String,
    pub(super) files: String,
    /// Where faulty links lead.
    pub(super) elsewhere: String,
}

impl Service {
    pub(super) fn new(
        config: &Config,
        typefaces: Typefaces,
        origins: Origins,
        queue: Queue,
        journal: Journal,
        callbacks: Callbacks,
    ) -> Self {
        let dice = Dice::new(config.seed, config.faults.clone());
        queue.jobs().for_each(|job| dice.remember(job.submission.who()));
        Self {
            catalog: Arc::clone(&config.catalog),
            origins,
            dice,
            speed: config.speed,
            callbacks,
            size: config.size,
            typefaces: Arc::new(typefaces),
            queue: Mutex::new(queue),
            journal,
            films: Films::default(),
            pace: config.pace,
            changed: watch::Sender::new(()),
            dead: Mutex::default(),
        }
    }

    pub(super) fn queue(&self) -> MutexGuard<'_, Queue> {
        super::lock(&self.queue)
    }

    /// Wakes whenever a request has moved on.
    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Takes a request: once this returns, no kill makes the simulator forget it. Says how many are ahead.
    pub(super) async fn submit(self: &Arc<Self>, order: Order) -> Result<(Uuid, usize), NotRecorded> {
        let submission = order.accepted(Uuid::now_v7(), now());
        self.journal.record(Entry::Submitted(submission.clone())).await?;
        let id = submission.id;
        self.queue().arrive(submission);
        let ahead = self.queue().ahead(id);
        self.fill();
        Ok((id, ahead))
    }

    pub(super) async fn cancel(self: &Arc<Self>, id: Uuid) -> Result<Cancelled, NotRecorded> {
        let cancelled = self.queue().cancel(id, now());
        if let Cancelled::Removed(ending) = &cancelled {
            self.journal.record(Entry::Ended { id, ending: ending.clone() }).await?;
            self.changed.send_replace(());
            self.call_back(id);
        }
        Ok(cancelled)
    }

    /// Begins whatever has a place.
    pub(super) fn fill(self: &Arc<Self>) {
        while let Some(submission) = self.start_next() {
            tokio::spawn(Arc::clone(self).run(submission));
        }
        self.changed.send_replace(());
    }

    fn start_next(&self) -> Option<Submission> {
        self.queue().start_next(now())
    }

    async fn run(self: Arc<Self>, submission: Submission) {
        let id = submission.id;
        let started = self.queue().job(id).and_then(Job::started);
        let (outcome, ()) =
            tokio::join!(self.outcome(&submission), tokio::time::sleep(self.speed.real(self.pace)));
        let ending = Ending { at: now(), started, outcome };
        // An ending that can't be recorded is found again, the same, by running once more after a restart.
        let _ = self.journal.record(Entry::Ended { id, ending: ending.clone() }).await;
        self.queue().end(id, ending);
        self.fill();
        self.call_back(id);
    }
}

/// In microseconds, which every client can read.
pub(super) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
}
