//! Consecutive shots to the one request that buys them, exactly as it will be sent.
//! Sent is only what the author set and what the request can't do without, each only where the model declares it.

use serde_json::{Map, Value, json};

use crate::expand::Shot;
use crate::request::Request;

/// `shots` is never empty, and all of them share one model and one set of fields.
pub(super) fn request(shots: &[Shot]) -> Request {
    let Some(first) = shots.first() else { return Request { endpoint: String::new(), body: Map::new() } };
    let mut body: Map<String, Value> =
        first.fields.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    if let [only] = shots {
        body.insert("prompt".to_owned(), json!(only.prompt));
    } else {
        body.insert("multi_prompt".to_owned(), shots.iter().map(element).collect());
    }
    body.insert("duration".to_owned(), json!(seconds(shots).to_string()));
    if let Some(shot_type) = shot_type(shots).filter(|_| first.model.fields.contains_key("shot_type")) {
        body.insert("shot_type".to_owned(), json!(shot_type));
    }
    Request { endpoint: first.model.endpoint.clone(), body }
}

/// fal's durations are text; every element says its own, since the default of one left out is 5 s.
fn element(shot: &Shot) -> Value {
    json!({ "prompt": shot.prompt, "duration": shot.seconds.to_string() })
}

fn shot_type(shots: &[Shot]) -> Option<&'static str> {
    match shots {
        [only] => only.intelligent.then_some("intelligent"),
        _ => Some("customize"),
    }
}

/// The length of the clip.
pub(super) fn seconds(shots: &[Shot]) -> u32 {
    shots.iter().map(|shot| shot.seconds).fold(0, u32::saturating_add)
}
