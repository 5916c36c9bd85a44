//! The account: what fal's platform says of it, and what the simulator's owner may do to it.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::params::{Params, invalid, values};
use super::{not_recorded, reply};
use crate::sim::account::Change;
use crate::sim::service::Service;
use crate::usd::Usd;

/// The only user that there is.
const USERNAME: &str = "simulator";

/// `GET /v1/account/billing`.
pub(super) async fn billing(State(service): State<Arc<Service>>, Query(params): Query<Params>) -> Response {
    let mut body = json!({ "username": USERNAME });
    if values(&params, "expand").contains(&"credits") {
        let balance = service.account().balance().and_then(|text| text.parse::<f64>().ok());
        body["credits"] = json!({ "current_balance": balance, "currency": "USD" });
    }
    reply(StatusCode::OK, &body)
}

/// `GET /_sim/account`.
pub(super) async fn shown(State(service): State<Arc<Service>>) -> Response {
    reply(StatusCode::OK, &state(&service))
}

/// `PATCH /_sim/account`: any of `top_up`, `lock` and `concurrency`.
pub(super) async fn changed(State(service): State<Arc<Service>>, body: Bytes) -> Response {
    let change = match serde_json::from_slice(&body) {
        Ok(change) => change,
        Err(error) => return invalid(&error.to_string()),
    };
    if let Some(wrong) = wrong(&service, &change) {
        return invalid(wrong);
    }
    match service.change_account(change).await {
        Ok(()) => reply(StatusCode::OK, &state(&service)),
        Err(error) => not_recorded(&error),
    }
}

fn wrong(service: &Service, change: &Change) -> Option<&'static str> {
    if change.concurrency == Some(0) {
        return Some("concurrency is at least 1");
    }
    let has_no_limit = service.account().balance().is_none();
    (has_no_limit && change.top_up > Some(Usd::ZERO))
        .then_some("this account has no limit, so nothing can be paid in; start the simulator with a balance")
}

fn state(service: &Service) -> Value {
    let account = service.account();
    json!({
        "balance": account.balance(), "spent": account.spent(), "lock_below": account.lock_below(),
        "lock": account.lock(), "locked": account.locked(), "concurrency": service.queue().places(),
    })
}
