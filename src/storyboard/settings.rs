//! Settings as they are written: what no model and no variable could make right.
//! Whether the chosen model knows a setting, and within which range, is for others.

use super::Entry;
use super::found::{Flaw, brief};
use super::level::Reader;
use super::node::{Node, Value};
use super::number;
use super::source::Spanned;
use super::value;

/// A setting's value, as it was meant where that is sure. Texts with variables are taken as they are.
pub(super) fn check(reader: &mut Reader<'_>, key: &Spanned<String>, node: Node) -> Option<Node> {
    let text = value::text_of(&node.value);
    if reader.fields.contains(&key.value) && text.is_some_and(|text| text.parse::<f64>().is_err()) {
        value::whole_text(reader.found, &node);
    }
    if text.is_some_and(value::is_template) {
        return Some(node);
    }
    if key.value == "tags" {
        return tags(reader, key, node);
    }
    match literal(key, &node) {
        Ok(()) => Some(node),
        Err(flaw) => reader.meant(if is_spare(&key.value) { flaw.mild() } else { flaw }, node.span),
    }
}

/// Has a default, so that its absence is no second problem.
fn is_spare(key: &str) -> bool {
    !matches!(key, "duration" | "model")
}

fn literal(key: &Spanned<String>, node: &Node) -> Result<(), Flaw> {
    match key.value.as_str() {
        "duration" => number::whole(key, node, &(1..=86_400), "a whole number of seconds").map(drop),
        "takes" => takes(key, node),
        "generate_audio" | "skip" => number::flag(key, node).map(drop),
        "group" => value::one_of(key, node, &["auto", "whole", "solo"]).map(drop),
        "shot_type" => value::one_of(key, node, &["customize", "intelligent"]).map(drop),
        "template" => template(key, node),
        _ => filled(key, node),
    }
}

fn takes(key: &Spanned<String>, node: &Node) -> Result<(), Flaw> {
    let read = number::whole(key, node, &(1..=1000), "the number of takes to want").map(drop);
    let is_zero = value::text_of(&node.value) == Some("0");
    read.map_err(|flaw| {
        if is_zero { flaw.help("write `skip: true` to buy none, or a number from 1 up") } else { flaw }
    })
}

fn filled(key: &Spanned<String>, node: &Node) -> Result<(), Flaw> {
    let text = &value::scalar(key, node)?.text;
    if text.trim().is_empty() && key.value != "negative_prompt" {
        let flaw = Flaw::new(node.span, format!("`{}` is empty", key.value), "an empty text");
        return Err(flaw.help("write a value, or delete the line"));
    }
    Ok(())
}

fn template(key: &Spanned<String>, node: &Node) -> Result<(), Flaw> {
    filled(key, node)?;
    let text = value::text_of(&node.value).unwrap_or_default();
    match text.strip_suffix(".j2") {
        None => Ok(()),
        Some(name) => {
            let name = name.strip_prefix("templates/").unwrap_or(name);
            let flaw = Flaw::new(node.span, "a template is named without its file's ending", "ends in `.j2`");
            Err(flaw.help(format!("write `{}`", brief(name))).instead(name))
        }
    }
}

/// One id or a list of them.
fn tags(reader: &mut Reader<'_>, key: &Spanned<String>, node: Node) -> Option<Node> {
    value::whole_text(reader.found, &node);
    let single = std::slice::from_ref(&node);
    let items = if let Value::List(items) = &node.value { items } else { single };
    let checks: Vec<_> = items
        .iter()
        .map(|item| value::scalar(key, item).and_then(|scalar| tag(&scalar.text, item)))
        .collect();
    let read = checks.into_iter().map(|read| reader.keep(read.map_err(Flaw::mild))).filter(Option::is_none);
    (read.count() == 0).then_some(node)
}

fn tag(text: &str, node: &Node) -> Result<(), Flaw> {
    let separate: Vec<&str> = text.split([',', ' ']).filter(|tag| !tag.is_empty()).collect();
    let several = separate.len() > 1 && text.contains(',');
    if value::is_template(text) {
        return Ok(());
    }
    if several {
        let flaw = Flaw::new(node.span, "several tags stand in a list", "one text to YAML");
        return Err(flaw.help(format!("write [{}]", separate.join(", "))));
    }
    value::id_of(text, node.span).map(drop)
}

/// The text of a setting that is said here.
pub(super) fn said<'a>(settings: &'a [Entry], key: &str) -> Option<(&'a Entry, &'a str)> {
    let entry = settings.iter().find(|entry| entry.key.value == key)?;
    Some((entry, value::text_of(&entry.value.value)?))
}
