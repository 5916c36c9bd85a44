//! Loopback is never reached through a proxy. The environment is set for a second process of this very test.

use std::process::Command;

use super::server::{Server, json};
use super::*;

const TEST: &str = "fal::tests::proxy::no_proxy_of_the_environment_sees_what_is_said_on_this_machine";
const INSIDE: &str = "SHOTLIST_TEST_BEHIND_A_PROXY";

#[tokio::test]
async fn no_proxy_of_the_environment_sees_what_is_said_on_this_machine() {
    if std::env::var_os(INSIDE).is_some() {
        return speak().await;
    }
    let proxy = Server::start([]).await;
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.args(["--exact", TEST, "--nocapture"]).env(INSIDE, "1");
    for name in ["http_proxy", "HTTP_PROXY", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        again.env(name, &proxy.origin);
    }
    let done = tokio::task::spawn_blocking(move || again.output().unwrap()).await.unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
    let through: Vec<String> = proxy.seen().iter().map(|seen| seen.line().to_owned()).collect();
    assert_eq!(through, ["get http://elsewhere.invalid/ http/1.1"]);
}

async fn speak() {
    let server = Server::start([json(200, r#"{"request_id":"r-1"}"#), json(200, "1234")]).await;
    let client = client(&server);
    assert_eq!(client.submit(&request(), None).await.unwrap().request_id, "r-1");
    client.open(&format!("{}/file", server.origin), None).await.unwrap();
    // Proof that this process does know the proxy; it closes unanswered.
    reqwest::get("http://elsewhere.invalid").await.unwrap_err();
}
