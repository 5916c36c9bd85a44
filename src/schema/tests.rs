//! That no key is forgotten, and that what the schema refers to is there.

use std::collections::BTreeSet;

use serde_json::Value;

use super::*;
use crate::catalog::CatalogFile;
use crate::storyboard::{Level, PARTS, SETTINGS};

fn builtin() -> Value {
    schema(&Catalog::builtin().unwrap())
}

/// What stands behind a reference.
fn resolved<'a>(schema: &'a Value, property: &'a Value) -> &'a Value {
    let name = property["$ref"].as_str().and_then(|at| at.strip_prefix("#/definitions/"));
    name.map_or(property, |name| &schema["definitions"][name])
}

fn level(schema: &Value, level: Level) -> &Value {
    if level == Level::Storyboard { schema } else { &schema["definitions"][level.name()] }
}

const LEVELS: [Level; 3] = [Level::Storyboard, Level::Scene, Level::Shot];

#[test]
fn every_key_of_the_language_is_there_and_is_described() {
    let (catalog, schema) = (Catalog::builtin().unwrap(), builtin());
    let fields: BTreeSet<String> =
        catalog.models().iter().flat_map(|model| model.fields.keys().cloned()).collect();
    for at in LEVELS {
        let properties = &level(&schema, at)["properties"];
        let known: BTreeSet<&str> = at.keys(&fields).collect();
        let told: BTreeSet<&str> = properties.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(told, known);
        for key in known {
            // What only a model has may be told in the catalog's words.
            let is_of_a_model = fields.contains(key) && !SETTINGS.contains(&key);
            assert!(is_of_a_model || words::of(&format!("{}.{key}", at.name())).is_some(), "{key}");
            let described = resolved(&schema, &properties[key])["description"].as_str();
            assert!(described.is_some_and(|text| text.ends_with('.')), "{} of a {}", key, at.name());
        }
    }
}

#[test]
fn every_key_within_a_map_of_the_language_is_described() {
    let schema = builtin();
    let definitions = &schema["definitions"];
    let inner = [
        &definitions["each"]["properties"]["rows"],
        &definitions["each"]["properties"]["id"],
        &definitions["matrix"]["properties"]["exclude"],
        &definitions["matrix"]["properties"]["include"],
        &definitions["line"]["items"]["properties"]["who"],
        &definitions["line"]["items"]["properties"]["say"],
    ];
    assert!(inner.iter().all(|key| key["description"].is_string()), "{inner:#?}");
}

#[test]
fn every_reference_leads_somewhere() {
    let schema = builtin();
    let text = schema.to_string();
    let names = text.split("\"#/definitions/").skip(1).filter_map(|rest| rest.split('"').next());
    let lost: BTreeSet<&str> = names.filter(|name| schema["definitions"][*name].is_null()).collect();
    assert!(lost.is_empty(), "{lost:?}");
}

#[test]
fn every_part_and_every_setting_is_shown_by_an_example_or_by_all_its_values() {
    let schema = builtin();
    for key in PARTS.into_iter().chain(SETTINGS) {
        let shown = &schema["definitions"][key];
        assert!(shown["examples"].is_array() || shown["anyOf"][0]["enum"].is_array(), "{key}");
    }
}

#[test]
fn a_projects_own_model_and_its_fields_are_there() {
    let text = include_str!("../catalog/kling-o3-4k.yaml")
        .replace("alias: kling-o3-4k", "alias: mine")
        .replace("endpoint: fal-ai/kling-video/o3/4k/text-to-video", "endpoint: me/mine/text-to-video")
        .replace(
            "fields:",
            "fields:\n  grain:\n    takes: { number: { min: \"0\", max: \"9\" } }\n    source: llms-txt",
        );
    let source = text.lines().skip_while(|line| !line.starts_with("sources:")).nth(1).unwrap().trim();
    let text = text.replace("source: llms-txt", &format!("source: {}", source.trim_end_matches(':')));
    let catalog = Catalog::builtin().unwrap().with([CatalogFile { name: "mine.yaml", text: &text }]).unwrap();
    let schema = schema(&catalog);
    let models = schema["definitions"]["model"]["anyOf"][0]["enum"].to_string();
    assert!(models.contains("\"mine\"") && models.contains("\"me/mine/text-to-video\""), "{models}");
    let grain = &schema["definitions"]["grain"];
    assert_eq!((grain["minimum"].as_i64(), grain["maximum"].as_i64()), (Some(0), Some(9)));
    assert!(grain["description"].as_str().unwrap().contains("mine"), "{grain}");
    assert_eq!(schema["definitions"]["shot"]["properties"]["grain"]["$ref"], "#/definitions/grain");
}
