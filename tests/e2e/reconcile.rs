//! What nobody knows of a purchase is asked of fal's history: what is certain goes on, nothing is guessed,
//! and what is not found is let go only where a person says so.

use std::fs;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::support::platform::Platform;
use crate::support::project::{Invocation, Project, addresses, board, clip};
use crate::support::queue::{KEY, Queue};
use crate::support::script::{held, lost, refused, silent};
use crate::support::server::Asked;
use crate::support::until;

const O3: &str = "fal-ai/kling-video/o3/4k/text-to-video";

/// A project with this storyboard, whose clip `one` was bought so many times without an answer.
fn unanswered(storyboard: &str, times: usize) -> (Queue, Project, Platform) {
    let (queue, project) = (Queue::start(), Project::new(storyboard));
    for _ in 0..times {
        queue.script("one", lost());
    }
    let platform = Platform::start(&[(O3, 0.42)]);
    with(project.render(&queue, ""), &platform).ends(6);
    (queue, project, platform)
}

fn with(run: Invocation, platform: &Platform) -> Invocation {
    run.env("SHOTLIST_API_URL", &platform.origin())
}

fn reconcile(project: &Project, queue: &Queue, platform: &Platform, args: &str) -> Invocation {
    with(project.shotlist(&format!("reconcile --out r {args}")).to(queue), platform)
}

/// What `reconcile --json` says of each take.
fn told(json: &Value) -> Vec<(&str, &str)> {
    let takes = json["takes"].as_array().unwrap().iter();
    takes.map(|take| (take["verdict"].as_str().unwrap(), take["outcome"].as_str().unwrap())).collect()
}

#[test]
fn a_lost_answer_is_found_by_the_next_render_which_files_the_clip_and_buys_nothing() {
    let (queue, project, platform) = unanswered(&board(&["one"]), 1);
    let before = platform.asked_back().len();
    platform.list(&queue.bought()[0]);
    let events = project.path("events.jsonl");
    let json = with(project.render(&queue, "--json --events events.jsonl"), &platform).ends(0).json();
    assert_eq!(queue.submits(), 1);
    project.has_exactly(&queue, &["one"]);
    assert_eq!(clip(&json, "x/one")["outcome"], "landed");
    assert_eq!(clip(&json, "x/one")["request_id"], queue.bought()[0].id);
    assert_eq!(json["totals"]["spent_usd"], "1.26");
    assert!(fs::read_to_string(events).unwrap().contains("\"submitted\""));
    let asked = platform.asked_back();
    assert_eq!(asked.len(), before + 1, "{asked:?}");
    assert_eq!(asked[before].header("authorization"), Some(format!("Key {KEY}").as_str()));
    project.status(0);
}

#[test]
fn a_lost_answer_is_found_within_the_run_and_keeps_its_place_until_then() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    queue.script("one", lost());
    let platform = Platform::start(&[(O3, 0.42)]);
    let run = with(project.render(&queue, "-j 1 --unknown-timeout 60 --json"), &platform).start();
    queue.wait_for_submits(1);
    until("the history is asked", || platform.asked_back().len() >= 2);
    assert_eq!(queue.submits(), 1, "what may be under way has the only place");
    platform.list(&queue.bought()[0]);
    let json = run.ends(0).json();
    assert_eq!(queue.words(), ["one", "two"]);
    project.has_exactly(&queue, &["one", "two"]);
    assert_eq!(clip(&json, "x/one")["outcome"], "landed");
    assert_eq!(json["totals"]["spent_usd"], "2.52");
}

#[test]
fn what_nobody_knows_of_keeps_its_place_and_the_run_says_what_it_kept_from_being_bought() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    queue.script("one", lost());
    project.render(&queue, "-j 1").ends(6).says("fill every place of --jobs");
    assert_eq!(queue.submits(), 1);
    project.render(&queue, "-j 1").ends(6).says("fill every place of --jobs");
    assert_eq!(queue.submits(), 1, "nor in the next run");
    project.render(&queue, "-j 2").ends(6);
    assert_eq!(queue.words(), ["one", "two"]);
}

#[test]
fn what_is_long_unknown_is_looked_for_before_the_run_and_makes_no_later_look_go_back_so_far() {
    let (queue, project, platform) = unanswered(&board(&["one"]), 1);
    let now = Timestamp::now();
    age(&project, now - SignedDuration::from_hours(30));
    let before = platform.asked_back().len();
    project.storyboard(&board(&["one", "two"]));
    queue.script("two", lost());
    with(project.render(&queue, ""), &platform).ends(6);
    let asked = platform.asked_back().split_off(before);
    let start = |asked: &Asked| {
        let mut query = url::form_urlencoded::parse(asked.query.as_bytes());
        query.find(|(name, _)| name == "start").unwrap().1.parse::<Timestamp>().unwrap()
    };
    let hours: Vec<i64> = asked.iter().map(|asked| now.duration_since(start(asked)).as_hours()).collect();
    assert_eq!((hours.first(), hours.last()), (Some(&30), Some(&0)), "{hours:?}");
}

/// Has the one purchase on record begun at this time.
fn age(project: &Project, at: Timestamp) {
    for name in ["r/.journal.jsonl", "r/manifest.jsonl"] {
        let lines = fs::read_to_string(project.path(name)).unwrap();
        let aged = lines.lines().map(|line| {
            let mut line: Value = serde_json::from_str(line).unwrap();
            if let Some(intent) = line.pointer_mut("/take/intent") {
                intent["at"] = json!(at);
            }
            format!("{line}\n")
        });
        let aged: String = aged.collect();
        project.write(name, &aged);
    }
}

#[test]
fn equal_requests_that_are_on_their_way_are_not_mistaken_for_the_lost_one() {
    let (queue, project) = (Queue::start(), Project::new(&format!("takes: 2\n{}", board(&["one"]))));
    queue.script("one", lost());
    queue.script("one", silent());
    let platform = Platform::start(&[(O3, 0.42)]);
    let run = with(project.render(&queue, "-j 2 --unknown-timeout 60"), &platform).start();
    queue.wait_for_submits(2);
    // fal lists the second alone, whose answer is still out: it could be either.
    platform.list(&queue.bought()[1]);
    let asked = platform.asked_back().len();
    until("the history is asked again", || platform.asked_back().len() >= asked + 2);
    assert_eq!(project.status(6)["totals"]["reserved_usd"], "2.52");
    platform.list(&queue.bought()[0]);
    queue.release();
    run.ends(0);
    assert_eq!(queue.submits(), 2);
    assert_eq!(project.takes().len(), 2);
}

#[test]
fn what_the_history_does_not_list_stays_unknown_reserved_and_unbought() {
    let (queue, project, platform) = unanswered(&board(&["one", "two"]), 1);
    let two = queue.bought().into_iter().find(|bought| bought.word() == "two").unwrap();
    platform.list(&two);
    platform.list_with(&queue.bought()[0], -11, |item| item["request_id"] = json!("before"));
    platform.list_with(&queue.bought()[0], 0, |item| {
        item["request_id"] = json!("other");
        item["json_input"]["duration"] = json!("4");
    });
    for _ in 0..2 {
        let json = with(project.render(&queue, "--json"), &platform).ends(6).json();
        assert_eq!(clip(&json, "x/one")["outcome"], "unknown");
        assert_eq!(json["totals"]["reserved_usd"], "1.26");
    }
    let done = reconcile(&project, &queue, &platform, "--yes --json").ends(6);
    assert_eq!(told(&done.json()), [("not_found", "unknown")]);
    assert_eq!(queue.submits(), 2);
}

#[test]
fn reconcile_shows_what_it_found_and_records_it_only_with_leave() {
    let (queue, project, platform) = unanswered(&board(&["one"]), 1);
    let id = queue.bought()[0].id.clone();
    platform.list(&queue.bought()[0]);
    let before = project.status(6);
    let done = reconcile(&project, &queue, &platform, "").ends(6);
    for word in ["x/one", "$1.26", id.as_str()] {
        assert!(done.stdout.contains(word), "{word} is not in {}", done.stdout);
    }
    done.says("shotlist reconcile --out r --yes");
    assert_eq!(project.status(6), before);

    let json = reconcile(&project, &queue, &platform, "--yes --json").ends(0).json();
    assert_eq!(told(&json), [("found", "adopted")]);
    assert_eq!(json["takes"][0]["request_id"], id);
    assert_eq!(project.status(0)["takes"][0]["state"], "in flight");
    reconcile(&project, &queue, &platform, "--yes").ends(0).says("nothing is unknown");

    with(project.render(&queue, ""), &platform).ends(0);
    assert_eq!(queue.submits(), 1);
    project.has_exactly(&queue, &["one"]);
}

#[test]
fn what_points_to_reconcile_names_the_same_folder() {
    let (queue, project, platform) = unanswered(&board(&["one"]), 1);
    with(project.render(&queue, ""), &platform).ends(6).says("next: shotlist reconcile --out r");
    project.shotlist("status --out r").ends(6).says("next: shotlist reconcile --out r");
    platform.list(&queue.bought()[0]);
    reconcile(&project, &queue, &platform, "--yes").ends(0).says("next: shotlist render --out r");
}

#[test]
fn what_is_not_found_is_released_only_when_told_to_and_long_after_it_was_sent() {
    let (queue, project, platform) = unanswered(&board(&["one"]), 1);
    reconcile(&project, &queue, &platform, "--yes").ends(6).says("--release-unfound");
    let early = reconcile(&project, &queue, &platform, "--yes --release-unfound").ends(6);
    assert!(early.stdout.contains("not released before"), "{}", early.stdout);
    reconcile(&project, &queue, &platform, "--yes --release-unfound --margin 1").ends(6);
    reconcile(&project, &queue, &platform, "--release-unfound --margin 0")
        .ends(6)
        .says("reconcile --out r --release-unfound --margin 0 --yes");
    with(project.render(&queue, ""), &platform).ends(6);
    assert_eq!(queue.submits(), 1);

    let run = reconcile(&project, &queue, &platform, "--yes --release-unfound --margin 0 --json");
    assert_eq!(told(&run.ends(0).json()), [("not_found", "released")]);
    let status = project.status(0);
    assert_eq!(status["totals"]["reserved_usd"], "0.00");
    assert_eq!(status["totals"]["failed"], 1);
    let json = with(project.render(&queue, "--json"), &platform).ends(0).json();
    assert_eq!(json["totals"]["spent_usd"], "1.26");
    assert_eq!(queue.words(), ["one", "one"]);
    assert_eq!(project.takes().len(), 1);
}

#[test]
fn what_is_found_is_never_released() {
    let (queue, project, platform) = unanswered(&board(&["one"]), 1);
    platform.list(&queue.bought()[0]);
    let run = reconcile(&project, &queue, &platform, "--yes --release-unfound --margin 0 --json");
    assert_eq!(told(&run.ends(0).json()), [("found", "adopted")]);
}

#[test]
fn of_two_equal_takes_as_many_go_on_as_fal_lists() {
    let text = board(&["one"]).replace("duration: 3", "duration: 3\ntakes: 2");
    let (queue, project, platform) = unanswered(&text, 2);
    let bought = queue.bought();
    assert_eq!(bought[0].body, bought[1].body);
    platform.list(&bought[1]);
    let json = with(project.render(&queue, "--json"), &platform).ends(6).json();
    assert_eq!(addresses(&json, "outcome", "landed").len(), 1);
    assert_eq!(addresses(&json, "outcome", "unknown").len(), 1);
    platform.list(&bought[0]);
    with(project.render(&queue, ""), &platform).ends(0);
    assert_eq!(queue.submits(), 2);
    assert_eq!(project.takes().len(), 2);
}

#[test]
fn where_fal_lists_more_than_was_begun_here_nothing_is_guessed() {
    let (queue, project, platform) = unanswered(&board(&["one"]), 1);
    platform.list(&queue.bought()[0]);
    platform.list_with(&queue.bought()[0], -1, |item| item["request_id"] = json!("of-somebody-else"));
    with(project.render(&queue, ""), &platform).ends(6);
    let run = reconcile(&project, &queue, &platform, "--yes --release-unfound --margin 0 --json");
    assert_eq!(told(&run.ends(6).json()), [("ambiguous", "unknown")]);
    assert_eq!(queue.submits(), 1);
    assert!(project.takes().is_empty());
}

#[test]
fn a_request_whose_input_fal_has_not_kept_could_be_it_and_is_not_released() {
    let (queue, project, platform) = unanswered(&board(&["one"]), 1);
    platform.list_with(&queue.bought()[0], 0, |item| item["json_input"] = Value::Null);
    let run = reconcile(&project, &queue, &platform, "--yes --release-unfound --margin 0 --json");
    assert_eq!(told(&run.ends(6).json()), [("ambiguous", "unknown")]);
}

#[test]
fn a_history_that_does_not_come_whole_settles_nothing() {
    let (queue, project, platform) = unanswered(&board(&["one", "two"]), 1);
    for bought in queue.bought() {
        platform.list(&bought);
    }
    let page = "{\"items\": [{\"request_id\": \"r\"}], \"has_more\": false}";
    for (after, status, body) in [(0, 500, ""), (1, 502, "<html>"), (1, 200, "{}"), (1, 200, page)] {
        platform.break_history(after, status, body);
        with(project.render(&queue, ""), &platform).ends(6).says("history");
        reconcile(&project, &queue, &platform, "--yes --release-unfound --margin 0").ends(1);
    }
    platform.break_history(0, 401, "{\"error\": {\"type\": \"authorization_error\", \"message\": \"no\"}}");
    with(project.render(&queue, ""), &platform).ends(6);
    reconcile(&project, &queue, &platform, "--yes").ends(4);
    platform.mend_history();
    with(project.render(&queue, ""), &platform).ends(0);
    assert_eq!(queue.submits(), 2);
}

#[test]
fn without_a_platform_or_a_key_it_says_what_is_missing() {
    let (queue, project, platform) = unanswered(&board(&["one"]), 1);
    let queue_alone = "reconcile --out r --yes --release-unfound --margin 0 --json";
    let done = project.shotlist(queue_alone).to(&queue).without("FAL_KEY").ends(6);
    done.says("there is no history to ask");
    assert_eq!(told(&done.json()), [("not_asked", "unknown")]);
    reconcile(&project, &queue, &platform, "--yes").without("FAL_KEY").ends(4);
    let other = Queue::start();
    reconcile(&project, &other, &platform, "--yes").ends(7);
    assert_eq!(project.status(6)["totals"]["unknown"], 1);
}

#[test]
fn a_folder_that_a_run_holds_is_left_alone() {
    let (queue, project, platform) = (Queue::start(), Project::new(&board(&["one"])), Platform::start(&[]));
    queue.script("one", held());
    let run = project.render(&queue, "").start();
    queue.wait_for_looks(1);
    reconcile(&project, &queue, &platform, "--yes").ends(7).says("shotlist render");
    queue.release();
    run.ends(0);
}

#[test]
fn what_fal_certainly_refused_is_no_matter_for_the_history() {
    let (queue, project, platform) =
        (Queue::start(), Project::new(&board(&["one"])), Platform::start(&[(O3, 0.42)]));
    queue.script("one", refused(422, "no"));
    with(project.render(&queue, ""), &platform).ends(5);
    with(project.render(&queue, ""), &platform).ends(5);
    reconcile(&project, &queue, &platform, "").ends(0);
    assert_eq!(platform.asked_back().len(), 0);
}

#[test]
fn it_is_found_and_filed_though_the_storyboards_are_broken_or_gone() {
    for text in [Some("storyboard: ["), None] {
        let (queue, project, platform) = unanswered(&board(&["one"]), 1);
        platform.list(&queue.bought()[0]);
        match text {
            Some(text) => project.storyboard(text),
            None => project.remove("storyboards/x.yaml"),
        }
        with(project.render(&queue, ""), &platform).ends(2);
        assert_eq!(queue.submits(), 1);
        project.has_exactly(&queue, &["one"]);
    }
}

/// Killed between the simulator's receipts and the lines that record them.
fn unanswered_by_the_simulator() -> Project {
    let project = Project::new(&board(&["one", "two"]));
    let run = project.shotlist("render --sim --out r -j 2 --sim-pace 60000").start();
    let journal = project.path("r/.journal.jsonl");
    let submitted = || fs::read_to_string(&journal).unwrap_or_default().matches("\"submitted\"").count();
    until("both clips have a receipt", || submitted() == 2);
    run.kill();
    let text = fs::read_to_string(&journal).unwrap();
    let before: Vec<&str> =
        text.split_inclusive('\n').filter(|line| !line.contains("\"submitted\"")).collect();
    fs::write(&journal, before.concat()).unwrap();
    assert_eq!(project.status(6)["totals"]["unknown"], 2);
    project
}

#[test]
fn killed_while_the_answer_is_out_the_next_run_finds_it_in_the_simulators_history() {
    let project = unanswered_by_the_simulator();
    project.shotlist("render --sim --out r -j 2").ends(0);
    has_simulated_each_once(&project);
}

#[test]
fn reconcile_asks_the_simulator_too() {
    let project = unanswered_by_the_simulator();
    project.shotlist("reconcile --sim --out r").ends(6).says("shotlist reconcile --sim --out r --yes");
    let json = project.shotlist("reconcile --sim --out r --json --yes").ends(0).json();
    assert_eq!(told(&json), [("found", "adopted"); 2]);
    project.shotlist("render --sim --out r -j 2").ends(0);
    has_simulated_each_once(&project);
}

fn has_simulated_each_once(project: &Project) {
    let memory = fs::read_to_string(project.path("r/.sim/requests.jsonl")).unwrap();
    assert_eq!(memory.lines().filter(|line| line.starts_with("{\"submitted\"")).count(), 2);
    assert_eq!(project.takes().len(), 2);
    project.status(0);
}
