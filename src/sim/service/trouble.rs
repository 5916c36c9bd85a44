//! What goes wrong with a call, and what the audit hears of it.

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::{Service, now};
use crate::request::Fingerprint;
use crate::sim::audit::{self, Key};
use crate::sim::fault::BadEnd;
use crate::sim::job::{Job, Submission};
use crate::sim::journal::NotRecorded;
use crate::sim::mix::{self, Call, Met};

impl Service {
    /// What goes wrong with this call for a request.
    pub(in crate::sim) fn meet(&self, call: Call, job: &Job) -> Option<Met> {
        self.dice.meet(call, payload(&job.submission))
    }

    /// What goes wrong with a call that is about no request.
    pub(in crate::sim) fn meet_any(&self, call: Call) -> Option<Met> {
        self.dice.meet(call, mix::payload("", &Value::Null))
    }

    /// How the submit that has just come in is to end, if badly.
    pub(in crate::sim) fn fate(&self, payload: Fingerprint) -> Option<BadEnd> {
        self.dice.fate(payload)
    }

    /// Does the history hide it for now?
    pub(in crate::sim) fn is_hidden(&self, job: &Job, now: Timestamp) -> bool {
        let young = job.started().is_none_or(|at| now.duration_since(at).unsigned_abs() < self.lag);
        young && self.dice.is_listed_late(payload(&job.submission))
    }

    pub(in crate::sim) async fn served(
        &self,
        id: Uuid,
        status: u16,
        bytes: u64,
        key: Key,
    ) -> Result<(), NotRecorded> {
        self.journal.note(audit::served(now(), id, status, bytes, key)).await
    }

    pub(in crate::sim) async fn refused(&self, endpoint: &str, status: u16) -> Result<(), NotRecorded> {
        self.journal.note(audit::refused(now(), endpoint, status)).await
    }
}

fn payload(submission: &Submission) -> Fingerprint {
    mix::payload(&submission.endpoint, &submission.input)
}
