//! Two runs of one folder, and folders of two queues.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::support::platform::Platform;
use crate::support::project::{Project, addresses, board, names};
use crate::support::queue::Queue;
use crate::support::script::{held, silent};
use crate::support::until;

fn held_run() -> (Queue, Project) {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    queue.script("one", held());
    (queue, project)
}

#[test]
fn the_second_run_of_a_folder_names_the_first_and_sends_nothing() {
    let (queue, project) = held_run();
    let first = project.render(&queue, "-j 1").start();
    queue.wait_for_looks(1);
    let pid = first.pid().to_string();
    project.render(&queue, "").ends(7).says(&pid);
    assert_eq!(queue.words(), ["one"]);
    queue.release();
    first.ends(0);
    assert_eq!(queue.words(), ["one", "two"]);
}

#[test]
fn the_second_run_waits_for_the_first_where_it_is_told_to() {
    let (queue, project) = held_run();
    let first = project.render(&queue, "-j 1").start();
    queue.wait_for_looks(1);
    let second = project.render(&queue, "--lock-timeout 40 --json").start();
    queue.release();
    first.ends(0);
    let json = second.ends(0).json();
    assert_eq!(addresses(&json, "action", "reuse"), ["x/one", "x/two"]);
    assert_eq!(queue.words(), ["one", "two"]);
}

#[test]
fn a_run_that_waits_in_vain_says_who_holds_the_folder() {
    let (queue, project) = held_run();
    let first = project.render(&queue, "-j 1").start();
    queue.wait_for_looks(1);
    let pid = first.pid().to_string();
    project.render(&queue, "--lock-timeout 1").ends(7).says(&pid);
    assert_eq!(queue.words(), ["one"]);
}

#[test]
fn plan_and_status_read_a_folder_that_a_run_holds() {
    let (queue, project) = held_run();
    let run = project.render(&queue, "-j 1").start();
    queue.wait_for_looks(1);
    let plan = project.plan("");
    assert_eq!(addresses(&plan, "action", "resume"), ["x/one"]);
    assert_eq!(addresses(&plan, "action", "buy"), ["x/two"]);
    let status = project.status(0);
    assert_eq!(status["totals"]["in_flight"], 1);
    assert_eq!(status["takes"][0]["state"], "in flight");
    queue.release();
    run.ends(0);
}

#[test]
fn plan_and_status_never_see_half_a_record_while_a_run_writes_it() {
    let words = names(40);
    let (queue, project) = (Queue::start(), Project::new(&board(&words)));
    project.render(&queue, "--only x/s1").ends(0);
    let run = project.render(&queue, "-j 8").start();
    let (mut looks, mut most) = (0, 0);
    while most < words.len() {
        let plan = project.plan("");
        let count = |action: &str| addresses(&plan, "action", action).len();
        assert_eq!(plan["clips"].as_array().unwrap().len(), words.len());
        assert_eq!(
            count("buy") + count("reuse") + count("resume") + count("unknown"),
            words.len(),
            "{plan:#}"
        );
        assert!(count("reuse") >= most, "{} clips were there, and now {}", most, count("reuse"));
        most = count("reuse");
        project.shotlist("status --json --out r").ends(0).json();
        looks += 1;
    }
    run.ends(0);
    assert!(looks > 1);
    assert_eq!(queue.submits(), words.len());
}

#[test]
fn what_a_run_is_just_sending_is_unknown_only_once_the_run_is_gone() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    queue.script("one", silent());
    let run = project.render(&queue, "").start();
    queue.wait_for_submits(1);
    let status = project.status(0);
    assert_eq!(status["holder"]["pid"], run.pid());
    assert_eq!((&status["totals"]["in_flight"], &status["totals"]["unknown"]), (&json!(1), &json!(0)));
    assert_eq!(status["takes"][0]["state"], "sending");
    let pid = run.pid().to_string();
    let done = project.shotlist("status --out r").ends(0);
    assert!(done.stdout.contains(&pid), "{}", done.stdout);
    run.kill();
    let status = project.status(6);
    assert_eq!((&status["holder"], &status["takes"][0]["state"]), (&Value::Null, &json!("unknown")));
}

#[test]
fn what_a_killed_run_was_just_sending_is_unknown_while_the_next_run_looks_for_it() {
    let (queue, project, platform) = (Queue::start(), Project::new(&board(&["one"])), Platform::start(&[]));
    queue.script("one", silent());
    let run = project.render(&queue, "").start();
    queue.wait_for_submits(1);
    run.kill();
    platform.hold_history();
    let run = project.render(&queue, "").env("SHOTLIST_API_URL", &platform.origin()).start();
    until("it looks in the history", || !platform.asked_back().is_empty());
    let status = project.status(6);
    assert_eq!((&status["takes"][0]["state"], &status["totals"]["unknown"]), (&json!("unknown"), &json!(1)));
    platform.release_history();
    run.ends(6);
    assert_eq!(queue.submits(), 1);
}

#[test]
fn looking_who_holds_a_folder_keeps_no_run_from_it() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    project.render(&queue, "").ends(0);
    let looked = AtomicBool::new(false);
    std::thread::scope(|threads| {
        threads.spawn(|| {
            while !looked.load(Ordering::Relaxed) {
                let _ = shotlist::record::holder(&project.path("r"));
            }
        });
        let exits: Vec<i32> = (0..20).map(|_| project.render(&queue, "").done().exit).collect();
        looked.store(true, Ordering::Relaxed);
        assert_eq!(exits, [0; 20]);
    });
}

#[test]
fn the_holder_killed_the_next_run_takes_the_folder_by_itself() {
    let (queue, project) = held_run();
    let first = project.render(&queue, "-j 1").start();
    queue.wait_for_looks(1);
    let waiting = project.render(&queue, "-j 1 --lock-timeout 40").start();
    first.kill();
    queue.release();
    waiting.ends(0);
    assert_eq!(queue.words(), ["one", "two"]);
    project.has_exactly(&queue, &["one", "two"]);
}

#[test]
fn two_runs_after_the_lock_was_deleted_buy_nothing_twice() {
    let (queue, project) = held_run();
    let first = project.render(&queue, "-j 1").start();
    queue.wait_for_looks(1);
    project.remove("r/.lock");
    let looks = queue.asked().len();
    let second = project.render(&queue, "-j 2").start();
    until("both look", || queue.asked().len() > looks + 4);
    queue.release();
    first.done();
    second.done();
    project.render(&queue, "").ends(0);
    assert_eq!(queue.words(), ["one", "two"]);
    project.has_exactly(&queue, &["one", "two"]);
}

#[test]
fn a_folder_of_one_queue_is_not_used_with_another() {
    let (ours, theirs, project) = (Queue::start(), Queue::start(), Project::new(&board(&["one"])));
    project.render(&ours, "").ends(0);
    project.storyboard(&board(&["one", "two"]));
    let done = project.render(&theirs, "").ends(7);
    done.says(&ours.origin());
    done.says(&theirs.origin());
    assert_eq!((ours.submits(), theirs.submits()), (1, 0));
    assert!(theirs.asked().is_empty());
    project.render(&ours, "").ends(0);
    assert_eq!(ours.words(), ["one", "two"]);
}

#[test]
fn what_was_simulated_is_never_taken_for_bought() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    project.shotlist("render --sim --out r").ends(0);
    let done = project.render(&queue, "").ends(7);
    done.says("sim");
    done.says(&queue.origin());
    assert!(queue.asked().is_empty());
}

#[test]
fn what_was_bought_is_never_simulated_over() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    project.render(&queue, "").ends(0);
    project.storyboard(&board(&["one", "two"]));
    project.shotlist("render --sim --out r").ends(7).says(&queue.origin());
    project.has_exactly(&queue, &["one"]);
}

#[test]
fn simulating_and_buying_go_to_folders_of_their_own_unless_told_otherwise() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    project.shotlist("render --sim").ends(0);
    project.shotlist("render --yes").to(&queue).ends(0);
    assert_eq!(queue.words(), ["one"]);
    assert!(project.path("animatics/x/01_one.mp4").exists());
    assert_eq!(std::fs::read(project.path("renders/x/01_one.mp4")).unwrap(), queue.file_of("one"));
}

#[test]
fn an_animatic_is_cut_as_the_clips_that_are_bought_already() {
    let scene = |seconds: &[u32]| {
        let shot = |(number, seconds): (usize, &u32)| {
            format!("      - {{ id: s{number}, duration: {seconds}, prompt: shot {seconds} }}\n")
        };
        let shots: String = seconds.iter().enumerate().map(shot).collect();
        format!(
            "storyboard: x\nmodel: kling-o3-4k\naspect_ratio: \"1:1\"\nscenes:\n  - id: s\n    shots:\n{shots}"
        )
    };
    let (queue, project) = (Queue::start(), Project::new(&scene(&[3, 4])));
    project.shotlist("render --yes").to(&queue).ends(0);
    project.storyboard(&scene(&[3, 4, 5]));
    let cut = |args: &str| {
        let plan = project.shotlist(&format!("plan --json {args}")).ends(0).json();
        plan["clips"].as_array().unwrap().iter().map(|clip| clip["shots"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(cut(""), [serde_json::json!(["s0", "s1"]), serde_json::json!(["s2"])]);
    assert_eq!(cut("--sim"), cut(""));
    assert_eq!(cut("--out elsewhere"), [serde_json::json!(["s0", "s1", "s2"])]);
}

#[test]
fn replaced_animatics_count_against_no_budget() {
    let project = Project::new(&format!("budget: 1.26\n{}", board(&["one"])));
    project.shotlist("render --sim").ends(0);
    project.storyboard(&format!("budget: 1.26\n{}", board(&["other"])));
    project.shotlist("render --sim").ends(0);
    project.storyboard(&format!("budget: 1.26\n{}", board(&["other", "third"])));
    project.shotlist("render --sim").ends(3);
}
