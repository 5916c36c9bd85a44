//! Frames: how many there are a second, how many seconds are, and how a frame's time is written. Exact, without floats
//! but for the writing of a rate. Knows no film.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// Frames a second, as a fraction: `24`, `30000/1001`. From 1 to [`MAX`] frames a second, in lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate {
    frames: u32,
    seconds: u32,
}

/// No editing program counts more frames a second.
pub const MAX: u32 = 240;

/// The rates of SMPTE ST 12 that are one part in 1001 slower than their name.
const NTSC: [(&str, u32); 6] =
    [("23.976", 24), ("23.98", 24), ("29.97", 30), ("47.952", 48), ("59.94", 60), ("119.88", 120)];

/// Whole rates, as a file means them whose own numbers come near.
const WHOLE: [u32; 10] = [12, 15, 24, 25, 30, 48, 50, 60, 100, 120];

/// How near is near, in parts of a rate: a quarter of what lies between 24 and 23.976.
const NEAR: u128 = 4_000;

impl Rate {
    /// What the models give, and what is taken where there is no file to tell.
    pub const FILM: Self = Self { frames: 24, seconds: 1 };

    /// So many frames in so many seconds; none outside the range.
    #[must_use]
    pub fn new(frames: u64, seconds: u64) -> Option<Self> {
        let divisor = common_divisor(frames, seconds).max(1);
        let (frames, seconds) =
            (u32::try_from(frames / divisor).ok()?, u32::try_from(seconds / divisor).ok()?);
        let in_range = seconds > 0 && frames >= seconds && frames / seconds <= MAX;
        (in_range && frames <= seconds.saturating_mul(MAX)).then_some(Self { frames, seconds })
    }

    /// What a file means that shows so many frames in so many seconds: the usual rate that is as good as that, if there
    /// is one.
    #[must_use]
    pub fn measured(frames: u64, seconds: u64) -> Option<Self> {
        let usual =
            NTSC.iter().map(|(_, nominal)| (*nominal * 1000, 1001)).chain(WHOLE.map(|rate| (rate, 1)));
        let near = usual.map(|(frames, seconds)| Self { frames, seconds }.lowest()).find(|usual| {
            let (a, b) = (
                u128::from(frames) * u128::from(usual.seconds),
                u128::from(usual.frames) * u128::from(seconds),
            );
            a.abs_diff(b) * NEAR < b
        });
        near.or_else(|| Self::new(frames, seconds))
    }

    fn lowest(self) -> Self {
        Self::new(self.frames.into(), self.seconds.into()).unwrap_or(self)
    }

    /// The whole number of frames by which timecode counts a second.
    #[must_use]
    pub fn nominal(self) -> u32 {
        self.frames.saturating_add(self.seconds / 2) / self.seconds
    }

    /// How many frames so many seconds are, to the nearest.
    #[must_use]
    pub fn frames_in(self, seconds: u64) -> u64 {
        nearest(u128::from(seconds) * u128::from(self.frames), self.seconds.into())
    }

    /// How many frames so many milliseconds are, to the nearest.
    #[must_use]
    pub fn frames_in_millis(self, millis: u64) -> u64 {
        nearest(u128::from(millis) * u128::from(self.frames), u128::from(self.seconds) * 1000)
    }

    /// The frame that is shown at this time.
    #[must_use]
    pub fn frame_at(self, time: Duration) -> u64 {
        let units = time.as_micros() * u128::from(self.frames);
        u64::try_from(units / (u128::from(self.seconds) * 1_000_000)).unwrap_or(u64::MAX)
    }

    /// How many frames of this rate so many of another are, to the nearest.
    #[must_use]
    pub fn frames_of(self, frames: u64, other: Self) -> u64 {
        let units = u128::from(frames) * u128::from(other.seconds) * u128::from(self.frames);
        nearest(units, u128::from(other.frames) * u128::from(self.seconds))
    }

    /// When a frame begins, in milliseconds, to the nearest.
    #[must_use]
    pub fn millis(self, frame: u64) -> u64 {
        self.units(frame, 1000)
    }

    /// When a frame begins, in units of which a second has so many, to the nearest.
    #[must_use]
    pub fn units(self, frame: u64, a_second: u32) -> u64 {
        let units = u128::from(frame) * u128::from(self.seconds) * u128::from(a_second);
        nearest(units, self.frames.into())
    }

    /// `01:00:00:00`, non-drop: every second counts [`Rate::nominal`] frames.
    #[must_use]
    pub fn timecode(self, frame: u64) -> String {
        let nominal = u64::from(self.nominal());
        let (seconds, rest) = (frame / nominal, frame % nominal);
        format!("{:02}:{:02}:{:02}:{rest:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
    }

    /// The frame that timecode calls `01:00:00:00`, where films begin.
    #[must_use]
    pub fn first_hour(self) -> u64 {
        u64::from(self.nominal()) * 3600
    }

    /// For formats that write it as a decimal number.
    #[must_use]
    pub fn per_second(self) -> f64 {
        f64::from(self.frames) / f64::from(self.seconds)
    }

    /// Units a second of which every frame lasts a whole number.
    #[must_use]
    pub fn timescale(self) -> u32 {
        if self.seconds == 1 { self.frames * 1000 } else { self.frames }
    }

    /// `24/1`, `30000/1001`: exact, as ffmpeg reads it.
    #[must_use]
    pub fn fraction(self) -> String {
        format!("{}/{}", self.frames, self.seconds)
    }
}

/// Rounded half up; more than fits is more than any film.
fn nearest(units: u128, whole: u128) -> u64 {
    u64::try_from((units + whole / 2) / whole.max(1)).unwrap_or(u64::MAX)
}

fn common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

/// As people call it: `24`, `23.976`, `30000/997`.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = NTSC.iter().find(|(_, nominal)| (self.frames, self.seconds) == (nominal * 1000, 1001));
        match (named, self.seconds) {
            (Some((name, _)), _) => f.write_str(name),
            (None, 1) => write!(f, "{}", self.frames),
            (None, _) => write!(f, "{}/{}", self.frames, self.seconds),
        }
    }
}

/// Why a text is no frame rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write frames a second such as 24, 25, 23.976, 29.97 or 30000/1001, from 1 to {MAX}")]
pub struct NotARate;

impl FromStr for Rate {
    type Err = NotARate;

    fn from_str(text: &str) -> Result<Self, NotARate> {
        if let Some((_, nominal)) = NTSC.iter().find(|(name, _)| *name == text) {
            return Self::new(u64::from(*nominal) * 1000, 1001).ok_or(NotARate);
        }
        let whole = |text: &str| text.parse::<u32>().map(u64::from).map_err(|_| NotARate);
        let (frames, seconds) = match (text.split_once('/'), text.split_once('.')) {
            (Some((frames, seconds)), _) => (whole(frames)?, whole(seconds)?),
            (None, Some((_, decimals))) if (1..=4).contains(&decimals.len()) => {
                (whole(&text.replacen('.', "", 1))?, 10_u64.pow(u32::try_from(decimals.len()).unwrap_or(0)))
            }
            (None, _) => (whole(text)?, 1),
        };
        Self::new(frames, seconds).ok_or(NotARate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rate(text: &str) -> Rate {
        text.parse().unwrap()
    }

    #[test]
    fn a_rate_is_read_as_people_write_it() {
        for (text, fraction, shown) in [
            ("24", "24/1", "24"),
            ("24.000", "24/1", "24"),
            ("23.976", "24000/1001", "23.976"),
            ("23.98", "24000/1001", "23.976"),
            ("29.97", "30000/1001", "29.97"),
            ("30000/1001", "30000/1001", "29.97"),
            ("60000/1001", "60000/1001", "59.94"),
            ("12.5", "25/2", "25/2"),
            ("48/2", "24/1", "24"),
        ] {
            assert_eq!(
                (rate(text).fraction().as_str(), rate(text).to_string().as_str()),
                (fraction, shown),
                "{text}"
            );
        }
        for text in
            ["", "0", "-24", "24fps", "1/0", "0/1", "241", "1/2", "24.", ".5", "24.00000", "1e1", "+24/1x"]
        {
            assert_eq!(text.parse::<Rate>(), Err(NotARate), "{text:?}");
        }
    }

    #[test]
    fn a_file_means_the_usual_rate_that_it_comes_near() {
        let measured = |frames, seconds| Rate::measured(frames, seconds).unwrap().to_string();
        assert_eq!(measured(24_000, 1_000), "24");
        assert_eq!(measured(24_000, 1_001), "23.976");
        assert_eq!(measured(30 * 16_000, 16_002), "30");
        assert_eq!(measured(2_997, 100), "29.97");
        assert_eq!(measured(271, 10), "271/10");
        assert_eq!(Rate::measured(0, 10), None);
        assert_eq!(Rate::measured(10, 0), None);
    }

    #[test]
    fn timecode_counts_nominal_frames() {
        assert_eq!(rate("24").timecode(24 * 3600 + 24 * 61 + 5), "01:01:01:05");
        assert_eq!(rate("29.97").timecode(1800), "00:01:00:00");
        assert_eq!(rate("59.94").timecode(59), "00:00:00:59");
        assert_eq!(rate("24").timecode(rate("24").first_hour()), "01:00:00:00");
        assert_eq!(rate("29.97").timecode(rate("29.97").first_hour()), "01:00:00:00");
        assert_eq!(rate("4294967291/4294967279").timecode(61), "00:01:01:00");
    }

    #[test]
    fn a_frame_is_shown_until_the_next_one_begins() {
        let at = |millis| rate("24").frame_at(Duration::from_millis(millis));
        assert_eq!([at(0), at(41), at(42), at(1500), at(15_000)], [0, 0, 1, 36, 360]);
    }

    #[test]
    fn seconds_and_frames_are_exact_to_the_nearest() {
        assert_eq!(rate("24").frames_in(15), 360);
        assert_eq!(rate("29.97").frames_in(5), 150);
        assert_eq!(rate("29.97").frames_in(1001), 30_000);
        assert_eq!(rate("24").frames_in_millis(5041), 121);
        assert_eq!((rate("24").millis(1), rate("24").millis(121)), (42, 5042));
        assert_eq!(rate("24").frames_of(150, rate("30")), 120);
        assert_eq!(rate("24").frames_of(121, rate("24")), 121);
        assert_eq!(rate("29.97").units(30_000, 48_000), 1001 * 48_000);
    }

    proptest! {
        #[test]
        fn a_frame_is_found_again_from_its_time(frame in 0..10_000_000_u64, frames in 1..=120_u64) {
            for rate in [Rate::new(frames, 1), Rate::new(frames * 1000, 1001)].into_iter().flatten() {
                prop_assert_eq!(rate.frames_in_millis(rate.millis(frame)), frame);
                prop_assert_eq!(rate.frames_of(frame, rate), frame);
            }
        }
    }
}
