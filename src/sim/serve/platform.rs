//! The platform's calls under `/v1`: prices, estimates and the history of requests, all from what the simulator knows.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::history::{Filter, Payloads, page};
use super::spoilt::{busy, garbage, under};
use super::{platform_error, reply};
use crate::catalog::Catalog;
use crate::sim::faults::{Call, Kind, Met};
use crate::sim::job::Job;
use crate::sim::service::{Service, now};
use crate::usd::Usd;

/// Of fal's pricing and history calls.
const MAX_ENDPOINTS: usize = 50;

/// fal's name for prices by length.
const UNIT: &str = "seconds";

pub(super) type Params = Vec<(String, String)>;

pub(super) fn invalid(message: &str) -> Response {
    platform_error(StatusCode::BAD_REQUEST, "validation_error", message)
}

/// In place of what was asked for.
fn trouble(met: Met) -> Response {
    let answer = match met.kind {
        Kind::HistoryBusy | Kind::PricesBusy => busy(met),
        _ => garbage(met),
    };
    under(met, answer)
}

/// All values of a parameter, given with commas, repeated, or both.
pub(super) fn values<'a>(params: &'a Params, name: &str) -> Vec<&'a str> {
    let given = params.iter().filter(|(key, _)| key == name);
    given.flat_map(|(_, value)| value.split(',')).map(str::trim).filter(|value| !value.is_empty()).collect()
}

/// The endpoints that a call is about.
pub(super) fn endpoints(params: &Params) -> Result<Vec<&str>, String> {
    let given = values(params, "endpoint_id");
    match given.len() {
        0 => Err("endpoint_id is required".to_owned()),
        1..=MAX_ENDPOINTS => Ok(given),
        more => Err(format!("at most {MAX_ENDPOINTS} endpoint_id may be given, not {more}")),
    }
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
fn unit_price(catalog: &Catalog, endpoint: &str) -> Option<Usd> {
    let model = catalog.models().iter().find(|model| model.endpoint == endpoint)?;
    model.prices.first().map(|price| price.usd_per_second)
}

/// JSON has no decimals of its own; the shortest number that reads back as the same text.
fn number(usd: Usd) -> Value {
    usd.decimal().parse::<f64>().map_or(Value::Null, Value::from)
}

#[derive(Debug, Deserialize)]
struct Estimate {
    estimate_type: String,
    endpoints: BTreeMap<String, Quantity>,
}

#[derive(Debug, Deserialize)]
struct Quantity {
    unit_quantity: Option<u32>,
}

pub(super) async fn estimate(State(service): State<Arc<Service>>, body: Bytes) -> Response {
    let estimate: Estimate = match serde_json::from_slice(&body) {
        Ok(estimate) => estimate,
        Err(error) => return invalid(&error.to_string()),
    };
    if estimate.estimate_type != "unit_price" {
        let message = format!("estimates of type {} are not simulated", estimate.estimate_type);
        return platform_error(StatusCode::NOT_IMPLEMENTED, "not_implemented", &message);
    }
    match total(&service.catalog, &estimate.endpoints) {
        Ok(total) => {
            let body =
                json!({ "estimate_type": "unit_price", "total_cost": number(total), "currency": "USD" });
            reply(StatusCode::OK, &body)
        }
        Err(Inestimable::NoPrice(endpoint)) => {
            platform_error(StatusCode::NOT_FOUND, "not_found", &format!("no price for {endpoint}"))
        }
        Err(Inestimable::NoQuantity(endpoint)) => {
            invalid(&format!("unit_quantity of {endpoint} is required"))
        }
    }
}

enum Inestimable {
    NoPrice(String),
    NoQuantity(String),
}

fn total(catalog: &Catalog, endpoints: &BTreeMap<String, Quantity>) -> Result<Usd, Inestimable> {
    let cost = |(endpoint, quantity): (&String, &Quantity)| {
        let price = unit_price(catalog, endpoint).ok_or_else(|| Inestimable::NoPrice(endpoint.clone()))?;
        let seconds = quantity.unit_quantity.ok_or_else(|| Inestimable::NoQuantity(endpoint.clone()))?;
        Ok(price.times(seconds))
    };
    endpoints.iter().map(cost).sum()
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
