//! One item of fal's `detail`: the type that clients branch on, with its words. Does not decide what is wrong.

use serde_json::{Value, json};

/// Where fal explains its error types.
const MANUAL: &str = "https://docs.fal.ai/errors";

#[derive(Debug)]
pub(super) struct Flaw {
    kind: &'static str,
    message: String,
    context: Option<Value>,
}

impl Flaw {
    pub(super) fn new(kind: &'static str, message: String) -> Self {
        Self { kind, message, context: None }
    }

    fn with(self, context: Value) -> Self {
        Self { context: Some(context), ..self }
    }

    pub(super) fn missing() -> Self {
        Self::new("missing", "Field required".to_owned())
    }

    pub(super) fn not_text() -> Self {
        Self::new("string_type", "Input should be a valid string".to_owned())
    }

    pub(super) fn too_short() -> Self {
        let message = "String should have at least 1 character".to_owned();
        Self::new("string_too_short", message).with(json!({ "min_length": 1 }))
    }

    pub(super) fn too_long(max: u32) -> Self {
        let message = format!("String should have at most {max} characters");
        Self::new("string_too_long", message).with(json!({ "max_length": max }))
    }

    pub(super) fn too_many(max: u32, found: usize) -> Self {
        let message = format!("List should have at most {max} items, not {found}");
        Self::new("sequence_too_long", message).with(json!({ "max_length": max }))
    }

    pub(super) fn not_among(values: &[String]) -> Self {
        let expected = listed(values);
        let message = format!("Input should be {expected}");
        Self::new("literal_error", message).with(json!({ "expected": expected }))
    }

    pub(super) fn not_a_flag() -> Self {
        Self::new("bool_type", "Input should be a valid boolean".to_owned())
    }

    pub(super) fn not_a_number() -> Self {
        Self::new("float_type", "Input should be a valid number".to_owned())
    }

    pub(super) fn too_small(min: &str) -> Self {
        let message = format!("Input should be greater than or equal to {min}");
        Self::new("greater_than_equal", message).with(json!({ "ge": number(min) }))
    }

    pub(super) fn too_large(max: &str) -> Self {
        let message = format!("Input should be less than or equal to {max}");
        Self::new("less_than_equal", message).with(json!({ "le": number(max) }))
    }

    /// The item as fal writes it: where, what, and the input that it was found in.
    pub(super) fn at(self, place: &Value, input: &Value) -> Value {
        let url = format!("{MANUAL}#{}", self.kind);
        let mut item =
            json!({ "loc": place, "msg": self.message, "type": self.kind, "url": url, "input": input });
        if let Some(context) = self.context {
            item["ctx"] = context;
        }
        item
    }
}

fn number(text: &str) -> Value {
    text.parse::<f64>().map_or(Value::Null, Value::from)
}

/// `'16:9', '9:16' or '1:1'`.
fn listed(values: &[String]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("'{value}'")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}
