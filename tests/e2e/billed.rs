//! Delivered against billed: what fal says it bills is asked for until it is told, and held against the plan.

use serde_json::Value;

use crate::support::project::{Project, addresses, board};
use crate::support::queue::Queue;
use crate::support::script::{End, Script, Units, billed, held, lasting, policy, well};
use crate::support::until;

/// What the ledger says of the one purchase of the clip at this address.
#[track_caller]
fn row(project: &Project, address: &str) -> Value {
    let ledger = project.ledger("");
    let rows: Vec<&Value> =
        ledger["takes"].as_array().unwrap().iter().filter(|row| row["address"] == address).collect();
    assert_eq!(rows.len(), 1, "{ledger:#}");
    rows[0].clone()
}

fn results_asked_for(queue: &Queue) -> usize {
    let asked = queue.asked();
    asked.iter().filter(|asked| asked.path.contains("/requests/") && !asked.path.ends_with("/status")).count()
}

#[test]
fn units_that_come_late_are_asked_for_once_more() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    queue.script("one", billed(Units::Late("3.0")));
    project.render(&queue, "").ends(0);
    let one = row(&project, "x/one");
    assert_eq!((&one["billed_units"], &one["billed_usd"]), (&"3".into(), &"1.26".into()));
    assert_eq!(one["difference_usd"], "0.00");
    assert_eq!(results_asked_for(&queue), 3);
    assert_eq!(queue.submits(), 2);
    assert_eq!(project.status(0)["differences"].as_array().unwrap().len(), 0);
    project.remove("r/.journal.jsonl");
    assert_eq!(row(&project, "x/one"), one, "the manifest has it too");
}

#[test]
fn units_are_asked_for_while_other_clips_go_on() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    queue.script("one", billed(Units::Late("3")));
    queue.script("two", held());
    let running = project.render(&queue, "-j 2").start();
    until("the first clip's units", || project.ledger("--only x/one")["totals"]["billed_takes"] == 1);
    assert_eq!(row(&project, "x/two")["state"], "in flight");
    running.kill();
    assert_eq!(row(&project, "x/one")["billed_usd"], "1.26");
}

#[test]
fn units_that_are_told_at_once_are_not_asked_for_again() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    project.render(&queue, "").ends(0);
    assert_eq!(results_asked_for(&queue), 2);
    assert_eq!(project.ledger("")["totals"]["billed_usd"], "2.52");
}

#[test]
fn units_that_did_not_come_in_one_run_are_asked_for_in_the_next_that_has_work() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    queue.script("one", billed(Units::Held("3")));
    project.render(&queue, "").ends(0);
    assert_eq!(row(&project, "x/one")["billed_units"], Value::Null);
    queue.release();
    let asked = results_asked_for(&queue);
    project.render(&queue, "").ends(0);
    assert_eq!(results_asked_for(&queue), asked, "a run without work asks nothing");
    project.storyboard(&board(&["one", "two"]));
    project.render(&queue, "").ends(0);
    assert_eq!(row(&project, "x/one")["billed_units"], "3");
    assert_eq!(queue.submits(), 2);
}

#[test]
fn what_fal_never_tells_is_asked_for_a_few_times_and_is_not_zero() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    queue.script("one", billed(Units::Never));
    project.render(&queue, "").ends(0);
    assert!(results_asked_for(&queue) <= 4, "{}", results_asked_for(&queue));
    let one = row(&project, "x/one");
    for key in ["billed_units", "billed_usd", "difference_usd"] {
        assert_eq!(one[key], Value::Null, "{key}");
    }
    assert_eq!(project.ledger("")["totals"]["billed_takes"], 0);
    assert_eq!(project.status(0)["differences"].as_array().unwrap().len(), 0);
}

#[test]
fn more_units_than_planned_are_shown_with_the_request_and_the_money() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    queue.script("two", billed(Units::Told("4")));
    project.render(&queue, "").ends(0);
    let status = project.status(0);
    let differences = status["differences"].as_array().unwrap();
    assert_eq!(differences.len(), 1, "{status:#}");
    let two = &differences[0];
    assert_eq!(two["address"], "x/two");
    let id = queue.bought().into_iter().find(|bought| bought.word() == "two").unwrap().id;
    assert_eq!(two["request_id"], id);
    assert_eq!((&two["planned_seconds"], &two["billed_units"]), (&3.into(), &"4".into()));
    assert_eq!((&two["counted_usd"], &two["billed_usd"]), (&"1.26".into(), &"1.68".into()));
    assert_eq!(two["difference_usd"], "0.42");
    assert_eq!(status["totals"]["spent_usd"], "2.52", "what counts is what was planned");
    let text = project.shotlist("status --out r").ends(0).stdout;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = text.lines().find(|line| line.contains("differs")).unwrap();
    assert!(line.contains("x/two") && line.contains(&id), "{line}");
    assert!(line.contains("fal bills 4 units, $1.68: $0.42 more"), "{line}");
}

#[test]
fn status_names_ten_bills_that_are_off_and_counts_the_rest() {
    let scenes: Vec<String> = ('a'..='l').map(String::from).collect();
    let scenes: Vec<&str> = scenes.iter().map(String::as_str).collect();
    let (queue, project) = (Queue::start(), Project::new(&board(&scenes)));
    for scene in &scenes {
        queue.script(scene, billed(Units::Told("4")));
    }
    project.render(&queue, "-j 12").ends(0);
    assert_eq!(project.status(0)["differences"].as_array().unwrap().len(), 12);
    let text = project.shotlist("status --out r").ends(0).stdout;
    assert_eq!(text.matches("$0.42 more").count(), 10, "{text}");
    assert!(text.contains("and 2 more, which the ledger shows"), "{text}");
}

#[test]
fn a_clip_that_came_shorter_than_planned_is_shown() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    queue.script("one", lasting(1000));
    project.render(&queue, "").ends(0);
    let status = project.status(0);
    assert_eq!(status["differences"].as_array().unwrap().len(), 1, "{status:#}");
    let one = &status["differences"][0];
    assert_eq!((&one["address"], &one["delivered_seconds"]), (&"x/one".into(), &"1.000".into()));
    assert_eq!(one["difference_usd"], "0.00", "billed in full");
    assert_eq!(row(&project, "x/two")["delivered_seconds"], "3.041");
    let text = project.shotlist("status --out r").ends(0).stdout;
    assert!(text.contains("1.000 s came of 3 s; fal bills 3 units, $1.26: as counted"), "{text}");
}

#[test]
fn a_refusal_that_fal_says_late_it_does_not_bill_frees_its_money() {
    let (queue, project) =
        (Queue::start(), Project::new(&format!("budget: 1.26\n{}", board(&["one", "two"]))));
    queue.script("one", Script { units: Units::Late("0.0"), ..policy() });
    project.render(&queue, "").done();
    assert_eq!(queue.words(), ["one"]);
    let one = row(&project, "x/one");
    assert_eq!((&one["state"], &one["billed_units"]), (&"failed".into(), &"0".into()));
    assert_eq!((&one["planned_usd"], &one["counted_usd"]), (&"1.26".into(), &"0.00".into()));
    project.render(&queue, "").ends(5);
    assert_eq!(queue.words(), ["one", "two"], "the money buys the other clip");
    project.has_exactly(&queue, &["two"]);
}

#[test]
fn a_refusal_that_fal_bills_in_part_counts_in_full_and_is_shown() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    queue.script("one", Script { units: Units::Late("1"), ..policy() });
    project.render(&queue, "").ends(5);
    let status = project.status(0);
    assert_eq!(status["totals"]["spent_usd"], "1.26");
    assert_eq!(status["differences"][0]["difference_usd"], "-0.84");
}

#[test]
fn an_error_in_the_place_of_the_result_says_nothing_about_the_bill() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    queue.script("one", Script { end: End::Once, units: Units::Late("0"), ..well() });
    project.render(&queue, "").ends(0);
    assert!(results_asked_for(&queue) > 1);
    assert_eq!(row(&project, "x/one")["billed_units"], Value::Null);
    assert_eq!(row(&project, "x/one")["counted_usd"], "1.26");
}

#[test]
fn whatever_is_billed_nothing_is_bought_or_held_for_it() {
    let (queue, project) =
        (Queue::start(), Project::new(&format!("budget: 3.78\n{}", board(&["one", "two", "three"]))));
    queue.script("one", billed(Units::Told("9999999")));
    queue.script("two", billed(Units::Told("0")));
    queue.script("three", billed(Units::Told("-3")));
    project.render(&queue, "").ends(0);
    project.has_exactly(&queue, &["one", "two", "three"]);
    assert_eq!(project.status(0)["totals"]["spent_usd"], "3.78");
    assert_eq!(addresses(&project.plan(""), "action", "reuse").len(), 3);
}
