//! Spoken text in rows that a subtitle has room for. Knows no times.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns of a row: the usual limit of subtitles in Latin script (Netflix Timed Text Style Guide, 42 characters);
/// a Chinese or Japanese character takes two.
const COLUMNS: usize = 42;

/// One line of plain text in rows of about the same length. Blanks of any kind are one space, control characters gone.
pub(super) fn rows(text: &str) -> Vec<String> {
    let words: Vec<String> = text.split_whitespace().map(printable).flat_map(|word| pieces(&word)).collect();
    let full = filled(&words, COLUMNS);
    let narrower = (1..COLUMNS).map(|columns| filled(&words, columns));
    narrower.into_iter().find(|rows| rows.len() == full.len() && fits(rows)).unwrap_or(full)
}

fn fits(rows: &[String]) -> bool {
    rows.iter().all(|row| row.width() <= COLUMNS)
}

fn printable(word: &str) -> String {
    word.chars().filter(|c| !c.is_control()).collect()
}

/// A word that is wider than a row, or written without spaces, is cut where its row ends.
fn pieces(word: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for c in word.chars() {
        let last = pieces.last().map_or(0, |piece| piece.width());
        match pieces.last_mut() {
            Some(piece) if last + c.width().unwrap_or_default() <= COLUMNS => piece.push(c),
            _ => pieces.push(c.to_string()),
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// As many words in each row as these columns hold, and one at least.
fn filled(words: &[String], columns: usize) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    for word in words {
        match rows.last_mut() {
            Some(row) if row.width() + 1 + word.width() <= columns => {
                row.push(' ');
                row.push_str(word);
            }
            _ => rows.push(word.clone()),
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_one_row_and_more_is_split_evenly() {
        assert_eq!(rows("I'm here."), ["I'm here."]);
        assert_eq!(
            rows("the lighthouse? nobody lives at the lighthouse."),
            ["the lighthouse? nobody", "lives at the lighthouse."]
        );
    }

    #[test]
    fn no_row_is_wider_than_it_may_be_and_no_word_is_lost() {
        let text = "then who is breathing down there in the ash and why does it know our names ".repeat(3);
        let rows = rows(&text);
        assert!(fits(&rows), "{rows:?}");
        assert_eq!(rows.join(" "), text.trim());
    }

    #[test]
    fn scripts_without_spaces_are_cut_by_width() {
        let text = "彼".repeat(50);
        let rows = rows(&text);
        assert!(rows.iter().all(|row| row.width() <= 42), "{rows:?}");
        assert_eq!(rows.concat(), text);
        assert_eq!(super::rows(&"x".repeat(100)).concat().len(), 100);
    }

    #[test]
    fn breaks_blanks_and_control_characters_leave_one_space() {
        assert_eq!(rows(" a\r\n\r\n\tb\u{0}\u{1b}c \u{85}d "), ["a bc d"]);
        assert!(rows(" \n ").is_empty());
    }
}
