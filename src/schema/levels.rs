//! Storyboard, scene and shot as closed objects, and which of their keys exclude each other.

use serde_json::{Map, Value, json};

use super::words::described;
use super::{many, settings, shape};
use crate::catalog::Catalog;
use crate::storyboard::{Level, PARTS};

pub(super) fn storyboard(catalog: &Catalog) -> Value {
    closed(Level::Storyboard, catalog, json!({ "required": ["scenes"] }))
}

pub(super) fn scene(catalog: &Catalog) -> Value {
    let more = json!({ "required": ["id"], "allOf": [finished_prompt(), with_shots()] });
    closed(Level::Scene, catalog, more)
}

pub(super) fn shot(catalog: &Catalog) -> Value {
    let mut shot = closed(Level::Shot, catalog, json!({ "required": ["id"], "allOf": [finished_prompt()] }));
    shot["properties"]["shot_type"] = described("shot.shot_type", cut_by_hand());
    shot
}

fn closed(level: Level, catalog: &Catalog, more: Value) -> Value {
    let own = level.own().map(|key| (key.to_owned(), own(level, key)));
    let settings = settings::keys(catalog);
    let shared = PARTS.into_iter().chain(settings.iter().map(String::as_str));
    let shared = shared.map(|key| (key.to_owned(), shape::reference(key)));
    let properties: Map<String, Value> = own.chain(shared).collect();
    let object = json!({ "type": "object", "additionalProperties": false, "properties": properties });
    described(level.name(), shape::with(object, more))
}

/// A key that its level alone has, or that means something else at each.
fn own(level: Level, key: &str) -> Value {
    let shape = match key {
        _ if many::KEYS.contains(&key) => return shape::reference(key),
        "storyboard" | "id" => shape::id(),
        "scenes" => list(Level::Scene),
        "shots" => list(Level::Shot),
        "prompt" => prompt(),
        "budget" => dollars(),
        "runtime" => seconds(),
        "new_clip" => json!({ "type": "boolean", "errorMessage": "Write true or false, without quotes." }),
        _ => shape::text(),
    };
    described(&format!("{}.{key}", level.name()), shape)
}

fn list(of: Level) -> Value {
    let wanted = format!("Write a list: begin every {} with `- id: …`.", of.name());
    json!({ "type": "array", "minItems": 1, "items": shape::reference(of.name()), "errorMessage": wanted })
}

fn prompt() -> Value {
    let wanted = "Write what is to be seen, or write the shot in parts.";
    shape::with(shape::text(), json!({ "pattern": r"\S", "patternErrorMessage": wanted }))
}

fn dollars() -> Value {
    let wanted = "Write a number of US dollars, such as 25.00, without $ and without quotes.";
    json!({ "type": "number", "minimum": 0, "errorMessage": wanted })
}

fn seconds() -> Value {
    let wanted = "Write a whole number of seconds, such as 15, without quotes.";
    json!({ "type": "integer", "minimum": 1, "errorMessage": wanted })
}

/// Beside a prompt there are no parts.
fn finished_prompt() -> Value {
    let why = "A finished `prompt` is sent as it is written, and no part is added to it: \
        write this into the prompt, or the whole shot in parts.";
    json!({ "if": { "required": ["prompt"] }, "then": shape::none_of(PARTS, why) })
}

fn with_shots() -> Value {
    let why = "A scene with `shots` has no `prompt` of its own: move it into a shot.";
    let then = json!({ "allOf": [shape::none_of(["prompt"], why), plans_no_cuts()] });
    json!({ "if": { "required": ["shots"] }, "then": then })
}

fn plans_no_cuts() -> Value {
    json!({ "properties": { "shot_type": cut_by_hand() } })
}

/// A shot type where the author cuts.
fn cut_by_hand() -> Value {
    let why = "With `shot_type: intelligent` the model plans the cuts of a whole scene: \
        write a scene without `shots`, with one `prompt` and `duration`.";
    let any_but = format!("{}|^(?!intelligent$)", shape::TEMPLATE);
    json!({ "type": "string", "pattern": any_but, "patternErrorMessage": why })
}
