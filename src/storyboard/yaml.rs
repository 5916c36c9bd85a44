//! YAML text to a tree with places, within bounds of memory and time, and the one place that knows the parser.
//! Text stays as written; nothing is retyped. Knows no key by name but `<<`.

mod budget;
mod build;
mod columns;
mod merge;
mod refuse;
mod reword;

use std::collections::BTreeMap;
use std::sync::Arc;

use granit_parser::{Event, Parser, options};

use self::build::Builder;
use super::found::{Flaw, Found};
use super::node::Node;
use super::source::{Source, Span};
use super::traps;

/// Bytes of a file; what is longer is no storyboard and no table of rows that a person looks after.
const LONGEST_FILE: usize = 16 * 1024 * 1024;
/// After a line whose mistake is understood, reading goes on as if it were mended: this often.
const MENDS: usize = 20;
/// Bytes of a file that is read again and again for that.
const LONGEST_MENDED: usize = 1024 * 1024;

/// Reads a file as far as it can be read. None: nothing can be said about what it holds.
pub(super) fn parse(source: &Arc<Source>, found: &mut Found) -> Option<Node> {
    if let Err(flaws) = readable(&source.text) {
        found.extend(flaws);
        return None;
    }
    let mut text = source.text.clone();
    let mut mended = BTreeMap::new();
    let mends = if text.len() > LONGEST_MENDED { 0 } else { MENDS };
    for count in 0..=mends {
        let (read, flaws) = attempt(&text, &mended);
        let stop = match read {
            Ok(node) => {
                found.extend(flaws);
                return Some(node);
            }
            Err(stop) => stop,
        };
        let Some(mask) = stop.mask.filter(|_| count < mends) else {
            found.extend(flaws);
            found.add(stop.flaw);
            return None;
        };
        found.add(stop.flaw.mild());
        found.mask(mask);
        mended.insert(mask.start, traps::bare(&source.text[mask.start..mask.end]).to_owned());
        text.replace_range(mask.start..mask.end, &"x".repeat(mask.end - mask.start));
    }
    None
}

/// Why reading ended early.
#[derive(Debug)]
struct Stop {
    flaw: Flaw,
    /// The text that is to blame, where reading could go on without it.
    mask: Option<Span>,
}

impl From<Flaw> for Stop {
    fn from(flaw: Flaw) -> Self {
        Self { flaw, mask: None }
    }
}

fn attempt(text: &str, mended: &BTreeMap<usize, String>) -> (Result<Node, Stop>, Vec<Flaw>) {
    let mut builder = Builder::new(text, mended);
    let options = options! { emit_comments: false, emit_unresolved_aliases: true, disallow_directives: true, emit_anchor_events: true };
    let mut last = Span::default();
    for step in Parser::new_from_str_with_options(text, options) {
        let taken = match step {
            Ok((event, span)) => {
                let place = place(&span);
                let tag = span.tag_span().map(|span| self::place(&span));
                last = if matches!(event, Event::Scalar(..)) { place } else { last };
                builder.take(event, place, tag).map_err(Stop::from)
            }
            Err(error) => Err(reword::reword(text, &error, last)),
        };
        if let Err(stop) = taken {
            return (Err(stop), builder.flaws);
        }
    }
    builder.finish()
}

fn place(span: &granit_parser::Span) -> Span {
    span.byte_range().map_or(Span::default(), |range| Span { start: range.start, end: range.end })
}

/// Is this text that YAML may hold?
fn readable(text: &str) -> Result<(), Vec<Flaw>> {
    if text.len() > LONGEST_FILE {
        let message = format!("the file has {} MB; at most 16 MB are read", text.len() / 1_000_000);
        return Err(vec![Flaw::new(Span::default(), message, "begins here")]);
    }
    let flaws: Vec<_> =
        text.char_indices().filter(|(_, c)| is_control(*c)).take(10).map(control_flaw).collect();
    if flaws.is_empty() { Ok(()) } else { Err(flaws) }
}

/// Characters that YAML forbids and no prompt wants.
fn is_control(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r') || matches!(c, '\u{fffe}' | '\u{ffff}')
}

fn control_flaw((start, c): (usize, char)) -> Flaw {
    let message = format!("the file holds the invisible character U+{:04X}", u32::from(c));
    let span = Span { start, end: start + c.len_utf8() };
    Flaw::new(span, message, "here").help("delete it; a file with many of them is no text file in UTF-8")
}

#[cfg(test)]
mod tests;
