//! What a callback says, in the shapes of fal's webhooks page. Pure.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::sim::job::Outcome;

/// About a request that ended so, with the body of its result.
pub(in crate::sim) fn body(id: Uuid, outcome: &Outcome, payload: Value) -> Value {
    let mut body = json!({ "request_id": id, "gateway_request_id": id, "status": "OK" });
    if outcome.code() >= 400 {
        body["status"] = json!("ERROR");
        body["error"] = json!(format!("Invalid status code: {}", outcome.code()));
    }
    body["payload"] = payload;
    body
}
