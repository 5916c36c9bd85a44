//! What the simulator does: takes requests, runs as many as have a place, ends them, and has their videos.
//! Knows the queue, the journal and the clock; knows nothing of HTTP.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::watch;
use uuid::Uuid;

use super::animatic;
use super::answer::answer;
use super::audit::{self, Key};
use super::clip::clip;
use super::fault::{BadEnd, Fault};
use super::films::{Films, Video};
use super::input::{self, Film};
use super::job::{Ending, Job, Order, Outcome, Submission};
use super::journal::{Entry, Journal, NotRecorded};
use super::mix::{self, Call, Dice, Met};
use super::queue::{Cancelled, Queue};
use super::{Config, Size, Speed};
use crate::catalog::Catalog;
use crate::request::Fingerprint;
use crate::usd::Usd;

#[derive(Debug)]
pub(super) struct Service {
    pub(super) catalog: Arc<Catalog>,
    /// Where this simulator is reached today.
    pub(super) origins: Origins,
    pub(super) dice: Dice,
    pub(super) speed: Speed,
    pub(super) hang: Duration,
    lag: Duration,
    size: Size,
    queue: Mutex<Queue>,
    journal: Journal,
    films: Films,
    pace: Duration,
    changed: watch::Sender<()>,
    /// What goes wrong with the submits to come, by their number.
    faults: BTreeMap<u64, Fault>,
    submits: AtomicU64,
    /// How often each result was given, where addresses can go dead.
    given: Mutex<BTreeMap<Uuid, u32>>,
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
    pub(super) fn new(config: &Config, origins: Origins, queue: Queue, journal: Journal) -> Self {
        let dice = Dice::new(config.seeded.clone());
        queue.jobs().for_each(|job| dice.remember(&job.submission));
        Self {
            catalog: Arc::clone(&config.catalog),
            origins,
            dice,
            speed: config.speed,
            hang: config.hang,
            lag: config.lag,
            size: config.size,
            queue: Mutex::new(queue),
            journal,
            films: Films::default(),
            pace: config.pace,
            changed: watch::Sender::new(()),
            faults: config.faults.clone(),
            submits: AtomicU64::new(0),
            given: Mutex::default(),
        }
    }

    pub(super) fn queue(&self) -> MutexGuard<'_, Queue> {
        super::lock(&self.queue)
    }

    /// Wakes whenever a request has moved on.
    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// What is to go wrong with the submit that has just come in.
    pub(super) fn next_fault(&self) -> Option<Fault> {
        let number = self.submits.fetch_add(1, Ordering::Relaxed) + 1;
        self.faults.get(&number).copied()
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

    pub(super) async fn cancel(&self, id: Uuid) -> Result<Cancelled, NotRecorded> {
        let cancelled = self.queue().cancel(id, now());
        if let Cancelled::Removed(ending) = &cancelled {
            self.journal.record(Entry::Ended { id, ending: ending.clone() }).await?;
            self.changed.send_replace(());
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
    }

    async fn outcome(&self, submission: &Submission) -> Outcome {
        let Some(model) = self.catalog.model(&submission.endpoint) else {
            return Outcome::Failed(format!("no model {} is simulated", submission.endpoint));
        };
        let film = match input::read(model, &submission.input) {
            Ok(film) => film,
            Err(flaws) => return Outcome::Invalid(flaws),
        };
        if let Some(bad_end) = submission.bad_end {
            return bad_end.outcome();
        }
        let seconds = film.seconds();
        let usd = model.cost(film.audio, seconds).unwrap_or(Usd::ZERO);
        match self.make(submission, &film).await {
            Ok(video) => {
                let bytes = video.bytes.len() as u64;
                let blake3 = Some(blake3::hash(&video.bytes).to_hex().to_string());
                self.films.keep(submission.id, video);
                Outcome::Filmed { bytes, seconds, usd, blake3 }
            }
            Err(why) => Outcome::Failed(why),
        }
    }

    /// The video of a finished request: as made, or made again. None where there is none.
    pub(super) async fn video(&self, id: Uuid) -> Option<Result<Video, String>> {
        let filmed = |job: &&Job| job.ending().is_some_and(|e| matches!(e.outcome, Outcome::Filmed { .. }));
        let submission = self.queue().job(id).filter(filmed)?.submission.clone();
        match self.films.get(id) {
            Some(video) => Some(Ok(video)),
            None => Some(self.make_again(submission).await),
        }
    }

    async fn make_again(&self, submission: Submission) -> Result<Video, String> {
        let gone = || format!("no model {} is simulated", submission.endpoint);
        let model = self.catalog.model(&submission.endpoint).ok_or_else(gone)?;
        let film = input::read(model, &submission.input)
            .map_err(|_| format!("{} has other rules than when this was made", submission.endpoint))?;
        let video = self.make(&submission, &film).await?;
        self.films.keep(submission.id, video.clone());
        Ok(video)
    }

    /// Encodes on one of the runtime's blocking threads, so that no client waits for it.
    async fn make(&self, submission: &Submission, film: &Film) -> Result<Video, String> {
        let (clip, size, number) = (clip(submission, film), self.size, submission.id.as_u128());
        let encode = move || match size {
            Size::Full => animatic::encode(&clip),
            Size::Small => animatic::sketch(&clip, number),
        };
        let made = tokio::task::spawn_blocking(move || encode().map(Video::new)).await;
        made.map_err(|e| e.to_string())?.map_err(|e| e.to_string())
    }

    /// The body of a finished request's result. None while it is not finished.
    pub(super) fn output(&self, job: &Job) -> Option<Value> {
        let outcome = &job.ending()?.outcome;
        let Outcome::Filmed { bytes, .. } = outcome else { return outcome.error_body() };
        let pointer = self.pointer(&job.submission.endpoint);
        let id = job.submission.id;
        let edition = super::lock(&self.given).get(&id).copied().filter(|edition| *edition > 1);
        let edition = edition.map(|edition| format!("?edition={edition}")).unwrap_or_default();
        let url = format!("{}/files/{id}/output.mp4{edition}", self.origins.files);
        Some(answer(pointer, &url, *bytes))
    }

    /// Where the video's address is in the answer.
    pub(super) fn pointer(&self, endpoint: &str) -> &str {
        self.catalog.model(endpoint).map_or("/video/url", |model| &model.video)
    }

    /// The same, given to a client: a further one has another address, where addresses can go dead.
    pub(super) fn give(&self, job: &Job) -> Option<Value> {
        if self.dice.is_loaded() && job.ending().is_some() {
            *super::lock(&self.given).entry(job.submission.id).or_insert(0) += 1;
        }
        self.output(job)
    }

    /// What goes wrong with this call for a request.
    pub(super) fn meet(&self, call: Call, job: &Job) -> Option<Met> {
        self.dice.meet(call, payload(&job.submission))
    }

    /// What goes wrong with a call that is about no request.
    pub(super) fn meet_any(&self, call: Call) -> Option<Met> {
        self.dice.meet(call, mix::payload("", &Value::Null))
    }

    /// How the submit that has just come in is to end, if badly.
    pub(super) fn fate(&self, payload: Fingerprint) -> Option<BadEnd> {
        self.dice.fate(payload)
    }

    /// Does the history hide it for now?
    pub(super) fn is_hidden(&self, job: &Job, now: Timestamp) -> bool {
        let young = job.started().is_none_or(|at| now.duration_since(at).unsigned_abs() < self.lag);
        young && self.dice.is_listed_late(payload(&job.submission))
    }

    pub(super) async fn served(
        &self,
        id: Uuid,
        status: u16,
        bytes: u64,
        key: Key,
    ) -> Result<(), NotRecorded> {
        self.journal.note(audit::served(now(), id, status, bytes, key)).await
    }

    pub(super) async fn refused(&self, endpoint: &str, status: u16) -> Result<(), NotRecorded> {
        self.journal.note(audit::refused(now(), endpoint, status)).await
    }
}

fn payload(submission: &Submission) -> Fingerprint {
    mix::payload(&submission.endpoint, &submission.input)
}

/// In microseconds, which every client can read.
pub(super) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
}
