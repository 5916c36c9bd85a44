//! What is wrong with a template, in a writer's words: which name, where, and what there is instead.

use std::ops::Range;
use std::sync::Arc;

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, ErrorKind};

use super::engine::{FUEL, Seen};
use super::filters::MAX_TEXT;
use super::guard::{Facts, Refusal};
use super::nearest::did_you_mean;
use crate::storyboard::Source;

/// What is wrong with a template or its rendering.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    /// The file of `templates/` that it is in; none where it is in the text itself.
    pub(super) file: Option<Arc<Source>>,
    pub(super) range: Range<usize>,
    pub(super) message: String,
    pub(super) help: Option<String>,
    /// The name that nothing defines, where that is what is wrong.
    pub(super) undefined: Option<String>,
}

impl Fault {
    pub(super) fn new(range: Range<usize>, message: impl Into<String>) -> Self {
        Self { file: None, range, message: message.into(), help: None, undefined: None }
    }

    pub(super) fn within(self, source: &Arc<Source>) -> Self {
        Self { file: self.file.or_else(|| Some(Arc::clone(source))), ..self }
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self { help: refusal.help, ..Self::new(refusal.range, refusal.message) }
    }
}

pub(super) fn innermost(error: &Error) -> &Error {
    let mut inner = error;
    while let Some(next) = std::error::Error::source(inner).and_then(|source| source.downcast_ref::<Error>())
    {
        inner = next;
    }
    inner
}

pub(super) fn explain(error: &Error, facts: &Facts, seen: &Seen) -> Fault {
    let range = error.range().unwrap_or_default();
    match error.kind() {
        ErrorKind::UndefinedError => undefined(range, facts, seen),
        ErrorKind::NonPrimitive => structure(range, error.detail().unwrap_or_default(), facts, seen),
        ErrorKind::OutOfFuel | ErrorKind::WriteFailure => {
            let message =
                format!("this template does too much: at most {FUEL} steps and {MAX_TEXT} bytes of text");
            Fault::new(range, message)
        }
        _ => {
            let message = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
            Fault::new(range, message)
        }
    }
}

fn undefined(range: Range<usize>, facts: &Facts, seen: &Seen) -> Fault {
    let inside = |at: &Range<usize>| range.is_empty() || (at.start >= range.start && at.end <= range.end);
    let around = |at: &Range<usize>| at.start <= range.start && range.end <= at.end;
    let references = facts.references.iter().filter(|one| inside(&one.range) || around(&one.range));
    let mut missing = references.filter_map(|one| Some((one, missing_at(&one.path, one.local, seen)?)));
    let Some((reference, at)) = missing.next() else {
        return Fault::new(range, "something here is not defined");
    };
    let name = &reference.path[at];
    let mut fault = Fault::new(reference.range.clone(), "");
    if at == 0 {
        fault.message = format!("`{name}` is not defined");
        fault.undefined = (!reference.local).then(|| name.clone());
        return fault;
    }
    let holder = reference.path[..at].join(".");
    let keys = lookup(&reference.path[..at], seen).map(|value| keys(&value)).unwrap_or_default();
    fault.message = format!("`{holder}` has no `{name}`");
    fault.help = did_you_mean(name, keys.iter().map(String::as_str));
    fault
}

/// Which part of a path nothing stands behind.
fn missing_at(path: &[String], local: bool, seen: &Seen) -> Option<usize> {
    if local {
        return Some(path.len() - 1).filter(|&at| at > 0);
    }
    (0..path.len()).find(|&at| lookup(&path[..=at], seen).is_none())
}

fn lookup(path: &[String], seen: &Seen) -> Option<Value> {
    let (first, rest) = path.split_first()?;
    let mut value = seen.get(first)?.clone();
    for name in rest {
        value = value.get_attr(name).ok()?;
    }
    (!value.is_undefined()).then_some(value)
}

fn keys(value: &Value) -> Vec<String> {
    let is_map = value.kind() == ValueKind::Map;
    let keys = is_map.then(|| value.try_iter().ok()).flatten();
    keys.into_iter().flatten().map(|key| key.to_string()).collect()
}

fn structure(range: Range<usize>, kind: &str, facts: &Facts, seen: &Seen) -> Fault {
    let shown =
        facts.references.iter().filter(|one| one.range.start >= range.start && one.range.end <= range.end);
    let Some(reference) = shown.max_by_key(|one| one.range.len()) else {
        return Fault::new(range, format!("a {kind} can't be printed"));
    };
    let name = reference.path.join(".");
    let article = if kind == "map" || kind == "list" { "a " } else { "" };
    let mut fault =
        Fault::new(reference.range.clone(), format!("`{name}` is {article}{kind}, which can't be printed"));
    let first = lookup(&reference.path, seen).and_then(|value| keys(&value).into_iter().next());
    fault.help = match kind {
        "map" => first.map(|key| format!("write one of its values, such as `{name}.{key}`")),
        "list" => Some(format!("write `{name}|join(\", \")`")),
        "null" => Some(format!("give it a value, or write `{name} if {name} is not none else \"\"`")),
        _ => Some(format!("write what to say for each: `\"…\" if {name} else \"…\"`")),
    };
    fault
}
