//! What every take on its way shares: fal, the record, the clock, and whom to tell. Decides nothing.

use std::cell::Cell;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::sleep;

use super::event::{Event, What};
use super::outcome::Ended;
use super::{Crew, pace};
use crate::fal::Client;
use crate::record::{Record, Vault};
use crate::take::{Nonce, Take};

/// How many files come at once at the most, however many clips are followed: each needs an open file.
const MOST_FETCHES: usize = 16;

/// How often a rest looks whether the run was stopped: no request leaves later than this after a stop.
const ALERT: Duration = Duration::from_millis(50);

pub(super) struct Desk<'a> {
    crew: Crew<'a>,
    /// Requests that are out and unanswered.
    submitting: Cell<usize>,
    stopped: Cell<bool>,
    /// 429s since the last request that was taken.
    throttled: Cell<u32>,
    fetching: Semaphore,
}

/// What fal said to a request, as far as it concerns the next one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Taken,
    Throttled,
}

/// Counts as a request that is out, or about to be, for as long as it lives.
pub(super) struct Submitting<'a>(&'a Cell<usize>);

impl Drop for Submitting<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

impl<'a> Desk<'a> {
    pub(super) fn new(crew: Crew<'a>, jobs: usize) -> Self {
        let fetching = Semaphore::new(jobs.clamp(1, MOST_FETCHES));
        let (submitting, stopped, throttled) = (Cell::new(0), Cell::new(false), Cell::new(0));
        Self { crew, submitting, stopped, throttled, fetching }
    }

    /// From now on no request is sent.
    pub(super) fn stop(&self) {
        self.stopped.set(true);
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.get()
    }

    /// How many 429s there are in a row now.
    pub(super) fn note_answer(&self, answer: Answer) -> u32 {
        let row = if answer == Answer::Throttled { self.throttled.get() + 1 } else { 0 };
        self.throttled.set(row);
        row
    }

    /// Waits for its turn to fetch a file. It is never refused, since the desk closes no turn.
    pub(super) async fn fetch_turn(&self) -> Option<SemaphorePermit<'_>> {
        self.fetching.acquire().await.ok()
    }

    /// Sleeps, or until the run is stopped.
    pub(super) async fn rest(&self, duration: Duration) {
        let until = Instant::now() + duration;
        while !self.is_stopped() && Instant::now() < until {
            sleep(ALERT.min(until.saturating_duration_since(Instant::now()))).await;
        }
    }

    pub(super) fn client(&self) -> &'a Client {
        self.crew.client
    }

    pub(super) fn record(&self) -> &'a Record {
        self.crew.record
    }

    pub(super) fn begin_submit(&self) -> Submitting<'_> {
        self.submitting.set(self.submitting.get() + 1);
        Submitting(&self.submitting)
    }

    pub(super) fn submitting(&self) -> usize {
        self.submitting.get()
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
        let request_id = take.submitted.as_ref().map(|submitted| submitted.request_id.clone());
        let what = match ended {
            Ended::Landed => What::Landed { file: Vault::relative_path(&take) },
            Ended::Failed(failed) => What::Failed { failed: failed.clone(), request_id },
            Ended::Unknown(why) => What::Unknown { why: why.clone() },
            Ended::Lost => What::Lost,
            Ended::Left(left) => What::Left { why: left.to_string(), request_id },
            Ended::Unrecorded(why) => What::Left { why: why.clone(), request_id },
            Ended::Unsent(unsent) => What::Unsent { why: unsent.to_string() },
        };
        self.tell(&take, what);
    }
}
