//! What a call is refused with, in fal's words and shape. Does not decide which call is.

use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::json;

use super::{ERROR_TYPE, queue_error, reply};

const NEEDS_RETRY: HeaderName = HeaderName::from_static("x-fal-needs-retry");
/// fal's type for synchronous calls beyond the account's limit (concurrency limits page).
const CONCURRENCY: &str = "concurrent_requests_limit";

/// A refusal of the queue or the synchronous endpoint.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    detail: String,
    /// Of those that fal gives a type.
    kind: Option<&'static str>,
}

impl Refusal {
    fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), kind: None }
    }

    pub(super) fn unknown_app(endpoint: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("Application '{endpoint}' not found"))
    }

    pub(super) fn bad_key() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid key credentials")
    }

    /// In fal's words for why the account is.
    pub(super) fn locked(why: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, why)
    }

    /// More wait than the client said may.
    pub(super) fn queue_full() -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "Queue is full")
    }

    pub(super) fn bad_request(wrong: String) -> Self {
        Self { kind: Some("bad_request"), ..Self::new(StatusCode::BAD_REQUEST, wrong) }
    }

    pub(super) fn internal(why: String) -> Self {
        Self { kind: Some("internal_error"), ..Self::new(StatusCode::INTERNAL_SERVER_ERROR, why) }
    }

    pub(super) fn too_many_at_once(limit: usize) -> Self {
        let detail = format!("Reached the concurrent requests limit of {limit} for this user");
        Self { kind: Some(CONCURRENCY), ..Self::new(StatusCode::TOO_MANY_REQUESTS, detail) }
    }

    pub(super) fn answer(&self) -> Response {
        let Some(kind) = self.kind else { return queue_error(self.status, &self.detail) };
        let mut response = reply(self.status, &json!({ "detail": self.detail, "error_type": kind }));
        let headers = response.headers_mut();
        headers.insert(ERROR_TYPE, HeaderValue::from_static(kind));
        if kind == CONCURRENCY {
            headers.insert(NEEDS_RETRY, HeaderValue::from_static("1"));
        }
        response
    }
}
