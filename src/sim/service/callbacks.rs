//! Callbacks to the addresses that clients left: each goes its own way beside the queue, until it is taken, is refused
//! for good, or fal would give up. Every attempt is recorded, so that a restart goes on where it stood.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use uuid::Uuid;

use super::{Service, now};
use crate::sim::callback::{self, Answer, Attempt, Due, Letter, Payload, Stamp};
use crate::sim::entry::Entry;
use crate::sim::faults::{Call, Kind};
use crate::sim::job::Job;

impl Service {
    /// About everything that has ended and whose client may not know yet, as after a start.
    pub(in crate::sim) fn call_all_back(self: &Arc<Self>) {
        let owed = |job: &Job| is_owed(job).then_some(job.submission.id);
        let ids: Vec<Uuid> = self.queue().jobs().filter_map(owed).collect();
        for id in ids {
            self.call_back(id);
        }
    }

    /// About a request that has just ended, where its client wants that.
    pub(super) fn call_back(self: &Arc<Self>, id: Uuid) {
        if self.queue().job(id).is_some_and(is_owed) {
            tokio::spawn(Arc::clone(self).call_until_done(id));
        }
    }

    async fn call_until_done(self: Arc<Self>, id: Uuid) {
        while let Some(due) = self.due(id) {
            tokio::time::sleep(self.wait(id, due)).await;
            let Some(attempt) = self.attempt(id, due).await else { return };
            // What can't be recorded is called again after a restart, which receivers have to expect.
            let _ = self.journal.record(Entry::CalledBack(attempt.clone())).await;
            self.queue().called_back(attempt);
        }
    }

    fn due(&self, id: Uuid) -> Option<Due> {
        callback::due(self.queue().job(id)?.called.as_deref())
    }

    /// What is left of the pause since the last attempt.
    fn wait(&self, id: Uuid, due: Due) -> Duration {
        let last = self.queue().job(id).and_then(|job| job.called.as_ref().map(|last| last.at));
        let since = last.map_or(SignedDuration::ZERO, |last| now().duration_since(last));
        self.speed.real(due.pause).saturating_sub(since.try_into().unwrap_or_default())
    }

    /// None where there is nobody to call, or nothing to say.
    async fn attempt(&self, id: Uuid, due: Due) -> Option<Attempt> {
        let job = self.queue().job(id)?.clone();
        let met = self.meet(Call::Webhook, &job);
        if let Some(met) = met {
            self.endure(met).await;
        }
        let kind = met.map(|met| met.kind);
        let letter = self.letter(&job, kind)?;
        let to = letter.to.origin().ascii_serialization();
        let answer = self.post(&letter, due, kind).await;
        Some(Attempt { id, at: now(), number: due.number, to, answer })
    }

    fn letter(&self, job: &Job, kind: Option<Kind>) -> Option<Letter> {
        let (id, outcome) = (job.submission.id, &job.ending()?.outcome);
        let payload = match kind {
            Some(Kind::WebhookPayloadError) => Payload::Lost,
            _ => Payload::Output(self.output(job)?),
        };
        let stamp = match kind {
            Some(Kind::WebhookBadSignature) => Stamp::Forged,
            Some(Kind::WebhookStale) => Stamp::Stale,
            _ => Stamp::Genuine,
        };
        let to = *job.submission.webhook.clone()?;
        Some(Letter { id, to, body: callback::body(id, outcome, payload), stamp })
    }

    async fn post(&self, letter: &Letter, due: Due, kind: Option<Kind>) -> Answer {
        if kind == Some(Kind::WebhookLost) {
            return Answer::Error(format!("not sent: {}", Kind::WebhookLost));
        }
        if kind == Some(Kind::WebhookDuplicate) {
            // What the first is answered is forgotten, as by whoever sends twice.
            let _ = self.callbacks.send(letter, due.patience).await;
        }
        self.callbacks.send(letter, due.patience).await
    }
}

/// Has it ended, and is there another attempt to make?
fn is_owed(job: &Job) -> bool {
    let is_wanted = job.ending().is_some() && job.submission.webhook.is_some();
    is_wanted && callback::due(job.called.as_deref()).is_some()
}
