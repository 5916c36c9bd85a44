//! Ctrl-C: the first stops the buying, the second the waiting; the next run goes on.

use crate::support::project::{Project, Running, board};
use crate::support::queue::Queue;
use crate::support::script::{held, refused, silent};
use crate::support::until;

/// A run with its first clip in flight and two more to buy.
fn one_in_flight() -> (Queue, Project, Running) {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two", "three"])));
    queue.script("one", held());
    let run = project.render(&queue, "-j 1").start();
    queue.wait_for_looks(1);
    (queue, project, run)
}

fn interrupted(run: &Running) {
    run.signal("INT");
    until("the interrupt is noticed", || run.says().contains("interrupted"));
}

#[test]
fn the_first_interrupt_buys_nothing_more_and_lands_what_is_paid_for() {
    let (queue, project, run) = one_in_flight();
    interrupted(&run);
    queue.release();
    run.ends(130);
    assert_eq!(queue.words(), ["one"]);
    project.has_exactly(&queue, &["one"]);

    project.render(&queue, "").ends(0);
    assert_eq!(queue.words(), ["one", "three", "two"]);
    project.has_exactly(&queue, &["one", "two", "three"]);
}

#[test]
fn the_second_interrupt_leaves_what_is_in_flight_to_the_next_run() {
    let (queue, project, run) = one_in_flight();
    interrupted(&run);
    run.signal("INT");
    // It is never released: the run would wait for ever.
    let done = run.ends(130);
    done.says(&queue.bought()[0].id);
    assert!(project.takes().is_empty());

    queue.release();
    project.render(&queue, "").ends(0);
    assert_eq!(queue.words(), ["one", "three", "two"]);
    project.has_exactly(&queue, &["one", "two", "three"]);
}

#[test]
fn two_interrupts_while_an_answer_is_out_leave_it_unknown_and_never_bought_again() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    queue.script("one", silent());
    let run = project.render(&queue, "").start();
    queue.wait_for_submits(1);
    interrupted(&run);
    run.signal("INT");
    run.ends(130);
    project.render(&queue, "").ends(6);
    assert_eq!(queue.submits(), 1);
}

#[test]
fn being_told_to_terminate_or_hung_up_on_is_like_an_interrupt() {
    // Whoever runs the tests may have it ignored for all that they start.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap_or("0");
    let hang_up = u64::from_str_radix(ignored.trim(), 16).unwrap() & 1 == 0;
    for signal in ["TERM", "HUP"].into_iter().filter(|signal| hang_up || *signal != "HUP") {
        let (queue, project, run) = one_in_flight();
        run.signal(signal);
        until("the signal is noticed", || run.says().contains("told to end"));
        queue.release();
        run.ends(130);
        assert_eq!(queue.words(), ["one"], "{signal}");
        project.has_exactly(&queue, &["one"]);
    }
}

#[test]
fn a_grace_that_no_clock_can_hold_is_without_a_limit() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    queue.script("one", held());
    let run = project.render(&queue, &format!("--grace {}", u64::MAX)).start();
    queue.wait_for_looks(1);
    run.signal("TERM");
    until("it is told", || run.says().contains("told to end"));
    queue.release();
    run.ends(130);
    project.has_exactly(&queue, &["one"]);
}

#[test]
fn a_run_that_is_to_outlive_its_terminal_does() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    queue.script("one", held());
    let run = project.render(&queue, "-j 1 --grace 0").without_hang_up().start();
    queue.wait_for_looks(1);
    run.signal("HUP");
    queue.release();
    run.ends(0);
    assert_eq!(queue.words(), ["one", "two"]);
}

#[test]
fn after_a_machines_signal_the_run_leaves_by_itself_when_the_grace_is_over() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    queue.script("one", held());
    let run = project.render(&queue, "--grace 1").start();
    queue.wait_for_looks(1);
    run.signal("TERM");
    // It is never released: without a limit the run would wait for ever.
    run.ends(130).says(&queue.bought()[0].id);
    queue.release();
    project.render(&queue, "").ends(0);
    assert_eq!(queue.words(), ["one"]);
    project.has_exactly(&queue, &["one"]);
}

#[test]
fn a_run_that_was_stopped_and_continued_buys_nothing_twice() {
    let (queue, project, run) = one_in_flight();
    run.signal("STOP");
    queue.release();
    run.signal("CONT");
    run.ends(0);
    assert_eq!(queue.words(), ["one", "three", "two"]);
    project.has_exactly(&queue, &["one", "two", "three"]);
}

#[test]
fn two_interrupts_end_a_run_that_fal_had_refused_already() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    queue.script("one", held());
    queue.script("two", refused(402, "no credits"));
    let run = project.render(&queue, "-j 2").start();
    queue.wait_for_submits(2);
    queue.wait_for_looks(1);
    interrupted(&run);
    run.signal("INT");
    run.ends(130).says(&queue.bought()[0].id);
}
