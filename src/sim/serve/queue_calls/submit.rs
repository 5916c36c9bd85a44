//! The submit: what is accepted, what is refused, and the receipt.

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use super::super::path::app_of;
use super::super::refusal::Refusal;
use super::super::wishes::wishes;
use super::super::{REQUEST_ID, not_recorded, refuse, reply, spoilt};
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
    let endpoint = path.trim_start_matches('/');
    let is_full = || max_queue_length(params).is_some_and(|max| service.queue().waiting(endpoint) > max);
    let refusal = barred(&service, endpoint).or_else(|| is_full().then(Refusal::queue_full));
    if let Some(refusal) = refusal {
        return refuse(&service, endpoint, refusal).await;
    }
    let webhook = match webhook(params) {
        Ok(webhook) => webhook,
        Err(wrong) => return refuse(&service, endpoint, Refusal::bad_request(wrong)).await,
    };
    match take(&service, endpoint, headers, body).await {
        Ok(taken) => unbroken(accepted(service, taken.called_back_at(webhook))).await,
        Err(refused) => refused,
    }
}

/// Why nothing of this endpoint can be bought, if so.
pub(super) fn barred(service: &Service, endpoint: &str) -> Option<Refusal> {
    if !service.catalog.models().iter().any(|model| model.endpoint == endpoint) {
        return Some(Refusal::unknown_app(endpoint));
    }
    service.account().locked().map(Refusal::locked)
}

/// A request that is about to be accepted, and what goes wrong with the answer.
pub(super) struct Taken {
    pub(super) order: Order,
    /// What goes wrong with the answer.
    pub(super) met: Option<Met>,
}

impl Taken {
    fn called_back_at(self, webhook: Option<Url>) -> Self {
        Self { order: Order { webhook, ..self.order }, ..self }
    }
}

/// Reads the request, or answers why it is not accepted.
pub(super) async fn take(
    service: &Service,
    endpoint: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Taken, Response> {
    let wishes = match wishes(headers) {
        Ok(wishes) => wishes,
        Err(wrong) => return Err(refuse(service, endpoint, Refusal::bad_request(wrong)).await),
    };
    // Nothing is checked yet: what is no JSON fails later, as any bad input does.
    let input = serde_json::from_slice(body)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned()));
    let payload = payload(endpoint, &input);
    let (met, bad_end) = service.dice.submit(Who { endpoint, payload });
    if let Some(met) = met
        && let Some((code, answer)) = spoilt::refusal(met)
    {
        let noted = service.refused(endpoint, code).await;
        return Err(noted.map_or_else(|error| not_recorded(&error), |()| spoilt::under(met, answer)));
    }
    let tags = headers.get("x-fal-tags").and_then(|tags| tags.to_str().ok()).map(str::to_owned);
    let order = Order { endpoint: endpoint.to_owned(), tags, input, bad_end, webhook: None, wishes };
    Ok(Taken { order, met })
}

/// A client that hangs up now has bought all the same, so the work must not end with the connection.
pub(super) async fn unbroken(work: impl Future<Output = Response> + Send + 'static) -> Response {
    tokio::spawn(work).await.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

async fn accepted(service: Arc<Service>, taken: Taken) -> Response {
    match accept(&service, taken.order).await {
        Ok((id, body)) => {
            let usual = identified(reply(StatusCode::OK, &body), id);
            spoil(&service, taken.met, body, usual).await
        }
        Err(error) => not_recorded(&error),
    }
}

/// What the client hears of a request that was accepted, in place of the usual answer with this body.
pub(super) async fn spoil(service: &Service, met: Option<Met>, body: Value, usual: Response) -> Response {
    match met {
        Some(met) => {
            let id = usual.headers().get(REQUEST_ID).cloned();
            let answer = spoilt::answer(service, met, body, usual).await;
            spoilt::under(met, spoilt::about(id, answer))
        }
        None => usual,
    }
}

/// The client's own limit on how many may wait already, in the queue of its endpoint.
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
