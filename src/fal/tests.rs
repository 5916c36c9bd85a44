//! The client against scripted servers on this machine: what it sends, where, and what it makes of the answers.

mod download;
mod follow;
mod history;
mod proxy;
mod secrets;
mod server;
mod submit;
mod webhook;

use std::time::Duration;

use super::*;
use crate::take::Submitted;
use server::Server;

const ENDPOINT: &str = "fal-ai/kling-video/o3/4k/text-to-video";
const CANARY: &str = "canary0id-1234:canary0secret-5678";

/// Longer than any answer that comes.
fn patient() -> Timeouts {
    let long = Duration::from_mins(1);
    Timeouts { connect: long, submit: long, ask: long, file: long }
}

/// For those that never come.
fn hurried() -> Timeouts {
    let short = Duration::from_millis(300);
    Timeouts { submit: short, ask: short, file: short, ..patient() }
}

fn key() -> Key {
    Key::from_values(Some(CANARY), None, None).unwrap()
}

fn client_of(origins: Origins) -> Client {
    Client::new(origins, Some(key()), patient()).unwrap()
}

fn client(server: &Server) -> Client {
    client_of(Origins::new(Some(&server.origin), None).unwrap())
}

fn hurried_client(server: &Server) -> Client {
    let origins = Origins::new(Some(&server.origin), None).unwrap();
    Client::new(origins, Some(key()), hurried()).unwrap()
}

fn request() -> Request {
    let body = serde_json::json!({"prompt": "a fox", "duration": "5"});
    Request { endpoint: ENDPOINT.to_owned(), body: body.as_object().unwrap().clone() }
}

fn recorded(id: &str) -> Submitted {
    let at = jiff::Timestamp::UNIX_EPOCH;
    Submitted::by_id(at, id)
}
