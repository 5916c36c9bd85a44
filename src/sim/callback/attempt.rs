//! One try to call back, as it is remembered, and whether it was the last.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::sim) struct Attempt {
    /// The request that it is about.
    pub(in crate::sim) id: Uuid,
    pub(in crate::sim) at: Timestamp,
    /// The first is 1.
    pub(in crate::sim) number: u32,
    /// Who was called: an origin, since the rest of such an address may be a secret.
    pub(in crate::sim) to: String,
    pub(in crate::sim) answer: Answer,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::sim) enum Answer {
    StatusCode(u16),
    /// None came, in words.
    Error(String),
}

impl Answer {
    /// Taken, or, with a redirect, of no use for good: fal follows none.
    pub(super) fn is_final(&self) -> bool {
        matches!(self, Self::StatusCode(200..400))
    }
}
