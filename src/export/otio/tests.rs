//! What a timeline says of its clips and files.

use super::*;
use crate::edit::testing::{Stage, three_shots};
use crate::plan::testing::{intended, landed};

fn read(stage: &Stage, rate: &str) -> Value {
    serde_json::from_str(&stage.edit(rate.parse().ok(), otio)).unwrap()
}

fn clip_of(timeline: &Value, at: usize) -> &Value {
    &timeline["tracks"]["children"][0]["children"][at]
}

fn frames(range: &Value) -> (f64, f64, f64) {
    let number = |value: &Value| value.as_f64().unwrap();
    let (start, duration) = (&range["start_time"], &range["duration"]);
    assert_eq!(start["rate"], duration["rate"]);
    (number(&start["value"]), number(&duration["value"]), number(&start["rate"]))
}

#[test]
fn a_clip_has_its_file_its_shots_and_all_that_is_known() {
    let text = Stage::rendered(three_shots()).edit(None, otio);
    insta::assert_snapshot!(text);
}

#[test]
fn every_take_is_a_reference_and_the_chosen_one_is_active() {
    let mut stage = Stage::rendered(three_shots());
    let again = stage.takes()[1].intent.clone();
    for number in [7, 8] {
        let take = intended(number, &again.request, &again.address, &again.shots, again.usd);
        let take = if number == 7 { landed(take) } else { take };
        stage.own(take, 145, Rate::FILM);
    }
    let mut other = stage.takes()[1].intent.request.clone();
    other.body.insert("prompt".to_owned(), json!("as it was"));
    stage.own(landed(intended(3, &other, &again.address, &again.shots, again.usd)), 144, Rate::FILM);
    let timeline = read(&stage, "");
    let clip = clip_of(&timeline, 1);
    let keys: Vec<&String> = clip["media_references"].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["superseded-1", "take-1", "take-2"]);
    assert_eq!(clip["active_media_reference_key"], "take-2");
    assert_eq!(frames(&clip["media_references"]["take-2"]["available_range"]), (0.0, 145.0, 24.0));
    assert_eq!(frames(&clip["source_range"]), (0.0, 144.0, 24.0));
    let known = &clip["metadata"]["shotlist"];
    assert_eq!((&known["take"], &known["takes"], &known["state"]), (&json!(2), &json!(3), &json!("landed")));
}

#[test]
fn what_has_no_take_is_missing_and_keeps_its_time_and_its_shots() {
    let timeline = read(&Stage::bare(three_shots()), "");
    let clip = clip_of(&timeline, 0);
    assert_eq!(clip["media_references"]["DEFAULT_MEDIA"]["OTIO_SCHEMA"], "MissingReference.1");
    assert_eq!(clip["active_media_reference_key"], "DEFAULT_MEDIA");
    assert_eq!(frames(&clip["source_range"]), (0.0, 216.0, 24.0));
    assert_eq!(clip["markers"].as_array().unwrap().len(), 2);
    assert_eq!(clip["metadata"]["shotlist"]["state"], "never rendered");
}

#[test]
fn a_file_of_another_rate_has_its_own_range() {
    let thirty = "30".parse().unwrap();
    let timeline = read(&Stage::rendered(three_shots()).with_file(1, 181, thirty), "");
    let clip = clip_of(&timeline, 1);
    assert_eq!(frames(&clip["media_references"]["take-1"]["available_range"]), (0.0, 181.0, 30.0));
    assert_eq!(frames(&clip["source_range"]), (0.0, 144.0, 24.0));
    let slow = read(&Stage::rendered(three_shots()), "23.976");
    assert_eq!(slow["global_start_time"]["value"], 86400.0);
    assert_eq!(clip_of(&slow, 0)["source_range"]["duration"]["rate"], json!(24_000.0 / 1001.0));
}

#[test]
fn a_path_is_an_address_whatever_is_in_it() {
    let mut stage = Stage::rendered(three_shots());
    stage.move_files("/a b/50% #1?/é");
    let timeline = read(&stage, "");
    let url = clip_of(&timeline, 0)["media_references"]["take-1"]["target_url"].as_str().unwrap();
    assert!(url.starts_with("file:///a%20b/50%25%20%231%3F/%C3%A9/"), "{url}");
}
