//! The queue's calls as fal answers them: submit, status, result, cancel. Pages, prices and files are elsewhere.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use super::path::{FollowUp, What, app_of, follow_up};
use super::stream::statuses;
use super::{REQUEST_ID, not_recorded, queue_error, refuse, reply, spoilt};
use crate::sim::fault::Fault;
use crate::sim::job::{Job, Order, Outcome, Phase};
use crate::sim::journal::NotRecorded;
use crate::sim::mix::{Call, Kind, Met, payload};
use crate::sim::queue::Cancelled;
use crate::sim::service::Service;

const BILLABLE_UNITS: &str = "x-fal-billable-units";
const ERROR_TYPE: &str = "x-fal-error-type";

/// Whether a status tells what the job logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Logs {
    Shown,
    Hidden,
}

pub(super) async fn call(
    State(service): State<Arc<Service>>,
    method: Method,
    uri: Uri,
    Query(params): Query<Vec<(String, String)>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match follow_up(uri.path()) {
        Some(call) => followed(&service, &method, &call, logs(&params)).await,
        None if method == Method::POST => submit(service, uri.path(), &params, &headers, &body).await,
        None => queue_error(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed"),
    }
}

fn logs(params: &[(String, String)]) -> Logs {
    let on = |(key, value): &(String, String)| key == "logs" && matches!(value.as_str(), "1" | "true");
    if params.iter().any(on) { Logs::Shown } else { Logs::Hidden }
}

async fn submit(
    service: Arc<Service>,
    path: &str,
    params: &[(String, String)],
    headers: &HeaderMap,
    body: &[u8],
) -> Response {
    let endpoint = path.trim_start_matches('/').to_owned();
    if !service.catalog.models().iter().any(|model| model.endpoint == endpoint) {
        let detail = format!("Application '{endpoint}' not found");
        return refuse(&service, &endpoint, StatusCode::NOT_FOUND, &detail).await;
    }
    if max_queue_length(params).is_some_and(|max| service.queue().waiting() > max) {
        return refuse(&service, &endpoint, StatusCode::TOO_MANY_REQUESTS, "Queue is full").await;
    }
    // Nothing is checked yet: what is no JSON fails later, as any bad input does.
    let input = serde_json::from_slice(body)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned()));
    let payload = payload(&endpoint, &input);
    let (fault, met) = (service.next_fault(), service.dice.meet(Call::Submit, payload));
    if let Some((code, answer)) = refusal(fault, met) {
        return service.refused(&endpoint, code).await.map_or_else(|error| not_recorded(&error), |()| answer);
    }
    let bad_end = if let Some(Fault::Ends(bad_end)) = fault { Some(bad_end) } else { service.fate(payload) };
    let tags = headers.get("x-fal-tags").and_then(|tags| tags.to_str().ok()).map(str::to_owned);
    let order = Order { endpoint, tags, input, bad_end };
    // A client that hangs up now has bought all the same, so the work must not end with the connection.
    let taken = tokio::spawn(async move {
        let receipt = accept(&service, order).await;
        answered(&service, fault, met, receipt).await
    });
    taken.await.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// The code and the answer where the request is not accepted.
fn refusal(fault: Option<Fault>, met: Option<Met>) -> Option<(u16, Response)> {
    if let Some(Fault::Refused(code)) = fault {
        let status = StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_REQUEST);
        return Some((code, queue_error(status, "The simulator was asked to refuse this")));
    }
    met.and_then(spoilt::refusal)
}

/// What the client hears of a request that was accepted.
async fn answered(
    service: &Service,
    fault: Option<Fault>,
    met: Option<Met>,
    receipt: Result<(Uuid, Value), NotRecorded>,
) -> Response {
    let (id, body) = match receipt {
        Ok(receipt) => receipt,
        Err(error) => return not_recorded(&error),
    };
    let usual = identified(reply(StatusCode::OK, &body), id);
    match (fault, met) {
        (Some(Fault::AnswerLost), _) => spoilt::broken_off(),
        (Some(Fault::Gateway), _) => spoilt::page(502),
        (_, Some(met)) => spoilt::answer(service, met, body, usual).await,
        _ => usual,
    }
}

/// The client's own limit on how many may wait already.
fn max_queue_length(params: &[(String, String)]) -> Option<usize> {
    params.iter().find(|(key, _)| key == "fal_max_queue_length").and_then(|(_, value)| value.parse().ok())
}

/// The request's id, and what fal answers.
async fn accept(service: &Arc<Service>, order: Order) -> Result<(Uuid, Value), NotRecorded> {
    let app = app_of(&order.endpoint).to_owned();
    let (id, ahead) = service.submit(order).await?;
    let mut body = json!({
        "status": "IN_QUEUE", "request_id": id, "gateway_request_id": id, "queue_position": ahead,
    });
    add_urls(&mut body, &service.origins.queue, &app, id);
    Ok((id, body))
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
        (What::Status, true) => status(service, &job, logs).await,
        (What::Stream, true) => statuses(Arc::clone(service), id, logs),
        (What::Result, true) => result(service, &job).await,
        (What::Cancel, true) => cancel(service, id).await,
    };
    identified(response, id)
}

fn not_found() -> Response {
    reply(StatusCode::NOT_FOUND, &json!({ "status": "NOT_FOUND" }))
}

async fn status(service: &Service, job: &Job, logs: Logs) -> Response {
    let code = if job.ending().is_some() { StatusCode::OK } else { StatusCode::ACCEPTED };
    let body = status_body(service, job, logs);
    match service.meet(Call::Status, job) {
        Some(met) => spoilt::status(service, met, code, body).await,
        None => reply(code, &body),
    }
}

pub(super) fn status_body(service: &Service, job: &Job, logs: Logs) -> Value {
    let id = job.submission.id;
    let mut body = match &job.phase {
        Phase::Waiting => json!({ "status": "IN_QUEUE", "queue_position": service.queue().ahead(id) }),
        Phase::Running { .. } => json!({ "status": "IN_PROGRESS", "logs": log_lines(job, logs) }),
        Phase::Ended(ending) => {
            let seconds = ending.started.map(|started| ending.at.duration_since(started).as_secs_f64());
            json!({
                "status": "COMPLETED", "logs": log_lines(job, logs), "metrics": { "inference_time": seconds },
            })
        }
    };
    if let Some((error, kind)) = job.ending().and_then(|ending| ending.outcome.error()) {
        body["error"] = json!(error);
        body["error_type"] = json!(kind);
    }
    body["request_id"] = json!(id);
    add_urls(&mut body, &service.origins.queue, app_of(&job.submission.endpoint), id);
    body
}

/// Everything logged so far, or null where logs were not asked for.
fn log_lines(job: &Job, logs: Logs) -> Value {
    if logs == Logs::Hidden {
        return Value::Null;
    }
    let line =
        |at, message: &str| json!({ "message": message, "timestamp": at, "level": "INFO", "source": "USER" });
    let started = job.started().map(|at| line(at, "The simulator films an animatic"));
    let ended = job.ending().map(|ending| line(ending.at, "The simulator is done"));
    started.into_iter().chain(ended).collect()
}

fn add_urls(body: &mut Value, origin: &str, app: &str, id: Uuid) {
    let response = format!("{origin}/{app}/requests/{id}");
    body["status_url"] = json!(format!("{response}/status"));
    body["cancel_url"] = json!(format!("{response}/cancel"));
    body["response_url"] = json!(response);
}

async fn result(service: &Service, job: &Job) -> Response {
    let Some(ending) = job.ending() else { return in_progress() };
    let met = service.meet(Call::Result, job);
    if let Some(met) = met
        && let Some(spoilt) = spoilt::result(service, met).await
    {
        return spoilt;
    }
    let Some(mut output) = service.give(job) else { return in_progress() };
    if let Some(met) = met {
        spoilt::file_entry(met, service.pointer(&job.submission.endpoint), &mut output);
    }
    let units = ending.outcome.units().filter(|_| met.is_none_or(|met| met.kind != Kind::UnitsLate));
    outcome(&ending.outcome, &output, units)
}

fn in_progress() -> Response {
    queue_error(StatusCode::BAD_REQUEST, "Request is still in progress")
}

fn outcome(outcome: &Outcome, output: &Value, units: Option<u32>) -> Response {
    let code = StatusCode::from_u16(outcome.code()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = reply(code, output);
    let headers = response.headers_mut();
    if let Some(units) = units {
        headers.insert(BILLABLE_UNITS, HeaderValue::from(units));
    }
    let kind = outcome.error().and_then(|(_, kind)| HeaderValue::from_str(kind).ok());
    if let Some(kind) = kind {
        headers.insert(ERROR_TYPE, kind);
    }
    response
}

async fn cancel(service: &Service, id: Uuid) -> Response {
    match service.cancel(id).await {
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
