//! The shapes that values have in a file. YAML reads `2049` as a number where the language reads text, and any setting may be
//! left to a template, so every shape says which types it takes. Knows no key.

use serde_json::{Map, Number, Value, json};

/// Text that is left to variables.
pub(super) const TEMPLATE: &str = r"\{[{%]";
pub(super) const ID: &str = "^[a-z0-9][a-z0-9_-]*$";
const NAME: &str = "^[A-Za-z_][A-Za-z0-9_]*$";

/// Any single value: text to the language, whatever YAML takes it for.
pub(super) fn text() -> Value {
    json!({ "type": ["string", "number", "boolean"] })
}

/// An author's id, which holds no variables.
pub(super) fn id() -> Value {
    json!({
        "type": ["string", "integer", "boolean"], "pattern": ID,
        "patternErrorMessage": "An id is made of a-z, 0-9, - and _, and starts with a letter or digit.",
    })
}

/// What a variable may be called.
pub(super) fn name() -> Value {
    json!({
        "pattern": NAME,
        "patternErrorMessage": "A name is made of letters, digits and _, and begins with a letter.",
    })
}

/// True or false, or left to a template.
pub(super) fn flag() -> Value {
    let wanted = "Write true or false, without quotes, or a template in quotes.";
    json!({
        "type": ["boolean", "string"], "pattern": TEMPLATE,
        "errorMessage": wanted, "patternErrorMessage": wanted,
    })
}

/// A whole number, or left to a template. `wanted` is what to write otherwise.
pub(super) fn whole(min: u32, max: u32, wanted: &str) -> Value {
    json!({
        "type": ["integer", "string"], "minimum": min, "maximum": max, "pattern": TEMPLATE,
        "errorMessage": wanted, "patternErrorMessage": wanted,
    })
}

/// One of a few words, or left to a template.
pub(super) fn choice<'a>(words: impl IntoIterator<Item = &'a str>) -> Value {
    or_template(&json!({ "enum": words.into_iter().flat_map(plain).collect::<Vec<_>>() }))
}

/// A text as it is, and as YAML may read it without quotes: `720` and `true` are no strings there.
fn plain(text: &str) -> impl Iterator<Item = Value> {
    let read = serde_json::from_str::<Value>(text).ok();
    let read = read.filter(|value| value.is_number() || value.is_boolean());
    [Value::from(text)].into_iter().chain(read)
}

/// A decimal number within bounds, with quotes or without, or left to a template.
pub(super) fn number(min: &str, max: &str) -> Value {
    let wanted = format!("Write a number from {min} to {max}.");
    let pattern = format!(r"{TEMPLATE}|^-?[0-9]+(\.[0-9]+)?$");
    let mut shape = json!({
        "type": ["number", "string"], "pattern": pattern,
        "errorMessage": wanted, "patternErrorMessage": wanted,
    });
    for (key, bound) in [("minimum", min), ("maximum", max)] {
        if let Ok(bound) = serde_json::from_str::<Number>(bound) {
            shape[key] = bound.into();
        }
    }
    shape
}

/// The shape, or left to a template. Of the ways to say so it is the one that editors complete values from.
pub(super) fn or_template(shape: &Value) -> Value {
    json!({ "anyOf": [shape, { "type": "string", "pattern": TEMPLATE }] })
}

/// Adds what a shape says besides.
pub(super) fn with(mut shape: Value, more: Value) -> Value {
    if let (Some(shape), Value::Object(more)) = (shape.as_object_mut(), more) {
        shape.extend(more);
    }
    shape
}

pub(super) fn reference(definition: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{definition}") })
}

/// Keys that must not stand here, with the reason.
pub(super) fn none_of<'a>(keys: impl IntoIterator<Item = &'a str>, why: &str) -> Value {
    let keys: Map<String, Value> = keys.into_iter().map(|key| (key.to_owned(), Value::Bool(false))).collect();
    json!({ "properties": keys, "errorMessage": why })
}
