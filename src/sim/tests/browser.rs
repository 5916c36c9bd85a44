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
