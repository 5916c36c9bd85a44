//! Money in whole millionths of a dollar: exact sums, exact text.
//! Knows nothing of prices or caps; no floating point anywhere.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

const MICROS_PER_DOLLAR: i64 = 1_000_000;

/// An amount of US dollars, never negative, exact to a millionth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Usd(i64);

impl Usd {
    pub const ZERO: Self = Self(0);
    /// More than any bill: what a sum that would overflow becomes, so that no cap lets it pass.
    pub const MAX: Self = Self(i64::MAX);

    #[must_use]
    pub const fn from_micros(micros: u32) -> Self {
        Self(micros as i64)
    }

    /// A price per second times a number of seconds.
    #[must_use]
    pub fn times(self, count: u32) -> Self {
        Self(self.0.saturating_mul(i64::from(count)))
    }

    /// So many parts of it, to the nearest millionth: what a price for `whole` makes of `parts`. None of no whole.
    #[must_use]
    pub fn share(self, parts: u64, whole: u64) -> Option<Self> {
        let (micros, whole) = (i128::from(self.0) * i128::from(parts), i128::from(whole));
        let nearest = (micros + whole / 2).checked_div(whole)?;
        Some(i64::try_from(nearest).map_or(Self::MAX, Self))
    }

    /// How many thousandths of `whole` it is, to the nearest; none of nothing.
    #[must_use]
    pub fn thousandths(self, whole: Self) -> u32 {
        let (part, whole) = (i128::from(self.0) * 1000, i128::from(whole.0));
        (part + whole / 2).checked_div(whole).and_then(|share| u32::try_from(share).ok()).unwrap_or_default()
    }

    /// What is left of `self` after `other`; zero where nothing is.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0).max(0))
    }

    /// The plain decimal number of the machine output: `4.62`, `0.252`.
    #[must_use]
    pub fn decimal(self) -> String {
        let (dollars, micros) = (self.0 / MICROS_PER_DOLLAR, self.0 % MICROS_PER_DOLLAR);
        let fraction = format!("{micros:06}");
        let kept = fraction.trim_end_matches('0').len().max(2);
        format!("{dollars}.{}", &fraction[..kept])
    }
}

/// Why a text is no amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write an amount of dollars such as 25 or 12.50, with at most six decimals")]
pub struct NotUsd;

impl FromStr for Usd {
    type Err = NotUsd;

    fn from_str(text: &str) -> Result<Self, NotUsd> {
        let (dollars, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let dollars = digits(dollars).ok_or(NotUsd)?;
        let micros = digits(fraction).filter(|_| fraction.len() <= 6).ok_or(NotUsd)?;
        let scale = 10_i64.pow(6 - u32::try_from(fraction.len()).map_err(|_| NotUsd)?);
        let whole = dollars.checked_mul(MICROS_PER_DOLLAR).ok_or(NotUsd)?;
        whole.checked_add(micros * scale).map(Self).ok_or(NotUsd)
    }
}

fn digits(text: &str) -> Option<i64> {
    let only_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    only_digits.then(|| text.parse().ok()).flatten()
}

impl fmt::Display for Usd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("${}", self.decimal()))
    }
}

impl Add for Usd {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Usd {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Usd {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl Serialize for Usd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.decimal())
    }
}

impl<'de> Deserialize<'de> for Usd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_written_with_two_decimals_and_as_many_more_as_they_need() {
        let written = |text: &str| text.parse::<Usd>().map(|usd| usd.to_string());
        assert_eq!(written("6.3"), Ok("$6.30".to_owned()));
        assert_eq!(written("25"), Ok("$25.00".to_owned()));
        assert_eq!(written("0.252"), Ok("$0.252".to_owned()));
        assert_eq!(written("0.000001"), Ok("$0.000001".to_owned()));
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in ["", ".", "1.", ".5", "-1", "+1", "1e3", "1.0000001", "$5", "99999999999999"] {
            assert_eq!(text.parse::<Usd>(), Err(NotUsd), "{text:?}");
        }
    }

    #[test]
    fn a_sum_that_would_overflow_stays_above_every_cap() {
        assert_eq!(Usd::MAX + Usd::from_micros(1), Usd::MAX);
        assert_eq!(Usd::MAX.times(2), Usd::MAX);
    }

    #[test]
    fn a_share_is_exact_to_the_nearest_millionth() {
        let share =
            |text: &str, parts, whole| text.parse::<Usd>().unwrap().share(parts, whole).map(Usd::decimal);
        assert_eq!(share("6.30", 5, 15).as_deref(), Some("2.10"));
        assert_eq!(share("1.00", 1, 3).as_deref(), Some("0.333333"));
        assert_eq!(share("1.00", 2, 3).as_deref(), Some("0.666667"));
        assert_eq!(share("1.00", 0, 3).as_deref(), Some("0.00"));
        assert_eq!(share("1.00", 1, 0), None);
        assert_eq!(Usd::MAX.share(u64::MAX, 1), Some(Usd::MAX));
    }

    #[test]
    fn a_part_of_a_whole_is_told_in_thousandths() {
        let part = |part: &str, whole: &str| part.parse::<Usd>().unwrap().thousandths(whole.parse().unwrap());
        assert_eq!(part("6.30", "25"), 252);
        assert_eq!(part("1", "3"), 333);
        assert_eq!(part("2", "1"), 2000);
        assert_eq!(part("0", "0"), 0);
    }

    #[test]
    fn a_hundred_thousand_clips_sum_to_the_cent() {
        let clip: Usd = "0.112".parse().unwrap();
        let total: Usd = std::iter::repeat_n(clip.times(3), 100_000).sum();
        assert_eq!(total.to_string(), "$33600.00");
    }

    proptest! {
        #[test]
        fn text_and_amount_are_the_same(micros in 0..i64::MAX) {
            let usd = Usd(micros);
            prop_assert_eq!(usd.decimal().parse(), Ok(usd));
        }
    }
}
