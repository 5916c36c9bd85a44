//! What every take on its way shares: fal, the record, the clock, and whom to tell. Decides nothing.

use std::cell::Cell;
use std::time::Instant;

use jiff::Timestamp;

use super::event::{Event, What};
use super::outcome::Ended;
use super::{Crew, pace};
use crate::fal::Client;
use crate::record::Record;
use crate::take::{Nonce, Take};

/// Where the video of every endpoint known so far lies in its answer; for one that the catalog no longer has.
const VIDEO: &str = "/video/url";

pub(super) struct Desk<'a> {
    crew: Crew<'a>,
    /// Requests that are out and unanswered.
    submitting: Cell<usize>,
}

/// Counts as a request that is out for as long as it lives.
pub(super) struct Submitting<'a>(&'a Cell<usize>);

impl Drop for Submitting<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

impl<'a> Desk<'a> {
    pub(super) fn new(crew: Crew<'a>) -> Self {
        Self { crew, submitting: Cell::new(0) }
    }

    pub(super) fn client(&self) -> &'a Client {
        self.crew.client
    }

    pub(super) fn record(&self) -> &'a Record {
        self.crew.record
    }

    pub(super) fn video_pointer(&self, take: &Take) -> String {
        (self.crew.video_pointer)(&take.intent.request.endpoint).unwrap_or_else(|| VIDEO.to_owned())
    }

    pub(super) fn begin_submit(&self) -> Submitting<'_> {
        self.submitting.set(self.submitting.get() + 1);
        Submitting(&self.submitting)
    }

    pub(super) fn submitting(&self) -> usize {
        self.submitting.get()
    }

    /// Waits for the next look at something that was first looked at `since`.
    pub(super) async fn pause(&self, since: Instant, at_least: Option<std::time::Duration>) {
        let pause = pace::pause(since.elapsed(), fastrand::f64());
        tokio::time::sleep(pause.max(at_least.unwrap_or_default())).await;
    }

    pub(super) fn tell(&self, take: &Take, what: What) {
        let address = take.intent.address.clone();
        (self.crew.watch)(&Event { at: Timestamp::now(), address, nonce: take.nonce, what });
    }

    pub(super) fn tell_end(&self, nonce: Nonce, ended: &Ended) {
        let Some(take) = self.record().take(nonce) else { return };
        let request_id = take.submitted.as_ref().map(|submitted| submitted.request_id.clone());
        let what = match ended {
            Ended::Landed => What::Landed { file: take.file_name() },
            Ended::Failed(failed) => {
                What::Failed { kind: failed.kind, message: failed.message.clone(), request_id }
            }
            Ended::Unknown(why) => What::Unknown { why: why.clone() },
            Ended::Lost => What::Lost,
            Ended::Left(left) => What::Left { why: left.to_string() },
            Ended::Unrecorded(why) => What::Left { why: why.clone() },
        };
        self.tell(&take, what);
    }
}
