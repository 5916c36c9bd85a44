//! A prompt that changed: what was removed and what came in its place, with a few words around them.

use unicode_width::UnicodeWidthChar;

use crate::address::Id;
use crate::plan::{self, Piece};
use crate::report::style::Style;
use crate::report::wrap::{Prose, width};

/// Columns of what is the same that are shown on either side of a change.
const AROUND: usize = 28;
/// Columns of one removed or added run.
const MOST: usize = 600;

/// `prompt of ride: … past cypress, [-streetlamps-]{+lamps+} toward the sea …`; none where only spaces differ.
pub(super) fn prose(shot: &Id, old: &str, new: &str) -> Option<Prose> {
    let pieces: Vec<Piece> =
        plan::compare(old, new).into_iter().filter(|piece| !piece.text().trim().is_empty()).collect();
    if pieces.iter().all(|piece| matches!(piece, Piece::Kept(_))) {
        return None;
    }
    let mut prose = Prose::default();
    prose.add(Some(Style::Dim), &format!("prompt of {shot}:"));
    let mut before = None;
    for (at, piece) in pieces.iter().enumerate() {
        let place = Place::of(at, pieces.len());
        let (style, text) = shown(piece, place);
        match before {
            Some(before) if !is_apart(before, piece) => prose.join(style, &text),
            _ => prose.add(style, &text),
        }
        before = Some(piece);
    }
    Some(prose)
}

/// What came stands right behind what it came for.
fn is_apart(before: &Piece, piece: &Piece) -> bool {
    let replaces = matches!((before, piece), (Piece::Removed(_), Piece::Added(_)));
    let is_space = char::is_whitespace;
    !replaces && (before.text().ends_with(is_space) || piece.text().starts_with(is_space))
}

fn shown(piece: &Piece, place: Place) -> (Option<Style>, String) {
    match piece {
        Piece::Kept(text) => (None, around(text, place)),
        Piece::Removed(text) => (Some(Style::Removed), marked("[-", text, "-]")),
        Piece::Added(text) => (Some(Style::Added), marked("{+", text, "+}")),
    }
}

fn marked(open: &str, text: &str, close: &str) -> String {
    let text = text.trim();
    let shown = first(text, MOST);
    let more = if shown.len() < text.len() { " …" } else { "" };
    format!("{open}{shown}{more}{close}")
}

/// Where a run of equal words stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    First,
    Between,
    Last,
}

impl Place {
    fn of(at: usize, count: usize) -> Self {
        match at {
            0 => Self::First,
            at if at + 1 == count => Self::Last,
            _ => Self::Between,
        }
    }
}

fn around(text: &str, place: Place) -> String {
    let whole = width(text.trim()) <= if place == Place::Between { 2 * AROUND } else { AROUND };
    match place {
        _ if whole => text.to_owned(),
        Place::First => format!("… {}", last(text, AROUND)),
        Place::Last => format!("{} …", first(text, AROUND)),
        Place::Between => format!("{} … {}", first(text, AROUND), last(text, AROUND)),
    }
}

/// As many whole words from the beginning as fit; characters, where there are no words.
fn first(text: &str, columns: usize) -> &str {
    let text = text.trim();
    let mut used = 0;
    let end = text.char_indices().find(|(_, c)| {
        used += c.width().unwrap_or(0);
        used > columns
    });
    let Some((end, _)) = end else { return text };
    let cut = text[..end].rfind(char::is_whitespace).filter(|&at| at > 0).unwrap_or(end);
    text[..cut].trim_end()
}

fn last(text: &str, columns: usize) -> &str {
    let text = text.trim();
    let mut used = 0;
    let start = text.char_indices().rev().find(|(_, c)| {
        used += c.width().unwrap_or(0);
        used > columns
    });
    let Some((start, c)) = start else { return text };
    let rest = &text[start + c.len_utf8()..];
    rest.find(char::is_whitespace).map_or(rest, |at| rest[at..].trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::style::{Look, Paint, Room};
    use crate::report::wrap::Indent;

    fn shown(old: &str, new: &str) -> Option<String> {
        let prose = prose(&"ride".parse().unwrap(), old, new)?;
        Some(prose.lines(Look::PLAIN, Indent { taken: 13, rest: 15 }))
    }

    #[test]
    fn removed_and_added_words_stand_in_their_place() {
        assert_eq!(
            shown("past cypress and streetlamps toward the sea", "past cypress and lamps toward the sea")
                .unwrap(),
            "prompt of ride: past cypress and [-streetlamps-]{+lamps+} toward\n               the sea"
        );
        assert_eq!(shown("a mecha", "a red mecha").unwrap(), "prompt of ride: a {+red+} mecha");
        assert_eq!(shown("a red mecha", "a mecha").unwrap(), "prompt of ride: a [-red-] mecha");
        assert_eq!(shown("海边的旧灯塔", "海边的新灯塔").unwrap(), "prompt of ride: 海边的[-旧-]{+新+}灯塔");
        assert_eq!(shown("a  b", "a b"), None);
    }

    #[test]
    fn what_is_far_from_a_change_is_left_out() {
        let far = "w ".repeat(60);
        let shown = shown(&format!("{far}red {far}"), &format!("{far}blue {far}")).unwrap();
        assert!(shown.contains("… w w") && shown.ends_with("w …"), "{shown}");
        assert!(shown.lines().count() <= 2, "{shown}");
    }

    #[test]
    fn colors_mark_what_the_brackets_say() {
        let look = Look { paint: Paint::Colored, room: Room::Terminal(80) };
        let prose = prose(&"ride".parse().unwrap(), "a red car", "a blue car").unwrap();
        let lines = prose.lines(look, Indent { taken: 0, rest: 2 });
        assert!(lines.contains("\u{1b}[31;9m[-red-]\u{1b}[0m\u{1b}[32m{+blue+}\u{1b}[0m"), "{lines:?}");
    }
}
