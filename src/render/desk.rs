//! What every take on its way shares: fal, the record, the clock, and whom to tell. Decides nothing.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::sleep;

use super::event::{Event, What};
use super::outcome::Ended;
use super::{Crew, Options, pace};
use crate::fal::Client;
use crate::record::{Record, Vault};
use crate::request::Fingerprint;
use crate::take::{Nonce, Take};
use crate::webhook::Hook;

/// How many files come at once at the most, however many clips are followed: each needs an open file.
const MOST_FETCHES: usize = 16;

/// How often a rest looks whether the run was stopped: no request leaves later than this after a stop.
const ALERT: Duration = Duration::from_millis(50);

pub(super) struct Desk<'a> {
    crew: Crew<'a>,
    /// Requests that are out and unanswered.
    submitting: RefCell<BTreeMap<Fingerprint, usize>>,
    stopped: Cell<bool>,
    interrupted: Cell<bool>,
    /// 429s since the last request that was taken.
    throttled: Cell<u32>,
    /// Requests that fal has taken.
    taken: Cell<u64>,
    /// When an answer was last lost, and how often the history was asked since.
    lost: Cell<Option<Instant>>,
    looks: Cell<u32>,
    /// How long the history is asked after a lost answer when nothing else goes on.
    patience: Duration,
    fetching: Semaphore,
}

/// What fal said to a request, as far as it concerns the next one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Taken,
    Throttled,
}

/// Counts as a request that is out, or about to be, for as long as it lives.
pub(super) struct Submitting<'a> {
    desk: &'a Desk<'a>,
    fingerprint: Fingerprint,
}

impl Drop for Submitting<'_> {
    fn drop(&mut self) {
        let mut out = self.desk.submitting.borrow_mut();
        if let Some(count) = out.get_mut(&self.fingerprint) {
            *count -= 1;
        }
        out.retain(|_, count| *count > 0);
    }
}

impl<'a> Desk<'a> {
    pub(super) fn new(crew: Crew<'a>, options: &Options) -> Self {
        let fetching = Semaphore::new(options.jobs.clamp(1, MOST_FETCHES));
        Self {
            crew,
            submitting: RefCell::default(),
            stopped: Cell::new(false),
            interrupted: Cell::new(false),
            throttled: Cell::new(0),
            taken: Cell::new(0),
            lost: Cell::new(None),
            looks: Cell::new(0),
            patience: options.patience.unwrap_or_default(),
            fetching,
        }
    }

    pub(super) fn crew(&self) -> Crew<'a> {
        self.crew
    }

    /// An answer was lost just now: it is worth looking often again.
    pub(super) fn note_lost(&self) {
        self.lost.set(Some(Instant::now()));
        self.looks.set(0);
    }

    /// The number of the next look in the history since then, from 0.
    pub(super) fn next_look(&self) -> u32 {
        self.looks.replace(self.looks.get().saturating_add(1))
    }

    /// What earlier runs lost has been looked for before this one began.
    pub(super) fn has_looked_long_enough(&self) -> bool {
        self.lost.get().is_none_or(|lost| lost.elapsed() >= self.patience)
    }

    /// From now on no request is sent.
    pub(super) fn stop(&self) {
        self.stopped.set(true);
    }

    /// The user wants the end: no more waits but for what is paid for.
    pub(super) fn interrupt(&self) {
        self.stop();
        self.interrupted.set(true);
    }

    pub(super) fn is_interrupted(&self) -> bool {
        self.interrupted.get()
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.get()
    }

    /// How many 429s there are in a row now.
    pub(super) fn note_answer(&self, answer: Answer) -> u32 {
        let row = if answer == Answer::Throttled { self.throttled.get() + 1 } else { 0 };
        self.throttled.set(row);
        self.taken.set(self.taken.get() + u64::from(answer == Answer::Taken));
        row
    }

    /// How many requests fal has taken in this run.
    pub(super) fn taken(&self) -> u64 {
        self.taken.get()
    }

    /// Waits for its turn to fetch a file. It is never refused, since the desk closes no turn.
    pub(super) async fn fetch_turn(&self) -> Option<SemaphorePermit<'_>> {
        self.fetching.acquire().await.ok()
    }

    /// Sleeps, or until the run is stopped.
    pub(super) async fn rest(&self, duration: Duration) {
        self.rest_unless(duration, Self::is_stopped).await;
    }

    /// Sleeps, or until it is called off.
    pub(super) async fn rest_unless(&self, duration: Duration, is_over: impl Fn(&Self) -> bool) {
        let until = Instant::now() + duration;
        while !is_over(self) && Instant::now() < until {
            sleep(ALERT.min(until.saturating_duration_since(Instant::now()))).await;
        }
    }

    pub(super) fn client(&self) -> &'a Client {
        self.crew.client
    }

    pub(super) fn record(&self) -> &'a Record {
        self.crew.record
    }

    /// Where fal calls back, if it does.
    pub(super) fn hook(&self) -> Option<&'a Hook> {
        self.crew.hook
    }

    /// Waits until fal has called back about a take, for ever where it does not, and tells its request id.
    pub(super) async fn called(&self, nonce: Nonce) -> String {
        match self.hook() {
            Some(hook) => hook.called(nonce).await,
            None => std::future::pending().await,
        }
    }

    /// The same for any call that is meant.
    pub(super) async fn called_about(&self, is_meant: impl Fn(Nonce, &str) -> bool) -> (Nonce, String) {
        match self.hook() {
            Some(hook) => hook.called_about(is_meant).await,
            None => std::future::pending().await,
        }
    }

    pub(super) fn begin_submit(&'a self, fingerprint: Fingerprint) -> Submitting<'a> {
        *self.submitting.borrow_mut().entry(fingerprint).or_default() += 1;
        Submitting { desk: self, fingerprint }
    }

    pub(super) fn is_sending(&self, fingerprint: Fingerprint) -> bool {
        self.submitting.borrow().contains_key(&fingerprint)
    }

    pub(super) fn submitting(&self) -> usize {
        self.submitting.borrow().values().sum()
    }

    /// Waits for the next look at something that was first looked at `since`.
    pub(super) async fn pause(&self, since: Instant, at_least: Option<Duration>) {
        let pause = pace::pause(since.elapsed(), fastrand::f64());
        sleep(pause.max(at_least.unwrap_or_default())).await;
    }

    pub(super) fn tell(&self, take: &Take, what: What) {
        let address = take.intent.address.clone();
        (self.crew.watch)(&Event { at: Timestamp::now(), address, nonce: take.nonce, what });
    }

    pub(super) fn tell_end(&self, nonce: Nonce, ended: &Ended) {
        let Some(take) = self.record().take(nonce) else { return };
        let request_id = take.request_id().map(str::to_owned);
        let what = match ended {
            Ended::Landed => What::Landed { file: Vault::relative_path(&take) },
            Ended::Failed(failed) => What::Failed { failed: failed.clone(), request_id },
            Ended::Unknown(why) => What::Unknown { why: why.clone() },
            Ended::Lost => What::Lost,
            Ended::Left(left) => What::Left { why: left.to_string(), request_id },
            Ended::Unrecorded(why) => What::Left { why: why.clone(), request_id },
            Ended::Broken(_) => What::Left { why: ended.reason().unwrap_or_default(), request_id },
            Ended::Unsent(unsent) => What::Unsent { why: unsent.to_string() },
            Ended::Searched { .. } => return,
        };
        self.tell(&take, what);
    }
}
