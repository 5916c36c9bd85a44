//! `/_sim/faults`, the rules of what goes wrong, seen and changed while the simulator runs, and `/_sim/audit`, what has
//! happened so far. fal has no such calls.

use std::io;
use std::path::Path;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use bytes::BytesMut;
use futures::stream;
use serde::Deserialize;
use serde_json::json;
use tokio::fs::File;
use tokio::io::AsyncReadExt;

use super::reply;
use crate::sim::faults::Faults;
use crate::sim::service::Service;

/// Of the audit, in bytes.
const PIECE: usize = 64 << 10;

/// What is written: JSON, or one rule a line.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    rules: Vec<String>,
}

pub(super) async fn faults(State(service): State<Arc<Service>>) -> Response {
    said(&service, &service.dice.rules())
}

pub(super) async fn replace_faults(State(service): State<Arc<Service>>, body: Bytes) -> Response {
    change(&service, &body, |_, written| written)
}

pub(super) async fn add_faults(State(service): State<Arc<Service>>, body: Bytes) -> Response {
    change(&service, &body, Faults::and)
}

pub(super) async fn clear_faults(State(service): State<Arc<Service>>) -> Response {
    said(&service, &service.dice.change(|_| Faults::default()))
}

/// Sets what is made of the rules that hold and those that were written.
fn change(service: &Service, body: &[u8], make: impl FnOnce(Faults, Faults) -> Faults) -> Response {
    match read(body) {
        Ok(written) => said(service, &service.dice.change(|before| make(before, written))),
        Err(problems) => wrong(StatusCode::BAD_REQUEST, &problems),
    }
}

fn read(body: &[u8]) -> Result<Faults, Vec<String>> {
    let text = String::from_utf8_lossy(body);
    let rules = if text.trim_start().starts_with('{') {
        let read = serde_json::from_str::<Written>(&text).map_err(|error| {
            vec![format!(r#"{error}; write {{"rules": ["submit.lost:p=0.05"]}}, or one rule a line"#)]
        })?;
        Faults::parse(read.rules)
    } else {
        Faults::parse(text.lines().filter(|line| !line.trim().is_empty()))
    };
    rules.map_err(|wrong| wrong.problems().to_vec())
}

fn said(service: &Service, rules: &Faults) -> Response {
    reply(StatusCode::OK, &json!({ "seed": service.dice.seed(), "rules": rules.texts() }))
}

/// The audit so far, as JSON lines.
pub(super) async fn audit(State(service): State<Arc<Service>>) -> Response {
    let path = match service.audit().await {
        Ok(Some(path)) => path,
        Ok(None) => {
            let problem = "no audit is kept; start the simulator with `--audit FILE`";
            return wrong(StatusCode::NOT_FOUND, &[problem.to_owned()]);
        }
        Err(error) => return wrong(StatusCode::INTERNAL_SERVER_ERROR, &[error.to_string()]),
    };
    match lines(path).await {
        Ok(body) => ([(CONTENT_TYPE, "application/jsonl")], body).into_response(),
        Err(error) => wrong(StatusCode::INTERNAL_SERVER_ERROR, &[error.to_string()]),
    }
}

/// The file as long as it is now: a line that is being written is left for the next time.
async fn lines(path: &Path) -> io::Result<Body> {
    let file = File::open(path).await?;
    let whole = file.metadata().await?.len();
    let pieces = stream::try_unfold(file.take(whole), |mut file| async {
        let mut piece = BytesMut::with_capacity(PIECE);
        let read = file.read_buf(&mut piece).await?;
        Ok::<_, io::Error>((read > 0).then(|| (piece.freeze(), file)))
    });
    Ok(Body::from_stream(pieces))
}

/// Everything that is wrong with an admin's call.
pub(super) fn wrong(status: StatusCode, problems: &[String]) -> Response {
    reply(status, &json!({ "errors": problems }))
}
