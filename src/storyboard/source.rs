//! A file's text and places in it. Knows no language.

/// A file as it was read, with the name by which messages call it.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// Relative to the working directory where it lies below it.
    pub name: String,
    pub text: String,
}

/// A range of bytes of a [`Source`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

/// A value with the place where it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    pub value: T,
    pub span: Span,
}

/// Some editors begin a file with it; nobody sees it.
const BYTE_ORDER_MARK: char = '\u{feff}';

impl Source {
    /// Line and column of a byte, both from 1, the column in characters.
    #[must_use]
    pub fn line_column(&self, byte: usize) -> (usize, usize) {
        let mut byte = byte.min(self.text.len());
        while !self.text.is_char_boundary(byte) {
            byte -= 1;
        }
        let before = &self.text[..byte];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let in_line = before[line_start..].trim_start_matches(BYTE_ORDER_MARK);
        (before.matches('\n').count() + 1, in_line.chars().count() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_in_characters() {
        let source = Source { name: "a.yaml".to_owned(), text: "é: 1\nab: 2\n".to_owned() };
        assert_eq!(source.line_column(0), (1, 1));
        assert_eq!(source.line_column(2), (1, 2));
        assert_eq!(source.line_column(1), (1, 1));
        assert_eq!(source.line_column(7), (2, 2));
        assert_eq!(source.line_column(999), (3, 1));
    }
}
