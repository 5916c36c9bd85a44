//! The catalog shown, and held against fal's prices of today: `models` and `prices`.

use serde_json::{Value, json};

use crate::support::platform::Platform;
use crate::support::project::{Invocation, Project, board};
use crate::support::queue::KEY;

const O3: &str = "fal-ai/kling-video/o3/4k/text-to-video";
const PRO: &str = "fal-ai/kling-video/o3/pro/text-to-video";
const MINE: &str = "
alias: mine
endpoint: me/mine/text-to-video
title: Mine
sources: { me: { from: my own notes, date: 2026-01-02, verified: false } }
clip_seconds: { min: 2, max: 9, source: me }
prompt_chars: { max: 99, source: me }
fields: { grain: { takes: { number: { min: \"0\", max: \"9\" } }, source: me } }
prices: []
video: /video/url
";

fn with_mine() -> Project {
    let project = Project::new(&board(&["one"]));
    project.write("models/mine.yaml", MINE);
    project
}

fn refresh(project: &Project, platform: &Platform, args: &str) -> Invocation {
    let run = project.shotlist(&format!("prices --refresh {args}"));
    run.env("SHOTLIST_API_URL", &platform.origin()).env("FAL_KEY", KEY)
}

/// What the JSON says of a model.
fn model<'a>(json: &'a Value, alias: &str) -> &'a Value {
    let models = json["models"].as_array().unwrap();
    models.iter().find(|model| model["alias"] == alias).unwrap()
}

fn is_narrow(text: &str) -> bool {
    text.lines().all(|line| line.chars().count() <= 80)
}

#[test]
fn models_lists_the_catalog_and_the_projects_own_within_eighty_columns() {
    let shown = with_mine().shotlist("models").ends(0).stdout;
    for part in
        [O3, "kling-o3-4k", "$0.42", "3-15 s", "me/mine/text-to-video", "unknown", "one a clip", "grain"]
    {
        assert!(shown.contains(part), "{part} is not in:\n{shown}");
    }
    assert!(is_narrow(&shown), "{shown}");
    let json = with_mine().shotlist("models --json").ends(0).json();
    assert_eq!(json["models"].as_array().unwrap().len(), 9);
    assert_eq!(model(&json, "kling-o3-4k")["prices"][0]["usd_per_second"], "0.42");
}

#[test]
fn one_model_is_shown_with_the_source_and_the_date_of_every_number() {
    let project = with_mine();
    let shown = project.shotlist("models mine").ends(0).stdout;
    for part in ["2 to 9 s [me]", "a number from 0 to 9 [me]", "[me] reported, read 2026-01-02: my own notes"]
    {
        assert!(shown.contains(part), "{part} is not in:\n{shown}");
    }
    assert_eq!(
        project.shotlist(&format!("models {O3} --json")).ends(0).json()["models"][0]["alias"],
        "kling-o3-4k"
    );
    assert!(is_narrow(&project.shotlist("models kling-v3-pro").ends(0).stdout));
    project.shotlist("models kling-o4").ends(2).says("there are kling-o3-4k, ");
}

#[test]
fn prices_says_what_clips_cost_who_says_so_and_since_when() {
    let shown = with_mine().shotlist("prices").ends(0).stdout;
    assert!(is_narrow(&shown), "{shown}");
    let row = |alias: &str| shown.lines().find(|line| line.starts_with(alias)).unwrap();
    for part in ["any", "$0.42", "$2.10", "$4.20", "$6.30", "yes 2026-11-20"] {
        assert!(row("kling-o3-4k").contains(part), "{shown}");
    }
    assert!(
        row("kling-v3-4k").contains("no  2026-11-20") && row("mine").contains("nothing is bought"),
        "{shown}"
    );
    let json = with_mine().shotlist("prices --json").ends(0).json();
    assert_eq!(model(&json, "kling-o3-pro")["prices"][1]["usd_per_second"], "0.14");
    assert_eq!(model(&json, "kling-o3-pro").get("fal"), None);
}

#[test]
fn a_refresh_asks_fal_once_with_the_key_and_changes_no_file() {
    let (project, platform) = (with_mine(), Platform::start(&[(O3, 0.42), (PRO, 0.1)]));
    let before = project.everything();
    let json = refresh(&project, &platform, "--json").ends(0).json();
    assert_eq!(
        model(&json, "kling-o3-4k")["fal"],
        json!({"usd_per_unit": "0.42", "unit": "second", "standing": "equal"})
    );
    assert_eq!(model(&json, "kling-o3-pro")["fal"]["standing"], "lower");
    assert_eq!(model(&json, "kling-v3-4k")["fal"]["usd_per_unit"], Value::Null);
    let asked = platform.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].header("authorization"), Some(format!("Key {KEY}").as_str()));
    assert_eq!(asked[0].query.matches("endpoint_id=").count(), 9);
    assert_eq!(project.everything().len(), before.len() + 2, "what the run printed, and nothing else");
}

#[test]
fn a_price_that_a_render_would_stop_at_is_shown_and_is_exit_seven() {
    let (project, platform) = (with_mine(), Platform::start(&[(O3, 0.5), (PRO, 0.14)]));
    let shown = refresh(&project, &platform, "").ends(7).stdout;
    let row = |alias: &str| shown.lines().find(|line| line.starts_with(alias)).unwrap();
    assert!(row("kling-o3-4k").contains("$0.50") && row("kling-o3-4k").contains("higher"), "{shown}");
    assert!(row("kling-o3-pro").contains("equal"), "{shown}");
    assert!(is_narrow(&shown), "{shown}");
}

#[test]
fn a_price_between_those_of_silence_and_sound_is_higher_for_some() {
    let (project, platform) = (with_mine(), Platform::start(&[(PRO, 0.12)]));
    assert_eq!(
        model(&refresh(&project, &platform, "--json").ends(7).json(), "kling-o3-pro")["fal"]["standing"],
        "higher"
    );
}

#[test]
fn without_a_key_nobody_is_asked_and_a_refused_one_is_told() {
    let (project, platform) =
        (with_mine(), Platform::answering(401, "{\"detail\": \"invalid key credentials\"}"));
    refresh(&project, &platform, "").without("FAL_KEY").ends(4).says("set FAL_KEY");
    assert_eq!(platform.asked().len(), 0);
    refresh(&project, &platform, "").ends(4).says("invalid key credentials");
}

#[test]
fn fal_that_cannot_be_asked_is_no_answer() {
    let project = with_mine();
    let own_queue = project.shotlist("prices --refresh").env("SHOTLIST_QUEUE_URL", "http://127.0.0.1:9");
    own_queue.env("FAL_KEY", KEY).ends(1).says("SHOTLIST_API_URL");
}

#[test]
fn the_simulator_asks_what_the_catalog_says() {
    let (project, alone) = (with_mine(), Project::empty());
    let shown = alone.shotlist("prices --refresh --sim").ends(0).stdout;
    assert_eq!(shown.matches("equal").count(), 8, "{shown}");
    let json = project.shotlist("prices --refresh --sim --json").ends(0).json();
    assert_eq!(model(&json, "mine")["fal"]["standing"], Value::Null);
}
