//! Breaks text into lines no wider than a measure, and shortens what must stay on one line.
//! Widths come from the caller; nothing here knows a font.

mod breaks;

use breaks::Joints;

/// What stands for text that did not fit.
pub(super) const ELLIPSIS: char = '…';

/// The lines of `text`, broken where [`breaks`] allows it, and anywhere in what alone is wider than `width`.
/// Only a single character wider than `width` makes a line wider than that.
pub(super) fn wrap(text: &str, width: f32, advance: impl Fn(char) -> f32) -> Vec<String> {
    let mut lines = Lines { width, advance, done: Vec::new(), line: String::new(), used: 0.0 };
    for word in text.split_whitespace() {
        let mut glue = Glue::Space;
        let joints = joints(word, width, &lines.advance);
        for piece in breaks::pieces(word, joints) {
            lines.piece(piece, glue);
            glue = Glue::Nothing;
        }
    }
    lines.finish()
}

/// A word stays whole where a line has room for it.
fn joints(word: &str, width: f32, advance: impl Fn(char) -> f32) -> Joints {
    let whole: f32 = word.chars().map(advance).sum();
    if whole > width { Joints::Loose } else { Joints::Fast }
}

/// What stands between two pieces on one line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Glue {
    Space,
    Nothing,
}

struct Lines<F> {
    width: f32,
    advance: F,
    done: Vec<String>,
    line: String,
    used: f32,
}

impl<F: Fn(char) -> f32> Lines<F> {
    fn piece(&mut self, piece: &str, glue: Glue) {
        let width: f32 = piece.chars().map(&self.advance).sum();
        let space = if glue == Glue::Space { (self.advance)(' ') } else { 0.0 };
        if !self.line.is_empty() && self.used + space + width > self.width {
            self.turn();
        }
        if !self.line.is_empty() && glue == Glue::Space {
            self.push(' ', space);
        }
        piece.chars().for_each(|c| self.character(c));
    }

    fn character(&mut self, c: char) {
        let width = (self.advance)(c);
        if !self.line.is_empty() && self.used + width > self.width {
            self.turn();
        }
        self.push(c, width);
    }

    fn push(&mut self, c: char, width: f32) {
        self.line.push(c);
        self.used += width;
    }

    fn turn(&mut self) {
        self.done.push(std::mem::take(&mut self.line));
        self.used = 0.0;
    }

    fn finish(mut self) -> Vec<String> {
        if !self.line.is_empty() {
            self.turn();
        }
        self.done
    }
}

/// Like [`wrap`] in as many lines, but with lines as equally long as they can be made.
pub(super) fn balance(text: &str, width: f32, advance: impl Fn(char) -> f32) -> Vec<String> {
    let lines = wrap(text, width, &advance);
    let pieces = text.split_whitespace().flat_map(|word| breaks::pieces(word, joints(word, width, &advance)));
    let widths = pieces.map(|piece| piece.chars().map(&advance).sum());
    // Any narrower, and a word would be broken that need not be.
    let (mut narrow, mut wide) = (widths.fold(0.0, f32::max).min(width), width);
    for _ in 0..HALVINGS {
        let middle = f32::midpoint(narrow, wide);
        if wrap(text, middle, &advance).len() > lines.len() { narrow = middle } else { wide = middle }
    }
    wrap(text, wide, &advance)
}

/// Brings any width on a screen down to less than a pixel.
const HALVINGS: u32 = 12;

/// `text` on one line: as it is where it fits, else cut and ended by an ellipsis.
pub(super) fn shorten(text: &str, width: f32, advance: impl Fn(char) -> f32) -> String {
    if text.chars().map(&advance).sum::<f32>() <= width {
        return text.to_owned();
    }
    let mut room = width - advance(ELLIPSIS);
    let fits = |c: &char| {
        room -= advance(*c);
        room >= 0.0
    };
    let kept: String = text.chars().take_while(fits).collect();
    format!("{}{ELLIPSIS}", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every character is one wide, a combining accent nothing.
    fn cell(c: char) -> f32 {
        if c == '\u{301}' { 0.0 } else { 1.0 }
    }

    fn wrapped(text: &str, width: f32) -> Vec<String> {
        wrap(text, width, cell)
    }

    #[test]
    fn words_stay_whole_where_they_can() {
        assert_eq!(wrapped("the quick brown fox", 9.0), ["the quick", "brown fox"]);
    }

    #[test]
    fn a_word_wider_than_the_line_is_broken() {
        assert_eq!(wrapped("a abcdefgh z", 3.0), ["a", "abc", "def", "gh", "z"]);
    }

    #[test]
    fn only_a_word_that_no_line_has_room_for_is_parted_at_its_hyphens() {
        assert_eq!(wrapped("soft cel-shaded", 11.0), ["soft", "cel-shaded"]);
        assert_eq!(wrapped("neon-harbor/rooftop/landing", 12.0), ["neon-harbor/", "rooftop/", "landing"]);
    }

    #[test]
    fn chinese_breaks_between_characters_but_no_line_begins_with_its_full_stop() {
        assert_eq!(wrapped("雨夜的港口，霓虹。", 5.0), ["雨夜的港", "口，霓虹。"]);
        assert_eq!(wrapped("她说（雨夜）来", 3.0), ["她说", "（雨", "夜）来"]);
        assert_eq!(wrapped("she says 雨夜 here", 9.0), ["she says", "雨夜 here"]);
    }

    #[test]
    fn an_accent_is_never_parted_from_its_letter() {
        assert_eq!(wrapped("abce\u{301}f", 4.0), ["abce\u{301}", "f"]);
    }

    #[test]
    fn balanced_lines_leave_no_word_alone() {
        assert_eq!(balance("one two three four", 14.0, cell), ["one two", "three four"]);
        assert_eq!(balance("one two", 14.0, cell), ["one two"]);
        assert_eq!(balance("abcdefghij k", 10.0, cell), ["abcdefghij", "k"]);
    }

    #[test]
    fn nothing_gives_no_lines() {
        assert!(wrapped(" \n ", 5.0).is_empty());
    }

    #[test]
    fn a_shortened_text_shows_that_it_was() {
        assert_eq!(shorten("landing", 7.0, cell), "landing");
        assert_eq!(shorten("the landing", 5.0, cell), "the…");
    }

    proptest! {
        #[test]
        fn no_line_is_too_wide_and_no_character_is_lost(text in "\\PC{0,200}", width in 1.0_f32..30.0) {
            let lines = wrapped(&text, width);
            for line in &lines {
                prop_assert!(line.chars().map(cell).sum::<f32>() <= width.max(1.0));
            }
            let solid = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(solid(&lines.concat()), solid(&text));
        }
    }
}
