//! A whole run where nothing goes wrong: what is sent, what lands, and that once is enough.

use std::fs;

use serde_json::Value;

use crate::support::platform::Platform;
use crate::support::project::{Project, addresses, board, clip};
use crate::support::queue::Queue;

/// Three shots in one clip, a scene with audio, one whose cuts the model plans, and a title with a template in it.
const STORY: &str = r#"
storyboard: x
model: kling-o3-4k
aspect_ratio: "1:1"
style: ink on paper
scenes:
  - id: pier
    place: a pier
    shots:
      - { id: gulls, duration: 2, subject: gulls over the pier }
      - { id: boat, duration: 3, subject: a boat comes in }
      - { id: rope, duration: 2, subject: hands catch a rope, details: close }
  - { id: engine, generate_audio: true, duration: 3, prompt: an engine starts }
  - { id: harbour, shot_type: intelligent, duration: 6, prompt: the harbour wakes in three views }
  - { id: title, duration: 3, prompt: "the words THE PIER, {{ style }}" }
"#;

fn pairs(clips: impl Iterator<Item = (String, Value)>) -> Vec<(String, String)> {
    let mut pairs: Vec<_> = clips.map(|(endpoint, body)| (endpoint, body.to_string())).collect();
    pairs.sort();
    pairs
}

#[test]
fn what_is_sent_is_exactly_what_the_plan_showed() {
    let (queue, project) = (Queue::start(), Project::new(STORY));
    let plan = project.plan("storyboards/x.yaml");
    let planned = plan["clips"].as_array().unwrap().iter();
    let planned =
        pairs(planned.map(|clip| (clip["endpoint"].as_str().unwrap().to_owned(), clip["request"].clone())));

    project.render(&queue, "storyboards/x.yaml -j 4 --budget 20 --json").ends(0);

    assert_eq!(planned.len(), 4);
    assert_eq!(pairs(queue.bought().into_iter().map(|bought| (bought.endpoint, bought.body))), planned);
}

#[test]
fn a_request_holds_what_the_author_set_and_what_it_cannot_do_without() {
    let (queue, project) = (Queue::start(), Project::new(STORY));
    project.render(&queue, "").ends(0);
    let body = |word: &str| queue.bought().into_iter().find(|bought| bought.word() == word).unwrap().body;

    let title = serde_json::json!({
        "prompt": "the words THE PIER, ink on paper", "duration": "3", "aspect_ratio": "1:1", "generate_audio": false,
    });
    assert_eq!(body("paper"), title);
    assert_eq!(body("starts")["generate_audio"], true);
    assert_eq!(body("views")["shot_type"], "intelligent");

    let bought = queue.bought();
    let pier = bought.iter().find(|bought| bought.body.get("multi_prompt").is_some()).unwrap();
    let keys: Vec<&String> = pier.body.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["aspect_ratio", "duration", "generate_audio", "multi_prompt", "shot_type"]);
    assert_eq!((&pier.body["duration"], &pier.body["shot_type"]), (&"7".into(), &"customize".into()));
    let seconds: Vec<&str> = pier.body["multi_prompt"]
        .as_array()
        .unwrap()
        .iter()
        .map(|shot| shot["duration"].as_str().unwrap())
        .collect();
    assert_eq!(seconds, ["2", "3", "2"]);
}

#[test]
fn every_clip_lands_byte_for_byte_and_the_outcome_says_where() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two", "three"])));
    let json = project.render(&queue, "-j 4 --budget 20 --json").ends(0).json();

    project.has_exactly(&queue, &["one", "two", "three"]);
    assert_eq!(addresses(&json, "outcome", "landed"), ["x/one", "x/two", "x/three"]);
    for word in ["one", "two", "three"] {
        let clip = clip(&json, &format!("x/{word}"));
        let file = project.path("r").join(clip["file"].as_str().unwrap());
        assert_eq!(fs::read(&file).unwrap(), queue.file_of(word));
        assert!(
            fs::metadata(&file).unwrap().permissions().readonly(),
            "what was paid for may not be overwritten"
        );
        let bought = queue.bought().into_iter().find(|bought| bought.word() == word).unwrap();
        assert_eq!(clip["request_id"], bought.id.as_str());
    }
    assert_eq!(json["totals"]["spent_usd"], "3.78");
    assert_eq!(project.view(), ["01_one.mp4", "02_two.mp4", "03_three.mp4"]);
    assert_eq!(fs::read(project.path("r/x/02_two.mp4")).unwrap(), queue.file_of("two"));
}

#[test]
fn a_second_run_asks_the_queue_nothing() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    project.render(&queue, "").ends(0);
    let (asked, files) = (queue.asked().len(), project.everything().len());

    let json = project.render(&queue, "--json").ends(0).json();

    assert_eq!(queue.asked().len(), asked);
    assert_eq!(addresses(&json, "action", "reuse"), ["x/one", "x/two"]);
    assert_eq!(addresses(&json, "outcome", "landed"), ["x/one", "x/two"]);
    // What the run printed, and nothing else.
    assert_eq!(project.everything().len(), files + 2);
}

#[test]
fn every_call_brings_the_key_and_the_file_host_never_sees_it() {
    // The queue itself holds every call against the contract; this is only that there were such calls.
    let (queue, project) =
        (Queue::with_key("id-0123456789:secret-0123456789"), Project::new(&board(&["one"])));
    project.render(&queue, "").env("FAL_KEY", "id-0123456789:secret-0123456789").ends(0);

    let asked = queue.asked();
    let kinds = |test: fn(&str) -> bool| asked.iter().filter(|one| test(&one.path)).collect::<Vec<_>>();
    let submits: Vec<_> = asked.iter().filter(|one| one.method == "POST").collect();
    assert_eq!(submits.len(), 1);
    assert_eq!(submits[0].header("authorization"), Some("Key id-0123456789:secret-0123456789"));
    assert_eq!(submits[0].header("x-app-fal-disable-fallback"), Some("true"));
    assert!(submits[0].header("x-fal-store-io").is_none());
    assert!(!kinds(|path| path.ends_with("/status")).is_empty());
    let files = kinds(|path| path.starts_with("/files/"));
    assert_eq!(files.len(), 1);
    assert!(files[0].header("authorization").is_none());
}

#[test]
fn the_key_may_come_in_two_halves() {
    let (queue, project) = (Queue::with_key("half:whole"), Project::new(&board(&["one"])));
    let run = project.render(&queue, "").without("FAL_KEY").env("FAL_KEY_ID", "half");
    run.env("FAL_KEY_SECRET", "whole").ends(0);
    assert_eq!(queue.words(), ["one"]);
}

#[test]
fn a_queue_of_ones_own_means_no_platform_and_loopback_means_no_proxy() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    let proxy = Platform::start(&[]);
    let mut run = project.render(&queue, "");
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
        run = run.env(name, &proxy.origin());
    }
    run.ends(0);
    assert_eq!(queue.words(), ["one"]);
    assert!(proxy.asked().is_empty(), "{:?}", proxy.asked());
}

#[test]
fn no_more_clips_are_in_flight_than_jobs() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two", "three", "four"])));
    for word in ["one", "two", "three", "four"] {
        queue.script(word, crate::support::script::held());
    }
    let run = project.render(&queue, "-j 2").start();
    queue.wait_for_looks(2);
    assert_eq!(queue.words(), ["one", "two"]);
    queue.release_one("two");
    queue.wait_for_looks(3);
    assert_eq!(queue.words(), ["one", "three", "two"]);
    queue.release();
    run.ends(0);
    project.has_exactly(&queue, &["one", "two", "three", "four"]);
}
