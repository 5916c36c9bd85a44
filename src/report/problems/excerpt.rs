//! The line that a problem is in: cut around the mark where it is long, and everything in it made visible.

use std::fmt::Write as _;
use std::ops::Range;

use crate::storyboard::Span;

/// Characters of a line that are shown, and how many of them before the mark.
const WIDEST: usize = 100;
const BEFORE: usize = 40;

/// What is shown of a file, and which bytes of that are marked.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    pub(super) text: String,
    pub(super) mark: Range<usize>,
}

impl Excerpt {
    /// A mark over several lines ends with its first one.
    pub(super) fn of(text: &str, span: Span) -> Self {
        let start = floor(text, span.start);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let end = floor(text, span.end.clamp(start, line_end));
        let before = text[line_start..start].trim_start_matches('\u{feff}');
        let marked = text[start..end].trim_end_matches('\r');
        let after = text[end..line_end].trim_end_matches('\r');
        cut(before, marked, after)
    }
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn cut(before: &str, marked: &str, after: &str) -> Excerpt {
    let fits = |rest: &str, room: usize| rest.chars().nth(room).is_none();
    let whole = fits(before, WIDEST) && fits(marked, WIDEST) && fits(after, WIDEST);
    let length = || [before, marked, after].iter().map(|text| text.chars().count()).sum::<usize>();
    if whole && length() <= WIDEST {
        return joined(before, marked, after);
    }
    let before = last_chars(before, BEFORE);
    let marked = first_chars(marked, WIDEST - BEFORE);
    let after = first_chars(after, WIDEST.saturating_sub(BEFORE + marked.chars().count()));
    joined(&before, &marked, &after)
}

fn joined(before: &str, marked: &str, after: &str) -> Excerpt {
    let (before, marked, after) = (visible(before), visible(marked), visible(after));
    let mark = before.len()..before.len() + marked.len();
    Excerpt { text: format!("{before}{marked}{after}"), mark }
}

fn last_chars(text: &str, count: usize) -> String {
    match text.char_indices().rev().nth(count.saturating_sub(1)) {
        Some((at, _)) if at > 0 => format!("…{}", &text[at..]),
        _ => text.to_owned(),
    }
}

fn first_chars(text: &str, count: usize) -> String {
    match text.char_indices().nth(count) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// Characters that a terminal would obey instead of showing stand as `<U+001B>`.
pub(in crate::report) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unseen(c) {
            // Writing to a String cannot fail.
            let _ = write!(shown, "<U+{:04X}>", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Control characters, and those that turn the direction of text or take no room.
fn is_unseen(c: char) -> bool {
    let turns =
        matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let no_room = matches!(c, '\u{200b}' | '\u{2028}' | '\u{2029}' | '\u{2060}' | '\u{feff}');
    (c.is_control() && !matches!(c, '\n' | '\t')) || turns || no_room
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(text: &str, start: usize, end: usize) -> (String, String) {
        let Excerpt { text, mark } = Excerpt::of(text, Span { start, end });
        let marked = text[mark].to_owned();
        (text, marked)
    }

    #[test]
    fn a_mark_over_several_lines_ends_with_the_first() {
        assert_eq!(excerpt("a: b\r\nc: d\n", 3, 9), ("a: b".to_owned(), "b".to_owned()));
    }

    #[test]
    fn a_long_line_is_cut_around_the_mark() {
        let text = format!("{}HERE{}", "a".repeat(1_000_000), "b".repeat(1_000_000));
        let (shown, marked) = excerpt(&text, 1_000_000, 1_000_004);
        assert_eq!(marked, "HERE");
        assert_eq!(shown.chars().count(), WIDEST + 2);
        let (shown, marked) = excerpt(&text, 0, 2_000_004);
        assert_eq!(shown, marked);
        assert!(shown.chars().count() <= WIDEST);
    }

    #[test]
    fn what_a_terminal_would_obey_is_shown() {
        assert_eq!(
            excerpt("a \u{1b}[2J\u{202e}b\n", 2, 3),
            ("a <U+001B>[2J<U+202E>b".to_owned(), "<U+001B>".to_owned())
        );
    }

    #[test]
    fn places_outside_the_text_show_its_end() {
        assert_eq!(excerpt("é", 1, 1), ("é".to_owned(), String::new()));
        assert_eq!(excerpt("a\n", 99, 200), (String::new(), String::new()));
    }
}
