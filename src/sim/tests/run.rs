//! The synchronous endpoint, `fal.run` in its place.

use super::*;

fn run(bench: &Bench, body: &Value) -> Answer {
    bench.post(&format!("run/{O3}"), body)
}

#[test]
fn a_synchronous_call_answers_with_the_output_and_what_is_billed() {
    let bench = Bench::new();
    let answer = run(&bench, &short());
    assert_eq!((answer.status, answer.header("x-fal-billable-units")), (200, Some("3")));
    assert_eq!(answer.header("x-fal-served-from"), Some("simulator"));
    let id = answer.header("x-fal-request-id").unwrap();
    assert_eq!(answer.json(), bench.result(id).json());
    assert_eq!(bench.get(answer.json()["video"]["url"].as_str().unwrap()).status, 200);
}

#[test]
fn a_synchronous_call_with_bad_input_is_told_at_once_and_unbilled() {
    let bench = Bench::new();
    let answer = run(&bench, &json!({"prompt": "a", "duration": 5}));
    assert_eq!((answer.status, answer.header("x-fal-billable-units")), (422, Some("0")));
    assert_eq!(answer.json()["detail"][0]["type"], "literal_error");
    assert!(answer.header("x-fal-request-id").is_some());
}

#[test]
fn a_synchronous_call_beyond_the_limit_is_refused_with_a_hint_to_try_again() {
    let bench =
        Bench::with(|config| Config { concurrency: 1, latency: Latency::running(FOR_EVER), ..config });
    bench.submit(O3, &short());
    let answer = run(&bench, &short());
    assert_eq!((answer.status, answer.header("x-fal-needs-retry")), (429, Some("1")));
    assert_eq!(answer.json()["error_type"], "concurrent_requests_limit");
    assert_eq!(answer.header("x-fal-error-type"), Some("concurrent_requests_limit"));
    assert_eq!(bench.audited("submitted").len(), 1);
}

#[test]
fn a_synchronous_client_that_hangs_up_pays_all_the_same_and_is_in_the_history() {
    let bench =
        Bench::with(|config| Config { latency: Latency::running(Duration::from_millis(1500)), ..config });
    let sent = bench.client.post(bench.url(&format!("run/{O3}"))).body(short().to_string());
    let patience = Duration::from_millis(700);
    assert!(bench.runtime.block_on(async { sent.timeout(patience).send().await }).is_err());
    let history = bench.url(&format!("v1/models/requests/by-endpoint?endpoint_id={O3}"));
    let id = bench.get(&history).json()["items"][0]["request_id"].as_str().unwrap().to_owned();
    bench.wait(&id);
    assert_eq!(bench.audited("completed")[0]["usd"], "1.26");
}

#[test]
fn these_models_do_not_stream() {
    let bench = Bench::new();
    let answer = bench.post(&format!("run/{O3}/stream"), &short());
    assert_eq!((answer.status, answer.json()), (404, json!({"detail": "Path /stream not found"})));
    assert_eq!(answer.header("x-fal-billable-units"), Some("0"));
    assert_eq!(bench.post("run/fal-ai/none", &short()).status, 404);
    assert_eq!(bench.get(&bench.url(&format!("run/{O3}"))).status, 405);
    assert!(bench.audited("submitted").is_empty());
}

#[test]
fn every_model_of_the_catalog_runs_and_keeps_to_its_rules() {
    let bench = Bench::new();
    for model in Catalog::builtin().unwrap().models() {
        let run = |body: &Value| bench.post(&format!("run/{}", model.endpoint), body);
        let (min, max) = (model.clip_seconds.min, model.clip_seconds.max);
        let good = run(&json!({"prompt": "rain", "duration": min.to_string()}));
        assert_eq!(
            (good.status, &good.header("x-fal-billable-units").unwrap().to_owned()),
            (200, &min.to_string())
        );
        assert!(good.json().pointer(&model.video).is_some_and(Value::is_string), "{}", model.alias);
        let long = run(&json!({"prompt": "rain", "duration": (max + 1).to_string()}));
        assert_eq!((long.status, &long.json()["detail"][0]["loc"]), (422, &json!(["body", "duration"])));
        let wordy = "x".repeat(model.prompt_chars.max as usize + 1);
        let wordy = run(&json!({"prompt": wordy, "duration": min.to_string()}));
        assert_eq!((wordy.status, &wordy.json()["detail"][0]["type"]), (422, &json!("string_too_long")));
        assert_eq!(run(&json!({})).status, 422, "{}", model.alias);
    }
}
