//! Lengths of time as people write them: `40ms`, `2s`, `1m30s`, `2h`. Does not say what they are for.

use std::fmt;
use std::time::Duration;

use jiff::SignedDuration;

/// Nothing simulated lasts longer.
pub(super) const LONGEST: Duration = Duration::from_hours(365 * 24);

/// Every unit that a length of time is printed in, in nanoseconds.
const UNITS: [(&str, u128); 6] = [
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

/// What is wrong, in words, where it is no length of time or one of more than a year.
pub(super) fn read(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no length of time; write one such as 40ms, 2s, 1m30s or 1h");
    let read: SignedDuration = text.trim().parse().map_err(|_| wrong())?;
    let time = Duration::try_from(read).map_err(|_| wrong())?;
    (time <= LONGEST).then_some(time).ok_or_else(|| format!("`{text}` is longer than a year"))
}

/// Prints what [`read`] reads, in the largest unit that needs no fraction.
pub(super) struct Written(pub(super) Duration);

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.as_nanos();
        let unit = UNITS.iter().find(|(_, size)| nanos > 0 && nanos.is_multiple_of(*size));
        let (name, size) = unit.unwrap_or(&("s", 1));
        write!(f, "{}{name}", nanos / size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lengths_are_read_as_people_write_them() {
        let millis = |text| read(text).map(|time| time.as_millis());
        assert_eq!([millis("40ms"), millis("2s"), millis("1.5s")], [Ok(40), Ok(2_000), Ok(1_500)]);
        assert_eq!([millis("1m30s"), millis("2h"), millis("0s")], [Ok(90_000), Ok(7_200_000), Ok(0)]);
        for text in ["", "5", "-2s", "soon", "2 parsecs", "400d", "9000h"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_again(nanos in 0_u64..=31_536_000_000_000_000) {
            let time = Duration::from_nanos(nanos);
            prop_assert_eq!(read(&Written(time).to_string()), Ok(time));
        }
    }
}
