//! The settings and what each may be: the language's own, and the fields of every model of the catalog. A setting may be
//! inherited and profiles switch models, so that a field takes what any model takes; which one it is, `check` knows.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::shape;
use super::words::{self, described};
use crate::catalog::{Catalog, Field, Model, Takes};
use crate::storyboard::SETTINGS;

/// More takes than anybody watches; the language has the same bound.
const MAX_TAKES: u32 = 1000;

/// All settings, sorted.
pub(super) fn keys(catalog: &Catalog) -> BTreeSet<String> {
    let fields = catalog.models().iter().flat_map(|model| model.fields.keys().cloned());
    SETTINGS.into_iter().map(str::to_owned).chain(fields).collect()
}

pub(super) fn is_field(key: &str, catalog: &Catalog) -> bool {
    catalog.models().iter().any(|model| model.fields.contains_key(key))
}

pub(super) fn definitions(catalog: &Catalog) -> Vec<(String, Value)> {
    keys(catalog)
        .into_iter()
        .map(|key| {
            let shape = definition(&key, catalog);
            (key, shape)
        })
        .collect()
}

fn definition(key: &str, catalog: &Catalog) -> Value {
    let shape = of_language(key, catalog).unwrap_or_else(|| of_models(key, catalog));
    if words::of(key).is_some() { described(key, shape) } else { shape::with(shape, told(key, catalog)) }
}

/// What the language itself says of a setting.
fn of_language(key: &str, catalog: &Catalog) -> Option<Value> {
    Some(match key {
        "model" => models(catalog),
        "duration" => shape::whole(1, longest(catalog), "Write whole seconds without a unit, such as 5."),
        "takes" => {
            shape::whole(1, MAX_TAKES, "Write how many takes to want, from 1 up; `skip: true` buys none.")
        }
        "skip" | "generate_audio" => shape::flag(),
        "group" => shape::choice(["auto", "whole", "solo"]),
        "shot_type" => shape::choice(["customize", "intelligent"]),
        "template" => template(),
        "tags" => tags(),
        _ => return None,
    })
}

/// Aliases, then endpoint ids, each with what it is and costs.
fn models(catalog: &Catalog) -> Value {
    let by = |name: fn(&Model) -> &str| {
        catalog.models().iter().map(move |model| (name(model), words::model(model)))
    };
    let all = by(|model| &model.alias).chain(by(|model| &model.endpoint));
    let (names, told): (Vec<&str>, Vec<String>) = all.unzip();
    let aliases: Vec<&str> = catalog.names().collect();
    let wanted = format!("The catalog has no such model. There are {}.", aliases.join(", "));
    shape::or_template(&json!({ "enum": names, "enumDescriptions": told, "errorMessage": wanted }))
}

/// The longest that any model makes: what is longer is a mistake whatever model it is for.
fn longest(catalog: &Catalog) -> u32 {
    let longest = |model: &Model| {
        let shot = model.multi_prompt.as_ref().map_or(0, |multi| multi.shot_seconds.max);
        model.clip_seconds.max.max(shot)
    };
    catalog.models().iter().map(|model| longest(model)).max().unwrap_or(u32::MAX)
}

fn template() -> Value {
    let wanted = "Write the name of a file of templates/ without its ending .j2.";
    let pattern = format!(r"{}|^[A-Za-z0-9_-][A-Za-z0-9_/-]*$", shape::TEMPLATE);
    shape::with(shape::text(), json!({ "pattern": pattern, "patternErrorMessage": wanted }))
}

fn tags() -> Value {
    let wanted = "A tag is made of a-z, 0-9, - and _; several stand in a list: [teaser, hero].";
    let pattern = format!("{}|{}", shape::TEMPLATE, shape::ID);
    let tag = json!({ "type": ["string", "integer", "boolean"], "pattern": pattern, "patternErrorMessage": wanted });
    shape::with(tag.clone(), json!({ "type": ["string", "integer", "boolean", "array"], "items": tag }))
}

/// What any of the models takes; a setting that none of them has is any text.
fn of_models(key: &str, catalog: &Catalog) -> Value {
    let fields = || fields(key, catalog).map(|(_, field)| field);
    let choices: BTreeSet<&str> = fields().flat_map(choices).collect();
    let shapes = fields().map(|field| takes(&field.takes, &choices)).map(|shape| (shape.to_string(), shape));
    let mut shapes: Vec<Value> = shapes.collect::<BTreeMap<_, _>>().into_values().collect();
    match shapes.len() {
        0 => shape::text(),
        1 => shapes.remove(0),
        _ => json!({ "anyOf": shapes }),
    }
}

fn fields<'a>(key: &str, catalog: &'a Catalog) -> impl Iterator<Item = (&'a Model, &'a Field)> {
    catalog.models().iter().filter_map(move |model| Some((&**model, model.fields.get(key)?)))
}

fn choices(field: &Field) -> impl Iterator<Item = &str> {
    let choices: &[String] = if let Takes::OneOf(choices) = &field.takes { choices } else { &[] };
    choices.iter().map(String::as_str)
}

/// `choices` are those of all models that have the field.
fn takes(takes: &Takes, choices: &BTreeSet<&str>) -> Value {
    match takes {
        Takes::OneOf(_) => shape::choice(choices.iter().copied()),
        Takes::Flag => shape::flag(),
        Takes::Text { max_chars } => {
            shape::or_template(&shape::with(shape::text(), json!({ "maxLength": max_chars })))
        }
        Takes::Number { min, max } => shape::number(min, max),
    }
}

/// A field of which the language says nothing, in the catalog's words.
fn told(key: &str, catalog: &Catalog) -> Value {
    let models: Vec<&str> = fields(key, catalog).map(|(model, _)| model.alias.as_str()).collect();
    let default = fields(key, catalog).find_map(|(_, field)| field.fal_default.as_deref());
    let default = default.map(|default| format!(" fal's own default: `{default}`.")).unwrap_or_default();
    words::text(&format!("A setting of {}.{default}", models.join(", ")))
}
