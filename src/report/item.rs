//! An item of a list: a word in its color, a name, and what is to be said of it, later lines hanging under the name.

use std::fmt::Write as _;

use super::style::{Look, Style};
use super::wrap::{Indent, Prose, padded, width};

/// With fewer columns, later lines begin at the left.
const NARROW: usize = 60;

/// One of them.
pub(super) struct Item<'a> {
    pub(super) style: Style,
    /// Filled up with blanks to the width of the list's longest one.
    pub(super) word: &'a str,
    pub(super) name: &'a str,
    pub(super) said: &'a str,
}

impl Item<'_> {
    /// `columns`: those of the longest word.
    pub(super) fn write(&self, out: &mut String, columns: usize, look: Look) {
        let word = padded(self.word, columns);
        let taken = 3 + width(&word);
        let mut prose = Prose::default();
        prose.add(None, self.name);
        prose.apart(None, self.said);
        let rest = if look.columns() < NARROW { 4 } else { taken };
        let lines = prose.lines(look, Indent { taken, rest });
        let _ = writeln!(out, "  {} {lines}", look.style(self.style, &word));
    }
}

/// A sentence at the left.
pub(super) fn sentence(style: Option<Style>, text: &str, look: Look) -> String {
    let mut prose = Prose::default();
    prose.add(style, text);
    prose.lines(look, Indent { taken: 0, rest: 2 })
}
