//! A take: one purchase of a clip, from its intent to its file, and the fold that joins what several lines know of it.
//! Reads and writes nothing, and decides nothing about what to buy.

mod bill;
mod facts;
mod failure;
mod takes;
#[cfg(test)]
pub(crate) mod testing;
mod token;
mod trouble;

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::address::{Address, Id};
use crate::request::{Fingerprint, Request};
use crate::usd::Usd;

pub use bill::{Bill, Difference, Units};
pub use facts::{Contradiction, Facts};
pub use failure::{Failed, FailureKind};
pub use takes::{Joined, Takes};
pub use token::Token;
pub use trouble::{Again, Trouble};

/// A purchase's identity, minted at its intent: a UUID v7, so that nonces sort by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Nonce(Uuid);

impl Nonce {
    #[must_use]
    pub fn mint() -> Self {
        Self(Uuid::now_v7())
    }

    /// The last eight hex digits, which are random.
    #[must_use]
    pub fn short(&self) -> String {
        self.0.simple().to_string().split_off(24)
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for Nonce {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// What was about to be bought, written before anything is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intent {
    pub at: Timestamp,
    /// The queue it was sent to: an origin such as `https://queue.fal.run`, or `sim`.
    pub origin: String,
    /// The clip as the storyboard called it then.
    pub address: Address,
    /// The names of the shots in it then.
    pub shots: Vec<Id>,
    pub request: Request,
    /// JSON pointer to the video's address in the answer, so that the record alone is enough to find it.
    pub video: String,
    /// Length paid for, in seconds.
    pub seconds: u32,
    /// The price reserved for it.
    pub usd: Usd,
}

/// fal's receipt. The addresses are as fal gave them, and opaque.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Submitted {
    pub at: Timestamp,
    pub request_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_url: Option<String>,
}

impl Submitted {
    /// Where nothing is known but the id; the addresses follow from it.
    #[must_use]
    pub fn by_id(at: Timestamp, request_id: &str) -> Self {
        let request_id = request_id.to_owned();
        Self { at, request_id, status_url: None, response_url: None, cancel_url: None }
    }
}

/// fal's answer: where the video lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Completed {
    pub at: Timestamp,
    pub video_url: String,
    /// Bytes, as fal announces them; often absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_size: Option<u64>,
    /// `X-Fal-Billable-Units`, as sent; it may come late, and the telling that has it then stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billable_units: Option<String>,
}

/// The file in the vault: verified, synced, and under its final name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Landed {
    pub at: Timestamp,
    pub bytes: u64,
    /// blake3 of the file, in hex.
    pub hash: String,
    /// The picture's size in pixels.
    pub width: u32,
    pub height: u32,
    /// The picture's real length in milliseconds.
    pub millis: u64,
}

/// Why nobody knows whether it was bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unknown {
    pub at: Timestamp,
    pub why: String,
}

/// The file's address answered that it is gone, and so did the one that fal gave instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expired {
    pub at: Timestamp,
}

/// What this machine's file looked like when it was last known to be right. Never travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stored {
    pub at: Timestamp,
    /// Nanoseconds since 1970.
    pub modified: i64,
}

/// One purchase with all that is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Take {
    pub nonce: Nonce,
    pub fingerprint: Fingerprint,
    pub intent: Intent,
    pub unknown: Option<Unknown>,
    pub submitted: Option<Submitted>,
    pub completed: Option<Completed>,
    pub failed: Option<Failed>,
    pub landed: Option<Landed>,
    pub expired: Option<Expired>,
    pub stored: Option<Stored>,
    /// Where fal was asked to call back about it. Never travels.
    pub token: Option<Token>,
}

/// How far a purchase came; a later one outranks the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Written down; whether it was sent nobody knows.
    Intended,
    /// Sent, and no answer that says what became of it.
    Unknown,
    /// fal has it.
    Submitted,
    /// fal has finished it; the file is still to be fetched.
    Completed,
    Failed,
    Landed,
}

/// What a purchase counts for against a cap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charge {
    /// Certainly not billed.
    Free,
    /// Unfinished or unknown: the whole price is kept for it.
    Reserved(Usd),
    /// Failed in a way that fal may bill: counts in full.
    MaybeBilled(Usd),
    Spent(Usd),
}

impl Charge {
    #[must_use]
    pub fn usd(self) -> Usd {
        match self {
            Self::Free => Usd::ZERO,
            Self::Reserved(usd) | Self::MaybeBilled(usd) | Self::Spent(usd) => usd,
        }
    }
}

impl Take {
    #[must_use]
    pub fn state(&self) -> State {
        if self.landed.is_some() {
            State::Landed
        } else if self.has_failed() {
            State::Failed
        } else if self.completed.is_some() {
            State::Completed
        } else if self.submitted.is_some() {
            State::Submitted
        } else if self.unknown.is_some() {
            State::Unknown
        } else {
            State::Intended
        }
    }

    /// A receipt, wherever it came from, is stronger than a person's word that there was no purchase.
    fn has_failed(&self) -> bool {
        let failed = self.failed.as_ref();
        failed.is_some_and(|failed| !failed.kind.is_a_decision() || self.submitted.is_none())
    }

    /// The failure that is its outcome, if that is its outcome.
    #[must_use]
    pub fn failure(&self) -> Option<&Failed> {
        self.failed.as_ref().filter(|_| self.state() == State::Failed)
    }

    #[must_use]
    pub fn charge(&self) -> Charge {
        match (self.state(), &self.failed) {
            (State::Landed, _) => Charge::Spent(self.intent.usd),
            (State::Completed, _) if self.expired.is_some() => Charge::Spent(self.intent.usd),
            (State::Failed, Some(failed)) if failed.is_free() => Charge::Free,
            (State::Failed, _) => Charge::MaybeBilled(self.intent.usd),
            _ => Charge::Reserved(self.intent.usd),
        }
    }

    /// fal's own name for it; none where there is no receipt.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.submitted.as_ref().map(|submitted| submitted.request_id.as_str())
    }

    /// Begun and not known to have failed.
    #[must_use]
    pub fn is_owned(&self) -> bool {
        self.state() != State::Failed
    }

    /// fal has it, and its file is still to come.
    #[must_use]
    pub fn is_unfinished(&self) -> bool {
        matches!(self.state(), State::Submitted | State::Completed) && self.expired.is_none()
    }

    /// Nobody knows whether it was bought.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        matches!(self.state(), State::Intended | State::Unknown)
    }

    /// Takes of one clip are numbered by this: time of intent, then nonce.
    #[must_use]
    pub fn rank(&self) -> (Timestamp, Nonce) {
        (self.intent.at, self.nonce)
    }

    /// The name of its file in the vault.
    #[must_use]
    pub fn file_name(&self) -> String {
        format!("{}-{}.mp4", self.fingerprint.short(), self.nonce.short())
    }
}
