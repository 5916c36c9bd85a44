//! How long something takes, by chance: always the same, anything between two bounds, or log-normal as queues and networks
//! are. Draws from numbers that it is given.

use std::f64::consts::TAU;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::sim::span::{self, Written};

/// A length of time that may differ from one time to the next. As text: `40s`, `30s..2m` (each length between is as
/// probable as the others), or `p50=45s,p95=2m` (log-normal: half take less than the first, and 19 of 20 less than the
/// second).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spread(Shape);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Fixed(Duration),
    Uniform { from: Duration, to: Duration },
    LogNormal { p50: Duration, p95: Duration },
}

/// Why a text is no [`Spread`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}; write 40s, 30s..2m, or p50=45s,p95=2m")]
pub struct NotASpread(String);

/// Standard deviations from the middle to the 95th percentile of a normal distribution.
const P95: f64 = 1.644_853_626_951_472_2;

impl Spread {
    /// Always this.
    #[must_use]
    pub const fn fixed(time: Duration) -> Self {
        Self(Shape::Fixed(time))
    }

    /// What it is where it is always the same.
    pub(super) fn always(self) -> Option<Duration> {
        if let Shape::Fixed(time) = self.0 { Some(time) } else { None }
    }

    /// By two numbers from 0 up to, but not including, 1, each as probable as any other.
    pub(super) fn draw(self, [one, other]: [f64; 2]) -> Duration {
        match self.0 {
            Shape::Fixed(time) => time,
            Shape::Uniform { from, to } => from + to.saturating_sub(from).mul_f64(one),
            Shape::LogNormal { p50, p95 } => {
                let deviation = (p95.as_secs_f64() / p50.as_secs_f64()).ln() / P95;
                // Box and Muller's way from two even numbers to a normal one.
                let normal = (-2.0 * (1.0 - one).ln()).sqrt() * (TAU * other).cos();
                let seconds = p50.as_secs_f64() * (deviation * normal).exp();
                Duration::try_from_secs_f64(seconds).unwrap_or(span::LONGEST).min(span::LONGEST)
            }
        }
    }
}

impl FromStr for Spread {
    type Err = NotASpread;

    fn from_str(text: &str) -> Result<Self, NotASpread> {
        let text = text.trim();
        let shape = match (text.split_once(".."), text.split_once(',')) {
            (Some((from, to)), _) => uniform(from, to),
            (None, Some((p50, p95))) => log_normal(p50, p95),
            (None, None) => span::read(text).map(Shape::Fixed),
        };
        shape.map(Self).map_err(NotASpread)
    }
}

fn uniform(from: &str, to: &str) -> Result<Shape, String> {
    let (from, to) = (span::read(from)?, span::read(to)?);
    let is_up = from <= to;
    is_up
        .then_some(Shape::Uniform { from, to })
        .ok_or_else(|| format!("{}..{} ends before it begins", Written(from), Written(to)))
}

fn log_normal(p50: &str, p95: &str) -> Result<Shape, String> {
    let percentile = |text: &str, name: &str| match text.trim().split_once('=') {
        Some((given, time)) if given.trim() == name => span::read(time),
        _ => Err(format!("`{}` is no {name}=…", text.trim())),
    };
    let (p50, p95) = (percentile(p50, "p50")?, percentile(p95, "p95")?);
    let is_up = p50 > Duration::ZERO && p50 <= p95;
    is_up.then_some(Shape::LogNormal { p50, p95 }).ok_or_else(|| {
        format!("p95={} is to be no less than p50={}, and that more than nothing", Written(p95), Written(p50))
    })
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Shape::Fixed(time) => Written(time).fmt(f),
            Shape::Uniform { from, to } => write!(f, "{}..{}", Written(from), Written(to)),
            Shape::LogNormal { p50, p95 } => write!(f, "p50={},p95={}", Written(p50), Written(p95)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Numbers from 0 to 1 that no two draws share.
    fn even() -> impl Iterator<Item = [f64; 2]> {
        let mut random = fastrand::Rng::with_seed(1);
        std::iter::from_fn(move || Some([random.f64(), random.f64()]))
    }

    fn drawn(text: &str) -> Vec<u128> {
        let spread: Spread = text.parse().unwrap();
        let mut drawn: Vec<u128> = even().take(10_000).map(|pair| spread.draw(pair).as_millis()).collect();
        drawn.sort_unstable();
        drawn
    }

    #[test]
    fn what_is_fixed_is_always_the_same_and_what_lies_between_bounds_fills_them() {
        assert_eq!(drawn("40s")[0], 40_000);
        assert_eq!(drawn("40s")[9_999], 40_000);
        let between = drawn("30s..2m");
        assert!((30_000..30_100).contains(&between[0]) && (119_900..120_000).contains(&between[9_999]));
        assert!((74_000..76_000).contains(&between[5_000]), "{}", between[5_000]);
    }

    #[test]
    fn half_take_less_than_the_median_and_one_in_twenty_more_than_the_95th_percentile() {
        let drawn = drawn("p50=45s,p95=2m");
        assert!((43_500..46_500).contains(&drawn[5_000]), "{}", drawn[5_000]);
        assert!((114_000..126_000).contains(&drawn[9_500]), "{}", drawn[9_500]);
        assert!(drawn[0] > 0 && drawn[9_999] > 200_000);
    }

    #[test]
    fn what_is_no_spread_is_told_with_what_would_be_one() {
        for (text, why) in [
            ("", "`` is no length of time"),
            ("40", "`40` is no length of time"),
            ("2m..30s", "2m..30s ends before it begins"),
            ("30s..", "`` is no length of time"),
            ("p50=2m,p95=1m", "p95=1m is to be no less than p50=2m"),
            ("p50=0s,p95=1m", "more than nothing"),
            ("p95=2m,p50=1m", "`p95=2m` is no p50=…"),
        ] {
            let error = text.parse::<Spread>().unwrap_err().to_string();
            assert!(
                error.contains(why) && error.ends_with("; write 40s, 30s..2m, or p50=45s,p95=2m"),
                "{text}: {error}"
            );
        }
    }

    fn time() -> impl Strategy<Value = Duration> {
        (1_u64..1_000_000_000_000_000).prop_map(Duration::from_nanos)
    }

    fn shape() -> impl Strategy<Value = Shape> {
        let two = || (time(), time()).prop_map(|(one, other)| (one.min(other), one.max(other)));
        prop_oneof![
            time().prop_map(Shape::Fixed),
            two().prop_map(|(from, to)| Shape::Uniform { from, to }),
            two().prop_map(|(p50, p95)| Shape::LogNormal { p50, p95 }),
        ]
    }

    proptest! {
        #[test]
        fn what_a_spread_prints_reads_back_as_the_same(shape in shape()) {
            let spread = Spread(shape);
            prop_assert_eq!(spread.to_string().parse(), Ok(spread));
        }

        #[test]
        fn no_draw_panics(shape in shape(), one in 0.0..1.0_f64, other in 0.0..1.0_f64) {
            prop_assert!(Spread(shape).draw([one, other]) <= span::LONGEST);
        }
    }
}
