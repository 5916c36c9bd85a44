//! What the simulator does: takes requests, runs as many as have a place, ends them, and has their videos.
//! Knows the queue, the journal and the clock; knows nothing of HTTP.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};

use jiff::Timestamp;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::account::Account;
use super::audit;
use super::callback::Callbacks;
use super::entry::Entry;
use super::faults::Dice;
use super::films::Films;
use super::footage::Stock;
use super::job::{Ending, Job, Order, Place};
use super::journal::{Journal, NotRecorded};
use super::latency::Draws;
use super::queue::{Cancelled, Queue};
use super::tokens::Tokens;
use super::{Config, Size, Speed};
use crate::catalog::Catalog;
use watch::Watchers;

mod callbacks;
mod deadline;
mod film;
mod kept;
mod output;
mod pace;
mod paid;
mod trouble;
mod watch;

/// Encoders at work at once: one for each core of a small machine.
const ENCODERS: usize = 2;

#[derive(Debug)]
pub(super) struct Service {
    pub(super) catalog: Arc<Catalog>,
    /// Where this simulator is reached today.
    pub(super) origins: Origins,
    pub(super) dice: Dice,
    pub(super) speed: Speed,
    pub(super) callbacks: Callbacks,
    pub(super) tokens: Tokens,
    size: Size,
    stock: Stock,
    encoders: Semaphore,
    queue: Mutex<Queue>,
    account: Mutex<Account>,
    journal: Journal,
    films: Films,
    draws: Draws,
    watchers: Watchers,
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
    /// As the journal left it: what had begun and not ended waits again.
    pub(super) fn new(
        config: &Config,
        stock: Stock,
        origins: Origins,
        entries: Vec<(Place, Entry)>,
        journal: Journal,
        callbacks: Callbacks,
    ) -> Self {
        let service = Self {
            catalog: Arc::clone(&config.catalog),
            origins,
            dice: Dice::new(config.seed, config.faults.clone()),
            speed: config.speed,
            callbacks,
            tokens: Tokens::default(),
            size: config.size,
            stock,
            encoders: Semaphore::new(ENCODERS),
            queue: Mutex::new(Queue::new(config.concurrency)),
            account: Mutex::new(Account::new(config.balance, config.lock_below)),
            journal,
            films: Films::default(),
            draws: Draws::new(config.seed, config.latency),
            watchers: Watchers::default(),
            dead: Mutex::default(),
        };
        for (place, entry) in entries {
            service.replay(place, entry);
        }
        service
    }

    fn replay(&self, place: Place, entry: Entry) {
        match entry {
            Entry::Submitted(submission) => {
                let filed = submission.filed(place);
                self.dice.remember(filed.who());
                self.queue().arrive(filed);
            }
            Entry::Ended { id, ending } => self.settle(id, ending),
            Entry::CalledBack(attempt) => self.queue().called_back(attempt),
            Entry::Deleted { id } => self.queue().delete_payloads(id),
            Entry::Account(change) => self.apply(&change),
        }
    }

    pub(super) fn queue(&self) -> MutexGuard<'_, Queue> {
        super::lock(&self.queue)
    }

    /// Takes a request: once this returns, no kill makes the simulator forget it. Says how many are ahead.
    pub(super) async fn submit(self: &Arc<Self>, order: Order) -> Result<(Uuid, usize), NotRecorded> {
        let submission = order.accepted(Uuid::now_v7(), now());
        let place = self.journal.record(Entry::Submitted(submission.clone())).await?;
        let filed = submission.filed(place);
        let id = filed.id;
        self.queue().arrive(filed);
        let ahead = self.queue().ahead(id);
        self.set_deadline(id);
        self.hold_back(id);
        self.fill();
        Ok((id, ahead))
    }

    /// Takes a request that does not wait, and begins it. None where no place is free.
    pub(super) async fn begin(self: &Arc<Self>, order: Order) -> Result<Option<Uuid>, NotRecorded> {
        let submission = order.accepted(Uuid::now_v7(), now());
        let id = submission.id;
        if !self.queue().reserve(id) {
            return Ok(None);
        }
        let recorded = self.journal.record(Entry::Submitted(submission.clone())).await;
        let place = recorded.inspect_err(|_| self.queue().release(id))?;
        self.queue().begin(submission.filed(place), now());
        tokio::spawn(Arc::clone(self).run(id));
        Ok(Some(id))
    }

    pub(super) async fn cancel(self: &Arc<Self>, id: Uuid) -> Result<Cancelled, NotRecorded> {
        let cancelled = self.queue().cancel(id, now());
        if let Cancelled::Removed(ending) = &cancelled {
            let recorded = self.journal.record(Entry::Ended { id, ending: ending.clone() }).await;
            recorded.inspect_err(|_| self.uncancel(id))?;
            self.watchers.ended(id);
            self.call_back(id);
        }
        Ok(cancelled)
    }

    /// What a later start would run has not ended, whatever its client wished.
    fn uncancel(self: &Arc<Self>, id: Uuid) {
        self.queue().wait_again(id);
        self.fill();
    }

    /// Begins whatever has a place.
    pub(super) fn fill(self: &Arc<Self>) {
        while let Some(id) = self.start_next() {
            self.watchers.moved(id);
            tokio::spawn(Arc::clone(self).run(id));
        }
    }

    fn start_next(&self) -> Option<Uuid> {
        self.queue().start_next(now())
    }

    async fn run(self: Arc<Self>, id: Uuid) {
        let started = self.queue().job(id).and_then(Job::started);
        self.journal.tell(|| audit::started(started, id));
        let (outcome, ()) = tokio::join!(self.outcome(id), self.run_out(id));
        let ending = Ending { at: now(), started, outcome };
        // An ending that can't be recorded is found again, the same, by running once more after a restart.
        let _ = self.journal.record(Entry::Ended { id, ending: ending.clone() }).await;
        self.settle(id, ending);
        self.watchers.ended(id);
        self.fill();
        self.call_back(id);
    }

    /// What is billed is paid when it ends.
    fn settle(&self, id: Uuid, ending: Ending) {
        super::lock(&self.account).pay(&ending.outcome);
        self.queue().end(id, ending);
    }
}

/// In microseconds, which every client can read.
pub(super) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
}
