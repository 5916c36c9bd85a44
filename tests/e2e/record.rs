//! The record under the program's feet: lost, damaged or exchanged, it never leads to a second purchase.

use std::fs;

use crate::support::project::{Project, addresses, board};
use crate::support::queue::Queue;
use crate::support::script::held;

#[test]
fn without_the_journal_the_manifest_still_knows_every_finished_take() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    project.render(&queue, "").ends(0);
    project.remove("r/.journal.jsonl");
    project.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), 2);
}

#[test]
fn without_the_manifest_the_journal_still_knows_every_take() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    project.render(&queue, "").ends(0);
    project.remove("r/manifest.jsonl");
    project.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), 2);
    assert!(project.path("r/manifest.jsonl").exists());
}

#[test]
fn without_any_record_beside_its_clips_nothing_is_bought() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    project.render(&queue, "").ends(0);
    project.remove("r/manifest.jsonl");
    project.remove("r/.journal.jsonl");
    project.render(&queue, "").ends(1);
    assert_eq!(queue.submits(), 2);
}

#[test]
fn a_record_that_changes_during_a_run_stops_the_buying() {
    for name in ["manifest.jsonl", ".journal.jsonl", ".lock"] {
        let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two", "three"])));
        project.render(&queue, "--only x/one").ends(0);
        queue.script("two", held());
        let run = project.render(&queue, "-j 1").start();
        queue.wait_for_looks(2);
        let path = project.path(&format!("r/{name}"));
        // As git does: another file of the same name.
        let bytes = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        fs::write(&path, bytes).unwrap();
        queue.release();
        let done = run.ends(1);
        assert!(done.stderr.contains(name), "{name}: {}", done.stderr);
        assert_eq!(queue.words(), ["one", "two"], "{name}");
        project.render(&queue, "").ends(0);
        assert_eq!(queue.words(), ["one", "three", "two"], "{name}");
        project.has_exactly(&queue, &["one", "two", "three"]);
    }
}

#[test]
fn a_damaged_record_stops_the_run_and_names_the_line() {
    for name in ["manifest.jsonl", ".journal.jsonl"] {
        let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
        project.render(&queue, "").ends(0);
        let text = fs::read_to_string(project.path(&format!("r/{name}"))).unwrap();
        let damaged = text.replacen("{\"nonce\"", "{\"nonsense\"", 1);
        assert_ne!(damaged, text);
        project.write(&format!("r/{name}"), &damaged);
        project.storyboard(&board(&["one", "two", "three"]));
        for command in ["render --yes --out r", "plan --out r", "status --out r"] {
            project.shotlist(command).to(&queue).ends(1).says(&format!("{name}:2"));
        }
        assert_eq!(queue.submits(), 2);
        assert_eq!(fs::read_to_string(project.path(&format!("r/{name}"))).unwrap(), damaged);
    }
}

#[test]
fn conflict_markers_in_the_manifest_stop_the_run() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    project.render(&queue, "").ends(0);
    let text = fs::read_to_string(project.path("r/manifest.jsonl")).unwrap();
    project.write("r/manifest.jsonl", &format!("{text}<<<<<<< HEAD\n=======\n>>>>>>> theirs\n"));
    project.storyboard(&board(&["one", "two"]));
    project.render(&queue, "").ends(1).says("conflict");
    assert_eq!(queue.submits(), 1);
}

#[test]
fn a_manifest_merged_by_union_knows_what_both_sides_bought() {
    let queue = Queue::start();
    let (ours, theirs) = (Project::new(&board(&["one", "two"])), Project::new(&board(&["two", "three"])));
    ours.render(&queue, "--only x/one").ends(0);
    theirs.render(&queue, "").ends(0);
    let manifest = |project: &Project| fs::read_to_string(project.path("r/manifest.jsonl")).unwrap();
    let merged = manifest(&ours) + &manifest(&theirs);
    ours.write("r/manifest.jsonl", &merged);
    ours.storyboard(&board(&["one", "two", "three"]));
    assert_eq!(addresses(&ours.plan(""), "action", "download"), ["x/two", "x/three"]);
    ours.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), 3);
    ours.has_exactly(&queue, &["one", "two", "three"]);
}

#[test]
fn an_older_manifest_checked_out_forgets_nothing() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    project.render(&queue, "--only x/one").ends(0);
    let old = fs::read_to_string(project.path("r/manifest.jsonl")).unwrap();
    project.render(&queue, "").ends(0);
    project.write("r/manifest.jsonl", &old);
    project.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), 2);
}

#[test]
fn where_nothing_can_be_recorded_nothing_is_sent() {
    for blocked in ["r", "r/takes", "r/.journal.jsonl", "r/.lock"] {
        let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
        if blocked.ends_with('l') || blocked.ends_with('k') {
            fs::create_dir_all(project.path(blocked)).unwrap();
        } else {
            project.write(blocked, "in the way");
        }
        project.render(&queue, "").ends(1).says(blocked);
        assert!(queue.asked().is_empty(), "{blocked}");
    }
}

#[test]
fn a_folder_that_is_cleaned_during_a_run_stops_the_buying_and_loses_nothing() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two", "three"])));
    queue.script("one", held());
    let run = project.render(&queue, "-j 1").start();
    queue.wait_for_looks(1);
    fs::remove_dir_all(project.path("r")).unwrap();
    queue.release();
    let done = run.ends(1);
    assert_eq!(queue.words(), ["one"]);
    assert!(!done.stderr.contains("x/two  r/.journal.jsonl"), "it was never sent: {}", done.stderr);
    done.says("2 clips were not started; nothing was spent on them");
    project.render(&queue, "").ends(0);
    assert_eq!(queue.words(), ["one", "three", "two"]);
    project.has_exactly(&queue, &["one", "two", "three"]);
}
