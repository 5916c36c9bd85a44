//! `POST /v1/models/pricing/estimate`: what seconds would cost by the catalog, or calls by what they cost here so far.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::params::invalid;
use super::platform::{number, unit_price};
use super::{platform_error, reply};
use crate::sim::service::Service;
use crate::usd::Usd;

#[derive(Debug, Deserialize)]
struct Estimate {
    estimate_type: Type,
    endpoints: BTreeMap<String, Quantity>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Type {
    UnitPrice,
    HistoricalApiPrice,
}

#[derive(Debug, Deserialize)]
struct Quantity {
    unit_quantity: Option<u32>,
    call_quantity: Option<u32>,
}

/// What is missing.
enum Inestimable {
    Price(String),
    History(String),
    Quantity(&'static str, String),
}

pub(super) async fn estimate(State(service): State<Arc<Service>>, body: Bytes) -> Response {
    let estimate: Estimate = match serde_json::from_slice(&body) {
        Ok(estimate) => estimate,
        Err(error) => return invalid(&error.to_string()),
    };
    let (name, cost): (_, fn(&Service, &str, &Quantity) -> _) = match estimate.estimate_type {
        Type::UnitPrice => ("unit_price", by_unit),
        Type::HistoricalApiPrice => ("historical_api_price", by_call),
    };
    let costs = estimate.endpoints.iter().map(|(endpoint, quantity)| cost(&service, endpoint, quantity));
    match costs.sum::<Result<Usd, _>>() {
        Ok(total) => {
            let body = json!({ "estimate_type": name, "total_cost": number(total), "currency": "USD" });
            reply(StatusCode::OK, &body)
        }
        Err(why) => refused(&why),
    }
}

fn refused(why: &Inestimable) -> Response {
    let not_found = |message: String| platform_error(StatusCode::NOT_FOUND, "not_found", &message);
    match why {
        Inestimable::Price(endpoint) => not_found(format!("no price for {endpoint}")),
        Inestimable::History(endpoint) => not_found(format!("nothing of {endpoint} was billed here yet")),
        Inestimable::Quantity(name, endpoint) => invalid(&format!("{name} of {endpoint} is required")),
    }
}

fn by_unit(service: &Service, endpoint: &str, quantity: &Quantity) -> Result<Usd, Inestimable> {
    let price =
        unit_price(&service.catalog, endpoint).ok_or_else(|| Inestimable::Price(endpoint.to_owned()))?;
    let missing = || Inestimable::Quantity("unit_quantity", endpoint.to_owned());
    quantity.unit_quantity.map(|seconds| price.times(seconds)).ok_or_else(missing)
}

/// By the mean of what calls of this endpoint cost in this simulator.
fn by_call(service: &Service, endpoint: &str, quantity: &Quantity) -> Result<Usd, Inestimable> {
    let missing = || Inestimable::Quantity("call_quantity", endpoint.to_owned());
    let calls = quantity.call_quantity.ok_or_else(missing)?;
    let queue = service.queue();
    let of_it = queue.jobs().filter(|job| job.submission.endpoint == endpoint);
    let billed: Vec<Usd> = of_it
        .filter_map(|job| job.ending().map(|ending| ending.outcome.usd()))
        .filter(|usd| *usd > Usd::ZERO)
        .collect();
    let total: Usd = billed.iter().copied().sum();
    let none = || Inestimable::History(endpoint.to_owned());
    total.share(u64::from(calls), billed.len() as u64).ok_or_else(none)
}
