//! How a purchase failed, and what that frees: the one place that decides what counts as billed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Units;
use super::trouble::{Again, Trouble};

/// A failure, with fal's own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failed {
    pub at: Timestamp,
    pub kind: FailureKind,
    /// fal's own words, or the transport's.
    pub message: String,
    /// fal's `error_type`, or the `type` of its first `detail`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_status: Option<u16>,
    /// `X-Fal-Billable-Units`, as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billable_units: Option<String>,
    /// fal's own word on whether another try can help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retryable: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The connection was never made.
    NotSent,
    /// 401, 402 or 403 at the submit: the key, the balance or the permission.
    Account,
    /// 429 at the submit.
    Throttled,
    /// 400, 404 or 422 at the submit: fal will not take this request.
    Refused,
    /// fal's or the model's content filter.
    Policy,
    /// fal ran it and found the input wrong.
    Validation,
    /// The outcome is an HTTP 5xx, which fal does not bill.
    Server,
    /// Finished, and there is no video in the answer.
    NoVideo,
    /// Cancelled at fal; where it ran already, it may be billed.
    Cancelled,
    /// Nobody knew whether it was bought, fal's history did not have it, and a person let its money go.
    Released,
}

impl FailureKind {
    #[must_use]
    pub fn trouble(self) -> Trouble {
        match self {
            Self::NotSent | Self::Released => Trouble::NotSent,
            Self::Account => Trouble::Account,
            Self::Throttled => Trouble::Throttled,
            Self::Server => Trouble::Server,
            Self::Policy => Trouble::Policy,
            Self::Refused | Self::Validation | Self::NoVideo | Self::Cancelled => Trouble::Refused,
        }
    }

    /// A person's word, where every other kind is evidence.
    pub(super) fn is_a_decision(self) -> bool {
        self == Self::Released
    }

    /// Or a person has decided to count it so.
    fn is_never_billed(self) -> bool {
        !matches!(self, Self::Policy | Self::Validation | Self::NoVideo | Self::Cancelled)
    }

    /// In words, as in `failed: content policy`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::NotSent => "not sent, the connection was never made",
            Self::Account => "refused, key or account",
            Self::Throttled => "refused, too many requests",
            Self::Refused => "refused by fal",
            Self::Policy => "content policy",
            Self::Validation => "fal found the input wrong",
            Self::Server => "server error, not billed",
            Self::NoVideo => "no video in the answer",
            Self::Cancelled => "cancelled at fal",
            Self::Released => "released by hand",
        }
    }
}

impl Failed {
    /// A failure of which no more is known than this.
    #[must_use]
    pub fn new(at: Timestamp, kind: FailureKind, message: String) -> Self {
        let (error_type, http_status, billable_units, retryable) = (None, None, None, None);
        Self { at, kind, message, error_type, http_status, billable_units, retryable }
    }

    /// May the same request be bought again? fal knows which of its server errors another try can't help.
    #[must_use]
    pub fn again(&self) -> Again {
        match (self.kind.trouble().again(), self.retryable) {
            (Again::WithinAttempts, Some(false)) => Again::WhenAsked,
            (again, _) => again,
        }
    }

    /// Counts as not billed: by its kind, or because fal reports zero billable units.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.kind.is_never_billed()
            || self.billable_units.as_deref().and_then(Units::told).is_some_and(Units::is_zero)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(kind: FailureKind, billable_units: Option<&str>) -> Failed {
        let billable_units = billable_units.map(str::to_owned);
        Failed { billable_units, ..Failed::new(Timestamp::UNIX_EPOCH, kind, String::new()) }
    }

    #[test]
    fn a_server_error_is_bought_again_within_its_attempts_unless_fal_says_that_it_is_no_use() {
        let server = failed(FailureKind::Server, None);
        assert_eq!(server.again(), Again::WithinAttempts);
        assert_eq!(Failed { retryable: Some(true), ..server.clone() }.again(), Again::WithinAttempts);
        assert_eq!(Failed { retryable: Some(false), ..server }.again(), Again::WhenAsked);
        let policy = failed(FailureKind::Policy, None);
        assert_eq!(Failed { retryable: Some(true), ..policy }.again(), Again::WhenAsked);
    }

    #[test]
    fn what_fal_may_bill_counts_until_fal_reports_zero_units() {
        assert!(!failed(FailureKind::Policy, None).is_free());
        assert!(!failed(FailureKind::Policy, Some("5")).is_free());
        assert!(!failed(FailureKind::Policy, Some("")).is_free());
        assert!(!failed(FailureKind::Policy, Some("garbage")).is_free());
        assert!(failed(FailureKind::Policy, Some("0")).is_free());
        assert!(failed(FailureKind::Policy, Some("0.00")).is_free());
        assert!(failed(FailureKind::Server, None).is_free());
    }
}
