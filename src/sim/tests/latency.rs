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
fn a_call_that_is_heard_late_does_not_keep_the_simulators_own_calls_waiting() {
    let latency = Latency { http: Spread::fixed(FOR_EVER), ..Latency::default() };
    let bench = Bench::with(|config| Config { latency, ..config });
    assert_eq!(bench.get(&bench.url("_sim/faults")).status, 200);
    let short = reqwest::Client::builder().no_proxy().timeout(Duration::from_millis(300)).build().unwrap();
    let late = bench.runtime.block_on(async { short.get(bench.request_url("x")).send().await });
    assert!(late.unwrap_err().is_timeout());
}
