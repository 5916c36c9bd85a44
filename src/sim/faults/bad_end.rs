//! How a request that was accepted ends badly. Does not decide which one does.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Kind;
use crate::sim::job::Outcome;

/// As the journal remembers it, so that a restart ends the request so too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::sim) enum BadEnd {
    /// 422 `content_policy_violation`, without a word on what is billed.
    Policy,
    /// 500 in fal's shape, not billed.
    Server,
    /// 422 with a list of what is wrong with the input, not billed.
    Invalid,
    /// 422 with one sentence in place of the list, not billed.
    Words,
    /// 200 without a video, not billed.
    Empty,
}

/// Which fault ends a request how.
const ENDS: [(Kind, BadEnd); 5] = [
    (Kind::EndPolicy, BadEnd::Policy),
    (Kind::EndServer, BadEnd::Server),
    (Kind::EndInvalid, BadEnd::Invalid),
    (Kind::EndWords, BadEnd::Words),
    (Kind::EndNoVideo, BadEnd::Empty),
];

const ASKED: &str = "the simulator was asked to fail";

impl BadEnd {
    pub(super) fn of(kind: Kind) -> Option<Self> {
        ENDS.iter().find(|(known, _)| *known == kind).map(|(_, bad_end)| *bad_end)
    }

    /// The fault that ends a request so.
    pub(in crate::sim) fn kind(self) -> Option<Kind> {
        ENDS.iter().find(|(_, known)| *known == self).map(|(kind, _)| *kind)
    }

    pub(in crate::sim) fn outcome(self) -> Outcome {
        match self {
            Self::Policy => Outcome::Blocked(vec![policy()]),
            Self::Server => Outcome::Failed(ASKED.to_owned()),
            Self::Invalid => Outcome::Invalid(vec![invalid()]),
            Self::Words => Outcome::Refused(ASKED.to_owned()),
            Self::Empty => Outcome::Empty,
        }
    }
}

fn invalid() -> Value {
    json!({ "loc": ["body", "prompt"], "msg": ASKED, "type": "value_error" })
}

fn policy() -> Value {
    json!({
        "loc": ["body", "prompt"],
        "msg": "The content could not be processed because it was flagged by a content checker.",
        "type": "content_policy_violation",
        "url": "https://docs.fal.ai/errors#content_policy_violation",
    })
}
