//! What a client asks for beside the video: how soon it is to start, after whom, and how long what came of it is kept.
//! Does not read headers and keeps nothing itself.

use std::time::Duration;

use serde::{Deserialize, Serialize};

const HOUR: Duration = Duration::from_hours(1);
/// Of payloads in storage, unless the client asks for none (fal's common parameters page).
const STORED: Duration = Duration::from_hours(30 * 24);
/// Of a result that is not in storage, and of one that is large (fal's queue result page).
const UNSTORED: Duration = HOUR;
const UNSTORED_LARGE: Duration = Duration::from_mins(6);
const LARGE_BYTES: usize = 10 << 10;

/// The headers of a submit that change what becomes of it. All times are simulated.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Wishes {
    #[serde(skip_serializing_if = "is_usual")]
    pub(super) priority: Priority,
    /// Milliseconds from arrival within which it must start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) start_within_ms: Option<u64>,
    #[serde(skip_serializing_if = "is_usual")]
    pub(super) storage: Storage,
    /// Seconds from the end for which its file is kept; for ever where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) file_seconds: Option<u64>,
}

/// The place in the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Priority {
    #[default]
    Normal,
    /// Behind everything normal.
    Low,
}

/// Whether input and output are stored for the history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Storage {
    #[default]
    Usual,
    None,
}

fn is_usual<T: Default + PartialEq>(wish: &T) -> bool {
    *wish == T::default()
}

impl Storage {
    /// How long a result of this length can be had.
    pub(super) fn of_a_result(self, bytes: usize) -> Duration {
        match self {
            Self::Usual => STORED,
            Self::None if bytes >= LARGE_BYTES => UNSTORED_LARGE,
            Self::None => UNSTORED,
        }
    }

    /// How long the history shows payloads.
    pub(super) fn of_payloads(self) -> Duration {
        if self == Self::Usual { STORED } else { Duration::ZERO }
    }
}

impl Wishes {
    pub(super) fn are_none(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn start_within(&self) -> Option<Duration> {
        self.start_within_ms.map(Duration::from_millis)
    }

    pub(super) fn of_a_file(&self) -> Duration {
        self.file_seconds.map_or(Duration::MAX, Duration::from_secs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_out_of_storage_is_kept_an_hour_and_a_large_one_six_minutes() {
        assert_eq!(Storage::Usual.of_a_result(LARGE_BYTES), STORED);
        assert_eq!(Storage::None.of_a_result(LARGE_BYTES - 1), UNSTORED);
        assert_eq!(Storage::None.of_a_result(LARGE_BYTES), UNSTORED_LARGE);
    }

    #[test]
    fn wishes_that_nobody_has_take_no_room() {
        assert_eq!(serde_json::to_string(&Wishes::default()).unwrap(), "{}");
    }
}
