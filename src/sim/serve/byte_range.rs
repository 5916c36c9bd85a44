//! Reads a `Range` header against the length of a file (RFC 9110, section 14). Several ranges at once are not given.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Whole,
    /// Both ends included.
    Range {
        first: u64,
        last: u64,
    },
    Beyond,
}

/// What isn't understood is answered with the whole file.
pub(super) fn part(header: Option<&str>, length: u64) -> Part {
    header.and_then(|text| read(text, length)).unwrap_or(Part::Whole)
}

fn read(text: &str, length: u64) -> Option<Part> {
    let (first, last) = text.trim().strip_prefix("bytes=")?.split_once('-')?;
    if first.is_empty() {
        let count = number(last)?.min(length);
        return Some(within(length - count, length.checked_sub(1), length));
    }
    let first = number(first)?;
    let end = length.checked_sub(1);
    if last.is_empty() {
        return Some(within(first, end, length));
    }
    let last = number(last)?;
    (first <= last).then(|| within(first, end.map(|end| end.min(last)), length))
}

fn within(first: u64, last: Option<u64>, length: u64) -> Part {
    match last {
        Some(last) if first < length => Part::Range { first, last },
        _ => Part::Beyond,
    }
}

fn number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_cut_to_the_file_and_nonsense_is_the_whole() {
        let range = |first, last| Part::Range { first, last };
        let cases = [
            ("bytes=0-3", range(0, 3)),
            ("bytes=4-", range(4, 9)),
            ("bytes=4-99", range(4, 9)),
            ("bytes=-3", range(7, 9)),
            ("bytes=-99", range(0, 9)),
            ("bytes=9-9", range(9, 9)),
            ("bytes=10-", Part::Beyond),
            ("bytes=10-12", Part::Beyond),
            ("bytes=-0", Part::Beyond),
            ("bytes=3-2", Part::Whole),
            ("bytes=0-1,3-4", Part::Whole),
            ("bytes=+1-4", Part::Whole),
            ("bytes=-", Part::Whole),
            ("lines=1-2", Part::Whole),
            ("", Part::Whole),
        ];
        for (text, expected) in cases {
            assert_eq!(part(Some(text), 10), expected, "{text}");
        }
        assert_eq!(part(None, 10), Part::Whole);
        assert_eq!(part(Some("bytes=0-"), 0), Part::Beyond);
    }
}
