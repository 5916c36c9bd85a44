//! Status, result and prices: what fal says, and what others say in its place.

use super::server::{Reply, Server, json, say};
use super::*;
use crate::take::FailureKind;

const VIDEO: &str = "/video/url";

async fn status(reply: Reply) -> Result<Status, AskError> {
    let server = Server::start([reply]).await;
    status_of(&client(&server)).await
}

async fn status_of(client: &Client) -> Result<Status, AskError> {
    let purchase = client.handle(ENDPOINT, &recorded("r-1")).unwrap();
    client.status(&purchase).await
}

/// One question per reply.
async fn results(completion: &Completion, replies: Vec<Reply>) -> Vec<Result<Outcome, AskError>> {
    let server = Server::start(replies.clone()).await;
    let client = client(&server);
    let purchase = client.handle(ENDPOINT, &recorded("r-1")).unwrap();
    let mut results = Vec::new();
    for _ in replies {
        results.push(client.result(&purchase, completion, VIDEO).await);
    }
    results
}

async fn result_after(completion: &Completion, reply: Reply) -> Result<Outcome, AskError> {
    results(completion, vec![reply]).await.remove(0)
}

async fn result(reply: Reply) -> Result<Outcome, AskError> {
    result_after(&Completion::default(), reply).await
}

fn failed(outcome: Result<Outcome, AskError>) -> Failure {
    match outcome {
        Ok(Outcome::Failed(failure)) => failure,
        other => panic!("{other:?}"),
    }
}

fn video(outcome: Result<Outcome, AskError>) -> Video {
    match outcome {
        Ok(Outcome::Video(video)) => video,
        other => panic!("{other:?}"),
    }
}

fn stated() -> Completion {
    Completion { error: Some("it broke".to_owned()), error_type: None }
}

#[tokio::test]
async fn every_state_is_read_whatever_is_left_out_or_new() {
    let queued = json(202, r#"{"status":"IN_QUEUE","queue_position":7,"logs":null}"#);
    assert_eq!(status(queued).await, Ok(Status::Queued { position: Some(7) }));
    for position in ["-1", "\"7\"", "null", "1e99"] {
        let body = format!(r#"{{"status":"IN_QUEUE","queue_position":{position}}}"#);
        assert_eq!(status(json(202, &body)).await, Ok(Status::Queued { position: None }));
    }
    for state in ["IN_PROGRESS", "FAILED", "PAUSED", ""] {
        let body = format!(r#"{{"status":"{state}"}}"#);
        assert_eq!(status(json(200, &body)).await, Ok(Status::Running), "{state}");
    }
    let completed = json(200, r#"{"status":"COMPLETED","error":null,"metrics":{"inference_time":1.5}}"#);
    assert_eq!(status(completed).await, Ok(Status::Completed(Completion::default())));
    let failed = json(200, r#"{"status":"COMPLETED","error":"it broke","error_type":"request_timeout"}"#);
    let Ok(Status::Completed(completion)) = status(failed).await else { panic!("completed") };
    assert_eq!(
        (completion.error.as_deref(), completion.error_type.as_deref()),
        (Some("it broke"), Some("request_timeout"))
    );
    let structured = json(200, r#"{"status":"COMPLETED","error":{"code":1}}"#);
    assert!(matches!(status(structured).await, Ok(Status::Completed(completion)) if completion.is_failure()));
}

#[tokio::test]
async fn an_answer_without_a_status_is_an_error_and_asked_again() {
    let replies = [
        json(200, ""),
        json(202, " \n"),
        json(200, "{}"),
        json(200, "[]"),
        json(200, r#"{"status":7}"#),
        say(200, "", "<html>"),
        Reply::Say(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"status\":".to_vec()),
        Reply::Say(Vec::new()),
        Reply::Endless(b"HTTP/1.1 200 OK\r\n\r\n[\"endless\",".to_vec()),
        say(302, "location: /login\r\n", ""),
        say(500, "", ""),
        say(502, "", "<html>"),
        say(503, "", ""),
        say(504, "", ""),
        json(429, r#"{"detail":"slow down"}"#),
        say(408, "", ""),
    ];
    for reply in replies {
        let error = status(reply.clone()).await.unwrap_err();
        assert!(error.is_transient(), "{reply:?}: {error:?}");
    }
}

#[tokio::test]
async fn silence_is_an_error_and_asked_again() {
    let server = Server::start([Reply::Hang(Vec::new())]).await;
    let error = status_of(&hurried_client(&server)).await.unwrap_err();
    assert_eq!(error, AskError::Unreachable("timed out".to_owned()));
}

#[tokio::test]
async fn a_no_is_told_apart_from_a_not_now() {
    for code in [400, 401, 403, 404, 405, 410, 422] {
        let error = status(json(code, r#"{"status":"NOT_FOUND"}"#)).await.unwrap_err();
        assert!(matches!(&error, AskError::Refused { status, .. } if *status == code), "{error:?}");
        assert!(!error.is_transient());
    }
    let busy = status(say(503, "retry-after: 4\r\n", "")).await.unwrap_err();
    assert_eq!(busy.retry_after(), Some(Duration::from_secs(4)));
}

#[tokio::test]
async fn follow_ups_go_to_owner_and_app() {
    let completed = r#"{"status":"COMPLETED"}"#;
    let server = Server::start([json(200, completed), json(200, "{}")]).await;
    let client = client(&server);
    let purchase = client.handle(ENDPOINT, &recorded("r-1")).unwrap();
    client.status(&purchase).await.unwrap();
    failed(client.result(&purchase, &Completion::default(), VIDEO).await);
    let lines: Vec<String> = server.seen().iter().map(|seen| seen.line().to_owned()).collect();
    let base = "/fal-ai/kling-video/requests/r-1";
    let expected = [format!("get {base}/status http/1.1"), format!("get {base} http/1.1")];
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn a_video_is_a_video_whatever_its_other_fields_say() {
    let whole = r#"{"video":{"url":"https://v3b.fal.media/files/b/1/output.mp4","file_name":"output.mp4","file_size":13096952}}"#;
    let found = video(result(say(200, "x-fal-billable-units: 5.0\r\n", whole)).await);
    assert_eq!(found.url, "https://v3b.fal.media/files/b/1/output.mp4");
    assert_eq!((found.file_size, found.billable_units.as_deref()), (Some(13_096_952), Some("5.0")));
    for size in ["-1", "0", "1.5", "1e99", "\"13096952\"", "null", "99999999999999999999999", "[]"] {
        let body = whole.replace("13096952", size).replace("output.mp4\",", "../../etc/passwd\",");
        assert_eq!(video(result(json(200, &body)).await).file_size, None, "{size}");
    }
    let huge = whole.replace("13096952", "18446744073709551615");
    assert_eq!(video(result(json(200, &huge)).await).file_size, Some(u64::MAX));
    assert_eq!(video(result_after(&stated(), json(200, whole)).await).file_size, Some(13_096_952));
}

#[tokio::test]
async fn an_answer_without_a_video_to_fetch_is_a_failure_that_may_be_billed() {
    let bodies = [
        "{}",
        "null",
        r#"{"video":null}"#,
        r#"{"video":{}}"#,
        r#"{"video":{"url":""}}"#,
        r#"{"video":{"url":7}}"#,
        r#"{"video":{"url":"file:///etc/passwd"}}"#,
        r#"{"video":{"url":"data:video/mp4;base64,AAAA"}}"#,
        r#"{"video":{"url":"output.mp4"}}"#,
        r#"{"error":"downstream_service_error"}"#,
    ];
    for body in bodies {
        let failure = failed(result(json(200, body)).await);
        assert_eq!(failure.kind, FailureKind::NoVideo, "{body}");
        assert!(!failure.at(jiff::Timestamp::UNIX_EPOCH).is_free());
    }
}

#[tokio::test]
async fn an_unfinished_or_unreadable_result_is_asked_for_again() {
    let replies = [
        json(200, ""),
        say(200, "", "<html>"),
        json(400, r#"{"detail":"Request is still in progress"}"#),
        json(202, r#"{"status":"IN_PROGRESS"}"#),
        json(200, r#"{"status":"IN_QUEUE"}"#),
        Reply::Say(Vec::new()),
        say(429, "", ""),
        say(302, "location: https://elsewhere.example\r\n", ""),
    ];
    for reply in replies {
        let error = result(reply.clone()).await.unwrap_err();
        assert!(error.is_transient(), "{reply:?}: {error:?}");
    }
}

#[tokio::test]
async fn a_5xx_is_the_outcome_only_where_fal_says_so() {
    let list = r#"{"detail":[{"msg":"broke","type":"internal_server_error"}]}"#;
    let bodies = ["", "<html>nginx</html>", r#"{"detail":"broken"}"#, list];
    let codes = [500, 502, 503, 504];
    let replies: Vec<Reply> = codes.iter().flat_map(|&code| bodies.map(|body| json(code, body))).collect();
    for (found, reply) in results(&Completion::default(), replies.clone()).await.into_iter().zip(&replies) {
        assert!(matches!(found, Err(AskError::Busy { .. })), "{reply:?}: {found:?}");
    }
    for found in results(&stated(), replies).await {
        assert_eq!(failed(found).kind, FailureKind::Server);
    }
    let flat = r#"{"detail":"broken","error_type":"runner_server_error"}"#;
    let replies = codes.map(|code| json(code, flat)).to_vec();
    for (found, code) in results(&Completion::default(), replies).await.into_iter().zip(codes) {
        let failure = failed(found);
        assert_eq!((failure.kind, failure.http_status), (FailureKind::Server, Some(code)));
        assert_eq!(failure.message, "broken");
        assert_eq!(failure.error_type.as_deref(), Some("runner_server_error"));
    }
}

#[tokio::test]
async fn a_wrong_input_and_a_refused_one_are_told_apart() {
    let validation = [
        r#"{"detail":[{"loc":["body","root"],"msg":"one of prompt and multi_prompt","type":"value_error"}]}"#,
        r#"{"detail":"prompt is too long"}"#,
    ];
    for body in validation {
        let failure = failed(result(json(422, body)).await);
        assert_eq!(failure.kind, FailureKind::Validation, "{body}");
    }
    let policy = [
        r#"{"detail":[{"msg":"flagged","type":"content_policy_violation"}]}"#,
        r#"{"detail":[{"msg":"a","type":"value_error"},{"msg":"flagged","type":"content_policy_violation"}]}"#,
        r#"{"detail":"flagged","error_type":"content_policy_violation"}"#,
        r#"{"detail":"Content policy violation"}"#,
    ];
    for body in policy {
        let failure = failed(result(say(422, "x-fal-billable-units: 0\r\n", body)).await);
        assert_eq!(failure.kind, FailureKind::Policy, "{body}");
        assert!(failure.at(jiff::Timestamp::UNIX_EPOCH).is_free());
    }
    let downstream = json(400, r#"{"detail":[{"msg":"down","type":"downstream_service_error"}]}"#);
    assert_eq!(failed(result(downstream).await).kind, FailureKind::Validation);
    assert_eq!(failed(result(json(499, r#"{"detail":"cancelled"}"#)).await).kind, FailureKind::Cancelled);
}

#[tokio::test]
async fn a_no_that_is_not_about_the_clip_is_no_outcome() {
    let replies =
        [(422, "<html>"), (400, "<html>"), (401, r#"{"detail":"bad key"}"#), (404, r#"{"detail":"gone"}"#)];
    for (status, body) in replies {
        let error = result(json(status, body)).await.unwrap_err();
        assert!(matches!(error, AskError::Refused { .. }), "{status}: {error:?}");
    }
}

#[tokio::test]
async fn prices_are_asked_for_fifty_at_a_time_and_page_by_page() {
    let page = |id: &str, more: bool| {
        let line = format!(r#"{{"endpoint_id":"{id}","unit_price":0.42,"unit":"second","currency":"USD"}}"#);
        json(200, &format!(r#"{{"prices":[{line}],"next_cursor":"c&1","has_more":{more}}}"#))
    };
    let server = Server::start([page("a/1", true), page("a/2", false), page("a/3", false)]).await;
    let origins = Origins::new(Some("http://127.0.0.1:9"), Some(&server.origin)).unwrap();
    let endpoints: Vec<String> = (0..51).map(|n| format!("a/{n}")).collect();
    let endpoints: Vec<&str> = endpoints.iter().map(String::as_str).collect();
    let prices = client_of(origins).prices(&endpoints).await.unwrap();
    let found: Vec<&str> = prices.iter().map(|price| price.endpoint.as_str()).collect();
    assert_eq!(found, ["a/1", "a/2", "a/3"]);
    let [first, second, third] = &server.seen()[..] else { panic!("three pages") };
    assert_eq!(first.line().matches("endpoint_id=").count(), 50);
    assert!(first.line().starts_with("get /v1/models/pricing?endpoint_id=a%2f0&"));
    assert!(second.line().contains("&cursor=c%261 "));
    assert!(third.line().ends_with("pricing?endpoint_id=a%2f50 http/1.1"));
    assert!(first.head.contains("authorization: key"));
}

#[tokio::test]
async fn a_queue_of_the_users_own_is_not_asked_for_prices() {
    let server = Server::start([]).await;
    assert_eq!(client(&server).prices(&["a/b"]).await, Err(AskError::NoPlatform));
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_question_is_repeated_until_there_is_an_answer_or_a_no() {
    let server = Server::start([say(503, "", ""), json(200, r#"{"status":"IN_PROGRESS"}"#)]).await;
    let patient = client(&server);
    let purchase = patient.handle(ENDPOINT, &recorded("r-1")).unwrap();
    assert_eq!(persistently(5, || patient.status(&purchase)).await, Ok(Status::Running));
    assert_eq!(server.seen().len(), 2);
    let server = Server::start([say(404, "", ""), say(404, "", "")]).await;
    let refused = client(&server);
    let purchase = refused.handle(ENDPOINT, &recorded("r-1")).unwrap();
    assert!(persistently(5, || refused.status(&purchase)).await.is_err());
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn fals_word_on_whether_another_try_can_help_is_read_under_both_of_its_names() {
    let body = r#"{"detail":"it broke","error_type":"internal_error"}"#;
    for (headers, retryable) in [
        ("", None),
        ("x-fal-retryable: true\r\n", Some(true)),
        ("X-Fal-Retryable: 0\r\n", Some(false)),
        ("x-fal-needs-retry: 1\r\n", Some(true)),
        ("X-Fal-Needs-Retry: False\r\n", Some(false)),
        ("x-fal-retryable: perhaps\r\n", None),
        ("x-fal-request-timeout-type: user\r\n", Some(false)),
        ("x-fal-retryable: true\r\nx-fal-request-timeout-type: user\r\n", Some(false)),
    ] {
        let failure = failed(result(say(500, headers, body)).await);
        assert_eq!((failure.kind, failure.retryable), (FailureKind::Server, retryable), "{headers}");
    }
}
