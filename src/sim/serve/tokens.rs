//! `POST /tokens/`, of `rest.fal.ai`: a temporary token for pages that must not know the key.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::refusal::Refusal;
use super::reply;
use crate::sim::service::Service;

/// What the JavaScript client asks for (`@fal-ai/client`, `auth.ts`).
const USUAL_SECONDS: u64 = 120;
const LONGEST: Duration = Duration::from_hours(24);

#[derive(Debug, Deserialize)]
struct Asked {
    allowed_apps: Vec<String>,
    token_expiration: Option<u64>,
}

pub(super) async fn token(State(service): State<Arc<Service>>, body: Bytes) -> Response {
    match serde_json::from_slice::<Asked>(&body) {
        Ok(asked) => {
            let lasting = Duration::from_secs(asked.token_expiration.unwrap_or(USUAL_SECONDS)).min(LONGEST);
            reply(StatusCode::CREATED, &json!(service.tokens.give(asked.allowed_apps, lasting)))
        }
        Err(error) => Refusal::bad_request(error.to_string()).answer(),
    }
}
