//! What a page in a browser needs to call the simulator and to show its videos.

use super::*;

#[test]
fn a_browser_may_call_from_any_origin_with_the_headers_it_asks_for() {
    let bench = Bench::with(|config| Config { key: Some("id:secret".into()), ..config });
    let asked = "authorization,content-type,x-fal-target-url";
    let question = [
        ("origin", "https://studio.example"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", asked),
    ];
    let answer = bench.send(Method::OPTIONS, &bench.url(O3), &question, String::new());
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (204, Some("*")));
    assert_eq!(answer.header("access-control-allow-headers"), Some(asked));
    assert!(answer.header("access-control-allow-methods").unwrap().contains("PUT"));
    assert_eq!(answer.header("access-control-allow-private-network"), Some("true"));
}

#[test]
fn every_answer_can_be_read_by_a_page_refusals_and_files_too() {
    let bench = Bench::new();
    let id = bench.finish(O3, &short());
    for url in [bench.request_url(&id), bench.request_url("none"), bench.video_url(&id)] {
        let answer = bench.get(&url);
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{url}");
        assert_eq!(answer.header("access-control-expose-headers"), Some("*"), "{url}");
    }
}

#[test]
fn a_page_of_the_web_can_neither_change_what_goes_wrong_nor_read_what_was_asked() {
    let bench = Bench::new();
    let foreign = [("origin", "https://studio.example")];
    let rebound = [("host", "studio.example")];
    let history = "v1/models/requests/by-endpoint?expand=payloads";
    for (path, body) in
        [("_sim/faults", "submit.lost"), ("_sim/audit", ""), ("_sim/account", ""), (history, "")]
    {
        let method = if body.is_empty() { Method::GET } else { Method::POST };
        for headers in [&foreign, &rebound] {
            let answer = bench.send(method.clone(), &bench.url(path), headers, body.to_owned());
            assert_eq!((answer.status, answer.header("access-control-allow-origin")), (403, None), "{path}");
        }
    }
    assert_eq!(bench.get(&bench.url("_sim/faults")).json()["rules"], json!([]));
    let question = [foreign[0], ("access-control-request-method", "PUT")];
    assert_eq!(bench.send(Method::OPTIONS, &bench.url("_sim/faults"), &question, String::new()).status, 403);
}

#[test]
fn a_page_of_this_machine_can_change_what_goes_wrong() {
    let bench = Bench::new();
    let own = [("origin", "http://localhost:3000")];
    let answer = bench.send(Method::PUT, &bench.url("_sim/faults"), &own, "status.busy".to_owned());
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, Some("*")));
}
