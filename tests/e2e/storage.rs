//! A disk that fails: every file operation of a run in turn, once or from then on, must not cost a purchase or the
//! sight of one. And a machine that loses its power: whatever of the writes was kept, the record still knows.

mod model;
mod power;

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use serde_json::Value;
use shotlist::record;
use shotlist::take::Take;

use crate::crash::faults::on_each;
use crate::crash::scene::Scene;
use crate::support::script::{File, file};

const WORDS: [&str; 2] = ["one", "two"];

/// What the disk does to a run: one operation fails, or all from it on.
fn faults(k: usize) -> [String; 2] {
    let errno = |at: usize| ["ENOSPC", "EIO", "EROFS"][at % 3];
    [format!("{k}:{}", errno(k)), format!("{k}+:{}", errno(k + 1))]
}

/// The same, where those that only read count too.
fn faults_of_any(k: usize) -> Vec<String> {
    faults(k).iter().map(|fault| format!("any{fault}")).collect()
}

/// For k = 1, 2, … until none is reached any more.
fn every_operation(prepare: impl Fn() -> Scene + Sync, faults: impl Fn(usize) -> Vec<String>) {
    let mut first = 1;
    while batch(&prepare, &(first..first + 16).flat_map(&faults).collect::<Vec<_>>()).is_continue() {
        first += 16;
    }
}

fn batch(prepare: &(impl Fn() -> Scene + Sync), faults: &[String]) -> ControlFlow<()> {
    let met = on_each(faults, |fault| survives(&prepare(), fault));
    if met.into_iter().all(|met| met) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
}

/// Was the operation reached at all?
fn survives(scene: &Scene, fault: &str) -> bool {
    let before = recorded(scene, |_| true);
    let done = scene.run("-q -j 1", ("SHOTLIST_DISK", fault));
    assert!([0, 1, 6].contains(&done.exit), "exit {}:\n{}", done.exit, done.stderr);
    let log = scene.log();
    nothing_is_sent_after_a_failure(&log);
    let sent = log.iter().filter(|entry| entry["mark"] == "sending").count();
    assert_eq!(scene.queue.submits() - before.len(), sent, "the queue was asked more than was to be sent");
    assert!(recorded(scene, |_| true).is_superset(&before), "the record has forgotten a purchase");
    everything_in_flight_is_named(scene, &before, &done.stderr);
    scene.finish();
    scene.judge(&WORDS);
    log.iter().any(|entry| entry["failed"].is_object())
}

/// A temporary file that could not be removed is no reason to stop, and reading has no step of a purchase to protect.
fn nothing_is_sent_after_a_failure(log: &[Value]) {
    let matters = |entry: &Value| !["read", "remove", "link"].contains(&entry["op"].as_str().unwrap());
    let failed = |entry: &Value| entry["failed"].is_object() && matters(&entry["failed"]);
    let after = log.iter().skip_while(|entry| !failed(entry));
    let sent: Vec<&Value> = after.filter(|entry| entry["mark"] == "sending").collect();
    assert!(sent.is_empty(), "sent after the disk had failed: {sent:?}");
}

/// The ids that the record knows, of such takes.
fn recorded(scene: &Scene, such: impl Fn(&Take) -> bool) -> BTreeSet<String> {
    let takes = record::read(&scene.project.path("r")).unwrap();
    let such = takes.iter().filter(|take| such(take));
    such.filter_map(|take| Some(take.submitted.as_ref()?.request_id.clone())).collect()
}

/// What this run bought is recorded as landed, or its id is on the screen.
fn everything_in_flight_is_named(scene: &Scene, before: &BTreeSet<String>, stderr: &str) {
    let landed = recorded(scene, |take| take.landed.is_some());
    for id in scene.queue.bought().into_iter().map(|bought| bought.id).filter(|id| !before.contains(id)) {
        assert!(landed.contains(&id) || stderr.contains(&id), "{id} is nowhere in:\n{stderr}");
    }
}

/// Clip `one` has a receipt and `two` is still to be bought; a part of a file lies about.
fn after_a_kill() -> Scene {
    let scene = Scene::scripted(&WORDS, &file(File::Torn));
    let killed = scene.run("-j 1", ("SHOTLIST_CRASH", "mid-download:1"));
    assert_eq!(killed.exit, -1);
    scene.log();
    scene
}

fn anew() -> Scene {
    Scene::new(&WORDS)
}

#[test]
fn whichever_operation_fails_nothing_is_sent_after_it_and_nothing_is_bought_twice_or_lost() {
    every_operation(anew, |k| faults(k).to_vec());
}

#[test]
fn whichever_operation_of_a_recovery_fails_nothing_is_bought_twice_or_lost() {
    every_operation(after_a_kill, |k| vec![faults(k)[k % 2].clone()]);
}

#[test]
#[ignore = "takes minutes; `make soak` runs it"]
fn whichever_operation_fails_reading_too_nothing_is_bought_twice_or_lost() {
    every_operation(anew, faults_of_any);
    every_operation(after_a_kill, faults_of_any);
}
