//! A submit that asks for a callback, and the keys that callbacks are signed with.

use super::*;
use crate::fal::webhook::{KeysAddress, ReturnAddress};
use crate::take::Token;
use server::{json, say};

const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

fn back(token: &Token) -> ReturnAddress {
    ReturnAddress::new(&"https://hooks.example/in".parse().unwrap(), token)
}

#[tokio::test]
async fn a_submit_names_its_callback_in_the_query_and_in_nothing_else() {
    let server = Server::start([json(200, r#"{"request_id":"r-1"}"#)]).await;
    let token = Token::mint();
    client(&server).submit_with_webhook(&request(), None, &back(&token)).await.unwrap();
    let seen = &server.seen()[0];
    let named = format!("?fal_webhook=https%3a%2f%2fhooks.example%2fin%2f{} http/1.1", token.expose());
    assert!(seen.line().ends_with(&named), "{}", seen.line());
    let elsewhere = seen.head.replace(seen.line(), "") + &seen.body;
    assert!(!elsewhere.contains(token.expose()) && !elsewhere.contains("hooks.example"), "{elsewhere}");
}

#[tokio::test]
async fn no_answer_to_a_submit_repeats_the_token() {
    let token = Token::mint();
    let said = format!("see https://hooks.example/in/{} there", token.expose());
    let page = say(502, "", &format!("<html>{said}</html>"));
    let refusal = json(422, &serde_json::json!({ "detail": said }).to_string());
    let receipt = json(200, &serde_json::json!({"request_id": "r-1", "status_url": said}).to_string());
    let id = json(200, &serde_json::json!({"request_id": token.expose()}).to_string());
    let server = Server::start([page, refusal, receipt, id]).await;
    for _ in 0..4 {
        let answer = client(&server).submit_with_webhook(&request(), None, &back(&token)).await;
        let told = answer.as_ref().err().map(ToString::to_string).unwrap_or_default();
        assert!(!format!("{answer:?} {told}").contains(token.expose()), "{answer:?}");
    }
    let gone = Client::new(Origins::new(Some("http://127.0.0.1:1"), None).unwrap(), None, patient()).unwrap();
    let error = gone.submit_with_webhook(&request(), None, &back(&token)).await.unwrap_err();
    assert!(!format!("{error:?} {error}").contains(token.expose()), "{error:?}");
}

#[tokio::test]
async fn the_signing_keys_are_asked_for_without_the_key() {
    let set = format!(r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","x":"{X}"}}]}}"#);
    let server = Server::start([json(200, &set), json(503, "{}")]).await;
    let at = format!("{}/.well-known/jwks.json", server.origin);
    let client = client(&server);
    let at = KeysAddress::new(Some(&at), client.origins()).unwrap();
    assert_eq!(client.signing_keys(&at).await.unwrap().len(), 1);
    assert!(client.signing_keys(&at).await.is_err());
    for seen in server.seen() {
        assert_eq!(seen.line(), "get /.well-known/jwks.json http/1.1");
        assert!(!seen.head.contains("authorization") && !seen.head.contains("canary"), "{}", seen.head);
    }
}
