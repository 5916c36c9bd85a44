//! Lines that begin in the wrong column, or lack the space or colon that makes them a key.

use granit_parser::ErrorKind;

use super::super::found::{Flaw, brief};
use super::super::source::Span;
use super::super::traps;
use super::reword::mark;

pub(super) fn tab(text: &str, kind: &ErrorKind, at: usize) -> Option<Flaw> {
    let by_kind = matches!(
        kind,
        ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::TabInPlainScalar
            | ErrorKind::TabAtBlockScalarStart
    );
    let line = traps::line_span(text, at);
    let indent = |span: Span| text[span.start..span.end].find(|c| c != ' ').map(|found| span.start + found);
    let in_indent = indent(line).filter(|first| text[*first..].starts_with('\t'));
    let later = || text[line.start..].find('\t').map(|found| line.start + found);
    let start = in_indent.or_else(|| by_kind.then(later).flatten())?;
    let end = start + text[start..].find(|c| c != '\t').unwrap_or(text.len() - start);
    Some(
        Flaw::new(Span { start, end }, "a tab in the indentation", "a tab")
            .help("YAML indents with spaces only: use two for each level"),
    )
}

/// `duration:4` and `-id: a`.
pub(super) fn unspaced(text: &str, at: usize, last: Span) -> Option<Flaw> {
    [at, last.start].into_iter().find_map(|at| {
        let line = traps::line_span(text, at);
        let whole = text[line.start..line.end].trim_end();
        let words = whole.trim_start();
        let start = line.start + (whole.len() - words.len());
        let (mark, after) = space_missing(words)?;
        let span = Span { start, end: start + words.len() };
        let paste = format!("{} {}", &words[..after], &words[after..]);
        Some(
            Flaw::new(span, format!("a space is missing after `{mark}`"), "read as one piece of text")
                .help(format!("write\n    {}", brief(&paste))),
        )
    })
}

/// The mark without its space, and where the space belongs.
fn space_missing(words: &str) -> Option<(char, usize)> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let dash = words.strip_prefix('-').is_some_and(|rest| rest.starts_with(word) && rest.contains(": "));
    if dash {
        return Some(('-', 1));
    }
    let item = words.strip_prefix("- ").unwrap_or(words);
    let lead = words.len() - item.len();
    let colon = item.find(':')?;
    let is_key = colon > 0 && item[..colon].chars().all(word) && !item.contains(": ");
    (is_key && item[colon + 1..].starts_with(|c: char| c.is_alphanumeric()))
        .then_some((':', lead + colon + 1))
}

/// A key that is indented deeper than its neighbour was read as more of the neighbour's text.
pub(super) fn swallowed(text: &str, at: usize, last: Span) -> Option<Flaw> {
    let (line, first) = (traps::line_span(text, at), traps::line_span(text, last.start));
    let is_read_on = first.end < line.start && last.end == at;
    if !is_read_on {
        return None;
    }
    let whole = &text[first.start..first.end];
    if last.start == first.start && !whole.contains(": ") {
        let span = trimmed(text, first);
        let flaw = Flaw::new(span, "this line is no `key: value`", "no colon with a space behind it");
        return Some(flaw.help("write a key, a colon, a space and a value"));
    }
    Some(indented(text, line, "indented deeper than its neighbours"))
}

/// `duration 5`, or text that goes on in the column of its key.
pub(super) fn no_colon(text: &str, kind: &ErrorKind, at: usize) -> Option<Flaw> {
    let fits = matches!(
        kind,
        ErrorKind::SimpleKeyExpected | ErrorKind::ExpectedBlockMappingKey | ErrorKind::InvalidSimpleKey
    );
    let span = mark(text, at);
    let (word, rest) = text[span.start..span.end].split_once(' ')?;
    if let Some(block) = above(text, traps::line_span(text, at).start).next()
        && [": >", ": |", ": >-", ": |-"].iter().any(|mark| block.trim_end().ends_with(mark))
    {
        let flaw = Flaw::new(span, "a text of several lines is not indented", "begins too far to the left");
        return fits.then(|| flaw.help(format!("indent it deeper than `{}`", brief(block.trim()))));
    }
    let help = format!(
        "if `{0}` is a key, write\n    {0}: {1}\nif this is more of the text above, indent it deeper than its key",
        brief(word),
        brief(rest.trim())
    );
    fits.then(|| Flaw::new(span, "this line is no `key: value`", "no key with a colon").help(help))
}

/// Only where the line above tells the right column.
pub(super) fn misplaced(text: &str, kind: &ErrorKind, at: usize) -> Option<Flaw> {
    let fits = matches!(
        kind,
        ErrorKind::ExpectedBlockSequenceEntry
            | ErrorKind::ExpectedBlockMappingKey
            | ErrorKind::InvalidIndentation
    );
    let line = traps::line_span(text, at);
    let is_at_start = text[line.start..at.clamp(line.start, line.end)].trim_matches([' ', '-']).is_empty();
    (fits && is_at_start).then(|| indented(text, line, "lines up with nothing above"))
}

fn indented(text: &str, line: Span, label: &str) -> Flaw {
    let column = text[line.start..line.end].find(|c| c != ' ').unwrap_or(0);
    let span = trimmed(text, Span { start: line.start + column, end: line.end });
    let words = &text[span.start..span.end];
    let help = if words.starts_with("- ") {
        above(text, line.start).find(|line| line.trim_start().starts_with("- ")).map(|entry| {
            let wanted = entry.len() - entry.trim_start().len();
            format!(
                "entries of one list begin in the same column: `{}` above has {wanted} spaces before it, \
                 this line has {column}",
                brief(entry.trim())
            )
        })
    } else if begins_entry(text, line.start, column, words) {
        Some(format!("begin it with `- ` if it is a new entry of the list\n    - {}", brief(words)))
    } else {
        neighbour(text, line.start).map(|(key, wanted)| {
            format!(
                "keys of one level begin in the same column: `{}` above has {wanted} spaces before it, \
                 this line has {column}",
                brief(key)
            )
        })
    };
    let help = help.unwrap_or_else(|| "keys of one level begin in the same column".to_owned());
    Flaw::new(span, "this line is not indented like the ones around it", label).help(help)
}

/// The lines above, the nearest first, without empty ones and comments.
fn above(text: &str, before: usize) -> impl Iterator<Item = &str> {
    let told = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with('#');
    text[..before].lines().rev().take(200).filter(told)
}

/// Does a list above have its dashes in this column, before the same key?
fn begins_entry(text: &str, before: usize, column: usize, words: &str) -> bool {
    let key = words.split(':').next().unwrap_or(words);
    above(text, before).any(|line| {
        let entry = line.trim_start();
        let first = entry.strip_prefix("- ").map(str::trim_start);
        line.len() - entry.len() == column && first.is_some_and(|first| first.split(':').next() == Some(key))
    })
}

fn trimmed(text: &str, span: Span) -> Span {
    Span { end: span.start + text[span.start..span.end].trim_end().len(), ..span }
}

/// The first key of the nearest line above, and its column from 0.
fn neighbour(text: &str, before: usize) -> Option<(&str, usize)> {
    let line = above(text, before).next()?;
    let rest = line.trim_start_matches([' ', '-']);
    let key = rest.split(':').next().unwrap_or(rest);
    Some((key, line.len() - rest.len()))
}
