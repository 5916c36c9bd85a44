//! The simulator as the proxy of fal's JavaScript client, and under fal's own names.

use super::*;

fn proxied(bench: &Bench, method: Method, target: &str) -> Answer {
    let url = bench.url("api/fal/proxy");
    bench.send(method, &url, &[("x-fal-target-url", target)], short().to_string())
}

#[test]
fn a_proxied_call_reaches_the_queue_and_the_models() {
    let bench = Bench::new();
    let taken = proxied(&bench, Method::POST, &format!("https://queue.fal.run/{O3}")).json();
    let id = taken["request_id"].as_str().unwrap();
    bench.wait(id);
    let result = format!("https://queue.fal.run/fal-ai/kling-video/requests/{id}");
    assert_eq!(proxied(&bench, Method::GET, &result).json(), bench.result(id).json());
    assert_eq!(proxied(&bench, Method::GET, taken["response_url"].as_str().unwrap()).status, 200);
    let ran = proxied(&bench, Method::POST, &format!("https://fal.run/{O3}"));
    assert_eq!((ran.status, ran.header("x-fal-billable-units")), (200, Some("3")));
}

#[test]
fn a_proxied_call_that_names_no_host_of_fals_is_invalid() {
    let bench = Bench::new();
    for target in [
        "https://example.com/fal-ai/x",
        "https://api.fal.ai/_sim/account",
        "https://api.fal.ai/v1/models",
        "x",
    ] {
        let answer = proxied(&bench, Method::POST, target);
        assert_eq!((answer.status, answer.json()), (400, json!("Invalid request")), "{target}");
    }
    let missing = bench.post("api/fal/proxy", &short());
    assert_eq!((missing.status, missing.json()), (400, json!("Invalid request")));
}

#[test]
fn a_proxied_call_needs_no_key_since_a_proxy_adds_its_own() {
    let bench = Bench::with(|config| Config { key: Some("id:secret".into()), ..config });
    assert_eq!(proxied(&bench, Method::POST, &format!("https://queue.fal.run/{O3}")).status, 200);
    assert_eq!(bench.post(O3, &short()).status, 401);
}

#[test]
fn fals_own_names_lead_to_their_places() {
    let bench = Bench::new();
    let as_host = |host: &str, method, path: &str| {
        bench.send(method, &bench.url(path), &[("host", host)], short().to_string())
    };
    assert_eq!(as_host("queue.fal.run", Method::POST, O3).json()["status"], "IN_QUEUE");
    assert_eq!(as_host("fal.run", Method::POST, O3).header("x-fal-billable-units"), Some("3"));
    assert_eq!(as_host("api.fal.ai", Method::GET, "v1/meta").status, 200);
    assert_eq!(as_host("rest.fal.ai", Method::GET, ".well-known/jwks.json").status, 200);
}

#[test]
fn a_temporary_token_opens_its_apps_without_the_key() {
    let bench = Bench::with(|config| Config { key: Some("id:secret".into()), ..config });
    let ask = json!({"allowed_apps": ["kling-video"], "token_expiration": 120}).to_string();
    let url = bench.url("tokens/");
    assert_eq!(bench.send(Method::POST, &url, &[], ask.clone()).status, 401);
    let given = bench.send(Method::POST, &url, &[("authorization", "Key id:secret")], ask);
    assert_eq!(given.status, 201);
    let token = given.json().as_str().unwrap().to_owned();
    assert_eq!(bench.post(&format!("run/{O3}?fal_jwt_token={token}"), &short()).status, 200);
    assert_eq!(bench.post(&format!("run/{O3}?fal_jwt_token=guessed"), &short()).status, 401);
    assert_eq!(bench.get(&bench.url(&format!("v1/account/billing?fal_jwt_token={token}"))).status, 401);
}
