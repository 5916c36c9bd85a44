//! The platform's calls under `/v1`: prices, the history of requests, and what there is not, all from what the simulator
//! knows.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde_json::{Value, json};

use super::history::{Filter, Payloads, page};
use super::params::{Params, endpoints, invalid};
use super::spoilt::{busy, garbage, under};
use super::{platform_error, reply};
use crate::catalog::Catalog;
use crate::sim::faults::{Call, Kind, Met};
use crate::sim::job::Job;
use crate::sim::service::{Service, now};
use crate::usd::Usd;

/// fal's name for prices by length.
const UNIT: &str = "seconds";

/// In place of what was asked for.
fn trouble(met: Met) -> Response {
    let answer = match met.kind {
        Kind::HistoryBusy | Kind::PricesBusy => busy(met),
        _ => garbage(met),
    };
    under(met, answer)
}

pub(super) async fn pricing(State(service): State<Arc<Service>>, Query(params): Query<Params>) -> Response {
    if let Some(met) = service.meet_any(Call::Prices) {
        return trouble(met);
    }
    let endpoints = match endpoints(&params) {
        Ok(endpoints) => endpoints,
        Err(message) => return invalid(&message),
    };
    let price = |id: &&str| {
        let price = unit_price(&service.catalog, id)?;
        Some(json!({ "endpoint_id": id, "unit_price": number(price), "unit": UNIT, "currency": "USD" }))
    };
    let prices: Vec<Value> = endpoints.iter().filter_map(price).collect();
    reply(StatusCode::OK, &json!({ "prices": prices, "next_cursor": null, "has_more": false }))
}

/// fal answers one price a model; where the catalog has several, the first of them.
pub(super) fn unit_price(catalog: &Catalog, endpoint: &str) -> Option<Usd> {
    let model = catalog.models().iter().find(|model| model.endpoint == endpoint)?;
    model.prices.first().map(|price| price.usd_per_second)
}

/// JSON has no decimals of its own; the shortest number that reads back as the same text.
pub(super) fn number(usd: Usd) -> Value {
    usd.decimal().parse::<f64>().map_or(Value::Null, Value::from)
}

pub(super) async fn by_endpoint(
    State(service): State<Arc<Service>>,
    Query(params): Query<Params>,
) -> Response {
    if let Some(met) = service.meet_any(Call::History) {
        return trouble(met);
    }
    let now = now();
    let filter = match Filter::read(&params, now) {
        Ok(filter) => filter,
        Err(message) => return invalid(&message),
    };
    let queue = service.queue();
    let page = page(queue.jobs().filter(|job| !service.is_hidden(job, now)), &filter);
    let items: Vec<Value> = page.jobs.iter().map(|job| item(&service, job, filter.payloads)).collect();
    let body = json!({ "items": items, "has_more": page.next.is_some(), "next_cursor": page.next });
    reply(StatusCode::OK, &body)
}

fn item(service: &Service, job: &Job, payloads: Payloads) -> Value {
    let ending = job.ending();
    let ended = ending.map(|ending| ending.at);
    let duration = job.started().zip(ended).map(|(from, to)| to.duration_since(from).as_secs_f64());
    let mut item = json!({
        "request_id": job.submission.id,
        "endpoint_id": job.submission.endpoint,
        "sent_at": job.submission.at,
        "started_at": job.started(),
        "ended_at": ended,
        "status_code": ending.map(|ending| ending.outcome.code()),
        "duration": duration,
    });
    if payloads == Payloads::Shown && service.keeps_payloads(job) {
        let submission = service.submission(&job.submission);
        item["json_input"] = submission.map_or(Value::Null, |submission| submission.input);
        item["json_output"] = service.output(job).unwrap_or(Value::Null);
    }
    item
}

/// `GET /v1/meta`: callbacks come from this machine.
pub(super) async fn meta() -> Response {
    reply(StatusCode::OK, &json!({ "webhook_ip_ranges": ["127.0.0.1/32", "::1/128"] }))
}

/// Calls of fal's that have no counterpart here.
pub(super) async fn not_simulated(uri: Uri) -> Response {
    let message = format!("{} is not simulated", uri.path());
    platform_error(StatusCode::NOT_IMPLEMENTED, "not_implemented", &message)
}

pub(super) async fn unknown(uri: Uri) -> Response {
    platform_error(StatusCode::NOT_FOUND, "not_found", &format!("there is no {}", uri.path()))
}

pub(super) async fn other_method() -> Response {
    platform_error(StatusCode::METHOD_NOT_ALLOWED, "validation_error", "Method Not Allowed")
}
