//! What fal refuses, fails or leaves unsaid: what it stops, what is bought again, and what is not.

use std::net::TcpListener;

use serde_json::json;

use crate::support::project::{Project, addresses, board, clip};
use crate::support::queue::{KEY, Queue};
use crate::support::script::{
    Pace, Script, held, lost, no_video, policy, quietly, refused, server_error, well,
};

const THREE: [&str; 3] = ["one", "two", "three"];
const LOCKED: &str =
    "User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing.";

#[test]
fn a_failed_clip_does_not_stop_the_others() {
    let (queue, project) = (Queue::start(), Project::new(&board(&THREE)));
    queue.script("one", policy());
    let done = project.render(&queue, "-j 1").ends(5);
    assert_eq!(queue.words(), ["one", "three", "two"]);
    project.has_exactly(&queue, &["two", "three"]);
    done.says("x/one");
    done.says("flagged by a content checker");
}

#[test]
fn what_the_content_policy_refused_is_held_until_it_is_asked_for() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    queue.script("one", policy());
    project.render(&queue, "").ends(5);

    let json = project.render(&queue, "--json").ends(5).json();
    assert_eq!(queue.submits(), 2);
    assert_eq!(
        (&clip(&json, "x/one")["action"], &clip(&json, "x/one")["outcome"]),
        (&json!("hold"), &json!("held"))
    );

    project.render(&queue, "--failed").ends(0);
    assert_eq!(queue.words(), ["one", "one", "two"]);
    project.has_exactly(&queue, &["one", "two"]);
}

#[test]
fn what_the_content_policy_refused_is_bought_once_its_prompt_changes() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    queue.script("one", policy());
    project.render(&queue, "").ends(5);
    project.storyboard(&board(&["one"]).replace("a lantern", "a candle"));
    project.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), 2);
    assert_eq!(queue.bought()[1].body["prompt"], "a candle called one");
}

#[test]
fn a_server_error_is_tried_as_often_as_attempts_say_over_its_life_and_then_held() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    for _ in 0..4 {
        queue.script("one", server_error());
    }
    project.render(&queue, "--attempts 1").ends(5);
    assert_eq!(queue.submits(), 1);
    for _ in 0..3 {
        project.render(&queue, "").ends(5);
        assert_eq!(queue.submits(), 2, "one more attempt in the next run, and no third");
    }
    project.render(&queue, "--failed").ends(5);
    assert_eq!(queue.submits(), 3, "asked for by name it is bought once");
    project.render(&queue, "--attempts 4").ends(5);
    assert_eq!(queue.submits(), 4);
}

#[test]
fn a_server_error_is_bought_again_in_the_same_run_each_time_as_a_take_of_its_own() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    queue.script("one", server_error());
    let json = project.render(&queue, "--json --budget 2.52").ends(0).json();
    assert_eq!(queue.words(), ["one", "one", "two"]);
    project.has_exactly(&queue, &["one", "two"]);
    assert_eq!(json["totals"]["spent_usd"], "2.52");
    let last = queue.bought().into_iter().rfind(|bought| bought.word() == "one").unwrap();
    assert_eq!(clip(&json, "x/one")["request_id"], last.id);
    project.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), 3);
}

#[test]
fn a_take_of_an_earlier_run_that_ends_in_a_server_error_is_bought_again_where_it_was_agreed_to() {
    for (yes, exit, submits) in [("--yes", 0, 2), ("", 5, 1)] {
        let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
        queue.script("one", Script { pace: Pace::Held, ..server_error() });
        let run = project.render(&queue, "").start();
        queue.wait_for_looks(1);
        run.kill();
        queue.release();
        project.shotlist(&format!("render --out r {yes}")).to(&queue).ends(exit);
        assert_eq!(queue.submits(), submits, "{yes}");
    }
}

#[test]
fn a_failure_that_only_the_result_tells_is_the_same_failure() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    queue.script("one", quietly(policy()));
    queue.script("two", quietly(server_error()));
    queue.script("two", quietly(server_error()));
    let json = project.render(&queue, "--json").ends(5).json();
    assert_eq!(clip(&json, "x/one")["error"]["kind"], "content policy");
    assert_eq!(clip(&json, "x/two")["error"]["kind"], "server error, not billed");
    assert_eq!(json["totals"]["spent_usd"], "1.26");
    project.render(&queue, "").ends(5);
    assert_eq!(queue.words(), ["one", "two", "two"]);
}

#[test]
fn an_answer_without_a_video_is_a_failure_and_is_not_bought_again() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    queue.script("one", no_video());
    for _ in 0..2 {
        project.render(&queue, "").ends(5);
    }
    assert_eq!(queue.submits(), 1);
    assert!(project.takes().is_empty());
}

#[test]
fn a_request_that_fal_refuses_costs_nothing_and_is_held() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    queue.script("one", refused(422, "prompt is too strange"));
    let json = project.render(&queue, "--json").ends(5).json();
    assert_eq!(json["totals"]["spent_usd"], "1.26");
    let error = &clip(&json, "x/one")["error"];
    assert_eq!((&error["http_status"], &error["message"]), (&json!(422), &json!("prompt is too strange")));
    project.render(&queue, "").ends(5);
    assert_eq!((queue.refused(), queue.words()), (1, vec!["two".to_owned()]));
}

fn stops_the_buying(status: u16, detail: &str) {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two", "three", "four"])));
    queue.script("one", held());
    queue.script("two", refused(status, detail));
    let run = project.render(&queue, "-j 2").start();
    queue.wait_for_submits(2);
    queue.wait_for_looks(1);
    queue.release();
    run.ends(4).says(detail);
    assert_eq!((queue.refused(), queue.words()), (1, vec!["one".to_owned()]));
    project.has_exactly(&queue, &["one"]);

    project.render(&queue, "").ends(0);
    project.has_exactly(&queue, &["one", "two", "three", "four"]);
    assert_eq!(queue.bought().len(), 4);
}

#[test]
fn a_locked_account_stops_the_buying_and_what_is_in_flight_lands() {
    stops_the_buying(403, LOCKED);
}

#[test]
fn a_refused_key_stops_the_buying_and_what_is_in_flight_lands() {
    stops_the_buying(401, "invalid key credentials");
}

#[test]
fn a_locked_account_is_asked_no_more_often_than_clips_are_in_flight() {
    let words = ["one", "two", "three", "four", "five", "six"];
    let (queue, project) = (Queue::start(), Project::new(&board(&words)));
    queue.lock(LOCKED);
    project.render(&queue, "-j 3").ends(4);
    // The first answer may come before the others are out.
    assert!((1..=3).contains(&queue.refused()) && queue.bought().is_empty(), "{}", queue.submits());
    assert_eq!(project.status(0)["totals"]["spent_usd"], "0.00");
}

#[test]
fn a_lost_answer_is_unknown_and_the_others_go_on() {
    let (queue, project) = (Queue::start(), Project::new(&board(&THREE)));
    queue.script("one", lost());
    let done = project.render(&queue, "-j 1").ends(6);
    done.says("x/one");
    project.render(&queue, "").ends(6);
    assert_eq!(queue.words(), ["one", "three", "two"]);
    project.has_exactly(&queue, &["two", "three"]);
}

#[test]
fn where_nobody_listens_nothing_is_bought_and_a_rerun_buys() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let project = Project::new(&board(&["one", "two"]));
    let run = project.shotlist("render --yes --out r").env("FAL_KEY", KEY);
    let done = run.env("SHOTLIST_QUEUE_URL", &format!("http://127.0.0.1:{port}")).ends(1);
    done.says("nothing was bought");
    done.says("next: shotlist render --yes --out r, once");
    let status = project.status(0);
    let totals = (&status["totals"]["spent_usd"], &status["totals"]["reserved_usd"]);
    assert_eq!(totals, (&json!("0.00"), &json!("0.00")));

    let queue = Queue::at(port, KEY);
    project.render(&queue, "").ends(0);
    assert_eq!(queue.words(), ["one", "two"]);
}

#[test]
fn a_throttled_submit_costs_nothing_and_is_sent_again_once_the_queue_was_left_alone() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    queue.script("one", refused(429, "too many requests"));
    let json = project.render(&queue, "--json").ends(0).json();
    assert_eq!(json["totals"]["spent_usd"], "2.52");
    assert_eq!(queue.words(), ["one", "two"]);
}

#[test]
fn without_a_key_nothing_is_sent_and_the_way_out_is_named() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    for run in [project.render(&queue, "").without("FAL_KEY"), project.render(&queue, "").env("FAL_KEY", " ")]
    {
        let done = run.ends(4);
        done.says("FAL_KEY");
        done.says("--sim");
    }
    assert!(queue.asked().is_empty());
}

#[test]
fn a_queue_that_the_key_must_not_go_to_is_refused() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    let port = queue.origin().rsplit(':').next().unwrap().to_owned();
    for address in
        ["http://203.0.113.7", "ftp://127.0.0.1", "127.0.0.1", &format!("http://user@127.0.0.1:{port}")]
    {
        project.render(&queue, "").env("SHOTLIST_QUEUE_URL", address).ends(2);
        project.render(&queue, "").env("SHOTLIST_API_URL", address).ends(2);
    }
    assert!(queue.asked().is_empty());
}

#[test]
fn without_leave_to_spend_nothing_is_sent() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    let done = project.shotlist("render --out r").to(&queue).ends(2);
    done.says("$2.52");
    done.says("--yes");
    assert_eq!(queue.submits(), 0);
}

#[test]
fn without_leave_to_spend_what_is_paid_for_still_lands() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    queue.script("one", held());
    let run = project.render(&queue, "-j 1").start();
    queue.wait_for_looks(1);
    run.kill();
    queue.release();
    project.shotlist("render --out r").to(&queue).ends(2);
    assert_eq!(queue.words(), ["one"]);
    project.has_exactly(&queue, &["one"]);
}

#[test]
fn fail_fast_buys_nothing_more_after_a_failure() {
    let (queue, project) = (Queue::start(), Project::new(&board(&THREE)));
    queue.script("one", policy());
    project.render(&queue, "-j 1 --fail-fast").ends(5);
    assert_eq!(queue.words(), ["one"]);
}

#[test]
fn only_what_failed_is_selected_by_failed() {
    let (queue, project) = (Queue::start(), Project::new(&board(&THREE)));
    queue.script("two", policy());
    queue.script("two", well());
    project.render(&queue, "--only x/two").ends(5);
    let json = project.render(&queue, "--failed --json").ends(0).json();
    assert_eq!(addresses(&json, "outcome", "landed"), ["x/two"]);
    assert_eq!(queue.words(), ["two", "two"]);
}

#[test]
fn of_several_takes_of_a_refused_prompt_only_the_first_is_bought() {
    let text = board(&["one", "two"]).replacen("model:", "takes: 3\nmodel:", 1);
    let (queue, project) = (Queue::start(), Project::new(&text));
    queue.script("one", policy());
    project.render(&queue, "-j 1").ends(5);
    assert_eq!(queue.words(), ["one", "two", "two", "two"]);
}
