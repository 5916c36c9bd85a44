//! What the models' rules refuse, and in which of fal's words.

use super::*;
use crate::catalog::Catalog;
use std::sync::Arc;

const O3: &str = "kling-o3-4k";
const V3: &str = "kling-v3-pro";

fn model(alias: &str) -> Arc<Model> {
    Catalog::builtin().unwrap().model(alias).unwrap().clone()
}

fn film(alias: &str, input: &Value) -> Film {
    read(&model(alias), input).unwrap()
}

/// Place and type of everything wrong, as `multi_prompt.0.prompt missing`.
fn wrong(model: &Model, input: &Value) -> Vec<String> {
    let items = read(model, input).map_or_else(|items| items, |_| Vec::new());
    let place = |item: &Value| {
        let steps = item["loc"].as_array().unwrap().iter();
        steps.map(|step| step.as_str().map_or(step.to_string(), str::to_owned)).collect::<Vec<_>>().join(".")
    };
    items.iter().map(|item| format!("{} {}", place(item), item["type"].as_str().unwrap())).collect()
}

#[test]
fn a_prompt_alone_is_one_shot_of_five_seconds() {
    let film = film(O3, &json!({"prompt": "rain"}));
    assert_eq!(film.shots, [Shot { prompt: "rain".to_owned(), seconds: 5 }]);
    assert_eq!((film.aspect.as_str(), film.audio), ("16:9", Some(false)));
}

#[test]
fn fals_defaults_are_the_models_own() {
    assert_eq!(film(V3, &json!({"prompt": "rain"})).audio, Some(true));
}

#[test]
fn listed_shots_have_their_own_lengths_and_five_seconds_where_none_is_given() {
    let film = film(
        O3,
        &json!({"multi_prompt": [{"prompt": "a", "duration": "1"}, {"prompt": "b"}, {"prompt": "c", "duration": null}],
               "prompt": null, "duration": "11", "aspect_ratio": "9:16", "generate_audio": true}),
    );
    assert_eq!(film.shots.iter().map(|shot| shot.seconds).collect::<Vec<_>>(), [1, 5, 5]);
    assert_eq!((film.aspect.as_str(), film.audio, film.seconds()), ("9:16", Some(true), 11));
}

#[test]
fn a_length_given_beside_listed_shots_neither_counts_nor_harms() {
    let shots = json!([{"prompt": "a", "duration": "4"}, {"prompt": "b", "duration": "4"}]);
    assert_eq!(film(O3, &json!({"multi_prompt": shots, "duration": "5"})).seconds(), 8);
}

#[test]
fn undeclared_fields_are_passed_over_in_silence() {
    let film = film(O3, &json!({"prompt": "rain", "durations": "9", "negative_prompt": 7}));
    assert_eq!(film.seconds(), 5);
}

#[test]
fn every_broken_rule_has_its_place_and_type() {
    let seven = vec![json!({"prompt": "a", "duration": "1"}); 7];
    let long = "x".repeat(513);
    let cases = [
        (O3, json!("text"), vec!["body model_attributes_type"]),
        (O3, json!({}), vec!["body.root value_error"]),
        (O3, json!({"multi_prompt": []}), vec!["body.root value_error"]),
        (O3, json!({"prompt": "a", "multi_prompt": [{"prompt": "b"}]}), vec!["body.root value_error"]),
        (O3, json!({"prompt": ""}), vec!["body.prompt string_too_short"]),
        (O3, json!({"prompt": 7}), vec!["body.prompt string_type"]),
        (O3, json!({"prompt": "é".repeat(2501)}), vec!["body.prompt string_too_long"]),
        (O3, json!({"prompt": "é".repeat(2500)}), vec![]),
        (O3, json!({"prompt": "a", "duration": "2"}), vec!["body.duration literal_error"]),
        (O3, json!({"prompt": "a", "duration": "16"}), vec!["body.duration literal_error"]),
        (O3, json!({"prompt": "a", "duration": "05"}), vec!["body.duration literal_error"]),
        (O3, json!({"prompt": "a", "duration": 5}), vec!["body.duration literal_error"]),
        (O3, json!({"prompt": "a", "aspect_ratio": "4:3"}), vec!["body.aspect_ratio literal_error"]),
        (O3, json!({"prompt": "a", "shot_type": "intelligence"}), vec!["body.shot_type literal_error"]),
        (O3, json!({"prompt": "a", "generate_audio": "true"}), vec!["body.generate_audio bool_type"]),
        (O3, json!({"multi_prompt": "a"}), vec!["body.multi_prompt list_type"]),
        (O3, json!({"multi_prompt": seven}), vec!["body.multi_prompt sequence_too_long"]),
        (O3, json!({"multi_prompt": vec![json!({}); 7]}), vec!["body.multi_prompt sequence_too_long"]),
        (O3, json!({"multi_prompt": [{"duration": "5"}]}), vec!["body.multi_prompt.0.prompt missing"]),
        (O3, json!({"multi_prompt": [{"prompt": long}]}), vec!["body.multi_prompt.0.prompt string_too_long"]),
        (
            O3,
            json!({"multi_prompt": [{"prompt": "a", "duration": "0"}]}),
            vec!["body.multi_prompt.0.duration literal_error"],
        ),
        (
            O3,
            json!({"multi_prompt": [{"prompt": "a", "duration": "1"}]}),
            vec!["body.multi_prompt value_error"],
        ),
        (O3, json!({"multi_prompt": vec![json!({"prompt": "a"}); 4]}), vec!["body.multi_prompt value_error"]),
        (
            O3,
            json!({"multi_prompt": [{"prompt": "a"}], "duration": "99"}),
            vec!["body.duration literal_error"],
        ),
        (V3, json!({"prompt": "a", "cfg_scale": 1.5}), vec!["body.cfg_scale less_than_equal"]),
        (V3, json!({"prompt": "a", "cfg_scale": -1}), vec!["body.cfg_scale greater_than_equal"]),
        (V3, json!({"prompt": "a", "cfg_scale": "1"}), vec!["body.cfg_scale float_type"]),
        (V3, json!({"prompt": "a", "negative_prompt": 1}), vec!["body.negative_prompt string_type"]),
        (
            V3,
            json!({"prompt": "", "duration": "1", "cfg_scale": 9}),
            vec![
                "body.prompt string_too_short",
                "body.duration literal_error",
                "body.cfg_scale less_than_equal",
            ],
        ),
    ];
    for (alias, input, expected) in cases {
        assert_eq!(wrong(&model(alias), &input), expected, "{alias} {input}");
    }
}

#[test]
fn a_model_of_one_prompt_needs_it_and_does_not_know_a_list() {
    let one = Model { multi_prompt: None, ..Model::clone(&model(O3)) };
    assert_eq!(wrong(&one, &json!({})), ["body.prompt missing"]);
    assert_eq!(wrong(&one, &json!({"multi_prompt": [{"prompt": "a"}]})), ["body.prompt missing"]);
    assert_eq!(read(&one, &json!({"prompt": "a", "multi_prompt": [{"prompt": "a"}]})).unwrap().seconds(), 5);
}

#[test]
fn an_item_says_what_would_have_been_right() {
    let items = read(&model(O3), &json!({"prompt": "a", "aspect_ratio": "4:3"})).unwrap_err();
    assert_eq!(
        items,
        [json!({
            "loc": ["body", "aspect_ratio"], "msg": "Input should be '16:9', '9:16' or '1:1'", "type": "literal_error",
            "url": "https://docs.fal.ai/errors#literal_error", "input": "4:3",
            "ctx": {"expected": "'16:9', '9:16' or '1:1'"},
        })]
    );
}

#[test]
fn every_model_of_the_catalog_takes_its_shortest_and_longest_clip() {
    for model in Catalog::builtin().unwrap().models() {
        for seconds in [model.clip_seconds.min, model.clip_seconds.max] {
            let input = json!({"prompt": "a", "duration": seconds.to_string()});
            assert_eq!(read(model, &input).map(|film| film.seconds()), Ok(seconds), "{}", model.alias);
        }
    }
}
