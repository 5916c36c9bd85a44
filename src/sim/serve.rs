//! The simulator's HTTP face: which call is which, and who may make it. What a call does is the service's.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, StatusCode};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, delete, get, post};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::journal::NotRecorded;
use super::service::Service;

mod account;
mod address;
mod admin;
mod billing;
mod byte_range;
mod door;
mod estimate;
mod files;
mod history;
mod models;
mod params;
mod path;
mod payloads;
mod platform;
mod queue_calls;
mod refusal;
mod spoilt;
mod tokens;
mod wishes;
mod witness;

use door::Key;
use refusal::Refusal;

/// Inputs may hold images as `data:` addresses.
const MAX_BODY_BYTES: usize = 16 << 20;
/// Where fal's own keys are, on `rest.fal.ai` (webhooks page of its documentation).
const KEYS: &str = "/.well-known/jwks.json";
const ERROR_TYPE: &str = "x-fal-error-type";
const REQUEST_ID: HeaderName = HeaderName::from_static("x-fal-request-id");

pub(super) fn router(service: Arc<Service>, key: Option<SecretString>) -> Router {
    let key: Key = key.map(Arc::new);
    let calls = Router::new()
        .route(
            "/_sim/faults",
            get(admin::faults).put(admin::replace_faults).post(admin::add_faults).delete(admin::clear_faults),
        )
        .route("/_sim/audit", get(admin::audit))
        .route("/v1/models/pricing", get(platform::pricing))
        .route("/v1/models/pricing/estimate", post(estimate::estimate))
        .route("/v1/models/requests/by-endpoint", get(platform::by_endpoint))
        .route("/v1/models/requests/{id}/payloads", delete(payloads::deleted))
        .route("/v1/models/billing-events", get(billing::events))
        .route("/v1/account/billing", get(account::billing))
        .route("/v1/models/usage", any(platform::not_simulated))
        .route("/v1/models/analytics", any(platform::not_simulated))
        .route("/v1/models/requests/search", any(platform::not_simulated))
        .route("/v1/storage/{*call}", any(platform::not_simulated))
        .route("/v1/{*call}", any(platform::unknown))
        .method_not_allowed_fallback(platform::other_method)
        .route("/_sim/account", get(account::shown).patch(account::changed))
        .fallback(queue_calls::call)
        .route("/tokens/", post(tokens::token))
        .layer(middleware::from_fn_with_state((key, Arc::clone(&service)), door::authorize))
        .route("/files/{id}/output.mp4", get(files::file))
        .route(KEYS, get(keys))
        .route("/v1/models", get(models::models))
        .route("/v1/meta", get(platform::meta))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(middleware::from_fn_with_state(Arc::clone(&service), witness::witness))
        .with_state(Arc::clone(&service));
    // Around the routes, so that they see the address that was meant.
    Router::new()
        .fallback_service(calls)
        .layer(middleware::from_fn_with_state(service, door::lead))
        .layer(middleware::from_fn(door::open_to_browsers))
}

/// What callbacks are signed with, for anybody.
async fn keys(State(service): State<Arc<Service>>) -> Response {
    reply(StatusCode::OK, &service.callbacks.key_set())
}

/// The videos alone, for an origin of their own.
pub(super) fn files_router(service: Arc<Service>) -> Router {
    let witness = middleware::from_fn_with_state(Arc::clone(&service), witness::witness);
    let files = Router::new().route("/files/{id}/output.mp4", get(files::file)).layer(witness);
    files.layer(middleware::from_fn(door::open_to_browsers)).with_state(service)
}

fn reply(status: StatusCode, body: &Value) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], Body::from(body.to_string())).into_response()
}

/// fal's shape for what the queue itself refuses.
fn queue_error(status: StatusCode, detail: &str) -> Response {
    reply(status, &json!({ "detail": detail }))
}

/// Refuses a call, and says so in the audit.
async fn refuse(service: &Service, path: &str, refusal: Refusal) -> Response {
    match service.refused(path, refusal.status.as_u16()).await {
        Ok(()) => refusal.answer(),
        Err(error) => not_recorded(&error),
    }
}

/// fal's shape for the platform's errors.
fn platform_error(status: StatusCode, kind: &str, message: &str) -> Response {
    reply(status, &json!({ "error": { "type": kind, "message": message } }))
}

fn not_recorded(error: &NotRecorded) -> Response {
    Refusal::internal(error.to_string()).answer()
}
