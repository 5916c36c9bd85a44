//! fal's memory: read whole or not at all, since a purchase is looked for in it.

use super::server::{Reply, Server, json};
use super::*;

const ITEM: &str = r#"{"request_id":"r-1","endpoint_id":"a/b","started_at":"2026-11-20T12:00:05Z","sent_at":"2026-11-20T12:00:00Z",
    "ended_at":null,"status_code":null,"duration":null,"json_input":{"prompt":"a fox"}}"#;

async fn history(script: Vec<Reply>) -> (Result<Vec<PastRequest>, AskError>, Server) {
    let server = Server::start(script).await;
    let origins = Origins::new(Some("http://127.0.0.1:9"), Some(&server.origin)).unwrap();
    let (from, to) = ("2026-11-20T11:58:00Z".parse().unwrap(), "2026-11-20T12:02:00Z".parse().unwrap());
    let found = client_of(origins).history(Window { endpoint: "a/b", from, to }).await;
    (found, server)
}

fn page(items: &str, more: bool) -> Reply {
    json(200, &format!(r#"{{"items":[{items}],"next_cursor":"c2","has_more":{more}}}"#))
}

#[tokio::test]
async fn a_window_is_read_page_by_page_with_what_was_sent() {
    let later = ITEM.replace("r-1", "r-2").replace("\"status_code\":null", "\"status_code\":422");
    let kept_nothing = later.replace("json_input", "other").replace("r-2", "r-3");
    let (found, server) =
        history(vec![page(ITEM, true), page(&format!("{later},{kept_nothing}"), false)]).await;
    let found = found.unwrap();
    let ids: Vec<&str> = found.iter().map(|past| past.request_id.as_str()).collect();
    assert_eq!(ids, ["r-1", "r-2", "r-3"]);
    assert_eq!(found[0].input.as_ref().unwrap()["prompt"], "a fox");
    assert_eq!((found[0].status_code, found[1].status_code), (None, Some(422)));
    assert_eq!((found[0].sent_at.to_string().as_str(), &found[2].input), ("2026-11-20T12:00:00Z", &None));
    let lines: Vec<String> = server.seen().iter().map(|seen| seen.line().to_owned()).collect();
    let first = "get /v1/models/requests/by-endpoint?endpoint_id=a%2fb&start=2026-11-20t11%3a58%3a00z&end=2026-11-20t12%3a02%3a00z&expand=payloads&limit=20";
    assert_eq!(lines, [format!("{first} http/1.1"), format!("{first}&cursor=c2 http/1.1")]);
}

#[tokio::test]
async fn half_a_memory_is_none() {
    let scripts = [
        vec![page(&ITEM.replace("r-1", "../x"), false)],
        vec![page(&ITEM.replace("sent_at", "x").replace("started_at", "y"), false)],
        vec![json(200, "{}")],
        vec![json(200, r#"{"items":[],"has_more":true}"#)],
        vec![page(ITEM, true)],
        vec![page(ITEM, true), json(500, "")],
        vec![page("", true); crate::fal::history::MAX_PAGES + 1],
    ];
    for script in scripts {
        assert!(history(script.clone()).await.0.is_err(), "{script:?}");
    }
}

#[tokio::test]
async fn one_request_is_asked_for_by_its_id_and_no_other_is_taken_for_it() {
    let other = ITEM.replace("r-1", "r-2");
    for (id, listed, found) in [("r-1", ITEM, true), ("r-1", other.as_str(), false), ("r-1", "", false)] {
        let server = Server::start(vec![page(listed, false)]).await;
        let origins = Origins::new(Some("http://127.0.0.1:9"), Some(&server.origin)).unwrap();
        let past = client_of(origins).past_request("a/b", id).await.unwrap();
        assert_eq!(past.is_some(), found, "{listed}");
        let asked = "get /v1/models/requests/by-endpoint?endpoint_id=a%2fb&request_id=r-1&expand=payloads&limit=20 http/1.1";
        assert_eq!(server.seen()[0].line(), asked);
    }
}
