//! The platform's list of models, bills, estimates from history, and what it does not have here.

use super::*;

fn ids(answer: &Value) -> Vec<&str> {
    answer["models"].as_array().unwrap().iter().map(|model| model["endpoint_id"].as_str().unwrap()).collect()
}

#[test]
fn models_are_listed_found_and_searched() {
    let bench = Bench::with(|config| Config { key: Some("id:secret".into()), ..config });
    let models = |query: &str| bench.get(&bench.url(&format!("v1/models{query}"))).json();
    let catalog = Catalog::builtin().unwrap();
    assert_eq!(ids(&models("")).len(), catalog.models().len());
    assert_eq!(ids(&models(&format!("?endpoint_id={O3},none"))), [O3]);
    assert_eq!(ids(&models("?q=O3%204K")), [O3]);
    assert_eq!(ids(&models("?category=text-to-video")).len(), catalog.models().len());
    assert!(
        ids(&models("?category=text-to-image")).is_empty() && ids(&models("?status=deprecated")).is_empty()
    );
    let page = models("?limit=3");
    assert_eq!((ids(&page).len(), &page["has_more"], &page["next_cursor"]), (3, &json!(true), &json!("3")));
    assert_eq!(ids(&models("?limit=100&cursor=3")).len(), catalog.models().len() - 3);
    assert_eq!(models(&format!("?endpoint_id={O3}"))["models"][0]["metadata"]["category"], "text-to-video");
    assert_eq!(models("?limit=0")["error"]["type"], "validation_error");
}

#[test]
fn each_bill_is_an_event_and_what_was_free_is_none() {
    let bench = Bench::with(|config| Config { concurrency: 1, ..config });
    let paid = bench.finish(O3, &short());
    bench.finish(O3, &json!({}));
    let events = |query: &str| bench.get(&bench.url(&format!("v1/models/billing-events{query}"))).json();
    let all = events("");
    assert_eq!(all["billing_events"].as_array().unwrap().len(), 1);
    let event = &all["billing_events"][0];
    assert_eq!((&event["request_id"], &event["endpoint_id"]), (&json!(paid), &json!(O3)));
    assert_eq!((&event["output_units"], &event["unit_price"]), (&json!(3), &json!(0.42)));
    assert_eq!(
        (&event["cost_total"], &event["cost_estimate_nano_usd"]),
        (&json!(1.26), &json!(1_260_000_000))
    );
    bench.finish(V3, &short());
    let page = events("?limit=1");
    assert_eq!((&page["billing_events"][0]["endpoint_id"], &page["has_more"]), (&json!(V3), &json!(true)));
    assert_eq!(events("?limit=1&cursor=1")["billing_events"][0]["endpoint_id"], O3);
    assert_eq!(events(&format!("?request_id={paid}"))["billing_events"].as_array().unwrap().len(), 1);
    assert!(events("?end=2000-01-02")["billing_events"].as_array().unwrap().is_empty());
    assert_eq!(events("?start=2000-01-01")["error"]["type"], "validation_error");
}

#[test]
fn an_estimate_by_calls_is_the_mean_of_what_calls_cost_here() {
    let bench = Bench::new();
    let estimate = || {
        let endpoints = json!({O3: {"call_quantity": 10}});
        let asked = json!({"estimate_type": "historical_api_price", "endpoints": endpoints});
        bench.post("v1/models/pricing/estimate", &asked)
    };
    assert_eq!(estimate().status, 404);
    for seconds in ["3", "5"] {
        bench.finish(O3, &json!({"prompt": "a", "duration": seconds}));
    }
    let expected = json!({"estimate_type": "historical_api_price", "total_cost": 16.8, "currency": "USD"});
    assert_eq!(estimate().json(), expected);
}

#[test]
fn callbacks_come_from_this_machine() {
    let bench = Bench::with(|config| Config { key: Some("id:secret".into()), ..config });
    let meta = bench.get(&bench.url("v1/meta"));
    assert_eq!(meta.json(), json!({"webhook_ip_ranges": ["127.0.0.1/32", "::1/128"]}));
}

#[test]
fn what_the_platform_has_and_the_simulator_has_not_says_so() {
    let bench = Bench::new();
    let kind = |method, path: &str| {
        let answer = bench.send(method, &bench.url(path), &[], String::new());
        (answer.status, answer.json()["error"]["type"].as_str().unwrap().to_owned())
    };
    for path in ["models/usage", "models/analytics", "models/requests/search", "storage/settings"] {
        assert_eq!(kind(Method::GET, &format!("v1/{path}")), (501, "not_implemented".to_owned()), "{path}");
    }
    assert_eq!(kind(Method::GET, "v1/none"), (404, "not_found".to_owned()));
    assert_eq!(kind(Method::POST, "v1/models/pricing"), (405, "validation_error".to_owned()));
}
