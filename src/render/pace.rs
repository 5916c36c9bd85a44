//! How long to wait before the next look at a clip: short at first, then in proportion to how long it has taken.

use std::time::Duration;

const SHORTEST: Duration = Duration::from_millis(50);
/// Clips take minutes; fal's own clients look every half second, which buys nothing.
const LONGEST: Duration = Duration::from_secs(10);

/// The wait after `elapsed`: a quarter of it, so that looks grow rarer and a clip is seen soon after its end.
/// `dice` from 0 to 1 spreads the looks of many clips by a tenth either way.
pub(super) fn pause(elapsed: Duration, dice: f64) -> Duration {
    let pause = (elapsed / 4).clamp(SHORTEST, LONGEST);
    pause.mul_f64(0.9 + 0.2 * dice.clamp(0.0, 1.0))
}

/// The wait before the n-th look, from 0, in fal's history for a lost purchase: it is listed once it has begun,
/// and a page of history is a large answer.
pub(super) fn look_back(number: u32) -> Duration {
    (FIRST_LOOK * 2_u32.saturating_pow(number)).min(LAST_LOOK)
}

const FIRST_LOOK: Duration = Duration::from_millis(250);
/// A run that has nothing else to do ends no later than this after its patience is used up.
const LAST_LOOK: Duration = Duration::from_secs(15);

/// The wait before the first look at a clip that fal calls back about: hardly any is made sooner.
pub(super) const FIRST_UNCALLED: Duration = Duration::from_mins(1);
/// Callbacks may be lost on their way, so that looks remain; the middle of the waits between them.
const UNCALLED: Duration = Duration::from_secs(45);

/// The wait before every later look while no callback comes: from 30 to 60 s.
pub(super) fn uncalled(dice: f64) -> Duration {
    UNCALLED.mul_f64((2.0 + 2.0 * dice.clamp(0.0, 1.0)) / 3.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_back_grow_rarer_too() {
        assert_eq!(look_back(0), FIRST_LOOK);
        assert_eq!(look_back(2), Duration::from_secs(1));
        assert_eq!(look_back(u32::MAX), LAST_LOOK);
    }

    fn looks(until: Duration) -> usize {
        let mut elapsed = Duration::ZERO;
        std::iter::from_fn(|| {
            elapsed += pause(elapsed, 0.5);
            (elapsed < until).then_some(())
        })
        .count()
    }

    #[test]
    fn looks_grow_rarer() {
        assert_eq!(pause(Duration::ZERO, 0.5), SHORTEST);
        assert_eq!(pause(Duration::from_secs(8), 0.5), Duration::from_secs(2));
        assert_eq!(pause(Duration::from_mins(10), 0.5), LONGEST);
        assert!(looks(Duration::from_mins(3)) < 45, "{}", looks(Duration::from_mins(3)));
    }

    #[test]
    fn where_fal_calls_back_looks_are_rare() {
        assert_eq!(uncalled(0.0), Duration::from_secs(30));
        assert_eq!(uncalled(1.0), Duration::from_mins(1));
        assert_eq!(uncalled(-3.0), Duration::from_secs(30));
    }

    #[test]
    fn two_clips_do_not_look_in_step() {
        let base = Duration::from_secs(40);
        assert_eq!(pause(base, 0.0), Duration::from_secs(9));
        assert_eq!(pause(base, 1.0), Duration::from_secs(11));
        assert_eq!(pause(base, 7.0), Duration::from_secs(11));
    }
}
