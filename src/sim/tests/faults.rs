//! Faults on demand, and what the audit says of them.

use super::*;

fn failing(rules: &[&str]) -> Bench {
    let faults = Faults::parse(rules).unwrap();
    Bench::with(|config| Config { faults, ..config })
}

#[test]
fn a_refused_submit_buys_nothing_and_the_next_one_goes_through() {
    let bench = failing(&["submit.refused:code=403,at=1", "submit.throttled:at=3"]);
    let statuses: Vec<u16> = (0..4).map(|_| bench.post(O3, &short()).status).collect();
    assert_eq!(statuses, [403, 200, 429, 200]);
    assert_eq!((bench.audited("submitted").len(), bench.audited("refused").len()), (2, 2));
}

#[test]
fn an_answer_that_is_lost_leaves_a_request_that_the_history_knows() {
    for fault in ["submit.lost:at=1", "submit.gateway:at=1"] {
        let bench = failing(&[fault]);
        let sent = bench.client.post(bench.url(O3)).body(short().to_string()).send();
        let answer = bench.runtime.block_on(async { sent.await?.bytes().await });
        let told = answer.is_ok_and(|bytes| bytes.windows(10).any(|part| part == b"request_id"));
        assert!(!told, "{fault}");
        let history = bench.url(&format!("v1/models/requests/by-endpoint?endpoint_id={O3}&expand=payloads"));
        let found = bench.get(&history).json();
        assert_eq!(found["items"][0]["json_input"], short(), "{fault}");
        assert_eq!(bench.audited("submitted").len(), 1, "{fault}");
    }
}

#[test]
fn a_blocked_prompt_ends_in_422_and_nobody_says_what_it_cost() {
    let bench = failing(&["end.policy:at=1"]);
    let id = bench.finish(O3, &short());
    assert_eq!(bench.status(&id).json()["error_type"], "content_policy_violation");
    let answer = bench.result(&id);
    assert_eq!((answer.status, answer.header("x-fal-billable-units")), (422, None));
    assert_eq!(answer.json()["detail"][0]["type"], "content_policy_violation");
}

#[test]
fn a_failing_server_ends_in_500_unbilled_after_a_restart_too() {
    let mut bench = Bench::with(|config| {
        let faults = Faults::parse(["end.server:at=1"]).unwrap();
        Config { faults, latency: Latency::running(FOR_EVER), ..config }
    });
    let id = bench.submit(O3, &short());
    bench.restart(|config| config);
    bench.wait(&id);
    let answer = bench.result(&id);
    assert_eq!((answer.status, answer.header("x-fal-billable-units")), (500, Some("0")));
    assert_eq!(answer.json()["error_type"], "internal_error");
    assert_eq!(answer.header("x-fal-error-type"), Some("internal_error"));
}
