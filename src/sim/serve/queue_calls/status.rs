//! The status of a request: where it stands, what it logged, what went wrong.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::super::path::app_of;
use super::super::{reply, spoilt};
use super::add_urls;
use crate::sim::faults::Call;
use crate::sim::job::{Job, Phase};
use crate::sim::service::Service;

/// Whether a status tells what the job logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Logs {
    Shown,
    Hidden,
}

impl Logs {
    /// As the `logs` parameter asks.
    pub(super) fn asked(params: &[(String, String)]) -> Self {
        let on = |(key, value): &(String, String)| key == "logs" && matches!(value.as_str(), "1" | "true");
        if params.iter().any(on) { Self::Shown } else { Self::Hidden }
    }
}

pub(super) async fn status(service: &Service, job: &Job, logs: Logs) -> Response {
    let code = if job.ending().is_some() { StatusCode::OK } else { StatusCode::ACCEPTED };
    let body = status_body(service, job, &told(job, logs));
    match service.meet(Call::Status, job) {
        Some(met) => spoilt::under(met, spoilt::status(service, met, code, body).await),
        None => reply(code, &body),
    }
}

/// `logs` is what the answer says of them.
pub(super) fn status_body(service: &Service, job: &Job, logs: &Value) -> Value {
    let id = job.submission.id;
    let mut body = match &job.phase {
        Phase::Waiting => json!({ "status": "IN_QUEUE", "queue_position": service.queue().ahead(id) }),
        Phase::Running { .. } => json!({ "status": "IN_PROGRESS", "logs": logs }),
        Phase::Ended(ending) => {
            let seconds = ending.started.map(|started| ending.at.duration_since(started).as_secs_f64());
            json!({ "status": "COMPLETED", "logs": logs, "metrics": { "inference_time": seconds } })
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
pub(super) fn told(job: &Job, logs: Logs) -> Value {
    if logs == Logs::Shown { log_lines(job).into() } else { Value::Null }
}

/// Everything logged so far.
pub(super) fn log_lines(job: &Job) -> Vec<Value> {
    let line =
        |at, message: &str| json!({ "message": message, "timestamp": at, "level": "INFO", "source": "USER" });
    let started = job.started().map(|at| line(at, "The simulator films an animatic"));
    let ended = job.ending().map(|ending| line(ending.at, "The simulator is done"));
    started.into_iter().chain(ended).collect()
}
