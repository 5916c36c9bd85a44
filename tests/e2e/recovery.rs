//! Killed at any point, the next run goes on: nothing is bought twice, and nothing bought is lost.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use crate::support::project::{Project, addresses, board, clip};
use crate::support::queue::Queue;
use crate::support::script::{self, File, held, lost, silent};
use crate::support::until;

#[test]
fn clips_in_flight_when_the_run_was_killed_land_in_the_next_one() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two", "three"])));
    for word in ["one", "two"] {
        queue.script(word, held());
    }
    let run = project.render(&queue, "-j 2").start();
    queue.wait_for_looks(2);
    run.kill();
    let plan = project.plan("");
    assert_eq!(addresses(&plan, "action", "resume"), ["x/one", "x/two"]);
    assert_eq!(plan["totals"]["reserved_usd"], "2.52");
    let status = project.status(0);
    let mut shown: Vec<&str> =
        status["takes"].as_array().unwrap().iter().map(|take| take["request_id"].as_str().unwrap()).collect();
    shown.sort_unstable();
    assert_eq!(shown, queue.bought().iter().map(|bought| bought.id.as_str()).collect::<Vec<_>>());

    queue.release();
    project.render(&queue, "-j 2").ends(0);
    assert_eq!(queue.words(), ["one", "three", "two"]);
    project.has_exactly(&queue, &["one", "two", "three"]);
    project.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), 3);
}

#[test]
fn killed_before_the_answer_a_clip_is_unknown_stays_reserved_and_is_never_bought_again() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    queue.script("one", silent());
    let run = project.render(&queue, "-j 1").start();
    queue.wait_for_submits(1);
    run.kill();

    for _ in 0..3 {
        let json = project.render(&queue, "--json").ends(6).json();
        assert_eq!(clip(&json, "x/one")["outcome"], "unknown");
        assert_eq!(clip(&json, "x/two")["outcome"], "landed");
        assert_eq!(json["totals"]["reserved_usd"], "1.26");
    }
    assert_eq!(queue.words(), ["one", "two"]);
    project.has_exactly(&queue, &["two"]);
    let status = project.status(6);
    assert_eq!(status["takes"][0]["address"], "x/one");
    assert_eq!(status["takes"][0]["state"], "unknown");
    assert_eq!(status["totals"]["reserved_usd"], "1.26");
    project.shotlist("status --out r").ends(6);
}

#[test]
fn what_is_unknown_is_not_bought_again_even_by_force() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    queue.script("one", lost());
    for args in ["", "--only x/one", "--failed", "--force x/one"] {
        project.render(&queue, args).ends(6);
    }
    assert_eq!(queue.submits(), 1);
}

#[test]
fn a_forced_take_in_flight_is_not_bought_once_more_by_the_same_command() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    project.render(&queue, "").ends(0);
    queue.script("one", held());
    let run = project.render(&queue, "--force x/one").start();
    queue.wait_for_looks(2);
    run.kill();
    queue.release();
    project.render(&queue, "--force x/one").ends(0);
    assert_eq!(queue.submits(), 2);
    assert_eq!(project.takes().len(), 2);
}

#[test]
fn what_an_earlier_run_left_in_flight_counts_among_the_jobs() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two", "three"])));
    for word in ["one", "two"] {
        queue.script(word, held());
    }
    let run = project.render(&queue, "-j 2").start();
    queue.wait_for_looks(2);
    run.kill();
    let looks = queue.asked().len();
    let run = project.render(&queue, "-j 2").start();
    until("the second run looks", || queue.asked().len() > looks + 4);
    assert_eq!(queue.words(), ["one", "two"]);
    queue.release_one("one");
    queue.wait_for_submits(3);
    queue.release();
    run.ends(0);
}

#[test]
fn killed_in_the_middle_of_a_file_it_is_fetched_again_and_not_bought_again() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    queue.script("one", script::file(File::Stuck));
    let run = project.render(&queue, "").start();
    until("a part of the file is here", || project.has_a_part());
    run.kill();
    assert!(project.takes().is_empty());
    queue.release();
    project.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), 1);
    project.has_exactly(&queue, &["one"]);
    let left: Vec<_> =
        fs::read_dir(project.path("r/takes")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn however_often_it_is_killed_nothing_is_bought_twice_and_nothing_known_is_lost() {
    let words = ["one", "two", "three", "four", "five", "six"];
    let (queue, project) = (Queue::start(), Project::new(&board(&words)));
    for pause in [0, 10, 20, 25, 30, 35, 40, 50, 60, 80] {
        let run = project.render(&queue, "-j 2").start();
        sleep(Duration::from_millis(pause));
        run.kill();
    }
    // What nobody knows of keeps its place, and two kills at the wrong moment have taken both.
    let json = project.render(&queue, "-j 4 --json").done().json();
    let bought = queue.words();
    assert!(bought.is_sorted_by(|one, next| one < next), "bought twice: {bought:?}");
    let unknown = addresses(&json, "outcome", "unknown");
    let landed = addresses(&json, "outcome", "landed");
    assert_eq!(unknown.len() + landed.len(), words.len(), "{json:#}");
    let landed: Vec<&str> = landed.iter().map(|address| address.strip_prefix("x/").unwrap()).collect();
    project.has_exactly(&queue, &landed);
}

/// How many requests the built-in simulator was ever sent, by its own memory.
fn simulated(project: &Project) -> usize {
    let memory = fs::read_to_string(project.path("r/.sim/requests.jsonl")).unwrap_or_default();
    memory.lines().filter(|line| line.starts_with("{\"submitted\"")).count()
}

#[test]
fn killed_with_the_built_in_simulator_the_next_run_submits_nothing_twice() {
    let project = Project::new(&board(&["one", "two"]));
    let args = "render --sim --out r -j 2";
    let run = project.shotlist(&format!("{args} --sim-pace 60000")).start();
    let journal = project.path("r/.journal.jsonl");
    let submitted = || fs::read_to_string(&journal).unwrap_or_default().matches("\"submitted\"").count();
    until("both clips have a receipt", || submitted() == 2);
    run.kill();
    assert!(project.takes().is_empty());

    project.shotlist(args).ends(0);
    assert_eq!(simulated(&project), 2);
    assert_eq!(project.takes().len(), 2);
    project.shotlist(args).ends(0);
    assert_eq!(simulated(&project), 2);
}
