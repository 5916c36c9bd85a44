//! Numbers, money and flags: written plainly, or the answer for what was meant.

use std::ops::RangeInclusive;
use std::str::FromStr;

use super::found::Flaw;
use super::node::{Node, Scalar};
use super::source::Spanned;
use super::value;
use crate::usd::Usd;

/// A whole number within a range.
pub(super) fn whole(
    key: &Spanned<String>,
    node: &Node,
    range: &RangeInclusive<u32>,
    unit: &str,
) -> Result<u32, Flaw> {
    let name = &key.value;
    let Scalar { text, plain } = value::scalar(key, node)?;
    let wrong = |label| Flaw::new(node.span, format!("`{name}` is {unit}"), label);
    let range_words = || format!("write a number from {} up", range.start());
    let Some(number) = digits(text) else {
        return Err(match (near_number(text), fraction(text)) {
            (Some(near), _) => {
                wrong("digits alone are wanted").help(format!("write {near}")).instead(near.to_string())
            }
            (None, Some(below)) => wrong("has a fraction").help(format!("write {below} or {}", below + 1)),
            (None, None) => wrong("no such number").help(range_words()),
        });
    };
    if !plain {
        return Err(Flaw::new(node.span, format!("`{name}` is {unit}, without quotes"), "text to YAML")
            .help(format!("write {number}"))
            .instead(text.clone()));
    }
    if range.contains(&number) { Ok(number) } else { Err(wrong("out of range").help(range_words())) }
}

/// A number as it is written without sign, leading zeros and fraction.
fn digits(text: &str) -> Option<u32> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    is_number.then(|| text.parse().ok()).flatten()
}

/// `4` for `4s`, `4 sec`, `4.0`, `04` and `0:04`.
fn near_number(text: &str) -> Option<u32> {
    let text = text.trim();
    if let Some((minutes, seconds)) = text.split_once(':') {
        let (minutes, seconds) = (u32::from_str(minutes).ok()?, u32::from_str(seconds).ok()?);
        return minutes.checked_mul(60)?.checked_add(seconds).filter(|total| *total > 0);
    }
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number = u32::from_str(&text[..end]).ok().filter(|number| *number > 0)?;
    let unit = text[end..].trim().to_lowercase();
    let known =
        matches!(unit.as_str(), "" | "," | "s" | "sec" | "secs" | "second" | "seconds" | "\"" | ".0" | ".");
    known.then_some(number)
}

/// The whole number below one such as `4.5`.
fn fraction(text: &str) -> Option<u32> {
    let (whole, rest) = text.split_once(['.', ','])?;
    let below = digits(whole).filter(|below| (1..1000).contains(below))?;
    rest.bytes().all(|byte| byte.is_ascii_digit()).then_some(below)
}

/// `true` or `false`.
pub(super) fn flag(key: &Spanned<String>, node: &Node) -> Result<Flag, Flaw> {
    let Scalar { text, plain } = value::scalar(key, node)?;
    match (text.as_str(), plain) {
        ("true", true) => Ok(Flag::On),
        ("false", true) => Ok(Flag::Off),
        _ => {
            let flaw =
                Flaw::new(node.span, format!("`{}` is true or false", key.value), "neither of the two");
            Err(match near_flag(text) {
                Some(near) => flaw.help(format!("write {near}, without quotes")).instead(near),
                None => flaw.help("write true or false"),
            })
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flag {
    On,
    Off,
}

fn near_flag(text: &str) -> Option<&'static str> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "y" | "on" | "1" => Some("true"),
        "false" | "no" | "n" | "off" | "0" => Some("false"),
        _ => None,
    }
}

/// An amount of dollars.
pub(super) fn money(key: &Spanned<String>, node: &Node) -> Result<Spanned<Usd>, Flaw> {
    let Scalar { text, plain } = value::scalar(key, node)?;
    let near = text.trim().trim_start_matches('$').trim_end_matches(['$', ' ']);
    let near = near.trim_end_matches(" USD").trim_end_matches(" dollars").trim();
    match (text.parse::<Usd>(), plain) {
        (Ok(value), true) => Ok(Spanned { value, span: node.span }),
        (Ok(_), false) => Err(Flaw::new(
            node.span,
            format!("`{}` is a number of dollars, without quotes", key.value),
            "text to YAML",
        )
        .help(format!("write {text}"))),
        (Err(reason), _) => {
            let flaw = Flaw::new(
                node.span,
                format!("`{}` is a number of US dollars", key.value),
                "not such a number",
            );
            let exact = near.parse::<Usd>().is_ok();
            Err(flaw.help(if exact { format!("write {near}") } else { reason.to_string() }))
        }
    }
}
