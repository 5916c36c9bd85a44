//! The parser's errors in a writer's words: which line is to blame, and what to type instead.
//! Where one value is to blame, says so, and reading goes on behind it.

use std::cmp::Ordering;

use granit_parser::{ErrorKind, Event, Parser, ScanError};

use super::super::found::Flaw;
use super::super::source::Span;
use super::super::traps::{self, Line};
use super::Stop;
use super::budget::too_deep;
use super::columns;

/// `last` is the place of the last text that was read.
pub(super) fn reword(text: &str, error: &ScanError, last: Span) -> Stop {
    let at = error.marker().byte_offset().unwrap_or(text.len()).min(text.len());
    let kind = error.kind();
    match kind {
        ErrorKind::RecursionLimitExceeded => return too_deep(mark(text, at)).into(),
        ErrorKind::DirectiveDisallowed => return directive(text, at).into(),
        _ => {}
    }
    columns::tab(text, kind, at)
        .or_else(|| bracket(text, at, last))
        .or_else(|| columns::unspaced(text, at, last))
        .or_else(|| columns::swallowed(text, at, last))
        .map(Stop::from)
        .or_else(|| open_quote(text, kind, last))
        .or_else(|| unquoted(text, kind, at, last))
        .or_else(|| columns::misplaced(text, kind, at).map(Stop::from))
        .or_else(|| columns::no_colon(text, kind, at).map(Stop::from))
        .unwrap_or_else(|| plain_words(text, kind, at).into())
}

/// The visible rest of the line from `at`; where there is none, the whole line.
pub(super) fn mark(text: &str, at: usize) -> Span {
    let line = traps::line_span(text, at);
    let rest = text[at.min(line.end)..line.end].trim_end();
    let lead = rest.len() - rest.trim_start().len();
    if rest.trim().is_empty() { line } else { Span { start: at + lead, end: at + rest.len() } }
}

fn directive(text: &str, at: usize) -> Flaw {
    Flaw::new(mark(text, at), "a storyboard has no `%` lines", "a YAML directive").help("delete this line")
}

fn open_quote(text: &str, kind: &ErrorKind, last: Span) -> Option<Stop> {
    let by_kind = matches!(
        kind,
        ErrorKind::UnclosedQuotedScalar
            | ErrorKind::InvalidQuotedScalarIndent
            | ErrorKind::DocumentIndicatorInQuotedScalar
    );
    let line = traps::line(text, last.start).filter(|line| line.value.starts_with(['"', '\'']))?;
    if !by_kind {
        return None;
    }
    if let Some(flaw) = goes_on(text, line.value_span.end) {
        return Some(flaw.into());
    }
    let flaw = Flaw::new(line.value_span, "a quote is opened and never closed", "opened here")
        .help(format!("write\n    {}", line.quoted()));
    Some(Stop { flaw, mask: Some(line.value_span) })
}

/// Quoted text whose next line holds no key and lacks its indentation.
fn goes_on(text: &str, end: usize) -> Option<Flaw> {
    let next = traps::line_span(text, traps::line_span(text, end).end + 1);
    let words = text[next.start..next.end].trim();
    if next.start <= end || !words.ends_with(['"', '\'']) || traps::line(text, next.start).is_some() {
        return None;
    }
    let message = "a quoted text goes on in a line that is not indented";
    let flaw = Flaw::new(mark(text, next.start), message, "begins too far to the left");
    Some(flaw.help("indent it deeper than the key of the text"))
}

/// A value that YAML cannot read by itself, such as `Rin: get down!`, needs quotes.
fn unquoted(text: &str, kind: &ErrorKind, at: usize, last: Span) -> Option<Stop> {
    let mut lines = [at, last.start].into_iter().filter_map(|at| traps::line(text, at));
    let line = lines.find(|line| !reads_alone(line.value))?;
    if is_structure(line.value) {
        return Some(inside_brackets(&line).into());
    }
    let (message, label) = why(kind, &line);
    let flaw = Flaw::new(line.value_span, message, label).help(format!("write\n    {}", unblocked(&line)));
    Some(Stop { flaw, mask: Some(line.value_span) })
}

/// A whole `[…]` or `{…}`, and not a template's braces.
fn is_structure(value: &str) -> bool {
    let pairs = [('[', ']'), ('{', '}')];
    let enclosed = |(open, close): (char, char)| value.starts_with(open) && value.ends_with(close);
    pairs.into_iter().any(enclosed) && !["{{", "{%", "{#"].iter().any(|mark| value.starts_with(mark))
}

fn inside_brackets(line: &Line<'_>) -> Flaw {
    Flaw::new(line.value_span, "a text inside these brackets needs quotes", "somewhere in here")
        .help("between brackets, quote every text that holds `: `, `,`, a quote or a bracket")
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
            "look for a missing quote, colon, comma or space, here or on the line above",
        ),
    };
    Flaw::new(span, message, label).help(help)
}
