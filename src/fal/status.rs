//! How far fal is with a purchase, as its status says. What came of it is the result's to tell.

use serde_json::Value;

use super::ask::AskError;
use super::http::Answer;
use super::key::Cleaner;

/// fal's states. There is none for failure: that is `Completed` too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// With the number of requests in front of it.
    Queued {
        position: Option<u64>,
    },
    /// Or in a state that this version does not know.
    Running,
    Completed(Completion),
}

/// What the status says of the outcome; nothing where all went well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    pub error: Option<String>,
    pub error_type: Option<String>,
}

impl Completion {
    /// fal itself says that it failed.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        self.error.is_some() || self.error_type.is_some()
    }
}

pub(super) fn judge(answer: &Answer, cleaner: &Cleaner) -> Result<Status, AskError> {
    if !answer.is_success() {
        return Err(AskError::of(answer, cleaner));
    }
    let body = answer.json().map_err(|why| AskError::unreadable(answer, &why, cleaner))?;
    let state = body.get("status").and_then(Value::as_str);
    let state = state.ok_or_else(|| AskError::unreadable(answer, "the answer has no status", cleaner))?;
    Ok(match state {
        "IN_QUEUE" => Status::Queued { position: body.get("queue_position").and_then(Value::as_u64) },
        "COMPLETED" => Status::Completed(completion(&body, cleaner)),
        _ => Status::Running,
    })
}

fn completion(body: &Value, cleaner: &Cleaner) -> Completion {
    let said = |name: &str| match body.get(name)? {
        Value::Null | Value::Bool(false) => None,
        Value::String(text) => {
            Some(text).filter(|text| !text.trim().is_empty()).map(|text| cleaner.clean(text))
        }
        other => Some(cleaner.clean(&other.to_string())),
    };
    Completion { error: said("error"), error_type: said("error_type") }
}
