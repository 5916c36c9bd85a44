//! What is sent to fal, and the fingerprint that says whether two requests are the same.
//! Does not decide what a request holds; that is the plan's, from the storyboard and the catalog.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Separates these hashes from every other use of blake3. A new text re-keys every record.
const DOMAIN: &str = "shotlist 2026-11-20 fal request";

/// One request to fal's queue: the endpoint and the model input, exactly as sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The full endpoint id, such as `fal-ai/kling-video/o3/4k/text-to-video`.
    pub endpoint: String,
    pub body: Map<String, Value>,
}

impl Request {
    /// blake3 of the canonical request. The order of keys and the spacing do not count.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        let mut canonical = String::with_capacity(1024);
        write_text(&mut canonical, &self.endpoint);
        write_map(&mut canonical, &self.body);
        let mut hasher = blake3::Hasher::new_derive_key(DOMAIN);
        hasher.update(canonical.as_bytes());
        Fingerprint(*hasher.finalize().as_bytes())
    }
}

fn write_value(out: &mut String, value: &Value) {
    match value {
        Value::Object(map) => write_map(out, map),
        Value::Array(items) => write_list(out, items),
        Value::String(text) => write_text(out, text),
        Value::Null | Value::Bool(_) | Value::Number(_) => out.push_str(&value.to_string()),
    }
}

fn write_map(out: &mut String, map: &Map<String, Value>) {
    let mut entries: Vec<_> = map.iter().collect();
    entries.sort_unstable_by_key(|(key, _)| *key);
    out.push('{');
    for (key, value) in entries {
        write_text(out, key);
        out.push(':');
        write_value(out, value);
        out.push(',');
    }
    out.push('}');
}

fn write_list(out: &mut String, items: &[Value]) {
    out.push('[');
    for item in items {
        write_value(out, item);
        out.push(',');
    }
    out.push(']');
}

/// The length goes first, so that no text can pretend to be structure.
fn write_text(out: &mut String, text: &str) {
    out.push_str(&text.len().to_string());
    out.push('"');
    out.push_str(text);
}

/// Says which request it was: equal requests, and only they, have the same.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The first sixteen hex digits, as in the names of files.
    #[must_use]
    pub fn short(&self) -> String {
        let mut text = self.to_string();
        text.truncate(16);
        text
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({})", self.short())
    }
}

impl FromStr for Fingerprint {
    type Err = blake3::HexError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        blake3::Hash::from_hex(text).map(|hash| Self(*hash.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fingerprint(body: &str) -> Fingerprint {
        Request { endpoint: "fal-ai/x".to_owned(), body: serde_json::from_str(body).unwrap() }.fingerprint()
    }

    #[test]
    fn the_order_of_keys_and_the_spacing_do_not_count() {
        assert_eq!(fingerprint(r#"{"a":"1","b":true}"#), fingerprint(r#"{ "b": true, "a": "1" }"#));
    }

    #[test]
    fn everything_that_is_sent_counts() {
        let bodies = [
            json!({}),
            json!({"prompt": "a"}),
            json!({"prompt": "a "}),
            json!({"prompt": null}),
            json!({"prompt": "null"}),
            json!({"prompt": "1"}),
            json!({"prompt": 1}),
            json!({"prompt": ["a"]}),
            json!({"prompt": ["a", "b"]}),
            json!({"prompt": ["b", "a"]}),
            json!({"prompt": {"a": "b"}}),
            json!({"prompt": "a", "duration": "5"}),
        ];
        let mut seen: Vec<_> = bodies.iter().map(|body| fingerprint(&body.to_string())).collect();
        let other = Request { endpoint: "fal-ai/y".to_owned(), body: Map::new() };
        seen.push(other.fingerprint());
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), bodies.len() + 1);
    }

    #[test]
    fn a_fingerprint_reads_back_as_it_is_written() {
        let one = fingerprint("{}");
        assert_eq!(one.to_string().parse::<Fingerprint>().unwrap(), one);
        assert_eq!(one.short().len(), 16);
    }
}
