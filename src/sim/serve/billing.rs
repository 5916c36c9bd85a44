//! `GET /v1/models/billing-events`: what each request was billed, latest first. What was free has no event.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::history::instant;
use super::params::{MAX_ENDPOINTS, Params, first, invalid, limit, one, values};
use super::platform::number;
use super::reply;
use crate::sim::job::Job;
use crate::sim::service::{Service, now};
use crate::usd::Usd;

const DEFAULT_LIMIT: usize = 1000;
/// Of fal's call.
const MAX_LIMIT: usize = 10_000;
const DEFAULT_WINDOW: SignedDuration = SignedDuration::from_hours(24);
const MAX_WINDOW: SignedDuration = SignedDuration::from_hours(90 * 24);

#[derive(Debug)]
struct Asked<'a> {
    endpoints: Vec<&'a str>,
    /// None for a text that is no id.
    ids: Vec<Option<Uuid>>,
    start: Timestamp,
    end: Timestamp,
    first: usize,
    limit: usize,
}

pub(super) async fn events(State(service): State<Arc<Service>>, Query(params): Query<Params>) -> Response {
    let asked = match Asked::read(&params, now()) {
        Ok(asked) => asked,
        Err(message) => return invalid(&message),
    };
    let queue = service.queue();
    let mut found: Vec<Value> =
        queue.jobs().rev().filter(|job| asked.wants(job)).filter_map(event).skip(asked.first).collect();
    let next = (found.len() > asked.limit).then(|| (asked.first + asked.limit).to_string());
    found.truncate(asked.limit);
    let body = json!({ "billing_events": found, "has_more": next.is_some(), "next_cursor": next });
    reply(StatusCode::OK, &body)
}

impl<'a> Asked<'a> {
    fn read(params: &'a Params, now: Timestamp) -> Result<Self, String> {
        let one = |name| one(params, name);
        let ids: Vec<_> = values(params, "request_id").iter().map(|id| id.parse().ok()).collect();
        if ids.len() > MAX_ENDPOINTS {
            return Err(format!("at most {MAX_ENDPOINTS} request_id may be given, not {}", ids.len()));
        }
        let end = one("end").map_or(Ok(now), instant)?;
        let day_before = || Ok(end.checked_sub(DEFAULT_WINDOW).unwrap_or(Timestamp::MIN));
        let start = one("start").map_or_else(day_before, instant)?;
        if end.duration_since(start) > MAX_WINDOW {
            return Err("the window is at most 90 days".to_owned());
        }
        Ok(Self {
            endpoints: values(params, "endpoint_id"),
            ids,
            start,
            end,
            first: first(params)?,
            limit: limit(params, DEFAULT_LIMIT, MAX_LIMIT)?,
        })
    }

    fn wants(&self, job: &Job) -> bool {
        let ended = job.ending().is_some_and(|ending| self.start <= ending.at && ending.at <= self.end);
        ended
            && (self.endpoints.is_empty() || self.endpoints.contains(&job.submission.endpoint.as_str()))
            && (self.ids.is_empty() || self.ids.contains(&Some(job.submission.id)))
    }
}

fn event(job: &Job) -> Option<Value> {
    let ending = job.ending()?;
    let (units, usd) = (ending.outcome.units()?, ending.outcome.usd());
    let unit_price = usd.share(1, u64::from(units)).filter(|_| usd > Usd::ZERO)?;
    Some(json!({
        "request_id": job.submission.id, "endpoint_id": job.submission.endpoint, "timestamp": ending.at,
        "output_units": units, "unit_price": number(unit_price), "percent_discount": null,
        "cost_subtotal": number(usd), "cost_discount": 0, "cost_total": number(usd),
        "cost_estimate_nano_usd": nanos(usd),
    }))
}

/// Billionths of a dollar, as a whole number.
fn nanos(usd: Usd) -> Option<u64> {
    usd.times(1_000_000_000).decimal().split('.').next()?.parse().ok()
}
