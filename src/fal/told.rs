//! fal's own words in an answer that is no success: the shapes of its errors, and no other server's.

use serde_json::Value;

use super::http::Answer;
use super::key::Cleaner;

/// An error as fal states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) message: String,
    /// `error_type`, or the `type` of the first `detail`.
    pub(super) error_type: Option<String>,
    pub(super) is_policy: bool,
    /// The body carries fal's `error_type`.
    pub(super) names_type: bool,
}

/// None where the body is not in one of fal's shapes: a list of `detail`, a `detail` in words, an `error_type`.
pub(super) fn told(answer: &Answer, cleaner: &Cleaner) -> Option<Told> {
    let body = answer.json().ok()?;
    let flat = body.get("error_type").and_then(Value::as_str);
    let (message, types) = match body.get("detail") {
        Some(Value::Array(items)) if !items.is_empty() => (of_list(items), types(items)),
        Some(Value::String(text)) => (text.clone(), Vec::new()),
        _ => (flat?.to_owned(), Vec::new()),
    };
    let first = flat.or_else(|| types.first().copied()).or_else(|| answer.header("x-fal-error-type"));
    let in_words = types.is_empty() && flat.is_none() && mentions_policy(&message);
    Some(Told {
        is_policy: in_words || flat.into_iter().chain(types.iter().copied()).any(mentions_policy),
        names_type: flat.is_some(),
        error_type: first.map(|text| cleaner.clean(text)),
        message: cleaner.clean(&message),
    })
}

fn types(items: &[Value]) -> Vec<&str> {
    items.iter().filter_map(|item| item.get("type")?.as_str()).collect()
}

fn of_list(items: &[Value]) -> String {
    items.iter().map(of_item).collect::<Vec<_>>().join("; ")
}

/// `body.prompt: too long`, as far as the parts are there.
fn of_item(item: &Value) -> String {
    let Some(message) = item.get("msg").and_then(Value::as_str) else { return item.to_string() };
    let place: Vec<String> =
        item.get("loc").and_then(Value::as_array).into_iter().flatten().map(plain).collect();
    if place.is_empty() { message.to_owned() } else { format!("{}: {message}", place.join(".")) }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

pub(super) fn mentions_policy(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.contains("content_policy") || text.contains("content policy")
}
