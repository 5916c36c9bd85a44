//! What the environment asks for: the passage of a point that ends the process, and the operations that fail.
//! Counts and decides; neither ends nor fails anything itself.

use std::io;
use std::str::FromStr;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::ValueEnum;

use super::Point;

/// `intent-synced:2`: this point, on this passage of it, counted from 1.
#[derive(Debug)]
pub(super) struct Armed {
    point: Point,
    passages: Countdown,
}

/// `12:ENOSPC` or `12+:EIO`: the operation that fails, counted from 1, and whether all later ones do too. Only those
/// that change something count, unless `any` stands before the number.
#[derive(Debug)]
pub(super) struct BadDisk {
    operations: Countdown,
    lasts: bool,
    reads_count: bool,
    errno: i32,
}

/// Why a variable can't be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no fault")]
pub(super) struct BadFault(String);

#[derive(Debug)]
struct Countdown {
    at: usize,
    met: AtomicUsize,
}

impl Countdown {
    fn to(text: &str) -> Option<Self> {
        let at = text.parse().ok().filter(|at| *at > 0)?;
        Some(Self { at, met: AtomicUsize::new(0) })
    }

    /// How far the one that counts is behind: zero when it is this one.
    fn meet(&self) -> Option<usize> {
        (self.met.fetch_add(1, Ordering::SeqCst) + 1).checked_sub(self.at)
    }
}

impl FromStr for Armed {
    type Err = BadFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = text.split_once(':').and_then(|(point, passage)| {
            Some(Self { point: Point::from_str(point, false).ok()?, passages: Countdown::to(passage)? })
        });
        parsed.ok_or_else(|| BadFault(text.to_owned()))
    }
}

impl Armed {
    /// Is this the passage on which the process ends?
    pub(super) fn is_met(&self, point: Point) -> bool {
        point == self.point && self.passages.meet() == Some(0)
    }
}

impl FromStr for BadDisk {
    type Err = BadFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = text.split_once(':').and_then(|(at, name)| {
            let (at, lasts) = at.strip_suffix('+').map_or((at, false), |at| (at, true));
            let (at, reads_count) = at.strip_prefix("any").map_or((at, false), |at| (at, true));
            Some(Self { operations: Countdown::to(at)?, lasts, reads_count, errno: errno(name)? })
        });
        parsed.ok_or_else(|| BadFault(text.to_owned()))
    }
}

/// The same numbers on Linux and macOS.
fn errno(name: &str) -> Option<i32> {
    let known = [("EIO", 5), ("ENOSPC", 28), ("EROFS", 30)];
    known.into_iter().find(|(known, _)| *known == name).map(|(_, errno)| errno)
}

impl BadDisk {
    /// The error of the next operation, which changes something, where it is one that fails.
    pub(super) fn next(&self) -> Option<io::Error> {
        let after = self.operations.meet()?;
        (after == 0 || self.lasts).then(|| io::Error::from_raw_os_error(self.errno))
    }

    /// The same for one that only reads.
    pub(super) fn next_read(&self) -> Option<io::Error> {
        if self.reads_count { self.next() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failing(text: &str) -> Vec<usize> {
        let disk: BadDisk = text.parse().unwrap();
        (1..=5).filter(|_| disk.next().is_some_and(|error| error.raw_os_error() == Some(28))).collect()
    }

    #[test]
    fn one_operation_fails_or_all_from_it_on() {
        assert_eq!(failing("3:ENOSPC"), [3]);
        assert_eq!(failing("3+:ENOSPC"), [3, 4, 5]);
        assert_eq!(failing("any3:ENOSPC"), [3]);
    }

    #[test]
    fn reading_counts_only_where_that_is_said() {
        let reads = |text: &str| text.parse::<BadDisk>().unwrap().next_read().is_some();
        assert!(reads("any1:EIO") && !reads("1:EIO") && !reads("any2:EIO"));
    }

    #[test]
    fn a_point_is_met_once_and_on_its_passage() {
        let armed: Armed = "intent-synced:2".parse().unwrap();
        let met = |point| armed.is_met(point);
        let points = [Point::IntentSynced, Point::PlanMade, Point::IntentSynced, Point::IntentSynced];
        assert_eq!(points.map(met), [false, false, true, false]);
    }

    #[test]
    fn what_is_none_is_refused() {
        for text in ["", "intent-synced", "intent-synced:0", "nowhere:1", "intent-synced:x"] {
            assert!(text.parse::<Armed>().is_err(), "{text}");
        }
        for text in ["", "3", "0:EIO", "3:EWHAT", "+:EIO"] {
            assert!(text.parse::<BadDisk>().is_err(), "{text}");
        }
    }
}
