//! `doctor`: what it finds of the key, the network, the clock, the prices and the disk; and that it buys nothing.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use crate::support::platform::Platform;
use crate::support::project::{Done, Invocation, Project, board};
use crate::support::server::{Answer, Reply, Server};
use crate::support::until;

const O3: &str = "fal-ai/kling-video/o3/4k/text-to-video";
const PRO: &str = "fal-ai/kling-video/o3/pro/text-to-video";

fn project() -> Project {
    Project::new(&board(&["one"]))
}

/// A key in fal's shape.
const PAIR: &str = "me:secret";

/// A queue that knows no request and lets every key in, with these headers.
fn queue(headers: &'static [(&'static str, &'static str)]) -> Server {
    Server::start(0, move |asked| {
        assert_eq!(asked.method, "GET", "{asked:?}");
        let mut reply = Reply::new(404, "application/json", "{\"status\": \"NOT_FOUND\"}");
        reply.headers.extend(headers.iter().map(|(name, text)| (*name, (*text).to_owned())));
        Answer::Reply(reply)
    })
}

fn doctor(project: &Project, queue: &str, platform: &str) -> Invocation {
    let run = project.shotlist("doctor --json").env("SHOTLIST_QUEUE_URL", queue);
    run.env("SHOTLIST_API_URL", platform).env("FAL_KEY", PAIR)
}

/// What it says of one thing.
#[track_caller]
fn check(done: &Done, name: &str) -> (String, String) {
    let json: Value = done.json();
    let checks = json["checks"].as_array().unwrap();
    let check =
        checks.iter().find(|check| check["name"] == name).unwrap_or_else(|| panic!("{name}: {json:#}"));
    (check["verdict"].as_str().unwrap().to_owned(), check["says"].as_str().unwrap().to_owned())
}

#[track_caller]
fn is(done: &Done, name: &str, verdict: &str, words: &str) {
    let (found, says) = check(done, name);
    assert!(found == verdict && says.contains(words), "{name} is {found}: {says}");
}

#[test]
fn against_the_simulator_all_is_well_and_its_audit_knows_of_questions_alone() {
    let (project, other) = (project(), Project::empty());
    let audit = other.path("audit.jsonl");
    let args = format!("sim --port 0 --size small --key {PAIR} --audit {}", audit.display());
    let sim = other.shotlist(&args).start();
    until("it listens", || sim.prints().ends_with('\n'));
    let line: Value = serde_json::from_str(&sim.prints()).unwrap();
    let origin = line["listening"].as_str().unwrap();
    let done = doctor(&project, origin, origin).ends(0);
    for name in
        ["version", "project", "key", "queue", "clock", "platform", "prices", "output", "record", "room"]
    {
        assert_eq!(check(&done, name).0, "ok", "{name}: {}", done.stdout);
    }
    sim.signal("TERM");
    sim.ends(0);
    let audit = fs::read_to_string(audit).unwrap();
    let lines = audit.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let asked: BTreeSet<String> = lines.map(|line| format!("{} {}", line["event"], line["call"])).collect();
    let questions = ["history", "prices", "status"].map(|call| format!("\"asked\" \"{call}\""));
    assert_eq!(asked, BTreeSet::from(questions));
}

#[test]
fn a_key_that_is_refused_is_exit_four() {
    let no = json!({"detail": "invalid key credentials"});
    let (project, platform) = (project(), Platform::answering(401, &no.to_string()));
    let queue = Server::start(0, move |_| Reply::json(401, &no));
    let done = doctor(&project, &queue.origin(), &platform.origin()).ends(4);
    is(&done, "queue", "refused", "refuses the key: invalid key credentials");
    is(&done, "platform", "refused", "HTTP 401");
}

#[test]
fn nothing_is_submitted_and_no_file_is_touched() {
    let (queue, platform, project) = (queue(&[]), Platform::start(&[(O3, 0.42)]), project());
    project.shotlist("render --sim --out renders --sim-pace 0").ends(0);
    let before = project.everything();
    let done = doctor(&project, &queue.origin(), &platform.origin()).ends(0);
    is(&done, "queue", "ok", "lets the key in");
    is(&done, "record", "ok", "1 take");
    assert!(platform.asked().iter().all(|asked| asked.method == "GET"));
    let after = project.everything();
    assert!(before.iter().all(|file| after.contains(file)));
    assert_eq!(after.len(), before.len() + 2, "what the run printed, and nothing else");
}

#[test]
fn with_the_built_in_simulator_it_needs_no_key_and_leaves_no_folder() {
    let project = project();
    let done = project.shotlist("doctor --sim --json").ends(0);
    is(&done, "queue", "ok", "the simulator");
    assert!(!project.path("animatics").exists());
}

#[test]
fn a_key_that_is_missing_or_odd_is_told_and_never_shown() {
    let (queue, platform, project) = (queue(&[]), Platform::start(&[]), project());
    let none = doctor(&project, &queue.origin(), &platform.origin()).without("FAL_KEY").ends(4);
    is(&none, "key", "refused", "set FAL_KEY");
    is(&none, "platform", "ok", "not asked");
    assert_eq!(platform.asked().len(), 0);
    let odd = doctor(&project, &queue.origin(), &platform.origin()).env("FAL_KEY", "CANARY-one-part").done();
    is(&odd, "key", "warning", "from FAL_KEY");
    let pair = doctor(&project, &queue.origin(), &platform.origin()).without("FAL_KEY");
    let pair = pair.env("FAL_KEY_ID", "CANARY").env("FAL_KEY_SECRET", "CANARY").done();
    is(&pair, "key", "ok", "from FAL_KEY_ID and FAL_KEY_SECRET");
    for done in [none, odd, pair] {
        assert!(!done.stdout.contains("CANARY") && !done.stderr.contains("CANARY"), "{}", done.stdout);
    }
}

#[test]
fn a_queue_that_is_not_there_is_a_problem_and_a_platform_that_is_not_a_warning() {
    let (queue, project) = (queue(&[]), project());
    let gone = "http://127.0.0.1:9";
    is(&doctor(&project, gone, gone).ends(1), "queue", "problem", "does not answer");
    is(&doctor(&project, &queue.origin(), gone).ends(0), "platform", "warning", "does not answer");
    let own =
        project.shotlist("doctor --json").env("SHOTLIST_QUEUE_URL", &queue.origin()).env("FAL_KEY", PAIR);
    is(&own.ends(0), "platform", "warning", "SHOTLIST_API_URL");
    let plain = doctor(&project, "http://queue.example", gone);
    is(&plain.ends(1), "queue", "problem", "plain http");
}

#[test]
fn a_clock_that_callbacks_would_be_refused_by_is_a_problem() {
    let (platform, project) = (Platform::start(&[]), project());
    let then = queue(&[("date", "Fri, 20 Nov 2020 12:00:00 GMT")]);
    let done = doctor(&project, &then.origin(), &platform.origin()).ends(1);
    is(&done, "clock", "problem", "ahead of the queue's");
    let silent = queue(&[("date", "soon")]);
    is(&doctor(&project, &silent.origin(), &platform.origin()).ends(0), "clock", "ok", "does not say");
}

#[test]
fn a_price_that_has_risen_is_a_problem_where_the_model_is_used_and_else_a_warning() {
    let (queue, project) = (queue(&[]), project());
    let at = |prices: &[(&str, f64)]| {
        let platform = Platform::start(prices);
        doctor(&project, &queue.origin(), &platform.origin()).done()
    };
    is(&at(&[(O3, 0.5)]).ends(1), "prices", "problem", "kling-o3-4k");
    is(&at(&[(O3, 0.42), (PRO, 0.5)]).ends(0), "prices", "warning", "kling-o3-pro");
    is(&at(&[(O3, 0.42), (PRO, 0.1)]).ends(0), "prices", "ok", "none is higher");
    for told in [&[][..], &[(PRO, 0.14)]] {
        is(&at(told).ends(0), "prices", "warning", "fal tells no price a second for kling-o3-4k");
    }
}

#[test]
fn storyboards_with_problems_a_damaged_record_and_a_folder_that_is_none_are_problems() {
    let project = project();
    project.storyboard("scenes: []\n");
    is(&project.shotlist("doctor --sim --json").ends(1), "project", "problem", "1 error");
    project.write("animatics/manifest.jsonl", "{\"half\n");
    is(&project.shotlist("doctor --sim --json").ends(1), "record", "problem", "manifest.jsonl");
    is(&Project::empty().shotlist("doctor --sim --json").ends(0), "project", "warning", "no storyboards");
}

#[test]
fn for_people_every_check_is_a_line_with_what_to_do_below_it() {
    let done = project().shotlist("doctor").env("SHOTLIST_QUEUE_URL", "http://127.0.0.1:9").ends(4);
    for words in
        ["ok       version     shotlist ", "problem  key         no key to fal", "→ renders are free"]
    {
        assert!(done.stdout.contains(words), "{words:?} is not in:\n{}", done.stdout);
    }
    assert!(done.stdout.lines().all(|line| line.chars().count() <= 80), "{}", done.stdout);
    assert_eq!(project().shotlist("doctor --sim --json").ends(0).json()["version"], json!(1));
}

#[test]
fn without_ffmpeg_there_is_a_warning_and_what_needs_it() {
    let done = project().shotlist("doctor --sim --json --ffmpeg gone/ffmpeg").ends(0);
    is(&done, "ffmpeg", "warning", "gone/ffmpeg can't be started");
}
