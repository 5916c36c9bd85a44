//! Every kind of fault has an effect that a plain HTTP client sees: each call is made once in calm weather and once under
//! the fault, and the two must differ. A kind that does nothing is red here.

use super::*;

/// What the same call gives every time, in calm weather.
const HEADERS: [&str; 7] = [
    "content-type",
    "content-length",
    "content-range",
    "etag",
    "location",
    "x-fal-billable-units",
    "x-fal-error-type",
];

/// One simulator that ends requests and one that never does.
struct Both {
    quick: Bench,
    slow: Bench,
}

impl Both {
    fn new() -> Self {
        let slow = |config| Config { latency: Latency::running(FOR_EVER), concurrency: 1_000, ..config };
        Self { quick: Bench::new(), slow: Bench::with(slow) }
    }

    /// Where the effects of a call's faults can be seen.
    fn bench(&self, call: Call) -> &Bench {
        if matches!(call, Call::Status | Call::Cancel) { &self.slow } else { &self.quick }
    }
}

/// A request that a call can be made about.
fn request(bench: &Bench, call: Call) -> String {
    match call {
        Call::Status | Call::Cancel => bench.submit(O3, &short()),
        _ => bench.finish(O3, &short()),
    }
}

fn set(bench: &Bench, rules: &str) {
    let answer = bench.send(Method::PUT, &bench.url("_sim/faults"), &[], rules.to_owned());
    assert_eq!(answer.status, 200, "{rules}");
}

/// Everything that a client can tell of an answer, or that there is none.
fn seen(bench: &Bench, method: Method, url: &str, body: &str) -> (u16, String) {
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    let request = client.build().unwrap().request(method, url).body(body.to_owned());
    bench.runtime.block_on(async {
        let Ok(response) = request.send().await else { return (0, "no answer".to_owned()) };
        let status = response.status().as_u16();
        let headers = HEADERS.map(|name| format!("{name}: {:?}", response.headers().get(name)));
        let body = match response.bytes().await {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(_) => "broken off".to_owned(),
        };
        (status, format!("{}\n{body}", headers.join("\n")))
    })
}

/// The same with every id that the simulator gave out made the same.
fn submitted(bench: &Bench) -> (u16, String) {
    let (status, seen) = seen(bench, Method::POST, &bench.url(O3), &short().to_string());
    let body =
        seen.split_once("\n{").and_then(|(_, body)| serde_json::from_str::<Value>(&format!("{{{body}")).ok());
    let id = body.and_then(|body| body["request_id"].as_str().map(str::to_owned));
    let id = id.filter(|id| id.parse::<uuid::Uuid>().is_ok());
    (status, id.map_or(seen.clone(), |id| seen.replace(&id, "ID")))
}

/// How a new request ends.
fn ended(bench: &Bench) -> (u16, String) {
    let result = bench.result(&bench.finish(O3, &short()));
    let (kind, units) = (result.header("x-fal-error-type"), result.header("x-fal-billable-units"));
    (result.status, format!("{kind:?} {units:?} {}", result.json()["video"].is_null()))
}

/// What comes of one call about this request.
fn made(bench: &Bench, call: Call, id: &str) -> (u16, String) {
    let about = |rest: &str| format!("{}{rest}", bench.request_url(id));
    let get = |url: &str| seen(bench, Method::GET, url, "");
    match call {
        Call::Submit => submitted(bench),
        Call::End => ended(bench),
        Call::Status => get(&about("/status?logs=1")),
        Call::Stream => get(&about("/status/stream")),
        Call::Cancel => seen(bench, Method::PUT, &about("/cancel"), ""),
        Call::Result => get(&about("")),
        Call::File => get(&bench.url(&format!("files/{id}/output.mp4"))),
        Call::Listing | Call::History => {
            get(&bench.url(&format!("v1/models/requests/by-endpoint?endpoint_id={O3}&request_id={id}")))
        }
        Call::Prices => get(&bench.url(&format!("v1/models/pricing?endpoint_id={O3}"))),
        Call::Webhook => unreachable!("what is called back is tested where it is heard"),
    }
}

fn kinds() -> impl Iterator<Item = Kind> {
    Kind::ALL.into_iter().filter(|kind| kind.call() != Call::Webhook)
}

#[test]
fn every_kind_of_fault_makes_a_difference_to_the_client_that_meets_it() {
    let both = Both::new();
    for kind in kinds() {
        let bench = both.bench(kind.call());
        let id = request(bench, kind.call());
        let calm = made(bench, kind.call(), &id);
        assert_eq!(made(bench, kind.call(), &id), calm, "{kind}: a call in calm weather is like another");
        let rule = Rule::of(kind).lasting(if kind == Kind::ListingLate {
            FOR_EVER
        } else {
            Duration::from_millis(20)
        });
        set(bench, &rule.to_string());
        assert_ne!(made(bench, kind.call(), &id), calm, "{kind} makes no difference");
        set(bench, "");
    }
}

#[test]
fn every_code_that_a_fault_comes_with_can_be_asked_for() {
    let both = Both::new();
    for kind in kinds().filter(|kind| !kind.codes().is_empty()) {
        let bench = both.bench(kind.call());
        let id = request(bench, kind.call());
        for code in kind.codes() {
            set(bench, &format!("{kind}:code={code}"));
            assert_eq!(made(bench, kind.call(), &id).0, *code, "{kind}");
        }
        set(bench, "");
    }
}

#[test]
fn an_hour_of_a_fault_is_soon_over_where_time_passes_fast() {
    let bench = Bench::with(|config| Config { speed: "100000".parse().unwrap(), ..config });
    let id = bench.finish(O3, &short());
    set(&bench, "status.hang:for=1h");
    assert_eq!(made(&bench, Call::Status, &id).1, "no answer");
}

#[test]
fn a_request_that_is_run_while_its_client_waits_meets_the_faults_of_a_submit() {
    let bench = Bench::new();
    let run = || seen(&bench, Method::POST, &bench.url(&format!("run/{O3}")), &short().to_string());
    set(&bench, "submit.throttled:first=1\nend.policy:at=2");
    assert_eq!([run().0, run().0, run().0], [429, 422, 200]);
    set(&bench, "submit.lost");
    let bought = bench.audited("submitted").len();
    assert_eq!(run().0, 0);
    assert_eq!(bench.audited("submitted").len(), bought + 1);
}
