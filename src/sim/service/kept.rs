//! What can still be had of a request: its result, its payloads in the history, its file. Times are simulated.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::{Service, now};
use crate::sim::entry::Entry;
use crate::sim::job::{Filed, Job, Payloads, Submission};
use crate::sim::journal::NotRecorded;

impl Service {
    /// Does a request's result still answer, being so long?
    pub(in crate::sim) fn keeps_result(&self, job: &Job, bytes: usize) -> bool {
        self.keeps(job, job.submission.wishes.storage.of_a_result(bytes))
    }

    /// Does the history still show what went in and came out?
    pub(in crate::sim) fn keeps_payloads(&self, job: &Job) -> bool {
        self.keeps(job, job.submission.wishes.storage.of_payloads())
    }

    /// Does its file still answer, if it has one?
    pub(in crate::sim) fn keeps_file(&self, job: &Job) -> bool {
        self.keeps(job, job.submission.wishes.of_a_file())
    }

    fn keeps(&self, job: &Job, limit: Duration) -> bool {
        job.payloads == Payloads::Kept && self.age(job, now()) <= limit && limit > Duration::ZERO
    }

    /// Simulated time since the end; none before it.
    fn age(&self, job: &Job, now: Timestamp) -> Duration {
        let since = job.ending().map(|ending| now.duration_since(ending.at).unsigned_abs());
        self.speed.simulated(since.unwrap_or_default())
    }

    /// What was asked, from the journal.
    pub(in crate::sim) fn submission(&self, filed: &Filed) -> Option<Submission> {
        self.journal.submission(filed.place)
    }

    /// Deletes what went in and came out, and the file.
    pub(in crate::sim) async fn delete_payloads(&self, id: Uuid) -> Result<(), NotRecorded> {
        self.journal.record(Entry::Deleted { id }).await?;
        self.queue().delete_payloads(id);
        self.films.forget(id);
        Ok(())
    }
}
