//! Timecode: what a clip's and a shot's clock read at a frame.

use super::FPS;

/// Hours, minutes, seconds and frames: `00:00:04:12`. Frames are counted from 0.
pub(super) fn clip(frame: u32) -> String {
    let (seconds, frames) = (frame / FPS, frame % FPS);
    format!("{:02}:{:02}:{:02}:{frames:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Seconds and frames: `04:12`, and `104:12` where it takes more digits.
pub(super) fn shot(frame: u32) -> String {
    format!("{:02}:{:02}", frame / FPS, frame % FPS)
}

/// The same with a leading zero for every digit that `longest` has more.
pub(super) fn shot_as_wide_as(frame: u32, longest: u32) -> String {
    format!("{:0>width$}", shot(frame), width = shot(longest).len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_has_24_frames() {
        assert_eq!(clip(0), "00:00:00:00");
        assert_eq!(clip(23), "00:00:00:23");
        assert_eq!(clip(24), "00:00:01:00");
        assert_eq!(clip(24 * 3661 + 5), "01:01:01:05");
    }

    #[test]
    fn a_shots_clock_keeps_its_width() {
        assert_eq!(shot_as_wide_as(24 * 4 + 12, 24 * 15), "04:12");
        assert_eq!(shot_as_wide_as(24 * 4 + 12, 24 * 120), "004:12");
    }
}
