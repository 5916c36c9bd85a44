//! The simulator's HTTP face: which call is which, and who may make it. What a call does is the service's.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::journal::NotRecorded;
use super::service::Service;

mod account;
mod admin;
mod byte_range;
mod files;
mod history;
mod path;
mod payloads;
mod platform;
mod queue_calls;
mod refusal;
mod spoilt;
mod stream;
mod wishes;
mod witness;

use refusal::Refusal;

/// Inputs may hold images as `data:` addresses.
const MAX_BODY_BYTES: usize = 16 << 20;
/// Where fal's own keys are, on `rest.fal.ai` (webhooks page of its documentation).
const KEYS: &str = "/.well-known/jwks.json";
const TARGET: &str = "x-fal-target-url";
const ERROR_TYPE: &str = "x-fal-error-type";
const REQUEST_ID: HeaderName = HeaderName::from_static("x-fal-request-id");

/// The key that every call but a file's must bring, if there is one.
type Key = Option<Arc<SecretString>>;

pub(super) fn router(service: Arc<Service>, key: Option<SecretString>) -> Router {
    let key: Key = key.map(Arc::new);
    let calls = Router::new()
        .route(
            "/_sim/faults",
            get(admin::faults).put(admin::replace_faults).post(admin::add_faults).delete(admin::clear_faults),
        )
        .route("/_sim/audit", get(admin::audit))
        .route("/v1/models/pricing", get(platform::pricing))
        .route("/v1/models/pricing/estimate", post(platform::estimate))
        .route("/v1/models/requests/by-endpoint", get(platform::by_endpoint))
        .route("/v1/models/requests/{id}/payloads", delete(payloads::deleted))
        .route("/v1/account/billing", get(account::billing))
        .route("/_sim/account", get(account::shown).patch(account::changed))
        .fallback(queue_calls::call)
        .layer(middleware::from_fn_with_state((key, Arc::clone(&service)), authorize))
        .route("/files/{id}/output.mp4", get(files::file))
        .route(KEYS, get(keys))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(middleware::from_fn_with_state(Arc::clone(&service), witness::witness))
        .with_state(service);
    // Around the routes, so that they see the address that was meant.
    Router::new().fallback_service(calls).layer(middleware::map_request(retarget))
}

/// What callbacks are signed with, for anybody.
async fn keys(State(service): State<Arc<Service>>) -> Response {
    reply(StatusCode::OK, &service.callbacks.key_set())
}

/// The videos alone, for an origin of their own.
pub(super) fn files_router(service: Arc<Service>) -> Router {
    let witness = middleware::from_fn_with_state(Arc::clone(&service), witness::witness);
    Router::new().route("/files/{id}/output.mp4", get(files::file)).layer(witness).with_state(service)
}

/// fal's own clients can be pointed at a proxy, and then name the address they mean in a header.
async fn retarget(mut request: Request) -> Request {
    let target = request.headers().get(TARGET).and_then(|value| value.to_str().ok());
    if let Some(target) = target.and_then(|text| text.parse::<Uri>().ok()) {
        *request.uri_mut() = target.into_parts().path_and_query.map(Uri::from).unwrap_or_default();
    }
    request
}

async fn authorize(
    State((key, service)): State<(Key, Arc<Service>)>,
    request: Request,
    next: Next,
) -> Response {
    if key.is_none_or(|key| brings(request.headers(), &key)) {
        return next.run(request).await;
    }
    let path = request.uri().path().trim_start_matches('/').to_owned();
    if path.starts_with("_sim/") {
        let problem = "this simulator was given a key; bring it as `Authorization: Key …`";
        return admin::wrong(StatusCode::UNAUTHORIZED, &[problem.to_owned()]);
    }
    if path.starts_with("v1/") {
        return platform_error(StatusCode::UNAUTHORIZED, "authorization_error", "Invalid key credentials");
    }
    refuse(&service, &path, Refusal::bad_key()).await
}

fn brings(headers: &HeaderMap, key: &SecretString) -> bool {
    let sent = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    sent.and_then(|value| value.strip_prefix("Key ")) == Some(key.expose_secret())
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
