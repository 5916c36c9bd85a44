//! One harmless question that shows whether the queue is there, whether it lets the key in, and what time it is there:
//! after a request that nobody made. Buys nothing, whatever is answered.

use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::ask;
use super::handle;
use super::http::Answer;
use super::key::Cleaner;
use super::origin::Origins;
use super::told::told;

/// What the queue answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glance {
    /// 404 where the key is let in, 401 where it is not, as integrators of fal use it.
    pub status: u16,
    pub message: String,
    /// How far this machine's clock is ahead of the server's, as far as its `Date` tells, which counts in whole seconds.
    pub ahead: Option<SignedDuration>,
}

/// The status of a request that does not exist; none where the endpoint could be no address.
pub(super) fn address(origins: &Origins, endpoint: &str) -> Option<Url> {
    handle::status_of(origins, endpoint, &uuid::Uuid::new_v4().to_string())
}

pub(super) fn judge(answer: &Answer, asked: Timestamp, cleaner: &Cleaner) -> Glance {
    let message = told(answer, cleaner).map_or_else(|| ask::in_short(answer, cleaner), |told| told.message);
    let date = answer.header("date").and_then(ask::date);
    let ahead = date.map(|date| ahead(asked, answer.received, date));
    Glance { status: answer.status, message, ahead }
}

/// The answer was written between the two, and its date leaves out less than a second: whatever that allows is no skew.
fn ahead(asked: Timestamp, received: Timestamp, date: Timestamp) -> SignedDuration {
    let (least, most) =
        (asked.duration_since(date) - SignedDuration::from_secs(1), received.duration_since(date));
    if least > SignedDuration::ZERO { least } else { most.min(SignedDuration::ZERO) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(asked: &str, received: &str, date: &str) -> i64 {
        let at = |time: &str| format!("2026-11-20T{time}Z").parse::<Timestamp>().unwrap();
        ahead(at(asked), at(received), at(date)).as_secs()
    }

    #[test]
    fn a_date_within_the_exchange_or_the_second_that_it_counts_in_is_no_skew() {
        assert_eq!(seconds("12:00:00.9", "12:00:01.1", "12:00:00"), 0);
        assert_eq!(seconds("12:00:00", "12:00:20", "12:00:13"), 0);
        assert_eq!(seconds("12:00:07", "12:00:08", "12:00:06"), 0);
    }

    #[test]
    fn a_clock_that_is_ahead_or_behind_is_so_by_the_least_that_explains_it() {
        assert_eq!(seconds("12:05:01", "12:05:02", "12:00:00"), 300);
        assert_eq!(seconds("11:59:00", "11:59:02", "12:00:00"), -58);
    }
}
