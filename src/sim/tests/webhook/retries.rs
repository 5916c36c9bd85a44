//! How often it is tried, and what a restart does to that.

use super::*;

/// The numbers of the attempts, and what was answered.
fn told(attempts: &[Value]) -> Vec<(u64, u64)> {
    let told = |line: &Value| (line["attempt"].as_u64().unwrap(), line["status_code"].as_u64().unwrap());
    attempts.iter().map(told).collect()
}

/// Takes the last entry of what the simulator remembers away, as a kill before it would have.
fn forget_the_last_entry(bench: &Bench) {
    let path = bench.dir.path().join("sim/requests.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    let (kept, last) = text.trim_end().rsplit_once('\n').unwrap();
    assert!(last.contains("called_back"), "{last}");
    std::fs::write(&path, format!("{kept}\n")).unwrap();
}

#[test]
fn a_receiver_that_fails_is_called_again_with_the_same_until_it_takes_it() {
    let (bench, receiver) = (Bench::with(fast), Receiver::start([500, 404, 429, 200]));
    bench.submit_for(&receiver.url("/"), &short());
    let first = receiver.next();
    for _ in 0..3 {
        let again = receiver.next();
        assert_eq!(again.body, first.body);
        assert!(again.is_signed_by(&bench.keys()));
    }
    assert_eq!(told(&bench.attempts(4)), [(1, 500), (2, 404), (3, 429), (4, 200)]);
}

#[test]
fn a_receiver_that_always_fails_is_given_up_after_ten_retries() {
    let (bench, receiver) = (Bench::with(fast), Receiver::start([503]));
    bench.submit_for(&receiver.url("/"), &short());
    let attempts = bench.attempts(11);
    assert_eq!(told(&attempts), (1..=11).map(|number| (number, 503)).collect::<Vec<_>>());
    let other = Receiver::start([200]);
    bench.submit_for(&other.url("/"), &short());
    other.next();
    assert_eq!(bench.attempts(12).len(), 12);
    assert_eq!(receiver.rest().len(), 11);
}

#[test]
fn a_redirect_is_not_followed_and_not_tried_again() {
    let (mut bench, receiver) = (Bench::with(fast), Receiver::start([307]));
    bench.submit_for(&receiver.url("/hook"), &short());
    assert_eq!(told(&bench.attempts(1)), [(1, 307)]);
    bench.restart(fast);
    let other = Receiver::start([200]);
    bench.submit_for(&other.url("/"), &short());
    other.next();
    let targets: Vec<String> = receiver.rest().into_iter().map(|heard| heard.target).collect();
    assert_eq!(targets, ["/hook"]);
}

#[test]
fn where_nobody_listens_it_is_tried_again_and_the_audit_says_why() {
    let bench = Bench::with(fast);
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    bench.submit_for(&format!("http://{free}/hook?token=secret"), &short());
    let attempts = bench.attempts(11);
    for line in attempts {
        let error = line["error"].as_str().unwrap();
        assert!(error.contains("refused") && !error.contains("secret"), "{error}");
    }
}

#[test]
fn what_was_not_delivered_before_a_restart_is_delivered_after_it_and_counted_on() {
    let (mut bench, receiver) = (Bench::new(), Receiver::start([500, 200]));
    bench.submit_for(&receiver.url("/"), &short());
    bench.attempts(1);
    bench.restart(fast);
    let (first, second) = (receiver.next(), receiver.next());
    assert_eq!(told(&bench.attempts(2)), [(1, 500), (2, 200)]);
    assert_eq!(second.json()["request_id"], first.json()["request_id"]);
    assert!(second.is_signed_by(&bench.keys()));
}

#[test]
fn a_request_that_ends_after_a_restart_is_called_back_about() {
    let mut bench = Bench::with(|config| Config { latency: Latency::running(FOR_EVER), ..config });
    let receiver = Receiver::start([200]);
    let id = bench.submit_for(&receiver.url("/"), &short());
    bench.restart(|config| config);
    assert_eq!(receiver.next().json()["request_id"], id);
}

#[test]
fn what_was_delivered_is_delivered_again_only_where_a_kill_came_before_it_was_on_record() {
    let (mut bench, receiver) = (Bench::new(), Receiver::start([200]));
    bench.submit_for(&receiver.url("/"), &short());
    bench.attempts(1);
    bench.restart(|config| config);
    bench.submit_for(&receiver.url("/"), &short());
    bench.attempts(2);
    assert_eq!(receiver.rest().len(), 2);
    bench.running = None;
    forget_the_last_entry(&bench);
    bench.restart(|config| config);
    receiver.next();
    assert!(receiver.rest().is_empty());
}
