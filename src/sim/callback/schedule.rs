//! When a callback is tried, and how long each try may take. Pure; pauses are the simulator's time, patience is real.

use std::time::Duration;

use super::Attempt;

/// Retries after the first attempt, and the time in which they all lie (webhooks page of fal's documentation). How they
/// lie in it is not documented: here each pause is twice the one before.
const RETRIES: u32 = 10;
const OVER: Duration = Duration::from_hours(2);
/// How long fal waits for an answer to the first attempt (the same page), and to any other (as reported).
const FIRST: Duration = Duration::from_secs(15);
const FURTHER: Duration = Duration::from_mins(2);

/// The attempt to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) struct Due {
    /// The first is 1.
    pub(in crate::sim) number: u32,
    /// Since the one before, in the simulator's time.
    pub(in crate::sim) pause: Duration,
    /// How long its answer is waited for.
    pub(in crate::sim) patience: Duration,
}

/// None where the last attempt was the last.
pub(in crate::sim) fn due(last: Option<&Attempt>) -> Option<Due> {
    match last {
        None => Some(Due { number: 1, pause: Duration::ZERO, patience: FIRST }),
        Some(last) if last.answer.is_final() => None,
        Some(last) => {
            pause(last.number).map(|pause| Due { number: last.number + 1, pause, patience: FURTHER })
        }
    }
}

/// After this attempt.
fn pause(number: u32) -> Option<Duration> {
    let doublings = number.checked_sub(1).filter(|doublings| *doublings < RETRIES)?;
    Some(OVER / ((1 << RETRIES) - 1) * (1 << doublings))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::super::Answer;
    use super::*;

    fn after(number: u32, answer: Answer) -> Option<Due> {
        let (id, at, to) = (Uuid::nil(), Timestamp::UNIX_EPOCH, String::new());
        due(Some(&Attempt { id, at, number, to, answer }))
    }

    fn refused() -> Answer {
        Answer::Error("connection refused".to_owned())
    }

    #[test]
    fn ten_retries_lie_within_two_hours_each_later_than_the_one_before() {
        let mut pauses = Vec::new();
        let mut next = due(None).unwrap();
        assert_eq!((next.number, next.pause, next.patience), (1, Duration::ZERO, FIRST));
        while let Some(due) = after(next.number, refused()) {
            assert_eq!((due.number, due.patience), (next.number + 1, FURTHER));
            pauses.push(due.pause);
            next = due;
        }
        assert_eq!(pauses.len(), 10);
        assert!(pauses.is_sorted());
        let whole: Duration = pauses.iter().sum();
        assert!(whole.abs_diff(OVER) < Duration::from_millis(1), "{whole:?}");
    }

    #[test]
    fn what_was_taken_or_redirected_is_over_and_any_other_answer_is_tried_again() {
        for status in [200, 204, 299, 301, 302, 307, 308] {
            assert_eq!(after(1, Answer::StatusCode(status)), None, "{status}");
        }
        for status in [400, 401, 404, 410, 422, 429, 500, 502, 503] {
            assert!(after(1, Answer::StatusCode(status)).is_some(), "{status}");
        }
    }
}
