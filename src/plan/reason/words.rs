//! What changed between two texts: all of it in its place, or short enough for one line. Knows no clip.

use std::ops::Range;

use similar::{Algorithm, DiffTag, capture_diff_slices};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The most words quoted from either side, and the columns that even more words may fill: where every character is a
/// word, six of them say little.
const MOST_WORDS: usize = 6;
const MOST_COLUMNS: usize = 12;
/// The most changes that are quoted one by one.
const MOST_CHANGES: usize = 3;

/// A stretch of a prompt that changed or stayed, its spaces included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Kept(String),
    Removed(String),
    Added(String),
}

impl Piece {
    #[must_use]
    pub fn text(&self) -> &str {
        let (Self::Kept(text) | Self::Removed(text) | Self::Added(text)) = self;
        text
    }
}

/// Both prompts in one: what stayed and what was added make the new one, what stayed and what was removed the old one.
/// Word by word, with changes that are close to each other as one; a wide character, as of Chinese, is a word.
#[must_use]
pub fn compare(old: &str, new: &str) -> Vec<Piece> {
    let (old, new) = (words(old), words(new));
    pieces(&old, &new, &joined(&old, changes(&old, &new)))
}

/// The same line by line.
#[must_use]
pub fn compare_lines(old: &str, new: &str) -> Vec<Piece> {
    let (old, new): (Vec<&str>, Vec<&str>) =
        (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    pieces(&old, &new, &changes(&old, &new))
}

/// `"lands" became "crashes"`: the words that differ, short enough for one line.
#[must_use]
pub fn difference(old: &str, new: &str) -> String {
    let (old, new) = (words(old), words(new));
    let changes = joined(&old, changes(&old, &new)).into_iter();
    let said: Vec<String> = changes.filter_map(|(was, is)| said(&old[was], &new[is])).collect();
    match said.len().saturating_sub(MOST_CHANGES) {
        _ if said.is_empty() => "its spacing".to_owned(),
        0 => said.join(", "),
        more => format!("{}, {more} more", said[..MOST_CHANGES].join(", ")),
    }
}

fn said(old: &[&str], new: &[&str]) -> Option<String> {
    let [old, new] = [old, new]
        .map(|words| words.iter().copied().filter(|word| !word.trim().is_empty()).collect::<Vec<_>>());
    match (old.as_slice(), new.as_slice()) {
        (old, new) if old == new => None,
        ([], added) => Some(format!("{} added", quoted(added))),
        (removed, []) => Some(format!("{} removed", quoted(removed))),
        (old, new) => Some(format!("{} became {}", quoted(old), quoted(new))),
    }
}

/// In words, spaces and wide characters, none of it left out.
fn words(text: &str) -> Vec<&str> {
    #[derive(Clone, Copy, PartialEq)]
    enum Kind {
        Space,
        Word,
        Wide,
    }
    let mut starts: Vec<usize> = Vec::new();
    let mut before = Kind::Wide;
    for (at, c) in text.char_indices() {
        let kind = match c {
            c if c.is_whitespace() => Kind::Space,
            c if is_wide(c) => Kind::Wide,
            _ => Kind::Word,
        };
        if kind != before || kind == Kind::Wide {
            starts.push(at);
        }
        before = kind;
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(&start, end)| &text[start..end]).collect()
}

fn is_wide(c: char) -> bool {
    c.width() == Some(2)
}

/// What became what, each a range of words; one of both may be empty.
type Change = (Range<usize>, Range<usize>);

/// What lies between the runs that both have.
fn changes(old: &[&str], new: &[&str]) -> Vec<Change> {
    let all = capture_diff_slices(Algorithm::Myers, old, new).into_iter();
    let same = all.filter(|op| op.tag() == DiffTag::Equal).map(|op| (op.old_range(), op.new_range()));
    let (mut was, mut is) = (0, 0);
    let mut changes = Vec::new();
    for (before, after) in same.chain([(old.len()..old.len(), new.len()..new.len())]) {
        changes.push((was..before.start, is..after.start));
        (was, is) = (before.end, after.end);
    }
    changes.retain(|(was, is)| !was.is_empty() || !is.is_empty());
    changes
}

/// Changes with no more than one word between them read better as one.
fn joined(old: &[&str], changes: Vec<Change>) -> Vec<Change> {
    let mut joined: Vec<Change> = Vec::new();
    for (was, is) in changes {
        match joined.last_mut() {
            Some(last) if is_close(&old[last.0.end..was.start]) => {
                (last.0.end, last.1.end) = (was.end, is.end);
            }
            _ => joined.push((was, is)),
        }
    }
    joined
}

fn is_close(between: &[&str]) -> bool {
    between.iter().filter(|word| !word.trim().is_empty()).count() <= 1
}

fn pieces(old: &[&str], new: &[&str], changes: &[Change]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut done = 0;
    for (was, is) in changes {
        pieces.push(Piece::Kept(new[done..is.start].concat()));
        pieces.push(Piece::Removed(old[was.clone()].concat()));
        pieces.push(Piece::Added(new[is.clone()].concat()));
        done = is.end;
    }
    pieces.push(Piece::Kept(new[done..].concat()));
    pieces.retain(|piece| !piece.text().is_empty());
    pieces
}

fn quoted(words: &[&str]) -> String {
    let mut columns = 0;
    let mut fits = |(at, word): &(usize, &&str)| {
        columns += word.width();
        *at < MOST_WORDS || columns <= MOST_COLUMNS
    };
    let most = words.iter().enumerate().take_while(&mut fits).count();
    let more = if most < words.len() { " …" } else { "" };
    format!("\"{}{more}\"", together(&words[..most]))
}

/// With a space between words, and none beside a wide character.
fn together(words: &[&str]) -> String {
    let mut text = String::new();
    for word in words {
        let seam = text.chars().next_back().is_some_and(is_wide) || word.chars().next().is_some_and(is_wide);
        if !text.is_empty() && !seam {
            text.push(' ');
        }
        text.push_str(word);
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_words_that_differ_are_quoted() {
        assert_eq!(
            difference("a mecha lands on the roof", "a mecha crashes on the roof"),
            r#""lands" became "crashes""#
        );
        assert_eq!(difference("a mecha lands", "a red mecha lands"), r#""red" added"#);
        assert_eq!(difference("a red mecha", "a mecha"), r#""red" removed"#);
        assert_eq!(difference("a  b", "a b"), "its spacing");
        assert_eq!(difference("aa", "aa aa"), r#""aa" added"#);
    }

    #[test]
    fn changes_far_from_each_other_are_told_apart_and_close_ones_together() {
        assert_eq!(
            difference("a red car in the fog at night", "a blue car in the fog at dawn"),
            r#""red" became "blue", "night" became "dawn""#
        );
        assert_eq!(difference("a red car", "one red truck"), r#""a red car" became "one red truck""#);
        assert_eq!(
            difference("1 - - 2 - - 3 - - 4 - - 5", "a - - b - - c - - d - - e"),
            r#""1" became "a", "2" became "b", "3" became "c", 2 more"#
        );
    }

    #[test]
    fn in_chinese_every_character_is_a_word() {
        assert_eq!(difference("海边的旧灯塔", "海边的新灯塔"), r#""旧" became "新""#);
        assert_eq!(difference("灯塔", "海边的旧灯塔"), r#""海边的旧" added"#);
        let [kept, removed, added] = [Piece::Kept, Piece::Removed, Piece::Added];
        assert_eq!(
            compare("海边的旧灯塔", "海边的新灯塔"),
            [kept("海边的".into()), removed("旧".into()), added("新".into()), kept("灯塔".into())]
        );
    }

    #[test]
    fn changed_words_stand_in_their_places() {
        let [kept, removed, added] = [Piece::Kept, Piece::Removed, Piece::Added];
        assert_eq!(
            compare("dusk, a mecha lands here", "dawn, a mecha lands there"),
            [
                removed("dusk,".into()),
                added("dawn,".into()),
                kept(" a mecha lands ".into()),
                removed("here".into()),
                added("there".into())
            ]
        );
        assert_eq!(compare("same", "same"), [kept("same".into())]);
    }

    #[test]
    fn lines_are_compared_whole() {
        let [kept, removed, added] = [Piece::Kept, Piece::Removed, Piece::Added];
        assert_eq!(
            compare_lines("a: 1\nb: 2\nc: 3", "a: 1\nb: 4\nc: 3"),
            [kept("a: 1\n".into()), removed("b: 2\n".into()), added("b: 4\n".into()), kept("c: 3".into())]
        );
    }

    fn joined(pieces: &[Piece]) -> (String, String) {
        let of = |left_out: fn(&Piece) -> bool| {
            pieces.iter().filter(|piece| !left_out(piece)).map(Piece::text).collect::<String>()
        };
        (of(|piece| matches!(piece, Piece::Added(_))), of(|piece| matches!(piece, Piece::Removed(_))))
    }

    proptest! {
        #[test]
        fn the_pieces_make_up_both_prompts(old in "[ab ,\n漢]{0,24}", new in "[ab ,\n漢]{0,24}") {
            let both = (old.clone(), new.clone());
            prop_assert_eq!(joined(&compare(&old, &new)), both.clone());
            prop_assert_eq!(joined(&compare_lines(&old, &new)), both);
        }
    }

    #[test]
    fn a_long_difference_is_cut() {
        assert_eq!(difference("", "1 2 3 4 5 6 7 8 9 10 11 12"), r#""1 2 3 4 5 6 7 8 9 10 …" added"#);
        assert_eq!(difference("", "it is far too long for one line"), r#""it is far too long for …" added"#);
    }
}
