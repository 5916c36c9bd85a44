//! The deadlines that clients set for the start of their requests.

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::{Service, now};
use crate::sim::entry::Entry;
use crate::sim::job::{Job, Phase};

impl Service {
    /// Goes on with what an earlier run left.
    pub(in crate::sim) fn resume(self: &Arc<Self>) {
        let left: Vec<Uuid> = self.queue().jobs().map(|job| job.submission.id).collect();
        for id in left {
            self.set_deadline(id);
        }
        self.fill();
    }

    /// Ends the request if it has not started by the time that its client set, if it set one.
    pub(super) fn set_deadline(self: &Arc<Self>, id: Uuid) {
        let Some(left) = self.queue().job(id).and_then(|job| self.left_to_start(job)) else { return };
        let service = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep(left).await;
            service.expire(id).await;
        });
    }

    async fn expire(self: &Arc<Self>, id: Uuid) {
        let expired = self.queue().expire(id, now());
        if let Some(ending) = expired {
            // As with any other ending, one that can't be recorded comes again after a restart.
            let _ = self.journal.record(Entry::Ended { id, ending }).await;
            self.watchers.ended(id);
            self.call_back(id);
        }
    }

    /// How much real time a request that waits has left, if it has a deadline.
    fn left_to_start(&self, job: &Job) -> Option<Duration> {
        let limit = job.submission.wishes.start_within().filter(|_| job.phase == Phase::Waiting)?;
        let waited = now().duration_since(job.submission.at);
        Some(self.speed.real(limit).saturating_sub(waited.unsigned_abs()))
    }
}
