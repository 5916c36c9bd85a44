//! The queue's signing keys, kept for at most a day, and when to ask for them again: none is there, or none fits.
//! Pure: does not ask.

use std::time::{Duration, Instant};

use crate::fal::SigningKey;

/// How long keys may be kept (webhooks page of fal's documentation).
const KEPT: Duration = Duration::from_hours(24);
/// Whoever sends bad signatures must not make this program ask all the time.
const BETWEEN: Duration = Duration::from_secs(10);

#[derive(Debug, Default)]
pub(super) struct Keyring {
    keys: Vec<SigningKey>,
    got: Option<Instant>,
    asked: Option<Instant>,
}

impl Keyring {
    /// None where they are too old to be trusted.
    pub(super) fn keys(&self, now: Instant) -> &[SigningKey] {
        let is_fresh = self.got.is_some_and(|got| now.saturating_duration_since(got) < KEPT);
        if is_fresh { &self.keys } else { &[] }
    }

    /// May they be asked for now? Whoever then asks says so first.
    pub(super) fn may_ask(&self, now: Instant) -> bool {
        self.asked.is_none_or(|asked| now.saturating_duration_since(asked) >= BETWEEN)
    }

    pub(super) fn asking(&mut self, now: Instant) {
        self.asked = Some(now);
    }

    pub(super) fn got(&mut self, keys: Vec<SigningKey>, now: Instant) {
        (self.keys, self.got) = (keys, Some(now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: SigningKey = SigningKey([7; 32]);

    #[test]
    fn keys_are_kept_for_a_day_and_no_longer() {
        let (mut ring, now) = (Keyring::default(), Instant::now());
        assert!(ring.keys(now).is_empty());
        ring.got(vec![KEY], now);
        assert_eq!(ring.keys(now + Duration::from_secs(86_399)), [KEY]);
        assert!(ring.keys(now + KEPT).is_empty());
    }

    #[test]
    fn keys_are_asked_for_at_once_and_then_not_too_often() {
        let (mut ring, now) = (Keyring::default(), Instant::now());
        assert!(ring.may_ask(now));
        ring.asking(now);
        assert!(!ring.may_ask(now + BETWEEN / 2));
        assert!(ring.may_ask(now + BETWEEN));
    }
}
