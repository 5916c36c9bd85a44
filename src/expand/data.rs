//! Data as templates see it: a number where printing it gives back what was written, text otherwise.
//! Renders nothing.

use minijinja::value::Value as Seen;

use super::filters::MAX_TEXT;
use crate::storyboard::{Node, Scalar, Span, Value};

/// Values in one variable or row, all levels together.
pub(super) const MAX_VALUES: usize = 10_000;

/// Where data is too large, and what is.
#[derive(Debug)]
pub(super) struct TooLarge {
    pub(super) span: Span,
    pub(super) message: String,
}

/// # Errors
/// More than [`MAX_VALUES`] values, or a text of more than [`MAX_TEXT`] bytes.
pub(super) fn seen(node: &Node) -> Result<Seen, TooLarge> {
    build(node, &mut 0, &mut |scalar| Ok::<_, TooLarge>(self::scalar(scalar)))
}

/// The same with every text made by `write`.
///
/// # Errors
/// As [`seen`], and whatever `write` fails with.
pub(super) fn build<E: From<TooLarge>>(
    node: &Node,
    count: &mut usize,
    write: &mut dyn FnMut(&ScalarAt<'_>) -> Result<Seen, E>,
) -> Result<Seen, E> {
    *count += 1;
    if *count > MAX_VALUES {
        let message = format!("a variable or row of more than {MAX_VALUES} values");
        return Err(TooLarge { span: node.span, message }.into());
    }
    match &node.value {
        Value::Null => Ok(Seen::from(())),
        Value::Scalar(scalar) => {
            if scalar.text.len() > MAX_TEXT {
                let message =
                    format!("a text of {} KiB; at most {}", scalar.text.len() / 1024, MAX_TEXT / 1024);
                return Err(TooLarge { span: node.span, message }.into());
            }
            write(&ScalarAt { scalar, span: node.span })
        }
        Value::List(items) => {
            let items: Result<Vec<Seen>, E> = items.iter().map(|item| build(item, count, write)).collect();
            Ok(Seen::from_iter(items?))
        }
        Value::Map(entries) => {
            let pairs: Result<Vec<(String, Seen)>, E> = entries
                .iter()
                .map(|(key, value)| Ok((key.value.clone(), build(value, count, write)?)))
                .collect();
            Ok(Seen::from_pairs(pairs?))
        }
    }
}

/// A scalar and its place.
#[derive(Debug)]
pub(super) struct ScalarAt<'a> {
    pub(super) scalar: &'a Scalar,
    pub(super) span: Span,
}

/// A number or a flag where the author wrote it plainly and it prints as it was written.
pub(super) fn scalar(at: &ScalarAt<'_>) -> Seen {
    let Scalar { text, plain } = at.scalar;
    if !plain {
        return Seen::from(text.as_str());
    }
    match text.as_str() {
        "true" => return Seen::from(true),
        "false" => return Seen::from(false),
        _ => {}
    }
    let whole = text.parse::<i64>().ok().map(Seen::from);
    let number = whole.or_else(|| text.parse::<f64>().ok().filter(|n| n.is_finite()).map(Seen::from));
    number.filter(|number| number.to_string() == *text).unwrap_or_else(|| Seen::from(text.as_str()))
}

/// JSON as templates see it.
///
/// # Errors
/// As [`seen`], with no place of its own.
pub(super) fn json(value: &serde_json::Value, count: &mut usize) -> Result<Seen, TooLarge> {
    let large = |message: String| TooLarge { span: Span::default(), message };
    *count += 1;
    if *count > MAX_VALUES {
        return Err(large(format!("a row of more than {MAX_VALUES} values")));
    }
    Ok(match value {
        serde_json::Value::String(text) if text.len() > MAX_TEXT => {
            return Err(large(format!("a text of {} KiB; at most {}", text.len() / 1024, MAX_TEXT / 1024)));
        }
        serde_json::Value::Array(items) => {
            let items: Result<Vec<Seen>, TooLarge> = items.iter().map(|item| json(item, count)).collect();
            Seen::from_iter(items?)
        }
        serde_json::Value::Object(entries) => {
            let pairs: Result<Vec<(String, Seen)>, TooLarge> =
                entries.iter().map(|(key, value)| Ok((key.clone(), json(value, count)?))).collect();
            Seen::from_pairs(pairs?)
        }
        serde_json::Value::String(text) => Seen::from(text.as_str()),
        serde_json::Value::Null => Seen::from(()),
        plain => {
            let scalar = Scalar { text: plain.to_string(), plain: true };
            self::scalar(&ScalarAt { scalar: &scalar, span: Span::default() })
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str) -> (String, bool) {
        let scalar = Scalar { text: text.to_owned(), plain: true };
        let value = super::scalar(&ScalarAt { scalar: &scalar, span: Span::default() });
        (value.to_string(), value.is_number())
    }

    #[test]
    fn a_number_prints_as_it_was_written_or_stays_text() {
        for (text, number) in [
            ("5", true),
            ("-3", true),
            ("0.5", true),
            ("007", false),
            ("1.10", false),
            ("1e3", false),
            ("0x10", false),
            ("inf", false),
            ("16:9", false),
        ] {
            assert_eq!(printed(text), (text.to_owned(), number), "{text}");
        }
    }
}
