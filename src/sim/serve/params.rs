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
