//! Values by shape: text, ids, words of a list, lists and maps, each with the answer for what it is mistaken for.
//! Knows of a key only whether it is prose.

use super::found::{Flaw, Found, brief};
use super::node::{Node, Scalar, Value};
use super::source::{Span, Spanned};
use super::traps;
use super::words;
use crate::address::{self, Id};

/// A key with its value, as a map of the file holds it.
pub(super) type Pair = (Spanned<String>, Node);

/// Is something left to variables here?
pub(super) fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%")
}

/// What a value is, in a writer's words.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Scalar(_) => "text",
        Value::List(_) => "a list",
        Value::Map(_) => "a map",
    }
}

/// Where a problem with a value is shown: nothing is shown at its key.
pub(super) fn at(key: &Spanned<String>, node: &Node) -> Span {
    if node.value == Value::Null && node.span.start == node.span.end { key.span } else { node.span }
}

/// The single value that is wanted, or the words for what stands there instead.
pub(super) fn scalar<'a>(key: &Spanned<String>, node: &'a Node) -> Result<&'a Scalar, Flaw> {
    let name = &key.value;
    let prose = words::is_prose(name);
    let wanted = if prose { "text" } else { "value" };
    match &node.value {
        Value::Scalar(scalar) => Ok(scalar),
        Value::Null => {
            Err(Flaw::new(at(key, node), format!("`{name}` has no value"), "nothing is written here")
                .help("write a value, or delete the line"))
        }
        Value::List(items) => {
            let flaw = Flaw::new(node.span, format!("`{name}` is one {wanted}, not a list"), "a list");
            Err(match joined(items).filter(|_| prose) {
                Some(text) => flaw.help(format!("write\n    {name}: {text}")).instead(text),
                None => flaw,
            })
        }
        Value::Map(entries) => {
            let flaw = Flaw::new(node.span, format!("`{name}` is one {wanted}, not a map"), "a map");
            Err(match mistaken_colon(node.span, entries).filter(|_| prose) {
                Some(text) => flaw.help(format!("if it is text, write\n    {name}: {}", traps::quote(&text))),
                None if prose => {
                    flaw.help("write text; one entry of a variable is written `\"{{ cast.rin }}\"`")
                }
                None => flaw,
            })
        }
    }
}

fn joined(items: &[Node]) -> Option<String> {
    let texts: Option<Vec<&str>> = items.iter().map(|item| text_of(&item.value)).collect();
    texts.filter(|texts| !texts.is_empty() && texts.len() < 12).map(|texts| texts.join(", "))
}

/// `Rin: get down!` on a line of its own is a map with one key.
fn mistaken_colon(span: Span, entries: &[Pair]) -> Option<String> {
    let [(key, node)] = entries else { return None };
    let is_here = span.start <= key.span.start && key.span.end <= span.end;
    text_of(&node.value).filter(|_| is_here).map(|text| format!("{}: {text}", key.value))
}

pub(super) fn text_of(value: &Value) -> Option<&str> {
    match value {
        Value::Scalar(scalar) => Some(&scalar.text),
        _ => None,
    }
}

/// Text for people or for a prompt.
pub(super) fn text(found: &mut Found, key: &Spanned<String>, node: &Node) -> Option<Spanned<String>> {
    whole_text(found, node);
    match scalar(key, node) {
        Ok(scalar) => Some(Spanned { value: scalar.text.clone(), span: node.span }),
        Err(flaw) => {
            let meant = flaw.instead.clone();
            found.add(flaw);
            meant.map(|value| Spanned { value, span: node.span })
        }
    }
}

/// Every text of a value, which must not lose its end to a comment.
pub(super) fn whole_text(found: &mut Found, node: &Node) {
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| whole_text(found, item)),
        Value::Map(entries) => entries.iter().for_each(|(_, node)| whole_text(found, node)),
        Value::Scalar(Scalar { plain: false, .. }) => {}
        Value::Scalar(_) => cut(found, node.span.end),
        Value::Null if node.span.start == node.span.end => cut(found, behind_mark(found, node.span.end)),
        Value::Null => {}
    }
}

/// What is not there begins behind its key's colon, or behind the dash of a line above.
fn behind_mark(found: &Found, end: usize) -> usize {
    let text = &found.source.text;
    if text[end..].starts_with(':') {
        return end + 1;
    }
    let above = traps::line_span(text, text[..end].trim_end().len());
    let words = text[above.start..above.end].trim_start();
    if words.starts_with("- #") { above.end - words.len() + 1 } else { end }
}

fn cut(found: &mut Found, end: usize) {
    let text = &found.source.text;
    let comment = traps::cut_comment(text, end).filter(|_| !found.is_full());
    // An alias ends where its text does not.
    let from_alias = || text[..end].rsplit([' ', '\n']).next().is_some_and(|word| word.starts_with('*'));
    let Some(comment) = comment.filter(|_| !from_alias()) else { return };
    let flaw = Flaw::new(comment, "a text loses its end to a comment", "YAML ignores the line from here on");
    let help = traps::line(text, end.saturating_sub(1)).map_or_else(
        || "quote the whole text".to_owned(),
        |line| {
            format!(
                "if this belongs to the text, write\n    {}\nif not, put a space after the `#`",
                line.quoted()
            )
        },
    );
    found.add(flaw.help(help).mild());
}

/// An author's id, which is never made from variables.
pub(super) fn id(key: &Spanned<String>, node: &Node) -> Result<Spanned<Id>, Flaw> {
    let text = &scalar(key, node)?.text;
    let value = id_of(text, node.span)?;
    Ok(Spanned { value, span: node.span })
}

pub(super) fn id_of(text: &str, span: Span) -> Result<Id, Flaw> {
    text.parse().map_err(|reason| {
        if is_template(text) {
            let flaw = Flaw::new(span, "an id cannot hold variables", "not a fixed name");
            return flaw.help("write it out; rows and axes get addresses of their own");
        }
        let near = address::slug(text);
        let flaw = Flaw::new(span, format!("`{}` is no id", brief(text)), format!("{reason}"));
        if near.parse::<Id>().is_err() {
            return flaw;
        }
        flaw.help(format!("write `{}`", brief(&near))).instead(near)
    })
}

/// One of a few words.
pub(super) fn one_of(key: &Spanned<String>, node: &Node, words: &[&str]) -> Result<String, Flaw> {
    let text = &scalar(key, node)?.text;
    if words.contains(&text.as_str()) {
        return Ok(text.clone());
    }
    let listed = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    let flaw = Flaw::new(node.span, format!("`{}` cannot be `{}`", key.value, brief(text)), "unknown word");
    let near = words::meant(text, words.iter().copied());
    Err(match near {
        Some(word) => flaw.help(format!("did you mean `{word}`? It is one of {listed}")).instead(word),
        None => flaw.help(format!("write one of {listed}")),
    })
}

/// The entries of a map; `shape` says what they are like.
pub(super) fn map(key: &Spanned<String>, node: Node, shape: &str) -> Result<Vec<Pair>, Flaw> {
    let span = at(key, &node);
    match node.value {
        Value::Map(entries) => Ok(entries),
        other => {
            Err(Flaw::new(span, format!("`{}` is a map, not {}", key.value, kind(&other)), kind(&other))
                .help(shape.to_owned()))
        }
    }
}

/// The items of a list that holds at least one.
pub(super) fn list(key: &Spanned<String>, node: Node, shape: &str) -> Result<Vec<Node>, Flaw> {
    let span = at(key, &node);
    match node.value {
        Value::List(items) if !items.is_empty() => Ok(items),
        Value::List(_) | Value::Null => {
            Err(Flaw::new(span, format!("`{}` is empty", key.value), "no entries").help(shape.to_owned()))
        }
        other => {
            Err(Flaw::new(span, format!("`{}` is a list, not {}", key.value, kind(&other)), kind(&other))
                .help(shape.to_owned()))
        }
    }
}
