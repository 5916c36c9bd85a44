//! Deadlines for the start of a request, and its priority.

use super::*;

fn with_header(bench: &Bench, name: &str, value: &str) -> Answer {
    bench.send(Method::POST, &bench.url(O3), &[(name, value)], short().to_string())
}

fn id_of(answer: &Answer) -> String {
    answer.json()["request_id"].as_str().unwrap().to_owned()
}

fn busy() -> Bench {
    let bench =
        Bench::with(|config| Config { concurrency: 1, latency: Latency::running(FOR_EVER), ..config });
    bench.submit(O3, &short());
    bench
}

#[test]
fn what_has_not_started_by_its_deadline_ends_in_504_and_is_not_billed() {
    let bench = busy();
    for name in ["x-fal-request-start-timeout", "x-fal-request-timeout"] {
        let id = id_of(&with_header(&bench, name, "0.2"));
        bench.wait(&id);
        let look = bench.status(&id).json();
        assert!(look["error"].is_string());
        assert_eq!(look["error_type"], "request_timeout");
        let answer = bench.result(&id);
        assert_eq!((answer.status, answer.header("x-fal-request-timeout-type")), (504, Some("user")));
        assert_eq!(answer.header("x-fal-error-type"), Some("request_timeout"));
        assert_eq!(answer.header("x-fal-billable-units"), Some("0"));
    }
    assert!(bench.audited("completed").iter().all(|line| line["usd"] == "0.00"));
}

#[test]
fn a_deadline_for_the_start_does_not_limit_the_run() {
    let bench =
        Bench::with(|config| Config { latency: Latency::running(Duration::from_millis(400)), ..config });
    let id = id_of(&with_header(&bench, "x-fal-request-start-timeout", "0.2"));
    bench.wait(&id);
    assert_eq!(bench.result(&id).status, 200);
}

#[test]
fn a_malformed_deadline_is_a_bad_request_at_the_submit() {
    let bench = Bench::new();
    for value in ["soon", "0.1", "-5"] {
        let answer = with_header(&bench, "x-fal-request-start-timeout", value);
        assert_eq!((answer.status, &answer.json()["error_type"]), (400, &json!("bad_request")), "{value}");
        assert_eq!(answer.header("x-fal-error-type"), Some("bad_request"));
    }
    assert!(bench.audited("submitted").is_empty());
}

#[test]
fn a_deadline_goes_on_after_a_restart_and_passes_in_simulated_time() {
    let mut bench = busy();
    let id = id_of(&with_header(&bench, "x-fal-request-start-timeout", "3600"));
    assert_eq!(bench.state(&id), "IN_QUEUE");
    let speed = Speed::try_from(100_000.0).unwrap();
    let latency = Latency::running(Duration::from_hours(1_000_000));
    bench.restart(|config| Config { concurrency: 1, latency, speed, ..config });
    bench.wait(&id);
    assert_eq!(bench.result(&id).status, 504);
}

#[test]
fn low_priority_waits_behind_everything_normal() {
    let bench = busy();
    let low = id_of(&with_header(&bench, "x-fal-queue-priority", "low"));
    let normal = id_of(&with_header(&bench, "x-fal-queue-priority", "normal"));
    let odd = id_of(&with_header(&bench, "x-fal-queue-priority", "urgent"));
    let ahead = |id: &str| bench.status(id).json()["queue_position"].as_u64().unwrap();
    assert_eq!([ahead(&low), ahead(&normal), ahead(&odd)], [2, 0, 1]);
}
