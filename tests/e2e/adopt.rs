//! What was bought elsewhere with the same request is taken in and not bought again: once, never more than is wanted,
//! and nothing whose request differs. Judged by what the queue was sent and which files lie in the vault.

use std::fs;

use serde_json::{Value, json};

use crate::support::platform::Platform;
use crate::support::project::{Invocation, Project, addresses, board, clip};
use crate::support::queue::{Bought, KEY, Queue};
use crate::support::script::{held, lost, policy};

const O3: &str = "fal-ai/kling-video/o3/4k/text-to-video";

/// A queue that has bought the clips of the storyboard into a folder of somebody else's, a project that has not,
/// and a history that is still empty.
fn elsewhere(storyboard: &str) -> (Queue, Project, Platform) {
    let (queue, project) = (Queue::start(), Project::new(storyboard));
    project.shotlist("render --yes --out theirs").to(&queue).ends(0);
    (queue, project, Platform::start(&[(O3, 0.42)]))
}

fn with(run: Invocation, platform: &Platform) -> Invocation {
    run.env("SHOTLIST_API_URL", &platform.origin())
}

fn adopt(project: &Project, queue: &Queue, platform: &Platform, args: &str) -> Invocation {
    with(project.shotlist(&format!("adopt --out r {args}")).to(queue), platform)
}

fn bought(queue: &Queue, word: &str) -> Bought {
    queue.bought().into_iter().find(|bought| bought.word() == word).unwrap()
}

/// Address, request and what became of it.
fn told(json: &Value) -> Vec<(&str, &str, &str)> {
    let requests = json["requests"].as_array().unwrap().iter();
    requests
        .map(|one| {
            let text = |name: &str| one[name].as_str().unwrap();
            (text("address"), text("request_id"), text("outcome"))
        })
        .collect()
}

#[test]
fn what_was_bought_elsewhere_is_taken_in_and_filed_and_not_bought_again() {
    let (queue, project, platform) = elsewhere(&board(&["one", "two"]));
    queue.bought().iter().for_each(|one| platform.list_done(one));
    let done = adopt(&project, &queue, &platform, "--yes").ends(0);
    for word in ["x/one", "x/two", "$1.26", "succeeded", bought(&queue, "one").id.as_str()] {
        assert!(done.stdout.contains(word), "{word} is not in {}", done.stdout);
    }
    done.says("next: shotlist render --out r");
    let status = project.status(0);
    assert_eq!(status["totals"]["in_flight"], 2);
    assert_eq!(status["totals"]["reserved_usd"], "2.52");
    assert_eq!(queue.submits(), 2);

    let json = with(project.render(&queue, "--json"), &platform).ends(0).json();
    assert_eq!(json["totals"]["spent_usd"], "2.52");
    assert_eq!(clip(&json, "x/one")["request_id"], bought(&queue, "one").id);
    assert_eq!(queue.submits(), 2);
    project.has_exactly(&queue, &["one", "two"]);
    assert_eq!(project.view().len(), 2);
}

#[test]
fn without_leave_it_shows_what_it_found_and_records_nothing() {
    let (queue, project, platform) = elsewhere(&board(&["one"]));
    platform.list_done(&bought(&queue, "one"));
    let done = adopt(&project, &queue, &platform, "--since 7d").ends(2);
    assert!(done.stdout.contains(&bought(&queue, "one").id), "{}", done.stdout);
    done.says("nothing was recorded; next: shotlist adopt --out r --since 7d --yes");
    let json = adopt(&project, &queue, &platform, "--json").ends(2).json();
    assert_eq!(told(&json), [("x/one", bought(&queue, "one").id.as_str(), "found")]);
    assert_eq!(project.status(0)["totals"]["takes"], 0);
    assert_eq!(clip(&project.plan(""), "x/one")["action"], "buy");
}

#[test]
fn the_window_is_a_day_unless_another_is_asked_for_and_every_page_of_it_is_read() {
    let (queue, project, platform) = elsewhere(&board(&["one", "two", "three"]));
    for (word, minutes) in [("one", -60), ("two", -23 * 60), ("three", -25 * 60)] {
        platform.list_with(&bought(&queue, word), minutes, |item| item["status_code"] = json!(200));
    }
    let found = |since: &str| {
        let json = adopt(&project, &queue, &platform, &format!("--json {since}")).done().json();
        json["totals"]["requests"].as_u64().unwrap()
    };
    assert_eq!([found("--since 30m"), found("--since 90m"), found(""), found("--since 2d")], [0, 1, 2, 3]);
    let asked = platform.asked_back();
    assert!(asked.iter().all(|one| one.query.contains("expand=payloads")), "{asked:?}");
    assert_eq!(asked[0].header("authorization"), Some(format!("Key {KEY}").as_str()));
    adopt(&project, &queue, &platform, "--since 3x").ends(2).says("24h");
}

#[test]
fn a_clip_takes_no_more_than_it_wants_the_newest_first_and_says_how_many_are_left() {
    let text = board(&["one"]).replace("duration: 3", "duration: 3\ntakes: 3");
    let (queue, project, platform) = elsewhere(&text);
    for (at, one) in queue.bought().iter().enumerate() {
        let minutes = -10 * i64::try_from(at + 1).unwrap();
        platform.list_with(one, minutes, |item| item["status_code"] = json!(200));
    }
    platform.list_with(&queue.bought()[0], 0, |item| {
        item["request_id"] = json!("failed");
        item["status_code"] = json!(422);
    });
    platform.list_with(&queue.bought()[0], -1, |item| item["request_id"] = json!("running"));
    project.storyboard(&board(&["one"]).replace("duration: 3", "duration: 3\ntakes: 2"));
    let done = adopt(&project, &queue, &platform, "--yes --json").ends(0);
    let json = done.json();
    let newest: Vec<String> = queue.bought()[..2].iter().map(|one| one.id.clone()).collect();
    let ids: Vec<&str> = told(&json).iter().map(|one| one.1).collect();
    assert_eq!(ids, newest);
    assert_eq!((&json["left"][0]["spare"], &json["left"][0]["failed"]), (&json!(2), &json!(1)));
    with(project.render(&queue, ""), &platform).ends(0);
    assert_eq!(queue.submits(), 3);
    assert_eq!(project.takes().len(), 2);
    adopt(&project, &queue, &platform, "--yes").ends(0).says("no clip is left to buy");
}

#[test]
fn what_still_runs_is_taken_in_and_followed() {
    let (queue, project, platform) =
        elsewhere(&board(&[] as &[&str]).replace("scenes:\n", "scenes: [{ id: zero, prompt: zero }]\n"));
    project.storyboard(&board(&["one"]));
    queue.script("one", held());
    let theirs = project.shotlist("render --yes --out theirs").to(&queue).start();
    queue.wait_for_looks(2);
    platform.list(&bought(&queue, "one"));
    let done = adopt(&project, &queue, &platform, "--yes").ends(0);
    assert!(done.stdout.contains("running"), "{}", done.stdout);
    queue.release();
    with(project.render(&queue, ""), &platform).ends(0);
    theirs.ends(0);
    assert_eq!(queue.words(), ["one", "zero"]);
    project.has_exactly(&queue, &["one"]);
}

#[test]
fn a_request_that_differs_or_failed_is_never_taken_in() {
    let (queue, project, platform) = elsewhere(&board(&["one"]));
    let one = bought(&queue, "one");
    for (at, (field, value)) in [
        ("prompt", json!("a lantern called  one")),
        ("duration", json!("4")),
        ("aspect_ratio", json!("9:16")),
        ("generate_audio", json!(true)),
        ("shot_type", json!("intelligent")),
    ]
    .into_iter()
    .enumerate()
    {
        platform.list_with(&one, 0, |item| {
            item["request_id"] = json!(format!("other-{at}"));
            item["status_code"] = json!(200);
            item["json_input"][field] = value;
        });
        adopt(&project, &queue, &platform, &format!("other-{at} --yes")).ends(2).says(field);
    }
    platform.list_with(&one, 0, |item| {
        item["request_id"] = json!("failed");
        item["status_code"] = json!(503);
    });
    platform.list_with(&one, 0, |item| {
        item["request_id"] = json!("unkept");
        item["json_input"] = Value::Null;
    });
    adopt(&project, &queue, &platform, "failed --yes").ends(2).says("it failed (HTTP 503)");
    adopt(&project, &queue, &platform, "unkept --yes").ends(2).says("no longer has what was sent");
    adopt(&project, &queue, &platform, "nowhere --yes").ends(2).says("no request nowhere");
    adopt(&project, &queue, &platform, "nowhere.yaml --yes").ends(2).says("`nowhere.yaml` is neither");
    let json = adopt(&project, &queue, &platform, "--yes --json").ends(0).json();
    assert_eq!(json["totals"]["requests"], 0);
    assert_eq!(json["totals"]["unkept"], 1);
    assert_eq!(project.status(0)["totals"]["takes"], 0);
}

#[test]
fn a_request_from_a_form_that_sends_every_field_is_the_same() {
    let (queue, project, platform) = elsewhere(&board(&["one"]));
    platform.list_with(&bought(&queue, "one"), 0, |item| {
        item["status_code"] = json!(200);
        item["json_input"]["shot_type"] = json!("customize");
        item["json_input"]["multi_prompt"] = Value::Null;
    });
    adopt(&project, &queue, &platform, "--yes").ends(0);
    with(project.render(&queue, ""), &platform).ends(0);
    assert_eq!(queue.submits(), 1);
    project.has_exactly(&queue, &["one"]);
}

#[test]
fn requests_that_are_named_are_looked_for_alone_and_all_or_none_is_recorded() {
    let (queue, project, platform) = elsewhere(&board(&["one", "two"]));
    queue
        .bought()
        .iter()
        .for_each(|one| platform.list_with(one, -60 * 24 * 80, |item| item["status_code"] = json!(200)));
    let (one, two) = (bought(&queue, "one").id, bought(&queue, "two").id);
    adopt(&project, &queue, &platform, &format!("{one} nowhere --yes")).ends(2).says("nothing was recorded");
    adopt(&project, &queue, &platform, &format!("{one} --since 7d --yes")).ends(2);
    assert_eq!(project.status(0)["totals"]["takes"], 0);
    adopt(&project, &queue, &platform, &format!("storyboards/x.yaml {two} --yes")).ends(0);
    adopt(&project, &queue, &platform, &format!("{two} --yes")).ends(0).says("has that request already");
    let json = adopt(&project, &queue, &platform, &format!("{one} {one} --yes --json")).ends(0).json();
    assert_eq!(told(&json), [("x/one", one.as_str(), "adopted")]);
    assert!(platform.asked_back().iter().all(|asked| asked.query.contains("request_id=")));
    with(project.render(&queue, ""), &platform).ends(0);
    assert_eq!(queue.submits(), 2);
    project.has_exactly(&queue, &["one", "two"]);
}

/// A clip of which fal lists two purchases, and of which nobody here knows whether it was bought.
fn doubtful() -> (Queue, Project, Platform) {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    queue.script("one", lost());
    let platform = Platform::start(&[(O3, 0.42)]);
    with(project.render(&queue, ""), &platform).ends(6);
    project.shotlist("render --yes --out theirs").to(&queue).ends(0);
    queue.bought().iter().for_each(|one| platform.list_done(one));
    (queue, project, platform)
}

fn reconcile(project: &Project, queue: &Queue, platform: &Platform, args: &str) -> Invocation {
    with(project.shotlist(&format!("reconcile --out r {args}")).to(queue), platform)
}

#[test]
fn where_the_history_is_ambiguous_a_person_says_which_request_it_was() {
    let (queue, project, platform) = doubtful();
    let done = reconcile(&project, &queue, &platform, "--yes").ends(6);
    for one in queue.bought() {
        assert!(done.stdout.contains(&one.id), "{} is not in {}", one.id, done.stdout);
    }
    done.says("shotlist adopt --out r REQUEST");
    let json = adopt(&project, &queue, &platform, "--yes --json").ends(0).json();
    assert_eq!(json["totals"]["requests"], 0, "no clip is left to buy");

    let id = queue.bought()[0].id.clone();
    let json = adopt(&project, &queue, &platform, &format!("{id} --yes --json")).ends(0).json();
    assert_eq!(told(&json), [("x/one", id.as_str(), "adopted")]);
    assert_eq!(json["requests"][0]["becomes"], "receipt");
    assert_eq!(project.status(0)["totals"]["takes"], 1);
    with(project.render(&queue, ""), &platform).ends(0);
    assert_eq!(queue.submits(), 2);
    assert_eq!(project.takes().len(), 1);
    adopt(&project, &queue, &platform, &format!("{} --yes", queue.bought()[1].id)).ends(2).says("takes:");
}

#[test]
fn what_is_left_to_buy_is_not_taken_from_a_purchase_that_nobody_knows_of() {
    let (queue, project, platform) = doubtful();
    project.storyboard(&board(&["one"]).replace("duration: 3", "duration: 3\ntakes: 2"));
    let done = adopt(&project, &queue, &platform, "--yes").ends(0);
    done.says("shotlist reconcile --out r");
    assert_eq!(project.status(6)["totals"]["takes"], 1);
    let ids: Vec<String> = queue.bought().iter().map(|one| one.id.clone()).collect();
    adopt(&project, &queue, &platform, &format!("{} --yes", ids.join(" "))).ends(0);
    with(project.render(&queue, ""), &platform).ends(0);
    assert_eq!(queue.submits(), 2);
    assert_eq!(project.takes().len(), 2);
}

#[test]
fn an_unknown_take_is_settled_by_name_though_the_storyboards_are_broken_or_gone() {
    for text in [Some("storyboard: ["), None] {
        let (queue, project, platform) = doubtful();
        match text {
            Some(text) => project.storyboard(text),
            None => project.remove("storyboards/x.yaml"),
        }
        let id = queue.bought()[0].id.clone();
        adopt(&project, &queue, &platform, "--yes").ends(2);
        adopt(&project, &queue, &platform, &format!("{id} --yes")).ends(2);
        assert_eq!(project.shotlist("status --json --out r").done().json()["totals"]["in_flight"], 1);
    }
}

#[test]
fn a_failure_that_is_named_settles_an_unknown_take_as_failed() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    let mut script = policy();
    script.submit = lost().submit;
    queue.script("one", script);
    let platform = Platform::start(&[(O3, 0.42)]);
    with(project.render(&queue, ""), &platform).ends(6);
    platform.list_with(&queue.bought()[0], -120, |item| item["status_code"] = json!(422));
    adopt(&project, &queue, &platform, &format!("{} --yes", queue.bought()[0].id)).ends(0);
    with(project.render(&queue, ""), &platform).ends(5);
    assert_eq!(queue.submits(), 1);
    assert_eq!(project.status(0)["totals"]["unknown"], 0);
}

#[test]
fn one_take_is_released_by_name_and_only_with_leave() {
    let (queue, project, platform) = doubtful();
    reconcile(&project, &queue, &platform, "--release x/two --yes").ends(2).says("`x/two`");
    reconcile(&project, &queue, &platform, "--release x/one")
        .ends(6)
        .says("shotlist reconcile --out r --release x/one --yes");
    assert_eq!(project.status(6)["totals"]["reserved_usd"], "1.26");
    let json = reconcile(&project, &queue, &platform, "--release x/one --yes --json").ends(0).json();
    assert_eq!((&json["takes"][0]["outcome"], &json["totals"]["released"]), (&json!("released"), &json!(1)));
    reconcile(&project, &queue, &platform, "--release x/one --yes").ends(2).says("released by hand");
    with(project.render(&queue, ""), &platform).ends(0);
    assert_eq!(queue.submits(), 3);
}

#[test]
fn what_fal_has_is_not_released_by_name_nor_what_could_not_be_asked() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    queue.script("one", lost());
    let platform = Platform::start(&[(O3, 0.42)]);
    with(project.render(&queue, ""), &platform).ends(6);
    platform.list(&queue.bought()[0]);
    platform.break_history(0, 500, "");
    reconcile(&project, &queue, &platform, "--release x/one --yes").ends(1);
    platform.mend_history();
    let json = reconcile(&project, &queue, &platform, "--release x/one --yes --json").ends(0).json();
    assert_eq!(json["takes"][0]["outcome"], "adopted");
    with(project.render(&queue, ""), &platform).ends(0);
    assert_eq!(queue.submits(), 1);
}

#[test]
fn without_a_history_a_person_can_still_let_one_go() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    queue.script("one", lost());
    project.render(&queue, "").ends(6);
    project.shotlist("reconcile --out r --yes").to(&queue).ends(6).says("no history to ask");
    project.shotlist("reconcile --out r --release x/one --yes").to(&queue).ends(0);
    project.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), 2);
}

#[test]
fn a_folder_that_a_run_holds_is_left_alone() {
    let (queue, project, platform) = elsewhere(&board(&["one"]));
    platform.list_done(&bought(&queue, "one"));
    queue.script("one", held());
    let run = project.render(&queue, "").start();
    queue.wait_for_looks(2);
    adopt(&project, &queue, &platform, "--yes").ends(7).says("shotlist render");
    queue.release();
    run.ends(0);
}

#[test]
fn a_history_that_does_not_come_whole_takes_nothing_in() {
    let (queue, project, platform) = elsewhere(&board(&["one", "two"]));
    queue.bought().iter().for_each(|one| platform.list_done(one));
    let page = "{\"items\": [{\"request_id\": \"r\"}], \"has_more\": false}";
    for (after, status, body) in [(0, 500, ""), (1, 502, "<html>"), (1, 200, "{}"), (1, 200, page)] {
        platform.break_history(after, status, body);
        adopt(&project, &queue, &platform, "--yes").ends(1).says("history");
        adopt(&project, &queue, &platform, "").ends(1).says("history");
    }
    platform.break_history(0, 500, "");
    adopt(&project, &queue, &platform, &format!("{} --yes", bought(&queue, "one").id))
        .ends(1)
        .says("history");
    platform.break_history(0, 401, "{\"error\": {\"type\": \"authorization_error\", \"message\": \"no\"}}");
    adopt(&project, &queue, &platform, "--yes").ends(4);
    assert_eq!(project.status(0)["totals"]["takes"], 0);
    platform.mend_history();
    adopt(&project, &queue, &platform, "--yes").ends(0);
}

#[test]
fn without_a_platform_a_key_or_the_same_queue_it_says_what_is_missing() {
    let (queue, project, platform) = elsewhere(&board(&["one"]));
    project.shotlist("adopt --out r --yes").to(&queue).ends(2).says("there is no history to ask");
    adopt(&project, &queue, &platform, "--yes").without("FAL_KEY").ends(4);
    with(project.shotlist("adopt --out theirs").to(&Queue::start()), &platform).ends(7);
}

#[test]
fn a_clip_that_a_budget_holds_or_that_failed_is_taken_in() {
    let (queue, project, platform) = elsewhere(&board(&["one", "two"]));
    queue.script("two", policy());
    project.storyboard(&board(&["two"]));
    with(project.render(&queue, ""), &platform).ends(5);
    project.storyboard(&board(&["one", "two"]).replace("duration: 3", "duration: 3\nbudget: 1.26"));
    let held = addresses(&project.plan(""), "action", "hold");
    assert_eq!(held, ["x/one", "x/two"]);
    queue.bought()[..2].iter().for_each(|one| platform.list_done(one));
    adopt(&project, &queue, &platform, "--yes").ends(0);
    with(project.render(&queue, ""), &platform).ends(0);
    assert_eq!(queue.submits(), 3);
    assert_eq!(project.takes().len(), 2);
}

#[test]
fn a_record_that_was_lost_is_had_again_from_the_history() {
    let project = Project::new(&board(&["one", "two"]));
    project.shotlist("render --sim --out r").ends(0);
    for name in ["r/manifest.jsonl", "r/.journal.jsonl"] {
        project.remove(name);
    }
    fs::rename(project.path("r/takes"), project.path("away")).unwrap();
    project.shotlist("adopt --sim --out r").ends(2).says("shotlist adopt --sim --out r --yes");
    let json = project.shotlist("adopt --sim --out r --json --yes").ends(0).json();
    assert_eq!(json["totals"]["adopted"], 2);
    project.shotlist("render --sim --out r").ends(0);
    let memory = fs::read_to_string(project.path("r/.sim/requests.jsonl")).unwrap();
    assert_eq!(memory.lines().filter(|line| line.starts_with("{\"submitted\"")).count(), 2);
    assert_eq!(project.takes().len(), 2);
}
