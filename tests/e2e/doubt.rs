//! Answers that are none, come from somebody else or come late: a purchase is never sent twice for them and never given up.

use serde_json::json;

use crate::support::project::{Project, addresses, board, clip};
use crate::support::queue::Queue;
use crate::support::script::{End, Pace, Script, Submit, answered, pace, well};

const PAGE: &str = "<html><body><h1>Bad Gateway</h1><hr>nginx</body></html>";

/// Whatever the submit was answered, it may have been bought.
fn is_unknown(status: u16, body: &str) {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    queue.script("one", answered(status, body));
    for _ in 0..2 {
        let done = project.render(&queue, "--json").done();
        assert_eq!(done.exit, 6, "{status} {body:.80}: {}", done.stderr);
        assert_eq!(clip(&done.json(), "x/one")["outcome"], "unknown", "{status} {body:.80}");
    }
    assert_eq!(queue.submits(), 1, "{status} {body:.80}");
    assert_eq!(project.status(6)["totals"]["reserved_usd"], "1.26");
}

#[test]
fn a_gateways_page_says_nothing_about_the_purchase_whatever_its_status() {
    for status in [200, 302, 400, 403, 404, 429, 502, 503, 504] {
        is_unknown(status, PAGE);
    }
}

#[test]
fn an_error_of_the_server_at_the_submit_says_nothing_about_the_purchase() {
    for status in [408, 409, 500, 503, 504] {
        is_unknown(
            status,
            &json!({"detail": "something went wrong", "error_type": "internal_error"}).to_string(),
        );
    }
}

#[test]
fn a_receipt_that_is_none_says_nothing_about_the_purchase() {
    for body in [
        "",
        "{}",
        "[]",
        "null",
        "{\"request_id\": 7}",
        "{\"request_id\": \"\"}",
        "{\"request_id\": \"../../x\"}",
    ] {
        is_unknown(200, body);
    }
    is_unknown(200, &json!({"request_id": "x".repeat(1_000_000)}).to_string());
    is_unknown(200, &format!("{{\"request_id\": \"{}", "x".repeat(3_000_000)));
    is_unknown(200, &"[".repeat(200_000));
}

#[test]
fn a_status_that_makes_no_sense_for_a_while_is_asked_again() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    queue.script("one", pace(Pace::Shaky));
    project.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), 1);
    project.has_exactly(&queue, &["one"]);
}

#[test]
fn a_purchase_that_the_queue_denies_is_left_for_the_next_run_and_not_bought_again() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    queue.script("one", pace(Pace::Denied));
    let json = project.render(&queue, "--json").ends(1).json();
    assert_eq!(clip(&json, "x/one")["outcome"], "interrupted");
    assert_eq!(json["totals"]["reserved_usd"], "1.26");
    assert_eq!(addresses(&project.plan(""), "action", "resume"), ["x/one"]);
    queue.release();
    project.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), 1);
    project.has_exactly(&queue, &["one"]);
}

#[test]
fn a_result_that_is_an_error_page_at_first_is_asked_for_again() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    queue.script("one", Script { end: End::Late, ..well() });
    project.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), 1);
    project.has_exactly(&queue, &["one"]);
}

#[test]
fn addresses_on_another_host_are_not_followed_with_the_key() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    queue.script("one", Script { submit: Submit::Astray, ..well() });
    project.render(&queue, "").ends(0);
    project.has_exactly(&queue, &["one"]);
    let astray = queue.asked().into_iter().filter(|asked| asked.path.contains("/requests/"));
    assert!(astray.into_iter().all(|asked| asked.header("host") == queue.origin().strip_prefix("http://")));
}
