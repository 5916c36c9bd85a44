//! Prices, estimates and the history of requests.

use super::*;

fn history(bench: &Bench, query: &str) -> Value {
    let answer = bench.get(&bench.url(&format!("v1/models/requests/by-endpoint?{query}")));
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.bytes));
    answer.json()
}

fn ids(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| item["request_id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_history_holds_input_and_output_where_asked() {
    let bench = Bench::new();
    let id = bench.finish(O3, &short());
    let item = &history(&bench, &format!("endpoint_id={O3}&expand=payloads"))["items"][0];
    assert_eq!((&item["request_id"], &item["endpoint_id"]), (&json!(id), &json!(O3)));
    assert_eq!((&item["json_input"], &item["json_output"]), (&short(), &bench.result(&id).json()));
    assert_eq!(item["status_code"], 200);
    assert!(item["started_at"].is_string() && item["sent_at"].is_string() && item["ended_at"].is_string());
    let bare = &history(&bench, &format!("endpoint_id={O3}"))["items"][0];
    assert_eq!((&bare["json_input"], &bare["json_output"]), (&Value::Null, &Value::Null));
}

#[test]
fn the_history_lists_what_runs_but_not_what_waits() {
    let bench =
        Bench::with(|config| Config { concurrency: 1, latency: Latency::running(FOR_EVER), ..config });
    let (running, _waiting) = (bench.submit(O3, &short()), bench.submit(O3, &short()));
    let page = history(&bench, &format!("endpoint_id={O3}&expand=payloads"));
    assert_eq!(ids(&page), [running]);
    assert_eq!(
        (&page["items"][0]["ended_at"], &page["items"][0]["json_output"]),
        (&Value::Null, &Value::Null)
    );
}

#[test]
fn the_history_comes_in_pages_latest_first() {
    let bench = Bench::with(|config| Config { concurrency: 1, ..config });
    let mut all: Vec<String> = (0..5).map(|_| bench.finish(O3, &json!({}))).collect();
    all.reverse();
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = history(&bench, &format!("endpoint_id={O3}&limit=2{cursor}"));
        found.extend(ids(&page));
        // What is submitted between two pages shifts none of them.
        bench.finish(O3, &json!({}));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break assert_eq!(page["has_more"], false),
        }
    }
    assert_eq!(found, all);
}

#[test]
fn the_history_can_be_asked_by_outcome_request_time_and_endpoint() {
    let bench = Bench::new();
    let [good, bad] = [bench.finish(O3, &short()), bench.finish(O3, &json!({}))];
    let other = bench.finish(V3, &short());
    let found = |query: &str| ids(&history(&bench, query));
    assert_eq!(found(&format!("endpoint_id={O3}&status=success")), [good.as_str()]);
    assert_eq!(found(&format!("endpoint_id={O3}&status=user_error")), [bad.as_str()]);
    assert!(found(&format!("endpoint_id={O3}&status=error")).is_empty());
    assert_eq!(found(&format!("endpoint_id={O3}&request_id={good}")), [good.as_str()]);
    assert_eq!(found(&format!("endpoint_id={V3}")), [other]);
    assert_eq!(found(&format!("endpoint_id={V3},{O3}")).len(), 3);
    assert_eq!(found(&format!("endpoint_id={V3}&endpoint_id={O3}&sort_by=duration")).len(), 3);
    assert!(found(&format!("endpoint_id={O3}&end=2000-01-01")).is_empty());
    assert!(found(&format!("endpoint_id={O3}&start=2999-01-01T00:00:00Z")).is_empty());
    assert_eq!(found(&format!("endpoint_id={O3}&start=2000-01-01T00:00:00%2B02:00")).len(), 2);
}

#[test]
fn a_bad_question_is_a_validation_error() {
    let bench = Bench::new();
    let many = format!("endpoint_id={}", vec!["a"; 51].join(","));
    let asked = ["", "limit=5", &many].map(str::to_owned).into_iter();
    let more = ["limit=0", "limit=101", "status=ok", "sort_by=x", "start=soon", "cursor=7"];
    for query in asked.chain(more.map(|more| format!("endpoint_id={O3}&{more}"))) {
        let answer = bench.get(&bench.url(&format!("v1/models/requests/by-endpoint?{query}")));
        assert_eq!(
            (answer.status, &answer.json()["error"]["type"]),
            (400, &json!("validation_error")),
            "{query}"
        );
    }
    assert_eq!(bench.get(&bench.url(&format!("v1/models/pricing?{many}"))).status, 400);
    assert_eq!(bench.get(&bench.url("v1/models/pricing")).status, 400);
}

#[test]
fn prices_are_the_catalogs_one_for_each_model() {
    let bench = Bench::new();
    let expected = json!({
        "prices": [
            {"endpoint_id": O3, "unit_price": 0.42, "unit": "seconds", "currency": "USD"},
            {"endpoint_id": V3, "unit_price": 0.112, "unit": "seconds", "currency": "USD"},
        ],
        "next_cursor": null, "has_more": false,
    });
    for query in
        [format!("endpoint_id={O3},{V3}"), format!("endpoint_id={O3}&endpoint_id={V3}&endpoint_id=x")]
    {
        assert_eq!(bench.get(&bench.url(&format!("v1/models/pricing?{query}"))).json(), expected);
    }
}

#[test]
fn an_estimate_is_price_times_seconds() {
    let bench = Bench::new();
    let estimate = |body: &Value| {
        let answer = bench.post("v1/models/pricing/estimate", body);
        (answer.status, answer.json())
    };
    let asked = json!({"estimate_type": "unit_price", "endpoints": {O3: {"unit_quantity": 15}, V3: {"unit_quantity": 3}}});
    let expected = json!({"estimate_type": "unit_price", "total_cost": 6.636, "currency": "USD"});
    assert_eq!(estimate(&asked), (200, expected));
    let kind = |body: &Value| {
        let (status, answer) = estimate(body);
        (status, answer["error"]["type"].as_str().unwrap_or_default().to_owned())
    };
    let unknown = json!({"estimate_type": "unit_price", "endpoints": {"x": {"unit_quantity": 1}}});
    assert_eq!(kind(&unknown), (404, "not_found".to_owned()));
    let none = json!({"estimate_type": "unit_price", "endpoints": {O3: {}}});
    assert_eq!(kind(&none), (400, "validation_error".to_owned()));
    assert_eq!(kind(&json!({})), (400, "validation_error".to_owned()));
}

#[test]
fn a_window_at_the_beginning_of_time_is_answered_as_any_other() {
    let bench = Bench::new();
    bench.finish(O3, &short());
    let first = "-009999-01-02T02:00:00Z";
    let events = bench.get(&bench.url(&format!("v1/models/billing-events?end={first}")));
    assert_eq!((events.status, &events.json()["billing_events"]), (200, &json!([])));
    assert!(ids(&history(&bench, &format!("endpoint_id={O3}&end={first}"))).is_empty());
}
