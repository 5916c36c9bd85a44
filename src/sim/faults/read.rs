//! Reads a rule from text, and says of everything that is wrong with it what is wrong, what was probably meant, and what
//! there is.

use super::glob::Glob;
use super::{Call, Kind, Param, Rule, What};
use crate::sim::nearest::meant;
use crate::sim::span;

/// Everything that is wrong, where anything is.
pub(super) fn read(text: &str) -> Result<Rule, Vec<String>> {
    let (name, params) = text.split_once(':').map_or((text, None), |(name, rest)| (name, Some(rest)));
    let what = read_what(name.trim());
    let mut rule = Rule::new(*what.as_ref().unwrap_or(&What::Any));
    let mut problems: Vec<String> = what.as_ref().err().cloned().into_iter().collect();
    let mut given: Vec<Param> = Vec::new();
    for param in params.into_iter().flat_map(|params| params.split(',')) {
        match read_param(param.trim(), what.as_ref().ok().copied(), &mut rule) {
            Ok(param) if given.contains(&param) => {
                problems.push(format!("`{}` is given twice", param.name()));
            }
            Ok(param) => given.push(param),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(rule) } else { Err(problems) }
}

fn read_what(name: &str) -> Result<What, String> {
    if name == "*" {
        return Ok(What::Any);
    }
    let Some((call_name, kind)) = name.split_once('.') else { return Err(without_call(name)) };
    let Some(call) = Call::ALL.into_iter().find(|call| call.name() == call_name) else {
        let meant = meant(call_name, Call::ALL.map(Call::name));
        return Err(format!(
            "there is no call `{call_name}`;{meant} there are {}",
            list(Call::ALL.map(Call::name))
        ));
    };
    if kind == "*" {
        return Ok(What::AnyOf(call));
    }
    let found = call.kinds().find(|known| known.name() == kind);
    found.map(What::One).ok_or_else(|| {
        let names = || call.kinds().map(Kind::name);
        format!("{call} has no fault `{kind}`;{} there are {}", meant(kind, names()), list(names()))
    })
}

/// A name without a dot: a call alone, a kind alone, or neither.
fn without_call(name: &str) -> String {
    let full: Vec<String> =
        Kind::ALL.iter().filter(|kind| kind.name() == name).map(Kind::to_string).collect();
    match (Call::ALL.into_iter().find(|call| call.name() == name), full.is_empty()) {
        (Some(call), _) => {
            format!(
                "`{name}` alone is no fault; write {call}.* for any of {}",
                list(call.kinds().map(Kind::name))
            )
        }
        (None, false) => format!("`{name}` lacks its call; write {}", list(full.iter().map(String::as_str))),
        (None, true) => format!("`{name}` is no fault; write CALL.KIND, such as submit.lost, or * for any"),
    }
}

/// Sets the parameter. Where the fault itself was not understood, nothing is known of what fits it.
fn read_param(text: &str, what: Option<What>, rule: &mut Rule) -> Result<Param, String> {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    let Some(param) = Param::ALL.into_iter().find(|param| param.name() == name) else {
        let meant = meant(name, Param::ALL.map(Param::name));
        return Err(format!(
            "there is no parameter `{name}`;{meant} there are {}",
            list(Param::ALL.map(Param::form))
        ));
    };
    if let Some(unfit) = what.and_then(|what| param.unfit(what)) {
        return Err(unfit);
    }
    set(rule, param, value, what)?;
    Ok(param)
}

fn set(rule: &mut Rule, param: Param, value: &str, what: Option<What>) -> Result<(), String> {
    match param {
        Param::P => rule.p = probability(value)?,
        Param::First => rule.first = Some(count(param, value)?),
        Param::At => rule.at = Some(count(param, value)?),
        Param::Code => rule.code = Some(code(value, what.and_then(What::kind))?),
        Param::For => rule.lasts = Some(span::read(value)?),
        Param::Endpoint => {
            let wrong = || {
                format!(
                    "`endpoint={value}` names nothing; write an id or a pattern such as fal-ai/*/image-to-video"
                )
            };
            rule.endpoint = Some(Glob::new(value).ok_or_else(wrong)?);
        }
    }
    Ok(())
}

fn probability(value: &str) -> Result<f64, String> {
    let p: Option<f64> = value.parse().ok().filter(|p| (0.0..=1.0).contains(p));
    p.ok_or_else(|| format!("`p={value}` is no probability; write a number from 0 to 1, such as 0.05"))
}

fn count<T: std::str::FromStr + PartialOrd + From<u8>>(param: Param, value: &str) -> Result<T, String> {
    let name = param.name();
    let count: Option<T> = value.parse().ok().filter(|count| *count >= T::from(1));
    count.ok_or_else(|| format!("`{name}={value}` counts nothing; write a whole number from 1"))
}

/// Only codes that the fault comes with at fal.
fn code(value: &str, kind: Option<Kind>) -> Result<u16, String> {
    let code: u16 = value.parse().map_err(|_| format!("`code={value}` is no status code"))?;
    let Some(kind) = kind.filter(|kind| !kind.codes().contains(&code)) else { return Ok(code) };
    let has = list(kind.codes().iter().map(u16::to_string).collect::<Vec<_>>().iter().map(String::as_str));
    let other = kind.call().kinds().find(|other| other.codes().contains(&code));
    let other = other.map(|other| format!("; {other} has {code}")).unwrap_or_default();
    Err(format!("{kind} has no code {code}, but {has}{other}"))
}

/// `a, b or c`.
fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.into_iter().collect();
    match words.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}
