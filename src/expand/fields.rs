//! A field of a request: the author's text as the JSON that the model takes.

use serde_json::{Number, Value as Json};

use super::settings::{brief, parse_flag};
use crate::catalog::Takes;

/// # Errors
/// What is wrong with the text, and what would be right.
pub(super) fn parse(key: &str, takes: &Takes, text: &str) -> Result<Json, (String, String)> {
    match takes {
        Takes::Flag => parse_flag(key, text).map(Json::from),
        Takes::OneOf(choices) => choice(key, choices, text),
        Takes::Text { max_chars } => short(key, *max_chars, text),
        Takes::Number { min, max } => number(key, min, max, text),
    }
}

fn choice(key: &str, choices: &[String], text: &str) -> Result<Json, (String, String)> {
    if choices.iter().any(|choice| choice == text) {
        return Ok(Json::from(text));
    }
    Err((
        format!("`{key}` can't be `{}`", brief(text)),
        format!("write one of \"{}\"", choices.join("\", \"")),
    ))
}

fn short(key: &str, max: u32, text: &str) -> Result<Json, (String, String)> {
    let length = text.chars().count();
    let fits = u32::try_from(length).is_ok_and(|length| length <= max);
    let message = || (format!("`{key}` has {length} characters, the model takes {max}"), String::new());
    fits.then(|| Json::from(text)).ok_or_else(message)
}

fn number(key: &str, min: &str, max: &str, text: &str) -> Result<Json, (String, String)> {
    let number: Option<Number> = serde_json::from_str(text).ok();
    let size = number.as_ref().and_then(Number::as_f64);
    let bound = |bound: &str, or: f64| bound.parse::<f64>().unwrap_or(or);
    let inside =
        size.is_some_and(|size| bound(min, f64::NEG_INFINITY) <= size && size <= bound(max, f64::INFINITY));
    let number = number.filter(|_| inside).map(Json::Number);
    number.ok_or_else(|| {
        (format!("`{key}` is a number from {min} to {max}, not `{}`", brief(text)), String::new())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cfg(text: &str) -> Option<String> {
        let takes = Takes::Number { min: "0".to_owned(), max: "1".to_owned() };
        parse("cfg_scale", &takes, text).ok().map(|value| value.to_string())
    }

    #[test]
    fn a_number_is_sent_as_it_was_written() {
        assert_eq!(cfg("0.5").as_deref(), Some("0.5"));
        assert_eq!(cfg("1").as_deref(), Some("1"));
        assert_eq!(cfg("0").as_deref(), Some("0"));
    }

    #[test]
    fn a_number_outside_its_bounds_or_of_another_shape_is_refused() {
        for text in ["1.01", "-0.1", ".5", "half", "NaN", "1e999", ""] {
            assert_eq!(cfg(text), None, "{text}");
        }
    }

    #[test]
    fn a_text_is_counted_in_characters() {
        let takes = Takes::Text { max_chars: 3 };
        assert!(parse("negative_prompt", &takes, "äöü").is_ok());
        assert!(parse("negative_prompt", &takes, "äöüß").is_err());
    }
}
