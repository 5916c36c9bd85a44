//! Clocks that jump and machines that sleep: a purchase is followed to its end all the same, and bought once.

use std::fs;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::support::project::{Project, addresses, board};
use crate::support::queue::Queue;
use crate::support::script::{File, Say, files, held, looks, lost};
use crate::support::{script, until};

/// Every time in the record is this much later, as if it had been written before the clock was set back.
fn written_later(project: &Project, hours: i64) {
    for name in ["r/.journal.jsonl", "r/manifest.jsonl"] {
        let Ok(text) = fs::read_to_string(project.path(name)) else { continue };
        let lines = text.lines().map(|line| {
            let mut line: Value = serde_json::from_str(line).unwrap();
            later(&mut line, SignedDuration::from_hours(hours));
            format!("{line}\n")
        });
        project.write(name, &lines.collect::<String>());
    }
}

fn later(value: &mut Value, by: SignedDuration) {
    let Value::Object(fields) = value else { return };
    for (key, value) in fields {
        match value {
            Value::String(text) if key == "at" => {
                *text = (text.parse::<Timestamp>().unwrap() + by).to_string();
            }
            other => later(other, by),
        }
    }
}

#[test]
fn a_clock_that_jumped_a_day_either_way_between_two_runs_buys_nothing_twice() {
    for hours in [25, -25] {
        let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two", "three", "four"])));
        queue.script("one", lost());
        queue.script("three", held());
        let run = project.render(&queue, "-j 3").start();
        queue.wait_for_looks(3);
        until("two has landed", || !project.takes().is_empty());
        run.kill();
        written_later(&project, hours);

        let plan = project.plan("");
        assert_eq!(addresses(&plan, "action", "unknown"), ["x/one"], "{hours}");
        assert!(addresses(&plan, "action", "resume").contains(&"x/three".to_owned()), "{hours}");
        queue.release();
        project.render(&queue, "").ends(6);
        project.render(&queue, "").ends(6);
        assert_eq!(queue.words(), ["four", "one", "three", "two"], "{hours}");
        project.has_exactly(&queue, &["two", "three", "four"]);
        project.shotlist("reconcile --out r").to(&queue).done();
        assert_eq!(queue.submits(), 4, "{hours}");
    }
}

#[test]
fn takes_are_told_apart_though_the_clock_was_set_back_between_them() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    project.render(&queue, "").ends(0);
    written_later(&project, 25);
    project.render(&queue, "--force x/one").ends(0);
    project.render(&queue, "").ends(0);
    assert_eq!((queue.submits(), project.takes().len()), (2, 2));
    assert_eq!(project.status(0)["totals"]["spent_usd"], "2.52");
}

/// As a laptop that is closed and opened again: whatever came meanwhile, or broke.
#[test]
fn a_machine_that_slept_goes_on_wherever_its_clips_were() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["queued", "asked", "coming", "later"])));
    queue.script("queued", held());
    queue.script("asked", looks(vec![Say::Silence]));
    queue.script("coming", script::file(File::Stuck));
    queue.script("later", files(vec![Say::Short(5_000)]));
    let run = project.render(&queue, "-j 3").start();
    queue.wait_for_looks(3);
    until("a part of the file is here", || project.has_a_part());
    run.signal("STOP");
    queue.release();
    run.signal("CONT");
    run.ends(0);
    assert_eq!(queue.submits(), 4);
    project.has_exactly(&queue, &["queued", "asked", "coming", "later"]);
}
