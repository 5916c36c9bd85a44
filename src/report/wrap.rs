//! Words laid into lines: as wide as there is room, later lines hanging under the first. Wide characters count as two.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::problems::visible;
use super::style::{Look, Room, Style};

/// Text that is still to be broken into lines.
#[derive(Clone, Debug, Default)]
pub(super) struct Prose(Vec<Word>);

#[derive(Clone, Debug)]
struct Word {
    style: Option<Style>,
    text: String,
    before: Gap,
}

/// What stands before a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gap {
    Space,
    Spaces,
    /// Nothing, but a line may end here: beside a wide character.
    Seam,
}

/// How far in a line begins, in columns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Indent {
    /// Columns of the first line that are taken already.
    pub(super) taken: usize,
    pub(super) rest: usize,
}

/// The columns that a text takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// A text that takes at least so many columns.
pub(super) fn padded(text: &str, columns: usize) -> String {
    format!("{text}{:1$}", "", columns.saturating_sub(width(text)))
}

/// A plain sentence.
pub(super) fn wrapped(text: &str, look: Look, indent: Indent) -> String {
    let mut prose = Prose::default();
    prose.add(None, text);
    prose.lines(look, indent)
}

impl Prose {
    /// More words, after a space.
    pub(super) fn add(&mut self, style: Option<Style>, text: &str) {
        self.words(style, text, Gap::Space);
    }

    /// More words, after two spaces.
    pub(super) fn apart(&mut self, style: Option<Style>, text: &str) {
        self.words(style, text, Gap::Spaces);
    }

    /// More words, which begin where the last one ends; a line may end between them.
    pub(super) fn join(&mut self, style: Option<Style>, text: &str) {
        self.words(style, text, Gap::Seam);
    }

    fn words(&mut self, style: Option<Style>, text: &str, first: Gap) {
        let mut before = first;
        for word in visible(text).split_whitespace() {
            for text in chunks(word) {
                self.0.push(Word { style, text: text.to_owned(), before });
                before = Gap::Seam;
            }
            before = Gap::Space;
        }
    }

    /// Lines without the end of the last one.
    pub(super) fn lines(&self, look: Look, indent: Indent) -> String {
        let mut page = Page { look, indent, out: String::new(), used: indent.taken, begins: true };
        self.0.iter().for_each(|word| page.put(word));
        page.out
    }
}

/// A word between its seams: every wide character can stand alone, but no line begins with what ends a sentence.
fn chunks(word: &str) -> Vec<&str> {
    let mut chunks = Vec::new();
    let mut start = 0;
    let mut last: Option<char> = None;
    for (at, c) in word.char_indices() {
        let wide = is_wide(c) || last.is_some_and(is_wide);
        let seam = wide && !is_closing(c) && !last.is_some_and(is_opening);
        if at > start && seam {
            chunks.push(&word[start..at]);
            start = at;
        }
        last = Some(c);
    }
    chunks.push(&word[start..]);
    chunks
}

fn is_wide(c: char) -> bool {
    c.width() == Some(2)
}

fn is_closing(c: char) -> bool {
    "、。，．！？：；）」』】》〉”’…,.!?:;)]}\"'".contains(c) || c.width() == Some(0)
}

fn is_opening(c: char) -> bool {
    "（「『【《〈“‘([{\"'".contains(c)
}

/// The lines so far.
struct Page {
    look: Look,
    indent: Indent,
    out: String,
    /// Columns of the last line.
    used: usize,
    /// Nothing stands in the last line yet.
    begins: bool,
}

impl Page {
    fn put(&mut self, word: &Word) {
        let long = width(&word.text);
        let gap = match word.before {
            _ if self.begins => 0,
            Gap::Space => 1,
            Gap::Spaces => 2,
            Gap::Seam => 0,
        };
        if self.used + gap + long > self.look.columns() && (!self.begins || self.used > self.indent.rest) {
            self.end_line();
        } else {
            self.out.push_str(&" ".repeat(gap));
            self.used += gap;
        }
        self.write(word);
    }

    fn end_line(&mut self) {
        let kept = self.out.trim_end_matches(' ').len();
        self.out.truncate(kept);
        self.out.push('\n');
        self.out.push_str(&" ".repeat(self.indent.rest));
        (self.used, self.begins) = (self.indent.rest, true);
    }

    /// A word longer than a line is cut where the room ends, if it does.
    fn write(&mut self, word: &Word) {
        let mut text = word.text.as_str();
        while self.look.room != Room::Endless && self.used + width(text) > self.look.columns() {
            let head = head(text, self.look.columns().saturating_sub(self.used));
            if head.is_empty() && self.begins {
                break;
            }
            self.push(word.style, head);
            self.end_line();
            text = &text[head.len()..];
        }
        self.push(word.style, text);
    }

    fn push(&mut self, style: Option<Style>, text: &str) {
        if !text.is_empty() {
            let painted = style.map_or_else(|| text.to_owned(), |style| self.look.style(style, text));
            self.out.push_str(&painted);
            self.used += width(text);
            self.begins = false;
        }
    }
}

/// What of a text fits into so many columns.
fn head(text: &str, columns: usize) -> &str {
    let mut used = 0;
    let end = text.char_indices().find(|(_, c)| {
        used += c.width().unwrap_or(0);
        used > columns
    });
    end.map_or(text, |(at, _)| &text[..at])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::style::Paint;

    const IN_TWO: Indent = Indent { taken: 0, rest: 2 };

    fn terminal(columns: usize) -> Look {
        Look { paint: Paint::Plain, room: Room::Terminal(columns) }
    }

    #[test]
    fn later_lines_hang_under_the_first() {
        assert_eq!(
            wrapped("a lantern on the pier, far out", terminal(20), IN_TWO),
            "a lantern on the\n  pier, far out"
        );
    }

    #[test]
    fn without_a_terminal_no_word_is_cut() {
        let word = "x".repeat(100);
        assert_eq!(wrapped(&word, Look::PLAIN, IN_TWO), word);
        assert_eq!(wrapped(&format!("at {word}"), Look::PLAIN, IN_TWO), format!("at\n  {word}"));
    }

    #[test]
    fn chinese_breaks_between_characters_and_no_line_begins_with_a_full_stop() {
        let text = "一盏灯在海边亮起来了。夜里";
        assert_eq!(wrapped(text, terminal(20), IN_TWO), "一盏灯在海边亮起来\n  了。夜里");
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_the_terminal_and_no_word_is_lost(
            text in "[a-z旧。😀 é]{0,60}", columns in 20_usize..90, taken in 0_usize..20,
        ) {
            let shown = wrapped(&text, terminal(columns), Indent { taken, rest: 4 });
            for (at, line) in shown.lines().enumerate() {
                prop_assert!(width(line) + if at == 0 { taken } else { 0 } <= columns, "{shown}");
            }
            let bare = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(bare(&shown), bare(&text));
        }
    }
}
