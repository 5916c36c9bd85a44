//! One request to the simulated queue: what was asked, where it stands and how it ended.
//! Knows neither the queue's order nor HTTP.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::Url;
use uuid::Uuid;

use super::callback::Attempt;
use super::faults::{BadEnd, Who};
use super::wishes::Wishes;
use crate::request::{Fingerprint, Request};
use crate::usd::Usd;

/// What a client sent. Its id is a version 7 UUID, so that ids sort in order of arrival.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Submission {
    pub(super) id: Uuid,
    pub(super) at: Timestamp,
    pub(super) endpoint: String,
    /// The `X-Fal-Tags` header as sent.
    pub(super) tags: Option<String>,
    pub(super) input: Value,
    /// What it was made to end with, so that a restart ends it so too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) bad_end: Option<BadEnd>,
    /// Where its client wants to be called back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) webhook: Option<Url>,
    #[serde(default, skip_serializing_if = "Wishes::are_none")]
    pub(super) wishes: Wishes,
}

/// What is kept of a submission in memory. Its input lies in the journal, so that thousands of them weigh little.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Filed {
    pub(super) id: Uuid,
    pub(super) at: Timestamp,
    pub(super) endpoint: String,
    /// Of endpoint and input: the same for the same request.
    pub(super) payload: Fingerprint,
    /// Boxed, as is whatever most requests lack: all of them are kept for whoever asks.
    pub(super) webhook: Option<Box<Url>>,
    pub(super) wishes: Wishes,
    pub(super) place: Place,
}

/// Where its line lies in the journal, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) at: u64,
    pub(super) bytes: u32,
}

impl Filed {
    /// Whom a fault of one of its calls befalls.
    pub(super) fn who(&self) -> Who<'_> {
        Who { endpoint: &self.endpoint, payload: self.payload }
    }
}

/// Says which request it is: the same for the same endpoint and input, however it was written.
pub(super) fn payload(endpoint: &str, input: &Value) -> Fingerprint {
    let body = input.as_object().cloned();
    let body = body.unwrap_or_else(|| Map::from_iter([("no object".to_owned(), input.clone())]));
    Request { endpoint: endpoint.to_owned(), body }.fingerprint()
}

/// A request on its way in.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) endpoint: String,
    pub(super) tags: Option<String>,
    pub(super) input: Value,
    pub(super) bad_end: Option<BadEnd>,
    pub(super) webhook: Option<Url>,
    pub(super) wishes: Wishes,
}

impl Order {
    pub(super) fn accepted(self, id: Uuid, at: Timestamp) -> Submission {
        let Self { endpoint, tags, input, bad_end, webhook, wishes } = self;
        Submission { id, at, endpoint, tags, input, bad_end, webhook, wishes }
    }
}

impl Submission {
    /// As it lies at a place of the journal.
    pub(super) fn filed(&self, place: Place) -> Filed {
        let payload = payload(&self.endpoint, &self.input);
        let (endpoint, webhook) = (self.endpoint.clone(), self.webhook.clone().map(Box::new));
        let wishes = self.wishes.clone();
        Filed { id: self.id, at: self.at, endpoint, payload, webhook, wishes, place }
    }
}

/// How a request ended. `started` is absent where it never left the queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ending {
    pub(super) at: Timestamp,
    pub(super) started: Option<Timestamp>,
    pub(super) outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(super) enum Outcome {
    /// There is a video, and it is billed by the second.
    Filmed {
        bytes: u64,
        seconds: u32,
        usd: Usd,
        /// Of the file, in hex. None in what earlier versions recorded.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        blake3: Option<String>,
    },
    /// The input broke the model's rules: the items of fal's `detail`. Not billed.
    Invalid(Vec<Value>),
    /// The same in words instead of a list. Not billed.
    Refused(String),
    /// Finished, and without a video. Not billed.
    Empty,
    /// The model's provider would not film it: the items of fal's `detail`. What is billed remains open.
    Blocked(Vec<Value>),
    /// Taken out of the queue before it began. Not billed.
    Cancelled,
    /// Its client's own deadline for a start passed while it waited. Not billed.
    Expired,
    /// The simulator itself could not make the video. Not billed.
    Failed(String),
}

impl Outcome {
    /// The HTTP status of the result.
    pub(super) fn code(&self) -> u16 {
        match self {
            Self::Filmed { .. } | Self::Empty => 200,
            Self::Invalid(_) | Self::Refused(_) | Self::Blocked(_) => 422,
            Self::Cancelled => 499,
            Self::Failed(_) => 500,
            Self::Expired => 504,
        }
    }

    /// blake3 of its file, in hex.
    pub(super) fn blake3(&self) -> Option<&str> {
        if let Self::Filmed { blake3, .. } = self { blake3.as_deref() } else { None }
    }

    /// Seconds of video that are billed. None where fal does not say.
    pub(super) fn units(&self) -> Option<u32> {
        match self {
            Self::Filmed { seconds, .. } => Some(*seconds),
            Self::Blocked(_) => None,
            _ => Some(0),
        }
    }

    pub(super) fn usd(&self) -> Usd {
        if let Self::Filmed { usd, .. } = self { *usd } else { Usd::ZERO }
    }

    /// What the status says beside `COMPLETED`: the text and fal's `error_type`.
    pub(super) fn error(&self) -> Option<(String, &str)> {
        match self {
            Self::Filmed { .. } | Self::Empty => None,
            Self::Refused(_) => Some(("Invalid status code: 422".to_owned(), "value_error")),
            Self::Invalid(items) | Self::Blocked(items) => {
                let kind = items.first().and_then(|item| item["type"].as_str()).unwrap_or("value_error");
                Some(("Invalid status code: 422".to_owned(), kind))
            }
            Self::Cancelled => Some(("Request was cancelled".to_owned(), "client_cancelled")),
            Self::Expired => Some(("Request timed out before it started".to_owned(), "request_timeout")),
            Self::Failed(why) => Some((why.clone(), "internal_error")),
        }
    }

    /// The body of a result that is no video, in fal's two shapes.
    pub(super) fn error_body(&self) -> Option<Value> {
        match self {
            Self::Invalid(items) | Self::Blocked(items) => Some(json!({ "detail": items })),
            Self::Refused(words) => Some(json!({ "detail": words })),
            Self::Empty => Some(json!({ "video": null })),
            _ => self.error().map(|(detail, kind)| json!({ "detail": detail, "error_type": kind })),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Job {
    pub(super) submission: Filed,
    pub(super) phase: Phase,
    /// The last attempt to call back.
    pub(super) called: Option<Box<Attempt>>,
    pub(super) payloads: Payloads,
}

/// Whether what went in and came out was deleted, files included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Payloads {
    Kept,
    Deleted,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Phase {
    Waiting,
    Running { since: Timestamp },
    Ended(Ending),
}

impl Job {
    pub(super) fn ending(&self) -> Option<&Ending> {
        match &self.phase {
            Phase::Ended(ending) => Some(ending),
            Phase::Waiting | Phase::Running { .. } => None,
        }
    }

    pub(super) fn started(&self) -> Option<Timestamp> {
        match &self.phase {
            Phase::Waiting => None,
            Phase::Running { since } => Some(*since),
            Phase::Ended(ending) => ending.started,
        }
    }
}
