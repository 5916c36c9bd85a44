//! A purchase is one `POST`, and only fal's own word makes it certainly not bought.

use super::server::{Reply, Server, answer, json, say};
use super::*;
use crate::take::FailureKind;

/// One purchase per reply, and proof that each was one `POST`.
async fn submit_all(replies: Vec<Reply>) -> Vec<Result<Receipt, SubmitError>> {
    let server = Server::start(replies.clone()).await;
    let client = client(&server);
    let mut results = Vec::new();
    for reply in replies {
        results.push(client.submit(&request(), None).await);
        assert_eq!(server.seen().len(), results.len(), "{reply:?}");
    }
    results
}

async fn submit(reply: Reply) -> Result<Receipt, SubmitError> {
    submit_all(vec![reply]).await.remove(0)
}

const RECEIPT: &str =
    r#"{"request_id":"r-1","status_url":"S","response_url":"R","cancel_url":"C","queue_position":3}"#;

#[tokio::test]
async fn a_purchase_is_one_post_with_the_request_as_it_is() {
    let server = Server::start([json(200, RECEIPT)]).await;
    let tags = Tags::new("a/b/c", &["c", "d"]);
    let receipt = client(&server).submit(&request(), Some(&tags)).await.unwrap();
    assert_eq!((receipt.request_id.as_str(), receipt.queue_position), ("r-1", Some(3)));
    assert_eq!(receipt.status_url.as_deref(), Some("S"));
    let [seen] = &server.seen()[..] else { panic!("one request") };
    assert_eq!(seen.line(), format!("post /{ENDPOINT} http/1.1"));
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&seen.body).unwrap(),
        serde_json::json!(request().body)
    );
    for header in [
        format!("authorization: key {CANARY}"),
        "content-type: application/json".to_owned(),
        "accept: application/json".to_owned(),
        "x-app-fal-disable-fallback: true".to_owned(),
        "x-fal-tags: clip=a/b/c,shots=c.d".to_owned(),
    ] {
        assert!(seen.head.lines().any(|line| line == header), "{header} in {}", seen.head);
    }
    assert!(!seen.head.contains("store-io") && !seen.head.contains("timeout"));
}

#[tokio::test]
async fn what_was_accepted_unseen_is_ambiguous_and_never_sent_twice() {
    let html = "<html>504 Gateway Time-out</html>";
    let deep = "[".repeat(100_000);
    let long_id = format!(r#"{{"request_id":"{}"}}"#, "x".repeat(1 << 19));
    let replies = [
        Reply::Say(Vec::new()),
        Reply::Say(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"request_".to_vec()),
        Reply::Say(b"nonsense".to_vec()),
        Reply::Endless(b"HTTP/1.1 200 OK\r\n\r\n[\"endless\",".to_vec()),
        json(200, ""),
        json(200, "{}"),
        json(200, "null"),
        json(200, r#"{"request_id":"#),
        json(200, r#"{"request_id":null}"#),
        json(200, r#"{"request_id":""}"#),
        json(200, r#"{"request_id":"a/../b"}"#),
        json(200, r#"{"request_id":".."}"#),
        json(200, r#"{"request_id":"a\r\nb"}"#),
        json(200, &long_id),
        json(200, &deep),
        say(200, "content-type: text/html\r\n", html),
        say(204, "", ""),
        say(301, "location: /elsewhere\r\n", ""),
        say(307, "location: /elsewhere\r\n", r#"{"request_id":"r-1"}"#),
        say(308, "location: /elsewhere\r\nx-fal-request-id: x\r\n", ""),
        json(500, r#"{"detail":"broken","error_type":"internal_error"}"#),
        say(502, "", html),
        say(503, "retry-after: 1\r\n", html),
        say(504, "x-fal-request-id: x\r\n", html),
        json(409, r#"{"detail":"conflict"}"#),
        json(408, r#"{"detail":"timeout"}"#),
    ];
    let codes = [400, 401, 402, 403, 404, 422, 429];
    let bodies = [html, "", "{}", "[]", r#"{"message":"blocked"}"#, r#"{"detail":[]}"#];
    let gateways = codes.iter().flat_map(|&code| bodies.iter().map(move |body| say(code, "", body)));
    let all: Vec<Reply> = replies.into_iter().chain(gateways).collect();
    for (result, reply) in submit_all(all.clone()).await.into_iter().zip(all) {
        let error = result.unwrap_err();
        assert!(matches!(error, SubmitError::Ambiguous { .. }), "{reply:?}: {error:?}");
        assert_eq!(error.failure(), None);
    }
}

#[tokio::test]
async fn silence_after_the_request_is_ambiguous() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"request_".to_vec();
    for reply in [Reply::Hang(Vec::new()), Reply::Hang(head)] {
        let server = Server::start([reply]).await;
        let error = hurried_client(&server).submit(&request(), None).await.unwrap_err();
        assert!(matches!(error, SubmitError::Ambiguous { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn fals_own_refusal_is_certainly_not_bought() {
    let expected = [
        (400, FailureKind::Refused),
        (401, FailureKind::Account),
        (402, FailureKind::Account),
        (403, FailureKind::Account),
        (404, FailureKind::Refused),
        (422, FailureKind::Refused),
        (429, FailureKind::Throttled),
    ];
    let list = r#"{"detail":[{"loc":["body","prompt"],"msg":"too long","type":"string_too_long"}]}"#;
    for (status, kind) in expected {
        let replies = vec![
            json(status, r#"{"detail":"no"}"#),
            json(status, list),
            json(status, r#"{"detail":"no","error_type":"bad_request"}"#),
            say(status, "x-fal-request-id: x\r\n", "<html>"),
            Reply::Say(answer(status, "x-fal-request-id: x\r\ntransfer-encoding: chunked\r\n", "")),
        ];
        for result in submit_all(replies).await {
            let failure = result.unwrap_err().failure().unwrap();
            assert_eq!((failure.kind, failure.http_status), (kind, Some(status)), "{failure:?}");
        }
    }
    let result = submit(json(422, list)).await;
    let failure = result.unwrap_err().failure().unwrap();
    assert_eq!(failure.message, "body.prompt: too long");
    assert_eq!(failure.error_type.as_deref(), Some("string_too_long"));
}

#[tokio::test]
async fn a_throttled_purchase_says_how_long_to_wait() {
    let throttled = say(429, "retry-after: 9\r\n", r#"{"detail":"slow down"}"#);
    let result = submit(throttled).await;
    let Err(SubmitError::Throttled { retry_after, .. }) = result else { panic!("{result:?}") };
    assert_eq!(retry_after, Some(Duration::from_secs(9)));
}

#[tokio::test]
async fn where_no_connection_is_made_nothing_was_sent() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let refused = format!("http://127.0.0.1:{port}");
    for queue in [refused.as_str(), "https://no-such-host.invalid"] {
        let client = client_of(Origins::new(Some(queue), None).unwrap());
        let error = client.submit(&request(), None).await.unwrap_err();
        assert!(matches!(error, SubmitError::NotSent { .. }), "{queue}: {error:?}");
        assert_eq!(error.failure().unwrap().kind, FailureKind::NotSent);
    }
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_was_sent_nothing() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut stream = listener.accept().await.unwrap().0;
        tokio::io::AsyncWriteExt::write_all(&mut stream, &answer(200, "", RECEIPT)).await.unwrap();
        std::future::pending::<()>().await;
    });
    let client = client_of(Origins::new(Some(&origin), None).unwrap());
    let error = client.submit(&request(), None).await.unwrap_err();
    assert!(matches!(error, SubmitError::NotSent { .. }), "{error:?}");
}

#[tokio::test]
async fn a_server_that_never_answers_the_greeting_was_sent_nothing() {
    let server = Server::start([]).await;
    let origins = Origins::new(Some(&server.origin.replace("http", "https")), None).unwrap();
    let timeouts = Timeouts { connect: Duration::from_millis(100), ..patient() };
    let client = Client::new(origins, Some(key()), timeouts).unwrap();
    let error = client.submit(&request(), None).await.unwrap_err();
    assert_eq!(error, SubmitError::NotSent { why: "timed out".to_owned() });
}

#[tokio::test]
async fn every_purchase_has_a_connection_of_its_own() {
    let receipt = answer(200, "", RECEIPT);
    let server = Server::start([Reply::Keep(receipt.clone()), Reply::Keep(receipt)]).await;
    let client = client(&server);
    client.submit(&request(), None).await.unwrap();
    client.submit(&request(), None).await.unwrap();
    let connections: Vec<usize> = server.seen().iter().map(|seen| seen.connection).collect();
    assert_eq!(connections, [0, 1]);
}

#[tokio::test]
async fn a_receipt_counts_whatever_the_code_and_odd_addresses_are_left_out() {
    let long =
        format!(r#"{{"request_id":"r-1","status_url":"https://x/{}","cancel_url":7}}"#, "x".repeat(5_000));
    let result = submit(json(200, &long)).await;
    let receipt = result.unwrap();
    assert_eq!((receipt.status_url, receipt.response_url, receipt.cancel_url), (None, None, None));
    let result = submit(json(503, RECEIPT)).await;
    assert_eq!(result.unwrap().request_id, "r-1");
}

#[tokio::test]
async fn the_simulators_receipt_holds_paths() {
    let server = Server::start_with(|origin| {
        let own = format!("{origin}/fal-ai/x/requests/r-1/status");
        [json(
            200,
            &RECEIPT.replace(r#""S""#, &format!("{own:?}")).replace(r#""R""#, r#""http://127.0.0.1:1/r""#),
        )]
    });
    let server = server.await;
    let receipt =
        client_of(Origins::simulator(&server.origin).unwrap()).submit(&request(), None).await.unwrap();
    assert_eq!(receipt.status_url.as_deref(), Some("/fal-ai/x/requests/r-1/status"));
    assert_eq!(receipt.response_url.as_deref(), Some("http://127.0.0.1:1/r"));
}
