//! Whether what fal kept of a request asks for the same clip as one of ours, and else in what it differs.
//! Field by field; knows neither takes nor times.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::catalog::{self, Model};
use crate::request::{Fingerprint, Request};

type Body = Map<String, Value>;

/// As it was sent, or as good as: a field that is null is one that is not there.
pub(super) fn fingerprint(endpoint: &str, theirs: &Body) -> Fingerprint {
    let sent = theirs.iter().filter(|(_, value)| !value.is_null());
    let body = sent.map(|(name, value)| (name.clone(), value.clone())).collect();
    Request { endpoint: endpoint.to_owned(), body }.fingerprint()
}

/// Does it hold all of ours, and more? fal may have written its defaults beside what was sent.
pub(super) fn holds(ours: &Body, theirs: &Body) -> bool {
    ours.iter().all(|(name, value)| theirs.get(name) == Some(value))
}

/// The fields in which the two differ, in order. With the model, a field that one of them leaves out is at fal's
/// own default, where that is verified: a form such as fal's playground sends every field.
pub(super) fn differing<'a>(ours: &'a Body, theirs: &'a Body, model: Option<&Model>) -> BTreeSet<&'a str> {
    let names = ours.keys().chain(theirs.keys()).map(String::as_str);
    names.filter(|name| value(ours, name, model) != value(theirs, name, model)).collect()
}

pub(super) fn is_same(ours: &Body, theirs: &Body, model: Option<&Model>) -> bool {
    differing(ours, theirs, model).is_empty()
}

fn value(body: &Body, name: &str, model: Option<&Model>) -> Option<Value> {
    let sent = body.get(name).filter(|value| !value.is_null()).cloned();
    sent.or_else(|| default(model?, name))
}

fn default(model: &Model, name: &str) -> Option<Value> {
    let field = model.fields.get(name)?;
    let text = field.fal_default.as_deref().filter(|_| model.is_vouched_for(field))?;
    match field.takes {
        catalog::Takes::OneOf(_) | catalog::Takes::Text { .. } => Some(Value::from(text)),
        catalog::Takes::Flag | catalog::Takes::Number { .. } => serde_json::from_str(text).ok(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalog::Catalog;

    fn body(value: &Value) -> Body {
        value.as_object().unwrap().clone()
    }

    fn o3() -> std::sync::Arc<Model> {
        std::sync::Arc::clone(Catalog::builtin().unwrap().model("kling-o3-4k").unwrap())
    }

    fn differing_with(theirs: &Value, model: Option<&Model>) -> Vec<String> {
        let ours = body(
            &json!({"prompt": "a fox", "duration": "5", "aspect_ratio": "16:9", "generate_audio": false}),
        );
        differing(&ours, &body(theirs), model).into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn a_form_that_sends_every_field_at_its_default_asks_for_the_same() {
        let form = json!({"prompt": "a fox", "multi_prompt": null, "duration": "5", "aspect_ratio": "16:9",
            "generate_audio": false, "shot_type": "customize"});
        let few = json!({"prompt": "a fox", "duration": "5"});
        let model = o3();
        assert_eq!(differing_with(&form, Some(&model)), [""; 0]);
        assert_eq!(differing_with(&few, Some(&model)), [""; 0]);
        assert_eq!(differing_with(&form, None), ["shot_type"]);
        assert_eq!(differing_with(&few, None), ["aspect_ratio", "generate_audio"]);
    }

    #[test]
    fn a_default_that_nobody_vouches_for_is_not_counted_on() {
        let mut model = (*o3()).clone();
        model.sources.values_mut().for_each(|source| source.verified = false);
        let few = json!({"prompt": "a fox", "duration": "5"});
        assert_eq!(differing_with(&few, Some(&model)), ["aspect_ratio", "generate_audio"]);
    }

    #[test]
    fn any_other_value_is_another_request() {
        let model = o3();
        for (name, value) in [
            ("prompt", json!("a fox ")),
            ("duration", json!("4")),
            ("duration", json!(5)),
            ("duration", json!(null)),
            ("aspect_ratio", json!("9:16")),
            ("generate_audio", json!(true)),
            ("generate_audio", json!("false")),
            ("shot_type", json!("intelligent")),
            ("negative_prompt", json!("blur")),
            ("multi_prompt", json!([])),
        ] {
            let mut theirs = body(&json!({"prompt": "a fox", "duration": "5"}));
            theirs.insert(name.to_owned(), value.clone());
            assert_eq!(differing_with(&Value::Object(theirs), Some(&model)), [name], "{value}");
        }
    }

    #[test]
    fn what_is_null_was_not_sent() {
        let (sent, kept) = (json!({"prompt": "a"}), json!({"multi_prompt": null, "prompt": "a"}));
        assert_eq!(fingerprint("a/b", &body(&kept)), fingerprint("a/b", &body(&sent)));
        assert_ne!(fingerprint("a/b", &body(&json!({"prompt": [null]}))), fingerprint("a/b", &body(&sent)));
    }
}
