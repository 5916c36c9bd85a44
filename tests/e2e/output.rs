//! What other programs read: one object, lines of events, exit codes; and the flags that select.

use std::fs;

use serde_json::{Value, json};

use crate::support::project::{Project, addresses, board, clip};
use crate::support::queue::Queue;
use crate::support::script::{lost, policy};

fn events(project: &Project) -> Vec<Value> {
    let text = fs::read_to_string(project.path("events.jsonl")).unwrap();
    assert!(text.ends_with('\n'));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn story(events: &[Value], address: &str) -> Vec<String> {
    let own = events.iter().filter(|event| event["address"] == address);
    own.map(|event| event["event"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn events_tell_the_story_of_every_clip() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two", "three", "four"])));
    queue.script("two", policy());
    queue.script("three", lost());
    project.render(&queue, "-j 1 --budget 3.78 --events events.jsonl").ends(6);
    let events = events(&project);
    assert_eq!(story(&events, "x/one"), ["intent", "submitted", "completed", "landed"]);
    assert_eq!(story(&events, "x/two"), ["intent", "submitted", "failed"]);
    assert_eq!(story(&events, "x/three"), ["intent", "unknown"]);
    assert_eq!(story(&events, "x/four"), ["held"]);
    assert!(events.iter().all(|event| event["at"].as_str().is_some_and(|at| at.ends_with('Z'))));
    let last = events.last().unwrap();
    assert_eq!((&last["event"], &last["exit"]), (&json!("wrapped"), &json!(6)));
    let submitted = events.iter().find(|event| event["event"] == "submitted").unwrap();
    assert_eq!(submitted["request_id"], queue.bought()[0].id.as_str());

    project.render(&queue, "-j 1 --budget 0 --events events.jsonl").ends(6);
    assert!(self::events(&project).len() > events.len(), "a later run adds to the file");
}

#[test]
fn data_is_on_standard_output_as_one_object_and_everything_else_is_not() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    for (args, exit) in [
        ("check --json", 0),
        ("plan --json --out r", 0),
        ("render --json --yes --out r", 0),
        ("render --json --yes --out r", 0),
        ("render --json -n --out r", 0),
        ("status --json --out r", 0),
        ("status --json --verify --out r", 0),
    ] {
        assert_eq!(project.shotlist(args).to(&queue).ends(exit).json()["version"], 1, "{args}");
    }
    let done = project.shotlist("render --yes --out r").to(&queue).ends(0);
    assert_eq!(done.stdout, "");
    assert!(!done.stderr.contains('\u{1b}'), "no colours where there is no terminal");
}

#[test]
fn a_plan_is_the_same_bytes_twice_and_needs_no_key_and_leaves_nothing_behind() {
    let project = Project::new(&board(&["one", "two"]));
    let files = project.everything().len();
    for args in ["plan --out r", "plan --json --out r"] {
        assert_eq!(project.shotlist(args).ends(0).stdout, project.shotlist(args).ends(0).stdout);
    }
    assert_eq!(project.everything().len(), files + 8, "only what the four runs printed");
    assert!(!project.path("r").exists());
}

#[test]
fn the_detailed_exit_code_of_a_plan_tells_whether_there_is_something_to_do() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    let plan = "plan --detailed-exitcode --out r";
    project.shotlist(plan).ends(2);
    project.shotlist("plan --out r").ends(0);
    project.render(&queue, "").ends(0);
    project.shotlist(plan).ends(0);
    project.storyboard("storyboard: x\nscens: []\n");
    project.shotlist(plan).ends(1);
    project.shotlist("plan --out r").ends(2);
}

#[test]
fn a_dry_run_shows_the_plan_and_does_nothing() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    let plan = project.shotlist("plan --out r").ends(0).stdout;
    assert_eq!(project.render(&queue, "-n").ends(0).stdout, plan);
    assert!(queue.asked().is_empty());
    assert!(!project.path("r").exists());
}

/// Two scenes, one of two clips, the other with a tag.
const TAGGED: &str = "storyboard: x\nmodel: kling-o3-4k\naspect_ratio: \"1:1\"\nduration: 3\nscenes:\n\
    \x20 - id: pier\n    group: solo\n    shots:\n      - { id: gulls, prompt: gulls }\n      - { id: boat, prompt: boat }\n\
    \x20 - { id: night, prompt: night, tags: [dark, wet] }\n";

#[test]
fn flags_select_what_is_planned_and_bought() {
    let project = Project::new(TAGGED);
    let selected = |args: &str| addresses(&project.plan(args), "action", "buy");
    assert_eq!(selected(""), ["x/pier/gulls", "x/pier/boat", "x/night"]);
    assert_eq!(selected("--only x/pier"), ["x/pier/gulls", "x/pier/boat"]);
    assert_eq!(selected("--only */*/boat"), ["x/pier/boat"]);
    assert_eq!(selected("--only x/pier --except x/pier/boat"), ["x/pier/gulls"]);
    assert_eq!(selected("--tag wet"), ["x/night"]);
    assert_eq!(selected("--except x/night"), ["x/pier/gulls", "x/pier/boat"]);

    let queue = Queue::start();
    project.render(&queue, "--only x/pier/boat").ends(0);
    assert_eq!(queue.words(), ["boat"]);
    assert_eq!(project.view(), ["02_pier_boat.mp4"], "a clip keeps its number");
}

#[test]
fn a_pattern_that_selects_nothing_is_an_error() {
    let (queue, project) = (Queue::start(), Project::new(TAGGED));
    for args in ["--only x/peer", "--except x/peer", "--force x/peer", "--only x/pier --only x/peer"] {
        project.render(&queue, args).ends(2).says("x/peer");
        project.shotlist(&format!("plan {args}")).ends(2).says("x/peer");
    }
    assert_eq!(queue.submits(), 0);
}

#[test]
fn a_tag_that_no_clip_has_is_an_error() {
    let (queue, project) = (Queue::start(), Project::new(TAGGED));
    project.render(&queue, "--tag drak").ends(2).says("drak");
    assert_eq!(queue.submits(), 0);
}

#[test]
fn force_buys_one_take_more_and_both_stay() {
    let (queue, project) = (Queue::start(), Project::new(TAGGED));
    project.render(&queue, "").ends(0);
    let json = project.render(&queue, "--force x/night --json").ends(0).json();
    assert_eq!(queue.words(), ["boat", "gulls", "night", "night"]);
    assert_eq!(project.takes().len(), 4);
    assert_eq!(addresses(&json, "action", "buy"), ["x/night"]);
    // The newer take is shown.
    assert_eq!(fs::read(project.path("r/x/03_night.mp4")).unwrap(), queue.file_of("night"));
    project.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), 4);
}

#[test]
fn equal_requests_are_bought_once_and_shown_twice() {
    let story = board(&["one"]) + "  - { id: again, prompt: a lantern called one }\n";
    let (queue, project) = (Queue::start(), Project::new(&story));
    let plan = project.shotlist("plan --out r").ends(0).stdout;
    assert!(plan.ends_with("2 clips: 1 to buy for $1.26 (3 s), 1 shared\n"), "{plan}");
    let json = project.render(&queue, "-j 4 --json").ends(0).json();
    assert_eq!(queue.words(), ["one"]);
    assert_eq!(clip(&json, "x/again")["reason"], "same request as x/one");
    assert_eq!(clip(&json, "x/again")["file"], clip(&json, "x/one")["file"]);
    assert_eq!(json["totals"]["spent_usd"], "1.26");
    assert_eq!(project.view(), ["01_one.mp4", "02_again.mp4"]);
}

#[test]
fn equal_requests_of_two_storyboards_are_bought_once() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    project.write("storyboards/y.yaml", &board(&["one"]).replace("storyboard: x", "storyboard: y"));
    project.render(&queue, "-j 4").ends(0);
    assert_eq!(queue.words(), ["one"]);
    for name in ["x", "y"] {
        assert_eq!(fs::read(project.path(&format!("r/{name}/01_one.mp4"))).unwrap(), queue.file_of("one"));
    }
}

#[test]
fn two_takes_of_a_clip_are_two_purchases_of_one_request() {
    let (queue, project) = (Queue::start(), Project::new(&format!("takes: 2\n{}", board(&["one"]))));
    let json = project.render(&queue, "-j 1 --json").ends(0).json();
    assert_eq!(queue.words(), ["one", "one"]);
    assert_eq!(project.takes().len(), 2);
    let takes: Vec<&Value> = json["clips"].as_array().unwrap().iter().map(|clip| &clip["take"]).collect();
    assert_eq!(takes, [&json!(1), &json!(2)]);
    project.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), 2);
}

#[test]
fn a_reader_who_leaves_early_is_no_error() {
    // More than a pipe holds.
    let scenes: Vec<String> = (0..1_000).map(|number| format!("scene-{number}")).collect();
    let project = Project::new(&board(&scenes.iter().map(String::as_str).collect::<Vec<_>>()));
    let plan = format!(
        "{} plan --json | head -c 1 >/dev/null; exit ${{PIPESTATUS[0]}}",
        env!("CARGO_BIN_EXE_shotlist")
    );
    let run = std::process::Command::new("bash")
        .args(["-c", &plan])
        .current_dir(project.path(""))
        .output()
        .unwrap();
    assert!(run.status.success(), "{run:?}");
}

#[test]
fn events_that_can_not_be_written_stop_the_run_before_anything_is_bought() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    project.render(&queue, "--events /nowhere/events.jsonl").ends(2).says("/nowhere/events.jsonl");
    assert_eq!(queue.submits(), 0);
}

#[test]
fn a_plan_for_a_pull_request_has_its_totals_first_and_its_clips_at_their_lines() {
    let project = Project::new(&board(&["one", "two"]));
    let comment = project.shotlist("plan --markdown --out r").ends(0).stdout;
    assert!(comment.starts_with("### 2 clips: 2 to buy for $2.52 (6 s)\n"), "{comment}");
    assert!(comment.contains("| buy | one | 3 | $1.26 | never rendered |"), "{comment}");

    fs::create_dir(project.path(".git")).unwrap();
    let notes = project.shotlist("plan --github --out r").ends(0).stdout;
    let notes: Vec<&str> = notes.lines().collect();
    assert_eq!(notes[0], "::notice title=shotlist plan::2 clips: 2 to buy for $2.52 (6 s)");
    assert!(notes[1].starts_with("::notice file=storyboards/x.yaml,line="), "{notes:?}");
    assert!(notes[1].ends_with("title=buy x/one%2C $1.26::3 s: never rendered"), "{notes:?}");
    assert_eq!(notes.len(), 3);
}

#[test]
fn problems_are_annotations_and_text_and_the_exit_stays() {
    let project = Project::new("storyboard: x\nscens: []\n");
    for command in ["check --github", "plan --github"] {
        let done = project.shotlist(command).ends(2);
        done.says("scens");
        assert!(done.stdout.starts_with("::error file="), "{}", done.stdout);
        assert!(done.stdout.contains("storyboards/x.yaml,line=2,col=1,title="), "{}", done.stdout);
    }
    let comment = project.shotlist("plan --markdown").ends(2).stdout;
    assert!(comment.starts_with("### No plan: "), "{comment}");
    project.shotlist("plan --markdown --github").ends(2).says("cannot be used with");
}
