//! The key goes to the queue and the platform, and stands in no text.

use super::server::{Reply, Server, json, say};
use super::*;

const PIECES: [&str; 2] = ["canary0id", "canary0secret"];

fn assert_clean(text: &str) {
    assert!(PIECES.iter().all(|piece| !text.contains(piece)), "{text}");
    assert!(!text.contains('\u{1b}') && !text.contains("\\u{1b}"), "{text}");
}

#[tokio::test]
async fn no_error_repeats_a_key_that_a_server_echoes() {
    let echo = format!("your key \u{1b}[31m{CANARY} is bad; Authorization: Key {CANARY}");
    let quoted = serde_json::to_string(&echo).unwrap();
    let head = format!(
        "x-fal-request-id: {CANARY}\r\nx-fal-error-type: {CANARY}\r\nx-fal-billable-units: {CANARY}\r\n"
    );
    let bodies = [
        echo.clone(),
        format!(r#"{{"detail":{quoted},"error_type":{quoted}}}"#),
        format!(r#"{{"detail":[{{"msg":{quoted},"type":{quoted},"loc":[{quoted}]}}]}}"#),
        format!(r#"{{"detail":[{{"input":{quoted}}}]}}"#),
        format!(r#"{{"request_id":{quoted}}}"#),
        format!(r#"{{"request_id":"{}"}}"#, CANARY.replace(':', "-")),
        format!(r#"{{"request_id":"r-1","status_url":"https://x/{CANARY}"}}"#),
        format!(r#"{{"status":"COMPLETED","error":{quoted},"error_type":{quoted}}}"#),
        format!(r#"{{"video":{{"url":"https://files.example/{CANARY}"}}}}"#),
    ];
    let replies = |body: &String| {
        let all = [200, 302, 400, 401, 403, 422, 429, 500].map(|status| vec![say(status, &head, body); 4]);
        all.into_iter().flatten().collect::<Vec<_>>()
    };
    let server = Server::start(bodies.iter().flat_map(replies)).await;
    let client = client_of(Origins::new(Some(&server.origin), Some(&server.origin)).unwrap());
    let purchase = client.handle(ENDPOINT, &recorded("r-1")).unwrap();
    let stated = Completion { error: Some("x".to_owned()), error_type: None };
    for _ in 0..bodies.len() * 8 {
        assert_clean(&format!("{:?}", client.submit(&request(), None).await));
        assert_clean(&format!("{:?}", client.status(&purchase).await));
        assert_clean(&format!("{:?}", client.result(&purchase, &stated, "/video/url").await));
        assert_clean(&format!("{:?}", client.prices(&["a/b"]).await));
    }
    assert_eq!(server.seen().len(), bodies.len() * 8 * 4);
}

#[tokio::test]
async fn the_file_host_never_sees_the_key_also_when_sent_there() {
    let files = Server::start([say(200, "", "1234"), say(200, "", "1234")]).await;
    let redirect = say(302, &format!("location: {}/file.mp4\r\n", files.origin), "");
    let queue = Server::start([redirect]).await;
    let client = client(&queue);
    client.open(&format!("{}/file.mp4", files.origin), None).await.unwrap();
    client.open(&format!("{}/file.mp4", queue.origin), None).await.unwrap();
    assert_eq!(files.seen().len(), 2);
    for seen in files.seen().iter().chain(&queue.seen()) {
        assert_clean(&seen.head);
        assert!(!seen.head.contains("authorization"), "{}", seen.head);
    }
}

#[tokio::test]
async fn addresses_that_fal_gives_elsewhere_are_not_asked() {
    let elsewhere = Server::start([]).await;
    let queue = Server::start(std::iter::repeat_n(json(200, r#"{"status":"IN_PROGRESS"}"#), 2)).await;
    let client = client(&queue);
    let mut submitted = recorded("r-1");
    let given = Some(format!("{}/fal-ai/kling-video/requests/r-1", elsewhere.origin));
    (submitted.status_url, submitted.response_url, submitted.cancel_url) =
        (given.clone(), given.clone(), given);
    let purchase = client.handle(ENDPOINT, &submitted).unwrap();
    client.status(&purchase).await.unwrap();
    client.result(&purchase, &Completion::default(), "/video/url").await.unwrap_err();
    assert_eq!((elsewhere.seen().len(), queue.seen().len()), (0, 2));
}

#[tokio::test]
async fn no_call_to_fal_follows_a_redirect() {
    let elsewhere = Server::start([]).await;
    let redirect = say(307, &format!("location: {}/x\r\n", elsewhere.origin), "");
    let queue = Server::start(std::iter::repeat_n(redirect, 3)).await;
    let client = client(&queue);
    let purchase = client.handle(ENDPOINT, &recorded("r-1")).unwrap();
    client.submit(&request(), None).await.unwrap_err();
    client.status(&purchase).await.unwrap_err();
    client.result(&purchase, &Completion::default(), "/video/url").await.unwrap_err();
    assert_eq!((elsewhere.seen().len(), queue.seen().len()), (0, 3));
}

#[tokio::test]
async fn another_queues_handle_gets_no_key() {
    let other = Server::start([Reply::Say(Vec::new())]).await;
    let purchase = client(&other).handle(ENDPOINT, &recorded("r-1")).unwrap();
    let queue = Server::start([]).await;
    client(&queue).status(&purchase).await.unwrap_err();
    assert!(!other.seen()[0].head.contains("authorization"));
}

#[tokio::test]
async fn without_a_key_none_is_sent() {
    let server = Server::start([say(401, "", r#"{"detail":"no key"}"#)]).await;
    let client = Client::new(Origins::new(Some(&server.origin), None).unwrap(), None, patient()).unwrap();
    assert!(matches!(client.submit(&request(), None).await, Err(SubmitError::Account(_))));
    assert!(!server.seen()[0].head.contains("authorization"));
}

#[test]
fn no_debug_text_of_the_client_shows_the_key() {
    assert_clean(&format!("{:?}", client_of(Origins::new(None, None).unwrap())));
}
