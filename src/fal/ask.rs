//! Asking fal: what may be repeated at will, because it buys nothing. Why a question got no answer,
//! whether another try can help, and the one place that tries again.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

use super::http::{Answer, Lost};
use super::key::Cleaner;
use super::told::told;
use crate::take::{Again, Trouble};

/// However long a server asks to be left alone.
pub(super) const MAX_WAIT: Duration = Duration::from_mins(5);

/// Why fal did not answer a question.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    #[error("fal can't be reached: {0}")]
    Unreachable(String),
    /// Something answered, and nothing that makes sense.
    #[error("fal's answer can't be read (HTTP {status}): {why}")]
    Unreadable { status: u16, why: String },
    /// 408, 425, 429 or 5xx.
    #[error("fal is busy (HTTP {status}): {message}")]
    Busy { status: u16, message: String, retry_after: Option<Duration> },
    /// The result was asked for too early.
    #[error("fal has not finished it yet")]
    NotReady,
    /// Any other 4xx: asking again will not help. It never means that nothing was bought.
    #[error("fal refuses to say (HTTP {status}): {message}")]
    Refused { status: u16, message: String },
    /// No platform goes with a queue of the user's own.
    #[error("there is no platform to ask; set SHOTLIST_API_URL if the queue has one")]
    NoPlatform,
}

impl AskError {
    /// What may be done about it.
    #[must_use]
    pub fn trouble(&self) -> Trouble {
        match self {
            Self::Unreachable(_) | Self::Unreadable { .. } | Self::Busy { .. } | Self::NotReady => {
                Trouble::Result
            }
            Self::Refused { status: 401..=403, .. } => Trouble::Account,
            Self::Refused { .. } | Self::NoPlatform => Trouble::Refused,
        }
    }

    /// Whether the same question may get an answer later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.trouble().again() == Again::Unasked
    }

    /// How long the server asks to be left alone, at most five minutes.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Busy { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    pub(super) fn unreadable(answer: &Answer, why: &str, cleaner: &Cleaner) -> Self {
        Self::Unreadable { status: answer.status, why: cleaner.clean(why) }
    }

    /// What an answer that is no success says.
    pub(super) fn of(answer: &Answer, cleaner: &Cleaner) -> Self {
        let status = answer.status;
        let message = told(answer, cleaner).map_or_else(|| in_short(answer, cleaner), |told| told.message);
        match status {
            408 | 425 | 429 | 500.. => Self::Busy { status, message, retry_after: retry_after(answer) },
            400..=499 => Self::Refused { status, message },
            _ => Self::Unreadable { status, why: message },
        }
    }
}

impl From<Lost> for AskError {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::NotSent(why) | Lost::Unanswered(why) => Self::Unreachable(why),
        }
    }
}

/// The start of a body in no known shape.
pub(super) fn in_short(answer: &Answer, cleaner: &Cleaner) -> String {
    let text = match &answer.body {
        Ok(body) => String::from_utf8_lossy(body).into_owned(),
        Err(why) => why.clone(),
    };
    let short: String = cleaner.clean(&text).chars().take(160).collect();
    if short.is_empty() { "no words".to_owned() } else { short }
}

/// `Retry-After`, in seconds or as a date by the server's own clock; nothing where it says neither.
pub(super) fn retry_after(answer: &Answer) -> Option<Duration> {
    let text = answer.header("retry-after")?.trim();
    let wait = match text.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => MAX_WAIT,
        Err(_) => {
            let now = answer.header("date").and_then(date).unwrap_or(answer.received);
            Duration::try_from(date(text)?.duration_since(now)).unwrap_or_default()
        }
    };
    Some(wait.min(MAX_WAIT))
}

pub(super) fn date(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text.trim()).ok()
}

/// Asks until there is an answer, or an error that another try can't help, or the tries are used up.
/// Takes questions only: the type of a failed purchase does not fit.
///
/// # Errors
/// The last one.
pub async fn persistently<T, F>(tries: usize, ask: impl FnMut() -> F) -> Result<T, AskError>
where
    F: Future<Output = Result<T, AskError>>,
{
    let pauses = ExponentialBuilder::default().with_jitter().with_max_times(tries.saturating_sub(1));
    ask.retry(pauses)
        .when(AskError::is_transient)
        .adjust(|error, pause| pause.map(|pause| pause.max(error.retry_after().unwrap_or_default())))
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

    fn wait(text: &str) -> Option<Duration> {
        wait_of(&[("retry-after", text)])
    }

    fn wait_of(headers: &[(&str, &str)]) -> Option<Duration> {
        let header = |(name, text): &(&str, &str)| {
            (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(text).unwrap())
        };
        let headers = headers.iter().map(header).collect::<HeaderMap>();
        let received = "2026-11-20T12:00:00Z".parse().unwrap();
        retry_after(&Answer { status: 429, headers, received, body: Ok(Vec::new()) })
    }

    #[test]
    fn a_wait_may_be_asked_for_in_seconds_or_as_a_date_and_is_never_long() {
        assert_eq!(wait("7"), Some(Duration::from_secs(7)));
        assert_eq!(wait("Fri, 20 Nov 2026 12:00:30 GMT"), Some(Duration::from_secs(30)));
        assert_eq!(wait("Fri, 20 Nov 2026 11:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(wait("Fri, 20 Nov 2099 11:00:00 GMT"), Some(MAX_WAIT));
        assert_eq!(wait("100000"), Some(MAX_WAIT));
        assert_eq!(wait("99999999999999999999999999"), Some(MAX_WAIT));
        for garbage in ["soon", "", "-5", "1.5", "7 8"] {
            assert_eq!(wait(garbage), None, "{garbage}");
        }
    }

    #[test]
    fn a_date_is_meant_by_the_servers_clock_whatever_this_machines_says() {
        let until = |date| wait_of(&[("retry-after", "Sat, 21 Nov 2026 12:00:30 GMT"), ("date", date)]);
        assert_eq!(until("Sat, 21 Nov 2026 12:00:00 GMT"), Some(Duration::from_secs(30)));
        assert_eq!(until("Sat, 21 Nov 2026 12:01:00 GMT"), Some(Duration::ZERO));
        assert_eq!(until("yesterday"), Some(MAX_WAIT));
    }
}
