//! How fast the simulator's time passes: what it makes last long for its clients is divided by this. What a client's own
//! patience is about, such as the comments that keep a stream open, keeps real time and does not ask here.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// So many times faster than fal; between a thousandth and a million, and 1 unless said otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Speed(f64);

const SLOWEST: f64 = 0.001;
const FASTEST: f64 = 1_000_000.0;

/// Why a text or number is no [`Speed`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no speed; write how many times faster than fal time is to pass, such as 1, 10 or 0.5")]
pub struct NotASpeed(String);

impl Speed {
    /// How long a simulated time really takes.
    #[must_use]
    pub fn real(self, simulated: Duration) -> Duration {
        scaled(simulated, 1.0 / self.0)
    }

    /// How much simulated time passes meanwhile.
    #[must_use]
    pub fn simulated(self, real: Duration) -> Duration {
        scaled(real, self.0)
    }
}

/// What is longer than anything that can be said is the longest that can.
fn scaled(time: Duration, factor: f64) -> Duration {
    if factor.to_bits() == 1.0_f64.to_bits() {
        return time;
    }
    Duration::try_from_secs_f64(time.as_secs_f64() * factor).unwrap_or(Duration::MAX)
}

impl Default for Speed {
    fn default() -> Self {
        Self(1.0)
    }
}

impl TryFrom<f64> for Speed {
    type Error = NotASpeed;

    fn try_from(times: f64) -> Result<Self, NotASpeed> {
        let is_within = (SLOWEST..=FASTEST).contains(&times);
        is_within.then_some(Self(times)).ok_or_else(|| NotASpeed(times.to_string()))
    }
}

impl FromStr for Speed {
    type Err = NotASpeed;

    fn from_str(text: &str) -> Result<Self, NotASpeed> {
        let wrong = |_| NotASpeed(text.to_owned());
        text.trim().parse::<f64>().map_err(wrong).and_then(Self::try_from)
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lasts_a_minute_takes_a_second_at_sixty_times_the_speed() {
        let speed: Speed = "60".parse().unwrap();
        assert_eq!(speed.real(Duration::from_mins(1)), Duration::from_secs(1));
        assert_eq!(speed.simulated(Duration::from_secs(1)), Duration::from_mins(1));
        assert_eq!(speed.to_string().parse(), Ok(speed));
    }

    #[test]
    fn nothing_overflows_and_real_time_stays_exact() {
        let slow = Speed::try_from(0.001).unwrap();
        assert_eq!(slow.real(Duration::MAX), Duration::MAX);
        assert_eq!(Speed::default().real(Duration::MAX), Duration::MAX);
        assert_eq!(Speed::default().simulated(Duration::from_nanos(1)), Duration::from_nanos(1));
    }

    #[test]
    fn what_is_no_speed_is_refused() {
        for text in ["", "0", "-1", "fast", "inf", "nan", "1e9"] {
            assert!(text.parse::<Speed>().is_err(), "{text}");
        }
    }
}
