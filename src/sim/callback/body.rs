//! What a callback says, in the shapes of fal's webhooks page. Pure.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::sim::job::Outcome;

/// What came of a request, as far as it can be sent.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::sim) enum Payload {
    /// The body of the result.
    Output(Value),
    /// It is there, and could not be put into a callback.
    Lost,
}

/// About a request that ended so.
pub(in crate::sim) fn body(id: Uuid, outcome: &Outcome, payload: Payload) -> Value {
    let mut body = json!({ "request_id": id, "gateway_request_id": id, "status": "OK" });
    if outcome.code() >= 400 {
        body["status"] = json!("ERROR");
        body["error"] = json!(format!("Invalid status code: {}", outcome.code()));
    }
    match payload {
        Payload::Output(output) => body["payload"] = output,
        Payload::Lost => {
            body["payload"] = Value::Null;
            body["payload_error"] = json!("The payload can't be sent; ask the queue for the result");
        }
    }
    body
}
