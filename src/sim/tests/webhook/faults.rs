//! Callbacks that go wrong on demand.

use super::*;

/// One callback under these rules, and whoever hears it.
fn called(rules: &[&str]) -> (Bench, Receiver, String) {
    let faults = Faults::parse(rules).unwrap();
    let bench = Bench::with(|config| Config { faults, ..fast(config) });
    let receiver = Receiver::start([200]);
    let id = bench.submit_for(&receiver.url("/"), &short());
    (bench, receiver, id)
}

#[test]
fn a_payload_that_cannot_be_sent_is_null_and_the_result_still_has_it() {
    let (bench, receiver, id) = called(&["webhook.payload-error"]);
    let body = receiver.next().json();
    assert_eq!((&body["status"], &body["payload"]), (&json!("OK"), &Value::Null));
    assert!(body["payload_error"].is_string() && body.get("error").is_none(), "{body}");
    assert!(bench.result(&id).json()["video"]["url"].is_string());
}

#[test]
fn a_callback_that_is_lost_is_tried_again_like_any_that_nobody_answers() {
    let (bench, receiver, id) = called(&["webhook.lost:first=2"]);
    assert_eq!(receiver.next().header("x-fal-webhook-request-id"), id);
    let attempts = bench.attempts(3);
    assert!(attempts[..2].iter().all(|line| line["error"] == "not sent: webhook.lost"), "{attempts:?}");
    assert_eq!((&attempts[2]["attempt"], &attempts[2]["status_code"]), (&json!(3), &json!(200)));
    assert!(receiver.rest().is_empty());
}

#[test]
fn a_callback_that_comes_twice_is_the_same_both_times() {
    let (bench, receiver, _) = called(&["webhook.duplicate"]);
    let (first, second) = (receiver.next(), receiver.next());
    assert_eq!(first.body, second.body);
    assert!(first.is_signed_by(&bench.keys()) && second.is_signed_by(&bench.keys()));
}

#[test]
fn a_forged_callback_is_signed_by_no_key_and_a_stale_one_too_long_ago() {
    let (bench, receiver, _) = called(&["webhook.bad-signature"]);
    assert!(!receiver.next().is_signed_by(&bench.keys()));
    let (bench, receiver, _) = called(&["webhook.stale"]);
    let stale = receiver.next();
    let at: i64 = stale.header("x-fal-webhook-timestamp").parse().unwrap();
    assert!(jiff::Timestamp::now().as_second() - at > 300, "{at}");
    assert!(stale.is_signed_by(&bench.keys()));
}

#[test]
fn a_late_callback_comes_all_the_same() {
    let (_bench, receiver, id) = called(&["webhook.late"]);
    assert_eq!(receiver.next().json()["request_id"], id);
}

#[test]
fn every_fault_of_a_callback_is_tested_here() {
    let names: Vec<&str> = Call::Webhook.kinds().map(Kind::name).collect();
    assert_eq!(names, ["lost", "duplicate", "late", "bad-signature", "stale", "payload-error"]);
}
