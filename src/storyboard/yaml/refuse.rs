//! What YAML has and a storyboard has no use for, and the line to paste where it was meant as text.

use super::super::found::{Flaw, brief};
use super::super::source::Span;
use super::super::traps;
use super::super::words;

/// `{{ x }}` without quotes.
pub(super) fn braces(text: &str, span: Span) -> Flaw {
    Flaw::new(span, "text that begins with `{{` needs quotes", "YAML takes these braces for its own")
        .help(format!("write\n    {}", paste(text, span)))
        .mild()
}

/// `*name` without `&name` above. `names` are those that there are.
pub(super) fn alias(text: &str, span: Span, names: &[String]) -> Flaw {
    let name = brief(&text[span.start..span.end]);
    let near = words::meant(name.trim_start_matches('*'), names.iter().map(String::as_str));
    let near = near.map_or_else(String::new, |near| format!("did you mean `*{near}`?\n"));
    let message = format!("`{name}` refers to an anchor that is not defined above");
    let help = format!("{near}if it is text, write\n    {}", paste(text, span));
    Flaw::new(span, message, "unknown anchor").help(help)
}

/// `!tag`.
pub(super) fn tag(text: &str, span: Span) -> Flaw {
    let tag = brief(&text[span.start..span.end]);
    let help = if tag.starts_with("!!") {
        "delete it: what a value is, its key says".to_owned()
    } else {
        format!("delete it or, if it is text, write\n    {}", paste(text, span))
    };
    let message = format!("`{tag}` is a YAML tag, which a storyboard has no use for");
    Flaw::new(span, message, "a tag").help(help).mild()
}

/// A character that nobody sees, made by an escape.
pub(super) fn control(span: Span, c: char) -> Flaw {
    let message = format!("the text holds the invisible character U+{:04X}", u32::from(c));
    Flaw::new(span, message, "an escape such as `\\0` puts it here").help("delete it").mild()
}

/// A list or map where a key belongs.
pub(super) fn key(span: Span) -> Flaw {
    Flaw::new(span, "a key must be text, not a list or a map", "stands where a key belongs")
        .help("quote it if it is text")
}

/// The line with quotes around the whole value, or around this piece of it.
fn paste(text: &str, span: Span) -> String {
    match traps::line(text, span.start) {
        Some(line) if line.value_span.start == span.start => line.quoted(),
        _ => traps::quoted_piece(text, span),
    }
}
