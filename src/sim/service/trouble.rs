//! What goes wrong with a call, and what the audit hears of it.

use std::path::Path;

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::{Service, now};
use crate::sim::audit::{self, Sent};
use crate::sim::faults::{Call, Kind, Met, Who};
use crate::sim::job::{Job, payload};
use crate::sim::journal::NotRecorded;
use crate::sim::lock;

impl Service {
    /// What goes wrong with this call for a request.
    pub(in crate::sim) fn meet(&self, call: Call, job: &Job) -> Option<Met> {
        self.dice.meet(call, job.submission.who())
    }

    /// What goes wrong with a call that is about no request.
    pub(in crate::sim) fn meet_any(&self, call: Call) -> Option<Met> {
        self.dice.meet(call, Who { endpoint: "", payload: payload("", &Value::Null) })
    }

    /// Does the history hide it for now?
    pub(in crate::sim) fn is_hidden(&self, job: &Job, now: Timestamp) -> bool {
        let Some(met) = self.meet(Call::Listing, job) else { return false };
        let lag = self.speed.real(met.lasts);
        job.started().is_none_or(|at| now.duration_since(at).unsigned_abs() < lag)
    }

    /// The first address of this video is dead; the result gives another from now on.
    pub(in crate::sim) fn bury(&self, id: Uuid) {
        lock(&self.dead).insert(id);
    }

    pub(in crate::sim) async fn served(&self, id: Uuid, sent: &Sent) -> Result<(), NotRecorded> {
        self.journal.note(audit::served(now(), id, sent)).await
    }

    pub(in crate::sim) fn asked(&self, call: &str, status: u16, id: Option<&str>, fault: Option<Kind>) {
        self.journal.tell(|| audit::asked(now(), call, status, id, fault));
    }

    /// Where the audit lies, with everything in it that was told so far. None where none is kept.
    pub(in crate::sim) async fn audit(&self) -> Result<Option<&Path>, NotRecorded> {
        self.journal.catch_up().await?;
        Ok(self.journal.audit.as_deref())
    }

    pub(in crate::sim) async fn refused(&self, endpoint: &str, status: u16) -> Result<(), NotRecorded> {
        self.journal.note(audit::refused(now(), endpoint, status)).await
    }
}
