//! The deletion of a request's payloads: what went in, what came out, and the files of it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{not_recorded, platform_error, reply};
use crate::sim::job::Job;
use crate::sim::service::Service;

/// `DELETE /v1/models/requests/{id}/payloads`. Asked again, it finds no file any more.
pub(super) async fn deleted(State(service): State<Arc<Service>>, Path(id): Path<String>) -> Response {
    let job = id.parse::<Uuid>().ok().and_then(|id| service.queue().job(id).cloned());
    let Some(job) = job else {
        return platform_error(StatusCode::NOT_FOUND, "not_found", &format!("Request {id} not found"));
    };
    let links = link(&service, &job);
    match service.delete_payloads(job.submission.id).await {
        Ok(()) => reply(StatusCode::OK, &json!({ "cdn_delete_results": links })),
        Err(error) => not_recorded(&error),
    }
}

/// The file that goes, if there is one.
fn link(service: &Service, job: &Job) -> Vec<Value> {
    let output = service.output(job).filter(|_| service.keeps_file(job));
    let url = output.and_then(|output| output.pointer(service.pointer(&job.submission.endpoint)).cloned());
    url.into_iter().map(|url| json!({ "link": url, "exception": null })).collect()
}
