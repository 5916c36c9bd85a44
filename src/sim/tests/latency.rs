//! How long things take, as a client meets it. What is long lasts for ever here, so that no time is measured.

use super::*;

fn taking(texts: &[&str]) -> Bench {
    let latency = Latency::parse(texts).unwrap();
    Bench::with(|config| Config { latency, speed: "1000000".parse().unwrap(), ..config })
}

#[test]
fn hours_of_running_and_of_answering_pass_in_milliseconds_at_full_speed() {
    let bench = taking(&["run=1h..2h", "http=p50=10m,p95=1h"]);
    let id = bench.finish(O3, &short());
    assert_eq!(bench.result(&id).status, 200);
}

#[test]
fn a_request_waits_its_time_though_places_are_free_and_can_be_cancelled_meanwhile() {
    let latency = Latency { queue: Spread::fixed(FOR_EVER), ..Latency::default() };
    let bench = Bench::with(|config| Config { latency, ..config });
    let id = bench.submit(O3, &short());
    assert_eq!(bench.state(&id), "IN_QUEUE");
    bench.put(&format!("{}/cancel", bench.request_url(&id)));
    assert_eq!(bench.state(&id), "COMPLETED");
}

#[test]
fn one_who_waits_its_time_keeps_nobody_behind_it_from_beginning() {
    let bench = taking(&["queue=0s..300h", "run=1h"]);
    let ids: Vec<String> = (0..8)
        .map(|number| bench.submit(O3, &json!({"prompt": number.to_string(), "duration": "3"})))
        .collect();
    for id in &ids {
        bench.wait(id);
    }
    let started: Vec<Value> =
        bench.audited("started").iter().map(|line| line["request_id"].clone()).collect();
    assert_eq!(started.len(), 8);
    assert!(!started.is_sorted_by_key(|id| id.as_str().unwrap().to_owned()), "{started:?}");
}

#[test]
fn a_call_that_is_heard_late_does_not_keep_the_simulators_own_calls_waiting() {
    let latency = Latency { http: Spread::fixed(FOR_EVER), ..Latency::default() };
    let bench = Bench::with(|config| Config { latency, ..config });
    assert_eq!(bench.get(&bench.url("_sim/faults")).status, 200);
    let short = reqwest::Client::builder().no_proxy().timeout(Duration::from_millis(300)).build().unwrap();
    let late = bench.runtime.block_on(async { short.get(bench.request_url("x")).send().await });
    assert!(late.unwrap_err().is_timeout());
}
