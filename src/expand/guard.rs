//! Which template syntax is allowed, so that no template can take unbounded time or memory: every value that it can
//! name or pass on is no longer than what it was given, and text is joined only on its way out. Renders nothing.

mod forms;
mod syntax;

use std::collections::BTreeSet;
use std::ops::Range;

use minijinja::machinery::{Span, Token, parse, tokenize};
use minijinja::syntax::SyntaxConfig;

/// Bytes of one template. With [`FUEL`](super::engine::FUEL) it bounds what unprinted raw text can add up to.
pub(super) const MAX_BYTES: usize = 16 * 1024;
/// Tokens of one tag, which bounds how deep an expression nests.
const MAX_TOKENS: usize = 250;
/// Tags of one template, which bounds how deep statements nest.
const MAX_TAGS: usize = 400;

/// What an allowed template says about itself.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// The names that it takes from outside.
    pub(super) names: BTreeSet<String>,
    pub(super) references: Vec<Reference>,
    /// The templates that it includes, imports or extends.
    pub(super) files: Vec<(String, Range<usize>)>,
}

/// `row.sku`, and where it stands.
#[derive(Debug)]
pub(super) struct Reference {
    pub(super) path: Vec<String>,
    pub(super) range: Range<usize>,
    /// The first name is the template's own, such as a loop's variable.
    pub(super) local: bool,
}

/// Why a template is not allowed.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) range: Range<usize>,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

/// Reads a template and holds it to what is allowed:
///
/// - `{{ }}`, `if`, `for`, `with`, `set`, `macro`, `include`, `import`, `extends` and `block`, with the filters and tests
///   of `filters`. Fuel ends loops and recursion, a meter what is printed, inside macros and `set` blocks too.
/// - `~` only where its result is printed at once; `+`, `*` and `**` only between numbers by their form. Fuel and meter
///   see none of these work, so a text fed back into them could double with every step.
/// - Lists only where they are searched at once, and no list in a list: shared ones would compare without end.
/// - No functions, methods, slices, `filter`, `call` or `do`: each makes long values out of short ones.
/// - Other templates by a constant name, so that a circle is seen before anything is rendered.
///
/// # Errors
/// The first thing in the text that is no template, or none that is allowed.
pub(super) fn inspect(text: &str, syntax: &SyntaxConfig) -> Result<Facts, Refusal> {
    bounded(text, syntax)?;
    let tree = parse(text, "", syntax.clone())
        .map_err(|error| unclosed(text).unwrap_or_else(|| not_a_template(&error)))?;
    syntax::inspect(&tree)
}

fn refuse<T>(range: Range<usize>, message: impl Into<String>, help: &str) -> Result<T, Refusal> {
    let help = (!help.is_empty()).then(|| help.to_owned());
    Err(Refusal { range, message: message.into(), help })
}

fn bytes(span: Span) -> Range<usize> {
    span.start_offset as usize..span.end_offset as usize
}

fn not_a_template(error: &minijinja::Error) -> Refusal {
    let range = error.range().unwrap_or_default();
    let message = error.detail().unwrap_or("this is no template").to_owned();
    let open = message.ends_with("expected end of block") || message.contains("end of input");
    let help = open.then(|| {
        "every `{% if %}` ends with `{% endif %}`, every `{% for %}` with `{% endfor %}`".to_owned()
    });
    Refusal { range, message, help }
}

/// What is open at the end of the text is the likeliest reason that it can't be read.
fn unclosed(text: &str) -> Option<Refusal> {
    let marks = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")];
    let last = marks.into_iter().filter_map(|(open, close)| Some((text.rfind(open)?, open, close))).max();
    let (at, open, close) = last.filter(|(at, _, close)| !text[*at..].contains(close))?;
    let help = Some(format!("write `{close}` where it ends"));
    Some(Refusal { range: at..at + open.len(), message: format!("`{open}` is never closed"), help })
}

/// Length and counts, read off the tokens: the parser recurses where these are not bounded.
fn bounded(text: &str, syntax: &SyntaxConfig) -> Result<(), Refusal> {
    if text.len() > MAX_BYTES {
        let message = format!("a template of {} KiB; at most {} KiB", text.len() / 1024, MAX_BYTES / 1024);
        return refuse(0..0, message, "");
    }
    let (mut tags, mut tokens) = (0, 0);
    for token in tokenize(text, false, syntax.clone()) {
        let (token, span) =
            token.map_err(|error| unclosed(text).unwrap_or_else(|| not_a_template(&error)))?;
        tokens += 1;
        if matches!(token, Token::VariableStart | Token::BlockStart) {
            (tags, tokens) = (tags + 1, 0);
        }
        if tokens > MAX_TOKENS || tags > MAX_TAGS {
            let message = format!("too much in one template: at most {MAX_TAGS} tags of {MAX_TOKENS} words");
            return refuse(bytes(span), message, "");
        }
    }
    Ok(())
}
