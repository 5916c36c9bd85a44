//! The submit: what is accepted, what is refused, and the receipt.

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use super::super::path::app_of;
use super::super::{not_recorded, refuse, reply, spoilt};
use super::{add_urls, identified};
use crate::sim::faults::{Met, Who};
use crate::sim::job::{Order, payload};
use crate::sim::journal::NotRecorded;
use crate::sim::service::Service;

pub(super) async fn submit(
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
    let webhook = match webhook(params) {
        Ok(webhook) => webhook,
        Err(detail) => return refuse(&service, &endpoint, StatusCode::BAD_REQUEST, &detail).await,
    };
    // Nothing is checked yet: what is no JSON fails later, as any bad input does.
    let input = serde_json::from_slice(body)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned()));
    let payload = payload(&endpoint, &input);
    let (met, bad_end) = service.dice.submit(Who { endpoint: &endpoint, payload });
    if let Some((code, answer)) = met.and_then(spoilt::refusal) {
        return service.refused(&endpoint, code).await.map_or_else(|error| not_recorded(&error), |()| answer);
    }
    let tags = headers.get("x-fal-tags").and_then(|tags| tags.to_str().ok()).map(str::to_owned);
    let order = Order { endpoint, tags, input, bad_end, webhook };
    // A client that hangs up now has bought all the same, so the work must not end with the connection.
    let taken = tokio::spawn(async move {
        let receipt = accept(&service, order).await;
        answered(&service, met, receipt).await
    });
    taken.await.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// What the client hears of a request that was accepted.
async fn answered(
    service: &Service,
    met: Option<Met>,
    receipt: Result<(Uuid, Value), NotRecorded>,
) -> Response {
    let (id, body) = match receipt {
        Ok(receipt) => receipt,
        Err(error) => return not_recorded(&error),
    };
    let usual = identified(reply(StatusCode::OK, &body), id);
    match met {
        Some(met) => spoilt::answer(service, met, body, usual).await,
        None => usual,
    }
}

/// The client's own limit on how many may wait already.
fn max_queue_length(params: &[(String, String)]) -> Option<usize> {
    params.iter().find(|(key, _)| key == "fal_max_queue_length").and_then(|(_, value)| value.parse().ok())
}

/// Where the client wants to be called back. What fal does with an address that it can't call is not documented.
fn webhook(params: &[(String, String)]) -> Result<Option<Url>, String> {
    let given = params.iter().find(|(key, value)| key == "fal_webhook" && !value.is_empty());
    let Some((_, text)) = given else { return Ok(None) };
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    url.map(Some).ok_or_else(|| format!("fal_webhook is no http or https address: {text}"))
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
