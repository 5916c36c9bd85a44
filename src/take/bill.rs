//! One take's bill: what was planned, what came, and what fal's units make of it, side by side.
//! Exact, and without effect: nothing is bought or held for it.

use std::fmt;

use super::{State, Take};
use crate::usd::Usd;

const MILLIONTHS: u64 = 1_000_000;

/// `X-Fal-Billable-Units`, exact to a millionth. All prices here are by the second, so a unit is one second of video.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Units(u64);

impl Units {
    /// Reads a plain decimal number, however many digits it has. Anything else is as good as not told, never zero;
    /// and nothing but zero is read as zero.
    #[must_use]
    pub fn told(text: &str) -> Option<Self> {
        let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
        let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() + fraction.len() == 0 || !is_number(whole) || !is_number(fraction) {
            return None;
        }
        let digit = |place: usize| fraction.as_bytes().get(place).map_or(0, |digit| u64::from(digit - b'0'));
        let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        let millionths = (0..6).fold(0, |sum, place| sum * 10 + digit(place)) + u64::from(digit(6) >= 5);
        let nearest = whole.checked_mul(MILLIONTHS)?.checked_add(millionths)?;
        let is_some = fraction.bytes().any(|digit| digit != b'0');
        Some(Self(nearest.max(u64::from(is_some))))
    }

    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }
}

/// With no more decimals than it needs: `15`, `5.04`.
impl fmt::Display for Units {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{}.{:06}", self.0 / MILLIONTHS, self.0 % MILLIONTHS);
        f.pad(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// How a bill stands to what is counted for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    Even,
    More(Usd),
    Less(Usd),
}

impl Difference {
    /// The plain decimal number of the machine output, with a minus where it is less.
    #[must_use]
    pub fn decimal(self) -> String {
        match self {
            Self::Even => Usd::ZERO.decimal(),
            Self::More(usd) => usd.decimal(),
            Self::Less(usd) => format!("-{}", usd.decimal()),
        }
    }

    fn usd(self) -> Usd {
        match self {
            Self::Even => Usd::ZERO,
            Self::More(usd) | Self::Less(usd) => usd,
        }
    }
}

/// Clips run a little over: Kling's five seconds are 121 frames at 24 a second, 5.04 s, and every shot of a longer
/// clip may end on a frame of its own. Half a second is less than the least that is sold, and more than all of those.
const TOLERANCE_MILLIS: u64 = 500;

/// Less than this is rounding.
const CENT: Usd = Usd::from_micros(10_000);

/// What was planned, delivered and billed of one take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bill {
    /// Seconds that were asked for, and their price.
    pub planned: u32,
    pub planned_usd: Usd,
    /// The picture's own length in milliseconds; none where there is no file, or where it does not say.
    pub delivered: Option<u64>,
    /// None where fal has not told, or not in a number.
    pub units: Option<Units>,
    /// What the units cost at the price that was planned a second.
    pub billed: Option<Usd>,
    /// What the take counts for against a cap.
    pub counted: Usd,
}

impl Bill {
    #[must_use]
    pub fn of(take: &Take) -> Self {
        let (planned, planned_usd) = (take.intent.seconds, take.intent.usd);
        let units = take.units();
        let price = |units: Units| planned_usd.share(units.0, u64::from(planned) * MILLIONTHS);
        let delivered = take.landed.as_ref().map(|landed| landed.millis).filter(|millis| *millis > 0);
        let counted = take.charge().usd();
        Self { planned, planned_usd, delivered, units, billed: units.and_then(price), counted }
    }

    /// Is the file of another length than was asked for?
    #[must_use]
    pub fn is_off_length(&self) -> bool {
        let planned = u64::from(self.planned) * 1000;
        self.delivered.is_some_and(|millis| millis.abs_diff(planned) >= TOLERANCE_MILLIS)
    }

    /// What fal bills, less what is counted; none while it has not told.
    #[must_use]
    pub fn difference(&self) -> Option<Difference> {
        let billed = self.billed?;
        Some(match billed.cmp(&self.counted) {
            std::cmp::Ordering::Equal => Difference::Even,
            std::cmp::Ordering::Greater => Difference::More(billed.minus(self.counted)),
            std::cmp::Ordering::Less => Difference::Less(self.counted.minus(billed)),
        })
    }

    /// Does fal bill another sum than is counted, by a cent or more?
    #[must_use]
    pub fn is_off_price(&self) -> bool {
        self.difference().is_some_and(|difference| difference.usd() >= CENT)
    }

    /// Is there anything to ask fal about?
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.is_off_length() || self.is_off_price()
    }
}

impl Take {
    /// What fal says it bills for what came of it.
    #[must_use]
    pub fn units(&self) -> Option<Units> {
        let of_failure = self.failure().map(|failed| failed.billable_units.as_deref());
        let of_video = || self.completed.as_ref()?.billable_units.as_deref();
        of_failure.unwrap_or_else(of_video).and_then(Units::told)
    }

    /// It came to an end that fal may bill, and fal has not told how much. Such an end has a receipt.
    #[must_use]
    pub fn awaits_units(&self) -> bool {
        let may_be_billed = match self.state() {
            State::Landed => self.completed.is_some(),
            State::Failed => self.charge().usd() > Usd::ZERO,
            _ => false,
        };
        may_be_billed && self.submitted.is_some() && self.units().is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::take::testing;

    fn bill(units: Option<&str>, millis: u64) -> Bill {
        Bill::of(&testing::landed_take(5, "2.10", units, millis))
    }

    fn read(text: &str) -> Option<String> {
        Units::told(text).map(|units| units.to_string())
    }

    #[test]
    fn units_are_read_exactly_however_they_are_written() {
        for (text, written) in [
            ("5", "5"),
            (" 5.0 ", "5"),
            ("5.", "5"),
            (".5", "0.5"),
            ("0015.50", "15.5"),
            ("5.041666666666667", "5.041667"),
            ("15.000000000000002", "15"),
            ("0", "0"),
            ("0.000", "0"),
            ("0.0000000001", "0.000001"),
        ] {
            assert_eq!(read(text).as_deref(), Some(written), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_not_told_and_never_zero() {
        for text in ["", " ", ".", "-5", "+5", "5e1", "1,5", "five", "0x5", "NaN", "5 s", "1.2.3", "٥"] {
            assert_eq!(Units::told(text), None, "{text:?}");
        }
        assert_eq!(Units::told("99999999999999999999"), None);
        let none = bill(Some("garbage"), 5040);
        assert_eq!((none.units, none.billed, none.difference()), (None, None, None));
        assert!(!none.is_off());
    }

    #[test]
    fn a_clip_that_came_as_planned_is_not_off() {
        let even = bill(Some("5.0"), 5041);
        assert_eq!(even.difference(), Some(Difference::Even));
        assert!(!even.is_off());
        assert!(!bill(None, 5040).is_off());
        assert!(!bill(Some("5"), 0).is_off(), "a file that does not say how long it is");
    }

    #[test]
    fn every_unit_more_or_less_is_its_price() {
        let more = bill(Some("6"), 5040);
        assert_eq!(more.difference(), Some(Difference::More("0.42".parse().unwrap())));
        assert!(more.is_off_price() && !more.is_off_length());
        assert_eq!(bill(Some("4.5"), 5040).difference().unwrap().decimal(), "-0.21");
        assert_eq!(bill(Some("0"), 5040).difference().unwrap().decimal(), "-2.10");
    }

    #[test]
    fn less_than_a_cent_is_rounding() {
        assert!(!bill(Some("5.0238"), 5040).is_off_price());
        assert!(bill(Some("5.0239"), 5040).is_off_price());
        assert!(!bill(Some("4.9763"), 5040).is_off_price());
    }

    #[test]
    fn half_a_second_is_another_length() {
        assert!(!bill(Some("5"), 5499).is_off_length());
        assert!(bill(Some("5"), 5500).is_off_length());
        assert!(!bill(Some("5"), 4501).is_off_length());
        assert!(bill(Some("5"), 4500).is_off_length());
    }

    #[test]
    fn a_failure_is_held_against_what_it_counts_for() {
        use crate::take::FailureKind::{Policy, Server};
        let difference = |kind, units| {
            let bill = Bill::of(&testing::failed_take(kind, 5, "2.10", units));
            bill.difference().map(Difference::decimal)
        };
        assert_eq!(difference(Policy, Some("0")).as_deref(), Some("0.00"));
        assert_eq!(difference(Policy, Some("5")).as_deref(), Some("0.00"));
        assert_eq!(difference(Policy, Some("1")).as_deref(), Some("-1.68"));
        assert_eq!(difference(Server, Some("5")).as_deref(), Some("2.10"), "billed, and counted for nothing");
        assert_eq!(difference(Policy, None), None);
    }

    #[test]
    fn units_are_awaited_of_what_fal_may_bill_until_they_are_told() {
        use crate::take::FailureKind::{Policy, Server};
        assert!(testing::landed_take(5, "2.10", None, 5040).awaits_units());
        assert!(testing::landed_take(5, "2.10", Some("?"), 5040).awaits_units());
        assert!(!testing::landed_take(5, "2.10", Some("5"), 5040).awaits_units());
        assert!(testing::failed_take(Policy, 5, "2.10", None).awaits_units());
        assert!(!testing::failed_take(Policy, 5, "2.10", Some("0")).awaits_units());
        assert!(!testing::failed_take(Server, 5, "2.10", None).awaits_units());
    }
}
