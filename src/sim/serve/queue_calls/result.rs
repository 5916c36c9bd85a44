//! The result of a request: what the model gave, or why it gave nothing.

use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::Value;

use super::super::{ERROR_TYPE, queue_error, reply, spoilt};
use super::not_found;
use crate::sim::faults::{Call, Kind, Met};
use crate::sim::job::{Job, Outcome};
use crate::sim::service::Service;

pub(super) const BILLABLE_UNITS: &str = "x-fal-billable-units";
/// Of the runner that served a request.
const SERVED_FROM: &str = "x-fal-served-from";
const TIMEOUT_TYPE: &str = "x-fal-request-timeout-type";

pub(super) async fn result(service: &Service, job: &Job) -> Response {
    let Some(ending) = job.ending() else { return in_progress() };
    let met = service.meet(Call::Result, job);
    let answer = given(service, job, &ending.outcome, met).await;
    spoilt::under(met, answer)
}

async fn given(service: &Service, job: &Job, ended: &Outcome, met: Option<Met>) -> Response {
    if let Some(met) = met
        && let Some(spoilt) = spoilt::result(service, met).await
    {
        return spoilt;
    }
    let Some(mut output) = service.output(job) else { return in_progress() };
    if !service.keeps_result(job, output.to_string().len()) {
        return not_found();
    }
    if let Some(met) = met {
        spoilt::file_entry(met, service.pointer(&job.submission.endpoint), &mut output);
    }
    let units = ended.units().filter(|_| met.is_none_or(|met| met.kind != Kind::ResultLateUnits));
    outcome(ended, &output, units)
}

/// The result on the connection that asked for it. None while there is none.
pub(super) fn direct(service: &Service, job: &Job) -> Option<Response> {
    let outcome_of = &job.ending()?.outcome;
    Some(outcome(outcome_of, &service.output(job)?, outcome_of.units()))
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
    headers.insert(SERVED_FROM, HeaderValue::from_static("simulator"));
    if *outcome == Outcome::Expired {
        headers.insert(TIMEOUT_TYPE, HeaderValue::from_static("user"));
    }
    response
}
