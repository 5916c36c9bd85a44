//! The synchronous endpoint: the same request, and its output on the same connection, or nothing at all.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::super::refusal::Refusal;
use super::super::{not_recorded, queue_error, refuse};
use super::identified;
use super::result::{BILLABLE_UNITS, direct};
use super::submit::{Taken, barred, spoil, take, unbroken};
use crate::sim::service::Service;

pub(super) async fn run(
    service: Arc<Service>,
    method: &Method,
    endpoint: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Response {
    if let Some(path) = path_below(&service, endpoint) {
        return unknown_path(path);
    }
    if *method != Method::POST {
        return queue_error(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
    }
    if let Some(refusal) = barred(&service, endpoint) {
        return refuse(&service, endpoint, refusal).await;
    }
    match take(&service, endpoint, headers, body).await {
        Ok(taken) => unbroken(ran(service, taken)).await,
        Err(refused) => refused,
    }
}

/// What follows the id of a model, such as the `/stream` that these models don't have.
fn path_below<'a>(service: &Service, endpoint: &'a str) -> Option<&'a str> {
    let below = |id: &str| endpoint.strip_prefix(id).filter(|path| path.starts_with('/'));
    service.catalog.models().iter().find_map(|model| below(&model.endpoint))
}

fn unknown_path(path: &str) -> Response {
    let mut response = queue_error(StatusCode::NOT_FOUND, &format!("Path {path} not found"));
    // As fal's own library for apps answers a path that an app does not have.
    response.headers_mut().insert(BILLABLE_UNITS, HeaderValue::from_static("0"));
    response
}

async fn ran(service: Arc<Service>, taken: Taken) -> Response {
    let endpoint = taken.order.endpoint.clone();
    let id = match service.begin(taken.order).await {
        Ok(Some(id)) => id,
        Ok(None) => {
            let limit = service.queue().places();
            return refuse(&service, &endpoint, Refusal::too_many_at_once(limit)).await;
        }
        Err(error) => return not_recorded(&error),
    };
    let answer = service.ended(id).await.and_then(|job| direct(&service, &job));
    let usual = identified(answer.unwrap_or_else(|| StatusCode::INTERNAL_SERVER_ERROR.into_response()), id);
    spoil(&service, taken.met, Value::Null, usual).await
}
