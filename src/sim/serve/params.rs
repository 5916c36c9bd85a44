//! The parameters of the platform's calls: how they are given, and what is said of wrong ones.

use axum::http::StatusCode;
use axum::response::Response;

use super::platform_error;

/// Of fal's pricing and history calls.
pub(super) const MAX_ENDPOINTS: usize = 50;

/// As they came, in order.
pub(super) type Params = Vec<(String, String)>;

pub(super) fn invalid(message: &str) -> Response {
    platform_error(StatusCode::BAD_REQUEST, "validation_error", message)
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

/// The first value of a parameter.
pub(super) fn one<'a>(params: &'a Params, name: &str) -> Option<&'a str> {
    values(params, name).first().copied()
}

/// How many items a page has: as asked, from 1 to the call's most.
pub(super) fn limit(params: &Params, usual: usize, most: usize) -> Result<usize, String> {
    let limit = one(params, "limit").map_or(Some(usual), |text| text.parse().ok());
    limit.filter(|limit| (1..=most).contains(limit)).ok_or_else(|| format!("limit is 1 to {most}"))
}

/// How many items the pages before had, of a call whose cursors are that.
pub(super) fn first(params: &Params) -> Result<usize, String> {
    let first = one(params, "cursor").map_or(Some(0), |text| text.parse().ok());
    first.ok_or_else(|| "cursor is not one that was given".to_owned())
}
