//! Around every call that fal has: lets it take its time, and tells the audit what was asked and how it was answered.
//! The simulator's own calls are answered at once, and nobody is told.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use uuid::Uuid;

use super::REQUEST_ID;
use super::path::{What, follow_up};
use crate::sim::faults::Kind;
use crate::sim::service::Service;

pub(super) async fn witness(State(service): State<Arc<Service>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if path.starts_with("/_sim/") {
        return next.run(request).await;
    }
    let (call, asked) = (call(request.method(), path), follow_up(path).and_then(|call| call.id));
    service.hear().await;
    let response = next.run(request).await;
    if let Some(call) = call {
        tell(&service, call, asked, &response);
    }
    response
}

fn tell(service: &Service, call: &str, asked: Option<Uuid>, response: &Response) {
    let (headers, aside) = (response.headers(), response.extensions());
    let told = aside.get::<HeaderValue>().or_else(|| headers.get(REQUEST_ID));
    let told = told.and_then(|id| id.to_str().ok()).map(str::to_owned);
    let id = told.or_else(|| asked.map(|id| id.to_string()));
    service.asked(call, response.status().as_u16(), id.as_deref(), aside.get::<Kind>().copied());
}

/// The name of a call that may cost or tell something. A file has a line of its own, with what was sent.
fn call(method: &Method, path: &str) -> Option<&'static str> {
    match path.trim_start_matches('/').split('/').next() {
        Some("v1") if path.contains("/pricing") => Some("prices"),
        Some("v1") if path.contains("/requests/") => Some("history"),
        Some("v1" | "files" | ".well-known") => None,
        Some("run") => Some("run"),
        _ => match follow_up(path).map(|call| call.what) {
            Some(What::Status) => Some("status"),
            Some(What::Stream) => Some("stream"),
            Some(What::Result) => Some("result"),
            Some(What::Cancel) => Some("cancel"),
            None => (method == Method::POST).then_some("submit"),
        },
    }
}
