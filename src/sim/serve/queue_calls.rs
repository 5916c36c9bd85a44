//! The queue's calls as fal answers them: which call is which, and the cancel. The rest is in the files below.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use super::path::{FollowUp, What, app_of, follow_up};
use super::{REQUEST_ID, not_recorded, queue_error, reply, spoilt};
use crate::sim::faults::Call;
use crate::sim::job::Job;
use crate::sim::queue::Cancelled;
use crate::sim::service::Service;

mod result;
mod run;
mod status;
mod stream;
mod submit;

use status::Logs;

pub(super) async fn call(
    State(service): State<Arc<Service>>,
    method: Method,
    uri: Uri,
    Query(params): Query<Vec<(String, String)>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Some(endpoint) = uri.path().strip_prefix("/run/") {
        return run::run(service, &method, endpoint, &headers, &body).await;
    }
    match follow_up(uri.path()) {
        Some(call) => followed(&service, &method, &call, Logs::asked(&params)).await,
        None if method == Method::POST => submit::submit(service, uri.path(), &params, &headers, &body).await,
        None => queue_error(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed"),
    }
}

async fn followed(service: &Arc<Service>, method: &Method, call: &FollowUp<'_>, logs: Logs) -> Response {
    let allowed = if call.what == What::Cancel { Method::PUT } else { Method::GET };
    if *method != allowed {
        return queue_error(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
    }
    let found = call.id.and_then(|id| service.queue().job(id).cloned());
    let Some(job) = found else { return not_found() };
    let id = job.submission.id;
    let response = match (call.what, call.app == app_of(&job.submission.endpoint)) {
        // The full endpoint id in place of the app: fal says nothing, and a client that polls waits for ever.
        (What::Cancel, false) => StatusCode::METHOD_NOT_ALLOWED.into_response(),
        (_, false) => StatusCode::OK.into_response(),
        (What::Status, true) => status::status(service, &job, logs).await,
        (What::Stream, true) => stream::stream(service, &job, logs),
        (What::Result, true) => result::result(service, &job).await,
        (What::Cancel, true) => cancel(service, &job).await,
    };
    identified(response, id)
}

fn not_found() -> Response {
    reply(StatusCode::NOT_FOUND, &json!({ "status": "NOT_FOUND" }))
}

fn add_urls(body: &mut Value, origin: &str, app: &str, id: Uuid) {
    let response = format!("{origin}/{app}/requests/{id}");
    body["status_url"] = json!(format!("{response}/status"));
    body["cancel_url"] = json!(format!("{response}/cancel"));
    body["response_url"] = json!(response);
}

async fn cancel(service: &Arc<Service>, job: &Job) -> Response {
    if let Some(met) = service.meet(Call::Cancel, job) {
        return spoilt::under(met, spoilt::busy(met));
    }
    match service.cancel(job.submission.id).await {
        Ok(Cancelled::Removed(_) | Cancelled::Asked) => {
            reply(StatusCode::ACCEPTED, &json!({ "status": "CANCELLATION_REQUESTED" }))
        }
        Ok(Cancelled::TooLate) => reply(StatusCode::BAD_REQUEST, &json!({ "status": "ALREADY_COMPLETED" })),
        Ok(Cancelled::Unknown) => not_found(),
        Err(error) => not_recorded(&error),
    }
}

fn identified(mut response: Response, id: Uuid) -> Response {
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}
