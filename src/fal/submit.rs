//! What the answer to a purchase means: a receipt, a refusal that certainly bought nothing, or nobody knows.
//! Sends nothing itself, and has no second try to offer.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::Failure;
use super::ask::{in_short, retry_after};
use super::http::{Answer, Lost};
use super::key::Cleaner;
use super::origin::Origins;
use super::told::{Told, told};
use crate::take::{FailureKind, Submitted, Trouble};

/// fal's ids are UUIDs; this leaves them room.
const MAX_ID: usize = 256;
/// Follow-up addresses are some hundred characters.
const MAX_ADDRESS: usize = 2_048;

/// fal has it. The addresses are ready for the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub request_id: String,
    pub status_url: Option<String>,
    pub response_url: Option<String>,
    pub cancel_url: Option<String>,
    /// How many wait in front of it.
    pub queue_position: Option<u64>,
}

impl Receipt {
    /// One of which only the id is known.
    #[must_use]
    pub fn by_id(request_id: String) -> Self {
        Self { request_id, status_url: None, response_url: None, cancel_url: None, queue_position: None }
    }

    #[must_use]
    pub fn at(self, at: Timestamp) -> Submitted {
        let Self { request_id, status_url, response_url, cancel_url, .. } = self;
        Submitted { at, request_id, status_url, response_url, cancel_url }
    }
}

/// Why there is no receipt. The variant says whether anything may have been bought.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubmitError {
    /// Nothing left this machine.
    #[error("fal can't be reached, nothing was sent: {why}")]
    NotSent { why: String },
    /// 400, 404 or 422, from fal itself: it will not take this request.
    #[error("fal refused the request: {0}")]
    Refused(Refusal),
    /// 401, 402 or 403, from fal itself: no request will be taken.
    #[error("fal refused the key or the account: {0}")]
    Account(Refusal),
    /// 429, from fal itself.
    #[error("fal takes no more requests just now: {refusal}")]
    Throttled { refusal: Refusal, retry_after: Option<Duration> },
    /// It may have been bought. It must not be sent again by itself.
    #[error("nobody knows whether fal took the request: {why}")]
    Ambiguous { why: String },
}

/// fal's own no.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("HTTP {status}: {message}")]
pub struct Refusal {
    pub status: u16,
    pub message: String,
    pub error_type: Option<String>,
}

impl SubmitError {
    /// What may be done about it.
    #[must_use]
    pub fn trouble(&self) -> Trouble {
        match self {
            Self::NotSent { .. } => Trouble::NotSent,
            Self::Refused(_) => Trouble::Refused,
            Self::Account(_) => Trouble::Account,
            Self::Throttled { .. } => Trouble::Throttled,
            Self::Ambiguous { .. } => Trouble::Ambiguous,
        }
    }

    /// The failure to record; none where it may have been bought.
    #[must_use]
    pub fn failure(&self) -> Option<Failure> {
        let refused = |kind, refusal: &Refusal| Failure {
            kind,
            message: refusal.message.clone(),
            error_type: refusal.error_type.clone(),
            http_status: Some(refusal.status),
            billable_units: None,
            retryable: None,
        };
        match self {
            Self::NotSent { why } => Some(Failure {
                kind: FailureKind::NotSent,
                message: why.clone(),
                error_type: None,
                http_status: None,
                billable_units: None,
                retryable: None,
            }),
            Self::Refused(refusal) => Some(refused(FailureKind::Refused, refusal)),
            Self::Account(refusal) => Some(refused(FailureKind::Account, refusal)),
            Self::Throttled { refusal, .. } => Some(refused(FailureKind::Throttled, refusal)),
            Self::Ambiguous { .. } => None,
        }
    }
}

impl From<Lost> for SubmitError {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::NotSent(why) => Self::NotSent { why },
            Lost::Unanswered(why) => Self::Ambiguous { why: format!("the answer was lost ({why})") },
        }
    }
}

/// What one answer to the one `POST` means.
pub(super) fn judge(answer: &Answer, origins: &Origins, cleaner: &Cleaner) -> Result<Receipt, SubmitError> {
    if let Some(refused) = refused(answer, cleaner) {
        return Err(refused);
    }
    receipt(answer, origins, cleaner).map_err(|why| {
        let traced = answer.header("x-fal-request-id").map(|id| format!("; fal calls it {id}"));
        let why = format!("HTTP {}, {why}{}", answer.status, traced.unwrap_or_default());
        SubmitError::Ambiguous { why: cleaner.clean(&why) }
    })
}

/// Only fal's own word counts: the same codes come from proxies and gateways that have passed the request on.
fn refused(answer: &Answer, cleaner: &Cleaner) -> Option<SubmitError> {
    let told = told(answer, cleaner);
    if told.is_none() && answer.header("x-fal-request-id").is_none() {
        return None;
    }
    let refusal = || refusal(answer, told, cleaner);
    match answer.status {
        400 | 404 | 422 => Some(SubmitError::Refused(refusal())),
        401..=403 => Some(SubmitError::Account(refusal())),
        429 => Some(SubmitError::Throttled { refusal: refusal(), retry_after: retry_after(answer) }),
        _ => None,
    }
}

fn refusal(answer: &Answer, told: Option<Told>, cleaner: &Cleaner) -> Refusal {
    let error_type = told.as_ref().and_then(|told| told.error_type.clone());
    let message = told.map_or_else(|| in_short(answer, cleaner), |told| told.message);
    Refusal { status: answer.status, message, error_type }
}

/// # Errors
/// In words, why the answer is no receipt.
fn receipt(answer: &Answer, origins: &Origins, cleaner: &Cleaner) -> Result<Receipt, String> {
    if (300..400).contains(&answer.status) {
        return Err("a redirect, which a purchase never follows".to_owned());
    }
    let body =
        answer.json().map_err(|why| if answer.is_success() { why } else { in_short(answer, cleaner) })?;
    let id = body.get("request_id").and_then(Value::as_str).ok_or("the answer has no request_id")?;
    if !is_sane(id) || !cleaner.is_clean(id) {
        return Err(format!("the request_id `{}` can't be one", cleaner.clean(id)));
    }
    let address = |name: &str| {
        let text = body.get(name).and_then(Value::as_str);
        let kept = text.filter(|text| text.len() <= MAX_ADDRESS && cleaner.is_clean(text));
        kept.map(|text| origins.portable(text))
    };
    Ok(Receipt {
        request_id: id.to_owned(),
        status_url: address("status_url"),
        response_url: address("response_url"),
        cancel_url: address("cancel_url"),
        queue_position: body.get("queue_position").and_then(Value::as_u64),
    })
}

/// It becomes part of addresses, file names and messages, so nothing in it may mean anything there.
pub(super) fn is_sane(id: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    !id.is_empty()
        && id.len() <= MAX_ID
        && id.chars().all(plain)
        && id.chars().any(|c| c.is_ascii_alphanumeric())
}
