//! A point in time as it is typed: so long ago, a day, or an instant. The clock is the caller's.

use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

/// Since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Since {
    At(Timestamp),
    Ago(SignedDuration),
}

/// Why a text is no point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "write how long ago, such as 24h or 7d, a day such as 2026-11-20, or an instant such as 2026-11-20T08:00Z"
)]
pub(super) struct NotATime;

impl Since {
    /// As an instant. So long ago that there is no such time is the beginning of time.
    pub(super) fn before(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::Ago(ago) => now.checked_sub(ago).unwrap_or(Timestamp::MIN),
        }
    }
}

impl FromStr for Since {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let instant = text.parse().map(Self::At).ok();
        instant.or_else(|| day(text)).or_else(|| ago(text)).ok_or(NotATime)
    }
}

/// From its first second in UTC.
fn day(text: &str) -> Option<Since> {
    // A time of day without its zone would be read as well, and left out.
    let day: Date = text.parse().ok().filter(|day: &Date| day.to_string() == text)?;
    day.to_zoned(TimeZone::UTC).ok().map(|start| Since::At(start.timestamp()))
}

/// A day is 24 hours here. A time to come is no time ago.
fn ago(text: &str) -> Option<Since> {
    let span: Span = text.parse().ok()?;
    let ago = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    (!ago.is_negative()).then_some(Since::Ago(ago))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn since(text: &str) -> Option<String> {
        let now = "2026-11-20T12:00:00Z".parse().unwrap();
        text.parse::<Since>().ok().map(|since| since.before(now).to_string())
    }

    #[test]
    fn a_time_is_so_long_ago_or_a_day_or_an_instant() {
        for (text, at) in [
            ("24h", "2026-11-19T12:00:00Z"),
            ("7d", "2026-11-13T12:00:00Z"),
            ("1 week", "2026-11-13T12:00:00Z"),
            ("90m", "2026-11-20T10:30:00Z"),
            ("2026-11-20", "2026-11-20T00:00:00Z"),
            ("2026-11-20T08:00Z", "2026-11-20T08:00:00Z"),
            ("2026-11-20T08:00+02:00", "2026-11-20T06:00:00Z"),
        ] {
            assert_eq!(since(text).as_deref(), Some(at), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "yesterday", "24", "-24h", "1 month", "2026-13-01", "2026-11-20T08:00"] {
            assert_eq!(since(text), None, "{text}");
        }
    }
}
