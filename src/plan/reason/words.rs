//! Which words of a prompt changed: all of them in their places, or short enough for one line.

use similar::{ChangeTag, TextDiff};

/// The most words quoted from either side.
const MOST: usize = 6;

/// `"lands" became "crashes"`, without the words that both begin and end with.
#[must_use]
pub fn difference(old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) =
        (old.split_whitespace().collect(), new.split_whitespace().collect());
    let start = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
    let (old, new) = (&old[start..], &new[start..]);
    let end = old.iter().rev().zip(new.iter().rev()).take_while(|(one, other)| one == other).count();
    match (&old[..old.len() - end], &new[..new.len() - end]) {
        ([], []) => "its spacing".to_owned(),
        ([], added) => format!("{} added", quoted(added)),
        (removed, []) => format!("{} removed", quoted(removed)),
        (old, new) => format!("{} became {}", quoted(old), quoted(new)),
    }
}

/// A stretch of a prompt that changed or stayed, its spaces included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Kept(String),
    Removed(String),
    Added(String),
}

/// Both prompts in one: what stayed and what was added make the new one, what stayed and what was removed the old one.
#[must_use]
pub fn compare(old: &str, new: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for change in TextDiff::from_words(old, new).iter_all_changes() {
        grow(&mut pieces, change.tag(), change.value());
    }
    pieces
}

fn grow(pieces: &mut Vec<Piece>, tag: ChangeTag, word: &str) {
    match (pieces.last_mut(), tag) {
        (Some(Piece::Kept(text)), ChangeTag::Equal)
        | (Some(Piece::Removed(text)), ChangeTag::Delete)
        | (Some(Piece::Added(text)), ChangeTag::Insert) => text.push_str(word),
        (_, ChangeTag::Equal) => pieces.push(Piece::Kept(word.to_owned())),
        (_, ChangeTag::Delete) => pieces.push(Piece::Removed(word.to_owned())),
        (_, ChangeTag::Insert) => pieces.push(Piece::Added(word.to_owned())),
    }
}

fn quoted(words: &[&str]) -> String {
    if words.len() <= MOST {
        format!("\"{}\"", words.join(" "))
    } else {
        format!("\"{} …\"", words[..MOST].join(" "))
    }
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

    fn joined(pieces: &[Piece]) -> (String, String) {
        let (mut old, mut new) = (String::new(), String::new());
        for piece in pieces {
            match piece {
                Piece::Kept(text) => {
                    old.push_str(text);
                    new.push_str(text);
                }
                Piece::Removed(text) => old.push_str(text),
                Piece::Added(text) => new.push_str(text),
            }
        }
        (old, new)
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

    proptest! {
        #[test]
        fn the_pieces_make_up_both_prompts(old in "[ab ,\n漢]{0,24}", new in "[ab ,\n漢]{0,24}") {
            prop_assert_eq!(joined(&compare(&old, &new)), (old, new));
        }
    }

    #[test]
    fn a_long_difference_is_cut() {
        assert_eq!(difference("", "1 2 3 4 5 6 7 8"), r#""1 2 3 4 5 6 …" added"#);
    }
}
