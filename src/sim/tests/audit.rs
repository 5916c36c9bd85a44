//! What can be told of a run from its audit alone, held against what the client did.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// As anybody fetches it while the simulator runs.
fn fetched(bench: &Bench) -> Vec<Value> {
    let answer = bench.get(&bench.url("_sim/audit"));
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/jsonl")));
    let text = String::from_utf8(answer.bytes).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn of<'a>(lines: &'a [Value], event: &str) -> impl Iterator<Item = &'a Value> {
    lines.iter().filter(move |line| line["event"] == event)
}

/// What was billed, in cents.
fn bill(lines: &[Value]) -> u64 {
    let cents = |line: &Value| line["usd"].as_str().unwrap().replace('.', "").parse::<u64>().unwrap();
    of(lines, "completed").map(cents).sum()
}

/// The most requests that ran at once.
fn peak(lines: &[Value]) -> usize {
    let (mut running, mut peak) = (BTreeSet::new(), 0);
    for line in lines {
        let id = line["request_id"].as_str();
        match line["event"].as_str().unwrap() {
            "started" => drop(running.insert(id)),
            "completed" => drop(running.remove(&id)),
            _ => {}
        }
        peak = peak.max(running.len());
    }
    peak
}

/// How often the status of each request was asked for.
fn polls(lines: &[Value]) -> BTreeMap<String, usize> {
    let mut polls = BTreeMap::new();
    for line in of(lines, "asked").filter(|line| line["call"] == "status") {
        *polls.entry(line["request_id"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    polls
}

#[test]
fn the_bill_the_peak_and_the_polls_of_a_run_can_be_told_from_its_audit_alone() {
    let bench = Bench::with(|config| Config {
        concurrency: 3,
        latency: Latency::running(Duration::from_millis(30)),
        ..config
    });
    let ids: Vec<String> = (0..7).map(|_| bench.submit(O3, &short())).collect();
    bench.submit(O3, &json!({}));
    let mut polled = BTreeMap::new();
    for id in &ids {
        loop {
            *polled.entry(id.clone()).or_default() += 1;
            if bench.state(id) == "COMPLETED" {
                break;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    let lines = fetched(&bench);
    // Seven clips of three seconds at $0.42, and one that was refused for its input.
    assert_eq!((bill(&lines), peak(&lines), polls(&lines)), (7 * 126, 3, polled));
}

#[test]
fn every_call_is_told_with_its_status_its_request_and_the_fault_that_it_met() {
    let rules = [
        "submit.lost:at=1",
        "status.busy:code=503,first=1",
        "file.truncate:first=1",
        "end.policy:at=2",
        "prices.busy:code=429",
    ];
    let faults = Faults::parse(rules).unwrap();
    let bench = Bench::with(|config| Config { faults, ..config });
    let lost = bench.runtime.block_on(async {
        bench.client.post(bench.url(O3)).body(short().to_string()).send().await?.bytes().await
    });
    assert!(lost.is_err());
    let id = fetched(&bench)[0]["request_id"].as_str().unwrap().to_owned();
    assert_eq!(bench.status(&id).status, 503);
    bench.wait(&id);
    let url = bench.video_url(&id);
    let cut = bench.runtime.block_on(async { bench.client.get(&url).send().await?.bytes().await });
    assert!(cut.is_err());
    bench.put(&format!("{}/cancel", bench.request_url(&id)));
    bench.get(&bench.url(&format!("v1/models/pricing?endpoint_id={O3}")));
    bench.post(O3, &short());
    let lines = fetched(&bench);
    let asked: BTreeSet<(&str, u64, Option<&str>, Option<&str>)> = of(&lines, "asked")
        .map(|line| {
            let text = |name: &str| line[name].as_str();
            (
                text("call").unwrap(),
                line["status_code"].as_u64().unwrap(),
                text("request_id").filter(|told| *told == id),
                text("fault"),
            )
        })
        .collect();
    for line in [
        ("submit", 200, Some(id.as_str()), Some("submit.lost")),
        ("status", 503, Some(&id), Some("status.busy")),
        ("status", 200, Some(&id), None),
        ("result", 200, Some(&id), None),
        ("cancel", 400, Some(&id), None),
        ("prices", 429, None, Some("prices.busy")),
        ("submit", 200, None, None),
    ] {
        assert!(asked.contains(&line), "{line:?} is not in {asked:?}");
    }
    assert_eq!(of(&lines, "served").next().unwrap()["fault"], "file.truncate");
    assert_eq!(of(&lines, "submitted").nth(1).unwrap()["fault"], "end.policy");
}

#[test]
fn where_no_audit_is_kept_that_is_what_is_said() {
    let bench = Bench::with(|config| Config { audit: None, ..config });
    let answer = bench.get(&bench.url("_sim/audit"));
    assert_eq!(answer.status, 404);
    assert!(answer.json()["errors"][0].as_str().unwrap().contains("--audit"));
}
