//! A setting's text as the value that it stands for: a field's JSON, a number of seconds, a choice.
//! Knows no level and no file.

use serde_json::{Number, Value as Json};

use super::Group;
use crate::catalog::Takes;

/// More takes of one clip than anybody watches.
const MAX_TAKES: u32 = 1000;

/// What is wrong with a text, and what would be right.
#[derive(Debug)]
pub(super) struct Mistake {
    pub(super) message: String,
    pub(super) help: Option<String>,
}

impl Mistake {
    fn new(message: String) -> Self {
        Self { message, help: None }
    }

    fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

type Parsed<T> = Result<T, Mistake>;

/// A field of a request.
pub(super) fn field(key: &str, takes: &Takes, text: &str) -> Parsed<Json> {
    match takes {
        Takes::Flag => flag(key, text).map(Json::from),
        Takes::OneOf(choices) => choice(key, choices, text),
        Takes::Text { max_chars } => short(key, *max_chars, text),
        Takes::Number { min, max } => number(key, min, max, text),
    }
}

fn choice(key: &str, choices: &[String], text: &str) -> Parsed<Json> {
    if choices.iter().any(|choice| choice == text) {
        return Ok(Json::from(text));
    }
    let wrong = Mistake::new(format!("`{key}` can't be `{}`", brief(text)));
    Err(wrong.help(format!("write one of \"{}\"", choices.join("\", \""))))
}

fn short(key: &str, max: u32, text: &str) -> Parsed<Json> {
    let length = text.chars().count();
    let fits = u32::try_from(length).is_ok_and(|length| length <= max);
    let wrong =
        || Mistake::new(format!("`{key}` has {length} characters, the model takes {max}")).help("shorten it");
    fits.then(|| Json::from(text)).ok_or_else(wrong)
}

fn number(key: &str, min: &str, max: &str, text: &str) -> Parsed<Json> {
    let number: Option<Number> = serde_json::from_str(text).ok();
    let size = number.as_ref().and_then(Number::as_f64);
    let bound = |bound: &str, or: f64| bound.parse::<f64>().unwrap_or(or);
    let inside =
        size.is_some_and(|size| bound(min, f64::NEG_INFINITY) <= size && size <= bound(max, f64::INFINITY));
    let wrong = || Mistake::new(format!("`{key}` is a number from {min} to {max}, not `{}`", brief(text)));
    number.filter(|_| inside).map(Json::Number).ok_or_else(wrong)
}

pub(super) fn seconds(text: &str) -> Parsed<u32> {
    if let Ok(seconds) = text.parse::<u32>() {
        return Ok(seconds);
    }
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    let help = match text[digits.len()..].trim_start() {
        "s" | "sec" | "secs" | "second" | "seconds" if !digits.is_empty() => format!("write {digits}"),
        _ => "such as `duration: 5`".to_owned(),
    };
    Err(Mistake::new(format!("a duration is a whole number of seconds, not `{}`", brief(text))).help(help))
}

pub(super) fn takes(text: &str) -> Parsed<u32> {
    let takes = text.parse::<u32>().ok().filter(|takes| (1..=MAX_TAKES).contains(takes));
    let wrong =
        || Mistake::new(format!("`takes` is a whole number from 1 to {MAX_TAKES}, not `{}`", brief(text)));
    takes.ok_or_else(wrong)
}

pub(super) fn group(text: &str) -> Parsed<Group> {
    match text {
        "auto" => Ok(Group::Auto),
        "whole" => Ok(Group::Whole),
        "solo" => Ok(Group::Solo),
        _ => {
            let wrong = Mistake::new(format!("there is no group `{}`", brief(text)));
            Err(wrong.help("write auto, whole or solo"))
        }
    }
}

/// True for `intelligent`.
pub(super) fn is_intelligent(text: &str) -> Parsed<bool> {
    match text {
        "intelligent" => Ok(true),
        "customize" => Ok(false),
        _ => {
            let wrong = Mistake::new(format!("there is no shot_type `{}`", brief(text)));
            Err(wrong.help("write customize or intelligent"))
        }
    }
}

pub(super) fn flag(key: &str, text: &str) -> Parsed<bool> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Mistake::new(format!("`{key}` is true or false, not `{}`", brief(text)))),
    }
}

pub(super) fn template(text: &str) -> Parsed<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_/".contains(c);
    let fine = !text.is_empty() && text.chars().all(plain) && !text.starts_with('/');
    let wrong = || {
        let wrong = Mistake::new(format!("`{}` is no template's name", brief(text)));
        wrong.help("write the name of a file of templates/ without its ending `.j2`")
    };
    fine.then(|| text.to_owned()).ok_or_else(wrong)
}

/// Enough of a text to recognise it in a message.
pub(super) fn brief(text: &str) -> String {
    const LONGEST: usize = 60;
    let short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() { short + "…" } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cfg(text: &str) -> Option<String> {
        let takes = Takes::Number { min: "0".to_owned(), max: "1".to_owned() };
        field("cfg_scale", &takes, text).ok().map(|value| value.to_string())
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
        assert!(field("negative_prompt", &takes, "äöü").is_ok());
        assert!(field("negative_prompt", &takes, "äöüß").is_err());
    }
}
