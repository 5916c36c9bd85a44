//! What can be made to go wrong with a submit, so that failures can be tried for nothing. Does not decide when.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::job::Outcome;

/// What goes wrong with one submit. As text: `refused-403`, `answer-lost`, `gateway`, `policy` or `server`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Refused with this status, 400 to 499, in fal's shape: nothing is bought.
    Refused(u16),
    /// Accepted, and the connection breaks before the answer is through.
    AnswerLost,
    /// Accepted, and a gateway answers 502 with a page of its own.
    Gateway,
    /// Accepted, and ends so.
    Ends(BadEnd),
}

/// How a request that was accepted ends badly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BadEnd {
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

/// Why a text is no [`Fault`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no fault; write refused-403 (or another 4xx), answer-lost, gateway, policy or server")]
pub struct NotAFault(String);

impl FromStr for Fault {
    type Err = NotAFault;

    fn from_str(text: &str) -> Result<Self, NotAFault> {
        let refused = || text.strip_prefix("refused-")?.parse().ok().filter(|code| (400..500).contains(code));
        match text {
            "answer-lost" => Ok(Self::AnswerLost),
            "gateway" => Ok(Self::Gateway),
            "policy" => Ok(Self::Ends(BadEnd::Policy)),
            "server" => Ok(Self::Ends(BadEnd::Server)),
            _ => refused().map(Self::Refused).ok_or_else(|| NotAFault(text.to_owned())),
        }
    }
}

impl BadEnd {
    pub(super) fn outcome(self) -> Outcome {
        match self {
            Self::Policy => Outcome::Blocked(vec![policy()]),
            Self::Server => Outcome::Failed(ASKED.to_owned()),
            Self::Invalid => Outcome::Invalid(vec![invalid()]),
            Self::Words => Outcome::Refused(ASKED.to_owned()),
            Self::Empty => Outcome::Empty,
        }
    }
}

const ASKED: &str = "the simulator was asked to fail";

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_told_apart_by_their_words() {
        let read = |text: &str| text.parse::<Fault>();
        assert_eq!(read("refused-429"), Ok(Fault::Refused(429)));
        assert_eq!(read("answer-lost"), Ok(Fault::AnswerLost));
        assert_eq!(read("gateway"), Ok(Fault::Gateway));
        assert_eq!(read("policy"), Ok(Fault::Ends(BadEnd::Policy)));
        assert_eq!(read("server"), Ok(Fault::Ends(BadEnd::Server)));
        for text in ["", "refused", "refused-", "refused-200", "refused-500", "refused-99999", "Policy"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
