//! Events as JSON lines for `--events`, one object a line as things happen. Writes where it is told to.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::plan::{Held, Plan};
use crate::render::{Event, Outcome, Settled, What};

/// One line, without its end.
#[must_use]
pub fn line(event: &Event) -> Option<String> {
    let (name, mut fields) = fields(&event.what)?;
    let object = fields.as_object_mut()?;
    object.insert("at".to_owned(), json!(event.at));
    object.insert("event".to_owned(), json!(name));
    object.insert("address".to_owned(), json!(event.address));
    object.insert("nonce".to_owned(), json!(event.nonce));
    Some(fields.to_string())
}

/// The progress of a download is for eyes only.
fn fields(what: &What) -> Option<(&'static str, Value)> {
    Some(match what {
        What::Intent { seconds, usd } => ("intent", json!({ "seconds": seconds, "usd": usd })),
        // To a program it is one thing whether the receipt came at once or was found.
        What::Submitted { request_id } | What::Found { request_id } => {
            ("submitted", json!({ "request_id": request_id }))
        }
        What::Queued { position } => ("queued", json!({ "position": position })),
        What::Running => ("running", json!({})),
        What::Completed => ("completed", json!({})),
        What::Downloading { .. } => return None,
        What::Landed { file } => ("landed", json!({ "file": file })),
        What::Failed { failed, request_id } => {
            ("failed", json!({ "kind": failed.kind, "message": failed.message, "request_id": request_id }))
        }
        What::Unknown { why } => ("unknown", json!({ "why": why })),
        What::Lost => ("held", json!({ "why": "its file is gone at fal" })),
        What::Left { why, request_id } => ("interrupted", json!({ "why": why, "request_id": request_id })),
        What::Unsent { why } => ("interrupted", json!({ "why": why, "request_id": null })),
    })
}

/// A line for every take that is held.
#[must_use]
pub fn held(at: Timestamp, plan: &Plan, settled: &[Settled]) -> Vec<String> {
    let line = |one: &Settled| match one.outcome {
        Outcome::Held(held) => {
            let address = &plan.clips[one.clip].address;
            Some(json!({ "at": at, "event": "held", "address": address, "take": one.number, "why": why(held) }).to_string())
        }
        _ => None,
    };
    settled.iter().filter_map(line).collect()
}

fn why(held: Held) -> &'static str {
    match held {
        Held::Budget(_) => "budget",
        Held::Failed => "failed",
        Held::Lost => "lost",
    }
}

/// The last line of a run.
#[must_use]
pub fn wrapped(at: Timestamp, exit: u8) -> String {
    json!({ "at": at, "event": "wrapped", "exit": exit }).to_string()
}
