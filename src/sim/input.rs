//! Reads a request's input by the rules of its model, as fal does when the request runs: a film to make, or fal's
//! list of everything wrong. Undeclared fields are passed over without a word; the rules are the catalog's.

use serde_json::{Map, Value, json};

use crate::catalog::{Model, MultiPrompt, Range, Takes};

mod flaw;

use flaw::Flaw;

/// fal's default for `duration`, of a clip and of each of its shots.
const DEFAULT_SECONDS: &str = "5";
const DEFAULT_ASPECT: &str = "16:9";

/// What a valid input asks for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Film {
    pub(super) shots: Vec<Shot>,
    pub(super) aspect: String,
    /// `generate_audio` as sent, or fal's default.
    pub(super) audio: Option<bool>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shot {
    pub(super) prompt: String,
    pub(super) seconds: u32,
}

impl Film {
    pub(super) fn seconds(&self) -> u32 {
        self.shots.iter().map(|shot| shot.seconds).sum()
    }
}

/// The film, or the items of fal's `detail`.
pub(super) fn read(model: &Model, input: &Value) -> Result<Film, Vec<Value>> {
    let Value::Object(body) = input else {
        let message = "Input should be a valid dictionary or object to extract fields from".to_owned();
        return Err(vec![Flaw::new("model_attributes_type", message).at(&json!(["body"]), input)]);
    };
    let mut reader = Reader { model, body, flaws: Vec::new() };
    let shots = reader.shots();
    reader.fields();
    if !reader.flaws.is_empty() {
        return Err(reader.flaws);
    }
    let aspect = reader.setting("aspect_ratio").unwrap_or(DEFAULT_ASPECT.to_owned());
    let audio = reader.setting("generate_audio").and_then(|text| text.parse().ok());
    Ok(Film { shots, aspect, audio })
}

struct Reader<'a> {
    model: &'a Model,
    body: &'a Map<String, Value>,
    flaws: Vec<Value>,
}

impl<'a> Reader<'a> {
    /// A field that is there and not `null`, which fal's own examples send for absent.
    fn given(&self, name: &str) -> Option<&'a Value> {
        self.body.get(name).filter(|value| !value.is_null())
    }

    /// A declared field as text: as sent, else by fal's default.
    fn setting(&self, name: &str) -> Option<String> {
        let field = self.model.fields.get(name)?;
        let sent = self.given(name).map(|value| value.as_str().map_or(value.to_string(), str::to_owned));
        sent.or_else(|| field.fal_default.clone())
    }

    fn flaw(&mut self, flaw: Flaw, place: &Value, input: &Value) {
        self.flaws.push(flaw.at(place, input));
    }

    fn whole(&mut self, kind: &'static str, message: &str) {
        let body = Value::Object(self.body.clone());
        self.flaw(Flaw::new(kind, message.to_owned()), &json!(["body", "root"]), &body);
    }

    fn shots(&mut self) -> Vec<Shot> {
        let rules = self.model.multi_prompt.as_ref();
        let list = rules.and_then(|_| self.given("multi_prompt")).filter(|list| **list != json!([]));
        match (self.given("prompt"), list, rules) {
            (None, Some(list), Some(rules)) => self.listed_shots(list, rules),
            (Some(_), Some(_), _) => self.both(),
            (Some(prompt), None, _) => self.one_shot(prompt),
            (None, _, Some(_)) => self.neither(),
            (None, _, None) => self.no_prompt(),
        }
    }

    fn both(&mut self) -> Vec<Shot> {
        self.whole("value_error", "Only one of prompt or multi_prompt may be provided, not both");
        Vec::new()
    }

    fn neither(&mut self) -> Vec<Shot> {
        self.whole("value_error", "Either prompt or multi_prompt must be provided");
        Vec::new()
    }

    fn no_prompt(&mut self) -> Vec<Shot> {
        let body = Value::Object(self.body.clone());
        self.flaw(Flaw::missing(), &json!(["body", "prompt"]), &body);
        Vec::new()
    }

    fn one_shot(&mut self, prompt: &Value) -> Vec<Shot> {
        let prompt = self.prompt(&json!(["body", "prompt"]), prompt, self.model.prompt_chars.max);
        let given = self.given("duration");
        let seconds = self.seconds(&json!(["body", "duration"]), given, &self.model.clip_seconds);
        vec![Shot { prompt, seconds }]
    }

    fn listed_shots(&mut self, list: &Value, rules: &MultiPrompt) -> Vec<Shot> {
        let place = &json!(["body", "multi_prompt"]);
        let Some(items) = list.as_array() else {
            self.flaw(Flaw::new("list_type", "Input should be a valid list".to_owned()), place, list);
            return Vec::new();
        };
        if items.len() > rules.shots.max as usize {
            // The flaws of a hundred thousand would be many times as long as they are themselves.
            self.flaw(Flaw::too_many(rules.shots.max, items.len()), place, list);
            return Vec::new();
        }
        let before = self.flaws.len();
        let shots: Vec<Shot> =
            items.iter().enumerate().map(|(index, item)| self.listed_shot(index, item, rules)).collect();
        if self.flaws.len() == before {
            self.sum(&shots, place, list);
        }
        shots
    }

    /// The shots together make one clip, which keeps to a clip's length.
    fn sum(&mut self, shots: &[Shot], place: &Value, list: &Value) {
        let range = &self.model.clip_seconds;
        let sum: u32 = shots.iter().map(|shot| shot.seconds).sum();
        if !contains(range, sum) {
            let message =
                format!("The shots' durations sum to {sum}; it should be {} to {}", range.min, range.max);
            self.flaw(Flaw::new("value_error", message), place, list);
        }
        if self.given("duration").is_some() {
            let given = self.given("duration");
            self.seconds(&json!(["body", "duration"]), given, range);
        }
    }

    fn listed_shot(&mut self, index: usize, item: &Value, rules: &MultiPrompt) -> Shot {
        let place = |name: &str| json!(["body", "multi_prompt", index, name]);
        let prompt = if let Some(prompt) = item.get("prompt") {
            self.prompt(&place("prompt"), prompt, rules.prompt_chars.max)
        } else {
            self.flaw(Flaw::missing(), &place("prompt"), item);
            String::new()
        };
        let given = item.get("duration").filter(|value| !value.is_null());
        let seconds = self.seconds(&place("duration"), given, &rules.shot_seconds);
        Shot { prompt, seconds }
    }

    fn prompt(&mut self, place: &Value, value: &Value, max: u32) -> String {
        let Some(text) = value.as_str() else {
            self.flaw(Flaw::not_text(), place, value);
            return String::new();
        };
        if text.is_empty() {
            self.flaw(Flaw::too_short(), place, value);
        }
        self.length(place, text, max);
        text.to_owned()
    }

    fn length(&mut self, place: &Value, text: &str, max: u32) {
        if text.chars().count() > max as usize {
            self.flaw(Flaw::too_long(max), place, &json!(text));
        }
    }

    /// Whole seconds written as text, without a sign or leading zeros: fal declares an enum of strings.
    fn seconds(&mut self, place: &Value, given: Option<&Value>, range: &Range) -> u32 {
        let default = json!(DEFAULT_SECONDS);
        let value = given.unwrap_or(&default);
        let known = (range.min..=range.max).find(|seconds| value == &json!(seconds.to_string()));
        known.unwrap_or_else(|| {
            let values: Vec<String> = (range.min..=range.max).map(|seconds| seconds.to_string()).collect();
            self.flaw(Flaw::not_among(&values), place, value);
            0
        })
    }

    fn fields(&mut self) {
        let model = self.model;
        for (name, field) in &model.fields {
            if let Some(value) = self.given(name) {
                self.field(&json!(["body", name]), value, &field.takes);
            }
        }
    }

    fn field(&mut self, place: &Value, value: &Value, takes: &Takes) {
        match takes {
            Takes::OneOf(values) => {
                if !value.as_str().is_some_and(|text| values.iter().any(|one| one == text)) {
                    self.flaw(Flaw::not_among(values), place, value);
                }
            }
            Takes::Flag => {
                if !value.is_boolean() {
                    self.flaw(Flaw::not_a_flag(), place, value);
                }
            }
            Takes::Text { max_chars } => match value.as_str() {
                Some(text) => self.length(place, text, *max_chars),
                None => self.flaw(Flaw::not_text(), place, value),
            },
            Takes::Number { min, max } => self.number(place, value, min, max),
        }
    }

    fn number(&mut self, place: &Value, value: &Value, min: &str, max: &str) {
        let bound = |text: &str| text.parse::<f64>().ok();
        let Some(number) = value.as_f64() else {
            return self.flaw(Flaw::not_a_number(), place, value);
        };
        if bound(min).is_some_and(|min| number < min) {
            self.flaw(Flaw::too_small(min), place, value);
        }
        if bound(max).is_some_and(|max| number > max) {
            self.flaw(Flaw::too_large(max), place, value);
        }
    }
}

fn contains(range: &Range, seconds: u32) -> bool {
    (range.min..=range.max).contains(&seconds)
}

#[cfg(test)]
mod tests;
