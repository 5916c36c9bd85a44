//! The maps and lists of the language: variables, spoken lines, and what makes many videos of one file.

use serde_json::{Map, Value, json};

use super::words::described;
use super::{settings, shape};
use crate::catalog::Catalog;
use crate::storyboard::{AXES, Level, PARTS, RESERVED, SETTINGS, SYNTAX};

/// Keys that mean the same wherever they stand, and are no setting.
pub(super) const KEYS: [&str; 5] = ["vars_from", "vars", "each", "matrix", "profiles"];

/// The shapes of [`KEYS`] and of the parts, by name.
pub(super) fn definitions(catalog: &Catalog) -> Vec<(String, Value)> {
    let many = KEYS.map(|key| (key, of_key(key, catalog)));
    let parts = PARTS.map(|part| (part, self::part(part)));
    let all = many.into_iter().chain(parts);
    all.map(|(key, shape)| (key.to_owned(), described(key, shape))).collect()
}

fn of_key(key: &str, catalog: &Catalog) -> Value {
    match key {
        "vars_from" => json!({ "type": ["string", "array"], "minItems": 1, "items": shape::text() }),
        "vars" => vars(),
        "each" => each(),
        "matrix" => matrix(catalog),
        _ => profiles(catalog),
    }
}

/// Text, or null, which clears what was inherited; a line may be a conversation.
fn part(key: &str) -> Value {
    let text = json!(["string", "number", "boolean", "null"]);
    if key != "line" {
        let wanted = "Write text; one entry of a variable is written \"{{ cast.rin }}\". null clears what is inherited.";
        return json!({ "type": text, "errorMessage": wanted });
    }
    let wanted =
        "Write text, or a list such as `- { who: Rin, say: \"get down\" }`. null clears what is inherited.";
    let mut types = text;
    types.as_array_mut().into_iter().for_each(|types| types.push(json!("array")));
    json!({ "type": types, "minItems": 1, "items": speech(), "errorMessage": wanted })
}

fn speech() -> Value {
    let said = |key: &str| described(&format!("line.{key}"), shape::text());
    json!({
        "type": "object", "required": ["who", "say"], "additionalProperties": false,
        "properties": { "who": said("who"), "say": said("say") },
    })
}

fn vars() -> Value {
    let why = "Templates already use this name for something else.";
    let taken = RESERVED.into_iter().chain(PARTS).chain(SYNTAX);
    json!({ "type": "object", "propertyNames": shape::name(), "allOf": [shape::none_of(taken, why)] })
}

fn each() -> Value {
    let rows = json!({ "type": ["string", "array"], "minItems": 1, "items": { "type": "object" } });
    json!({
        "type": "object", "required": ["rows", "id"], "additionalProperties": false,
        "properties": { "rows": described("each.rows", rows), "id": described("each.id", shape::text()) },
    })
}

/// Axes by name, and the combinations to leave out or to add.
fn matrix(catalog: &Catalog) -> Value {
    let axis = |key: &String| (key.clone(), axis(&shape::reference(key)));
    let mut properties: Map<String, Value> =
        settings::keys(catalog).iter().filter(|key| is_axis(key, catalog)).map(axis).collect();
    for key in ["exclude", "include"] {
        properties.insert(key.to_owned(), described(&format!("matrix.{key}"), combinations()));
    }
    let alone = json!({ "propertyNames": { "enum": ["exclude", "include"] } });
    json!({
        "type": "object", "properties": properties, "additionalProperties": self::axis(&shape::text()),
        "propertyNames": shape::name(), "not": alone, "allOf": [no_axes(catalog)],
    })
}

fn is_axis(key: &str, catalog: &Catalog) -> bool {
    AXES.contains(&key) || settings::is_field(key, catalog)
}

fn axis(of: &Value) -> Value {
    json!({ "type": "array", "minItems": 1, "items": of, "errorMessage": "Write a list of values, such as [en, zh]." })
}

fn combinations() -> Value {
    let combination = json!({ "type": "object", "additionalProperties": shape::text() });
    json!({ "type": "array", "minItems": 1, "items": combination })
}

fn no_axes(catalog: &Catalog) -> Value {
    let why = "An axis varies a setting of the model, `template`, or a variable of your own; this is none.";
    let settings = SETTINGS.into_iter().filter(|key| !is_axis(key, catalog));
    let keys = Level::Storyboard.own().chain(PARTS).chain(RESERVED).chain(SYNTAX).chain(settings);
    shape::none_of(keys, why)
}

fn profiles(catalog: &Catalog) -> Value {
    let settings = settings::keys(catalog).into_iter();
    let settings: Map<String, Value> = settings
        .map(|key| {
            let of = shape::reference(&key);
            (key, of)
        })
        .collect();
    let profile = json!({
        "type": "object", "properties": settings, "propertyNames": shape::name(), "allOf": [not_overridden()],
        "errorMessage": "Write settings and variables, such as `draft: { takes: 1 }`.",
    });
    json!({ "type": "object", "propertyNames": shape::id(), "additionalProperties": profile })
}

fn not_overridden() -> Value {
    let why = "A profile holds settings and variables. To vary a part, write a variable into it, and set that one here.";
    let own = [Level::Storyboard, Level::Scene, Level::Shot].into_iter().flat_map(Level::own);
    shape::none_of(own.chain(PARTS).chain(RESERVED).chain(SYNTAX), why)
}
