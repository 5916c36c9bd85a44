//! The parser's errors in a writer's words: which line is to blame, and what to type instead.
//! Where one value is to blame, says so, and reading goes on behind it.

use std::cmp::Ordering;

use granit_parser::{ErrorKind, Event, Parser, ScanError};

use super::super::found::{Flaw, brief};
use super::super::source::Span;
use super::super::traps::{self, Line};
use super::Stop;
use super::budget::too_deep;

/// `last` is the place of the last text that was read.
pub(super) fn reword(text: &str, error: &ScanError, last: Span) -> Stop {
    let at = error.marker().byte_offset().unwrap_or(text.len()).min(text.len());
    let kind = error.kind();
    match kind {
        ErrorKind::RecursionLimitExceeded => return too_deep(mark(text, at)).into(),
        ErrorKind::DirectiveDisallowed => return directive(text, at).into(),
        _ => {}
    }
    tab(text, kind, at)
        .or_else(|| bracket(text, at, last))
        .or_else(|| unspaced(text, at, last))
        .or_else(|| swallowed(text, at, last))
        .map(Stop::from)
        .or_else(|| open_quote(text, kind, last))
        .or_else(|| unquoted(text, kind, at, last))
        .or_else(|| misplaced(text, kind, at).map(Stop::from))
        .or_else(|| no_colon(text, kind, at).map(Stop::from))
        .unwrap_or_else(|| plain_words(text, kind, at).into())
}

/// The visible rest of the line from `at`; where there is none, the whole line.
fn mark(text: &str, at: usize) -> Span {
    let line = traps::line_span(text, at);
    let rest = text[at.min(line.end)..line.end].trim_end();
    let lead = rest.len() - rest.trim_start().len();
    if rest.trim().is_empty() { line } else { Span { start: at + lead, end: at + rest.len() } }
}

fn directive(text: &str, at: usize) -> Flaw {
    Flaw::new(mark(text, at), "a storyboard has no `%` lines", "a YAML directive").help("delete this line")
}

fn tab(text: &str, kind: &ErrorKind, at: usize) -> Option<Flaw> {
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
fn unspaced(text: &str, at: usize, last: Span) -> Option<Flaw> {
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
fn swallowed(text: &str, at: usize, last: Span) -> Option<Flaw> {
    let (line, first) = (traps::line_span(text, at), traps::line_span(text, last.start));
    let is_read_on = first.end < line.start && last.end == at;
    if !is_read_on {
        return None;
    }
    Some(indented(text, line, "indented deeper than its neighbours"))
}

/// `duration 5`, or text that goes on in the column of its key.
fn no_colon(text: &str, kind: &ErrorKind, at: usize) -> Option<Flaw> {
    let fits = matches!(
        kind,
        ErrorKind::SimpleKeyExpected | ErrorKind::ExpectedBlockMappingKey | ErrorKind::InvalidSimpleKey
    );
    let span = mark(text, at);
    let (word, rest) = text[span.start..span.end].split_once(' ')?;
    let help = format!(
        "if `{0}` is a key, write\n    {0}: {1}\nif this is more of the text above, indent it deeper than its key",
        brief(word),
        brief(rest.trim())
    );
    fits.then(|| Flaw::new(span, "this line is no `key: value`", "no key with a colon").help(help))
}

/// Only where the line above tells the right column.
fn misplaced(text: &str, kind: &ErrorKind, at: usize) -> Option<Flaw> {
    let fits = matches!(
        kind,
        ErrorKind::ExpectedBlockSequenceEntry
            | ErrorKind::ExpectedBlockMappingKey
            | ErrorKind::InvalidIndentation
    );
    let line = traps::line_span(text, at);
    let is_at_start = text[line.start..at.clamp(line.start, line.end)].trim().is_empty();
    (fits && is_at_start).then(|| indented(text, line, "lines up with nothing above"))
}

fn indented(text: &str, line: Span, label: &str) -> Flaw {
    let column = text[line.start..line.end].find(|c| c != ' ').unwrap_or(0);
    let span = Span { start: line.start + column, end: line.end };
    let entry = entry_above(text, line.start, column);
    let new_entry = || {
        format!(
            "begin it with `- ` if it is a new entry of the list\n    - {}",
            brief(&text[span.start..line.end])
        )
    };
    let help = neighbour(text, line.start).filter(|_| !entry).map_or_else(
        || if entry { new_entry() } else { "keys of one level begin in the same column".to_owned() },
        |(key, wanted)| {
            format!(
                "keys of one level begin in the same column: `{}` above has {wanted} spaces before it, \
                 this line has {column}",
                brief(key)
            )
        },
    );
    Flaw::new(trimmed(text, span), "this line is not indented like the ones around it", label).help(help)
}

/// Does a list above have its dashes in this column?
fn entry_above(text: &str, before: usize, column: usize) -> bool {
    let is_entry = |line: &str| {
        line.len() > column && line[..column].trim().is_empty() && line[column..].starts_with("- ")
    };
    text[..before].lines().rev().take(200).any(|line| line.is_char_boundary(column) && is_entry(line))
}

fn trimmed(text: &str, span: Span) -> Span {
    Span { end: span.start + text[span.start..span.end].trim_end().len(), ..span }
}

/// The first key of the nearest line above that is no comment, and its column from 0.
fn neighbour(text: &str, before: usize) -> Option<(&str, usize)> {
    let above = text[..before].lines().rev().take(50);
    let line = above.into_iter().find(|line| !line.trim().is_empty() && !line.trim().starts_with('#'))?;
    let rest = line.trim_start_matches([' ', '-']);
    let key = rest.split(':').next().unwrap_or(rest);
    Some((key, line.len() - rest.len()))
}

fn open_quote(text: &str, kind: &ErrorKind, last: Span) -> Option<Stop> {
    let by_kind = matches!(
        kind,
        ErrorKind::UnclosedQuotedScalar
            | ErrorKind::InvalidQuotedScalarIndent
            | ErrorKind::DocumentIndicatorInQuotedScalar
    );
    let line = traps::line(text, last.start).filter(|line| line.value.starts_with(['"', '\'']))?;
    by_kind.then(|| {
        let flaw = Flaw::new(line.value_span, "a quote is opened and never closed", "opened here")
            .help(format!("write\n    {}", line.quoted()));
        Stop { flaw, mask: Some(line.value_span) }
    })
}

/// A value that YAML cannot read by itself, such as `Rin: get down!`, needs quotes.
fn unquoted(text: &str, kind: &ErrorKind, at: usize, last: Span) -> Option<Stop> {
    let mut lines = [at, last.start].into_iter().filter_map(|at| traps::line(text, at));
    let line = lines.find(|line| !reads_alone(line.value))?;
    let (message, label) = why(kind, &line);
    let flaw = Flaw::new(line.value_span, message, label).help(format!("write\n    {}", unblocked(&line)));
    Some(Stop { flaw, mask: Some(line.value_span) })
}

fn why(kind: &ErrorKind, line: &Line<'_>) -> (String, &'static str) {
    let first = line.value.chars().next().unwrap_or_default();
    if is_escape(kind) {
        return (
            "a `\\` in double quotes begins an escape that YAML does not know".to_owned(),
            "in this text",
        );
    }
    if line.value.starts_with("{{") {
        return ("text that begins with `{{` needs quotes".to_owned(), "YAML takes these braces for its own");
    }
    match first {
        '>' | '|' => (format!("the text of `{first}` begins on the next line"), "begins on the same line"),
        '"' | '\'' => ("a quote ends before its text does".to_owned(), "the quotes do not enclose all of it"),
        '[' | '{' | ']' | '}' | '@' | '`' | '%' | '&' | '*' | '!' | '-' | '?' | ',' => {
            (format!("text that begins with `{first}` needs quotes"), "YAML has its own use for this sign")
        }
        _ => ("text that holds `: ` needs quotes".to_owned(), "YAML takes the colon for another key"),
    }
}

/// Text behind `>` or `|` belongs below it, anything else into quotes.
fn unblocked(line: &Line<'_>) -> String {
    match line.value.strip_prefix("> ").or_else(|| line.value.strip_prefix("| ")) {
        Some(text) => format!("{}{}\n      {text}", line.lead, &line.value[..1]),
        None => line.quoted(),
    }
}

fn is_escape(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::UnknownQuotedScalarEscape
            | ErrorKind::InvalidQuotedScalarHexEscape
            | ErrorKind::InvalidUnicodeEscape
    )
}

/// A `[` list or `{` map on one line with a bracket too few or too many.
fn bracket(text: &str, at: usize, last: Span) -> Option<Flaw> {
    let mut lines = [at, last.start].into_iter().filter_map(|at| traps::line(text, at));
    let line = lines.find(|line| line.value.starts_with(['[', '{']) && !line.value.starts_with("{{"))?;
    let (open, close) = if line.value.starts_with('[') { ('[', ']') } else { ('{', '}') };
    let (opened, closed) = (line.value.matches(open).count(), line.value.matches(close).count());
    let name = if open == '[' { "list" } else { "map" };
    let (message, paste) = match opened.cmp(&closed) {
        Ordering::Equal => return None,
        // Meant to go on below.
        Ordering::Greater if line.value.ends_with([',', '[', '{']) => return None,
        Ordering::Greater => {
            let gap = if open == '{' { " " } else { "" };
            let paste = format!("{}{}{gap}{close}", line.lead, line.value);
            (format!("a `{open}` {name} is not closed"), paste)
        }
        Ordering::Less => {
            let rest = line.value.trim_end_matches(close);
            (
                format!("a `{close}` too many"),
                format!("{}{rest}{}", line.lead, close.to_string().repeat(opened)),
            )
        }
    };
    let flaw = Flaw::new(line.value_span, message, format!("{opened} `{open}` and {closed} `{close}`"));
    Some(flaw.help(format!("write\n    {paste}")))
}

fn reads_alone(value: &str) -> bool {
    let line = format!("k: {value}\n");
    Parser::new_from_str(&line).all(|event| {
        event.is_ok_and(|(event, span)| !matches!(event, Event::Alias(_)) && span.tag_span().is_none())
    })
}

fn plain_words(text: &str, kind: &ErrorKind, at: usize) -> Flaw {
    let span = mark(text, at);
    let (message, label, help) = match kind {
        ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::ExpectedFlowSequenceSeparator
        | ErrorKind::UnclosedFlowCollection { open: '[' } => {
            ("a `[` list is not closed", "`,` or `]` is missing before this", "end the list with `]`")
        }
        ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::UnexpectedEofImplicitFlowMapping
        | ErrorKind::UnclosedFlowCollection { .. } => {
            ("a `{` map is not closed", "`,` or `}` is missing before this", "end the map with `}`")
        }
        ErrorKind::InvalidColonPlacement | ErrorKind::FlowMappingValueAdjacentCollection => (
            "a `[` list or `{` map is not closed, or a colon stands inside one",
            "not expected here",
            "close the list with `]` and the map with `}`, and quote text that holds `: `",
        ),
        ErrorKind::MisplacedFlowCollectionEnd | ErrorKind::MismatchedFlowCollectionEnd { .. } => {
            ("a bracket closes what was not opened", "no bracket to match", "quote it if it is text")
        }
        ErrorKind::CommentInterceptedScalar => (
            "a comment cuts a text of several lines in two",
            "a comment to YAML",
            "quote the text, or write it below `key: >` if this is part of it; move the comment elsewhere if not",
        ),
        ErrorKind::SimpleKeyExpected | ErrorKind::ExpectedBlockMappingKey | ErrorKind::InvalidSimpleKey => (
            "this line is no `key: value`",
            "a key with a colon is expected here",
            "write `key: value`; text that goes on from the line above is indented deeper than its key",
        ),
        ErrorKind::ExpectedBlockSequenceEntry | ErrorKind::BlockSequenceEntryNotAllowed => (
            "a list entry does not line up with the others",
            "`- ` is expected in the column of the entries above, or none at all",
            "begin every entry of a list with `- ` in the same column",
        ),
        ErrorKind::BomInsideDocument => {
            ("a byte order mark inside the file", "here", "delete this invisible character")
        }
        _ => (
            "YAML cannot read this line",
            "not expected here",
            "look for a missing quote, colon or space, here or on the line above",
        ),
    };
    Flaw::new(span, message, label).help(help)
}
