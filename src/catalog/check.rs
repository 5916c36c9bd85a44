//! What a catalog entry must keep to before anyone may buy by it. Knows no file and no YAML.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Field, Limit, Model, Range, Takes};

/// Something wrong, and the keys and list indexes that lead to it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    pub(super) path: Vec<String>,
    pub(super) what: String,
}

/// Sent by every request in its own way, so no setting of its own.
const RESERVED: [&str; 3] = ["duration", "multi_prompt", "prompt"];

pub(super) fn flaws(model: &Model, known: &[Arc<Model>]) -> Vec<Flaw> {
    let mut checks = Checks { model, found: Vec::new() };
    checks.names(known);
    checks.numbers();
    for (name, field) in &model.fields {
        checks.field(name, field);
    }
    checks.prices();
    checks.found
}

struct Checks<'a> {
    model: &'a Model,
    found: Vec<Flaw>,
}

impl Checks<'_> {
    fn need(&mut self, holds: bool, path: &[&str], what: impl FnOnce() -> String) {
        if !holds {
            let path = path.iter().map(|&step| step.to_owned()).collect();
            self.found.push(Flaw { path, what: what() });
        }
    }

    fn names(&mut self, known: &[Arc<Model>]) {
        let Model { alias, endpoint, video, .. } = self.model;
        self.need(is_alias(alias), &["alias"], || {
            format!("`{alias}` is no alias; it is made of a-z, 0-9, `-` and `_`, and starts with a letter or digit")
        });
        self.need(is_endpoint(endpoint), &["endpoint"], || {
            format!("`{endpoint}` is no endpoint id; write it as fal does, such as owner/app/kind")
        });
        self.need(known.iter().all(|model| model.alias != *alias), &["alias"], || {
            format!("the catalog has a model `{alias}` already; choose another alias")
        });
        self.need(known.iter().all(|model| model.endpoint != *endpoint), &["endpoint"], || {
            format!("the catalog has `{endpoint}` already; a model is never replaced")
        });
        self.need(is_pointer(video), &["video"], || {
            format!("`{video}` is no JSON pointer; write one such as /video/url")
        });
    }

    fn numbers(&mut self) {
        self.range(&self.model.clip_seconds, &["clip_seconds"]);
        self.limit(&self.model.prompt_chars, &["prompt_chars"]);
        let Some(multi) = &self.model.multi_prompt else { return };
        self.limit(&multi.shots, &["multi_prompt", "shots"]);
        self.range(&multi.shot_seconds, &["multi_prompt", "shot_seconds"]);
        self.limit(&multi.prompt_chars, &["multi_prompt", "prompt_chars"]);
    }

    fn range(&mut self, range: &Range, path: &[&str]) {
        self.need(range.min >= 1, path, || "the least is 1".to_owned());
        self.need(range.min <= range.max, path, || {
            format!("min {} is more than max {}", range.min, range.max)
        });
        self.source(&range.source, path);
    }

    fn limit(&mut self, limit: &Limit, path: &[&str]) {
        self.need(limit.max >= 1, path, || "max is at least 1".to_owned());
        self.source(&limit.source, path);
    }

    fn source(&mut self, name: &str, path: &[&str]) {
        let path: Vec<&str> = path.iter().copied().chain(["source"]).collect();
        self.need(self.model.sources.contains_key(name), &path, || {
            format!("`sources` has no `{name}`; every number says where it comes from")
        });
    }

    fn field(&mut self, name: &str, field: &Field) {
        let path = ["fields", name];
        self.source(&field.source, &path);
        self.need(!RESERVED.contains(&name), &path, || {
            format!("`{name}` is sent with every request as it is")
        });
        let takes = ["fields", name, "takes"];
        let bad = bad_takes(&field.takes);
        self.need(bad.is_none(), &takes, || bad.unwrap_or_default());
        let bad = field.fal_default.as_deref().filter(|default| !accepts(&field.takes, default));
        self.need(bad.is_none(), &["fields", name, "fal_default"], || {
            format!("`{}` is not among what `{name}` takes", bad.unwrap_or_default())
        });
        let audio_is_flag = name != "generate_audio" || field.takes == Takes::Flag;
        self.need(audio_is_flag, &takes, || "`generate_audio` is a flag: prices go by it".to_owned());
    }

    fn prices(&mut self) {
        let mut seen = BTreeSet::new();
        for (index, price) in self.model.prices.iter().enumerate() {
            let index = index.to_string();
            self.source(&price.source, &["prices", &index]);
            self.need(price.usd_per_second > crate::usd::Usd::ZERO, &["prices", &index], || {
                "a price of zero; leave an unknown price out, and nothing is bought by it".to_owned()
            });
            self.need(seen.insert(price.generate_audio), &["prices", &index], || {
                "a second price for the same".to_owned()
            });
        }
        let declared = self.model.fields.contains_key("generate_audio");
        let any_tier = seen.iter().any(Option::is_some);
        self.need(!any_tier || declared, &["prices"], || {
            "prices go by `generate_audio`, which `fields` does not declare".to_owned()
        });
        let both = BTreeSet::from([Some(false), Some(true)]);
        self.need(!any_tier || seen == both, &["prices"], || {
            "one price for both, or one for each value of `generate_audio`".to_owned()
        });
    }
}

fn is_alias(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.starts_with(plain) && text.chars().all(|c| plain(c) || c == '-' || c == '_')
}

/// At least owner and app. It becomes part of a URL, so nothing in it may mean anything there.
fn is_endpoint(text: &str) -> bool {
    let segment = |part: &str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        !part.starts_with('.') && !part.is_empty() && part.chars().all(plain)
    };
    text.contains('/') && text.split('/').all(segment)
}

fn is_pointer(text: &str) -> bool {
    text.len() > 1 && text.starts_with('/')
}

fn bad_takes(takes: &Takes) -> Option<String> {
    match takes {
        Takes::OneOf(values) if values.is_empty() => Some("`one_of` lists at least one value".to_owned()),
        Takes::OneOf(_) | Takes::Flag => None,
        Takes::Text { max_chars } => (*max_chars == 0).then(|| "max_chars is at least 1".to_owned()),
        Takes::Number { min, max } => match (Decimal::of(min), Decimal::of(max)) {
            (Some(low), Some(high)) if low <= high => None,
            (Some(_), Some(_)) => Some(format!("min {min} is more than max {max}")),
            _ => Some("min and max are decimal numbers such as 0.5".to_owned()),
        },
    }
}

fn accepts(takes: &Takes, default: &str) -> bool {
    match takes {
        Takes::OneOf(values) => values.iter().any(|value| value == default),
        Takes::Flag => matches!(default, "true" | "false"),
        Takes::Text { max_chars } => u32::try_from(default.chars().count()).is_ok_and(|n| n <= *max_chars),
        Takes::Number { min, max } => {
            let (Some(low), Some(high)) = (Decimal::of(min), Decimal::of(max)) else { return true };
            Decimal::of(default).is_some_and(|value| low <= value && value <= high)
        }
    }
}

/// A decimal number in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Decimal(i64);

impl Decimal {
    fn of(text: &str) -> Option<Self> {
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_digits(whole) || !is_digits(fraction) || fraction.len() > 6 {
            return None;
        }
        let whole: i64 = whole.parse().ok()?;
        let fraction: i64 = format!("{fraction:0<6}").parse().ok()?;
        Some(Self(sign * whole.checked_mul(1_000_000)?.checked_add(fraction)?))
    }
}
