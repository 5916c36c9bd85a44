//! The clip that a request comes nearest to, and in a few words what differs. For people; decides nothing.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::same;
use crate::address::Address;
use crate::plan::{self, Clip};

/// The most fields that are told.
const MOST: usize = 3;

/// The most characters of a value that are shown.
const SHORT: usize = 40;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nearest {
    pub address: Address,
    /// From the request to the clip; empty where nothing differs.
    pub words: String,
}

/// The first with the fewest fields that differ, and of those the one with most words in common.
pub(super) fn nearest<'a>(
    clips: impl Iterator<Item = &'a Clip>,
    theirs: &Map<String, Value>,
) -> Option<Nearest> {
    let wanted = words_of(theirs);
    let clip = clips.min_by_key(|clip| {
        let ours = &clip.request.body;
        let common = words_of(ours).intersection(&wanted).count();
        (same::differing(ours, theirs, Some(&clip.model)).len(), Reverse(common))
    })?;
    Some(Nearest { address: clip.address.clone(), words: difference(clip, theirs) })
}

/// Every word that is sent, wherever.
fn words_of(body: &Map<String, Value>) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    body.values().for_each(|value| collect(value, &mut words));
    words
}

fn collect(value: &Value, words: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => words.extend(text.split_whitespace().map(str::to_owned)),
        Value::Array(all) => all.iter().for_each(|one| collect(one, words)),
        Value::Object(map) => map.values().for_each(|one| collect(one, words)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn difference(clip: &Clip, theirs: &Map<String, Value>) -> String {
    let ours = &clip.request.body;
    let names = same::differing(ours, theirs, Some(&clip.model));
    let more = names.len().saturating_sub(MOST);
    let mut told: Vec<String> =
        names.into_iter().take(MOST).map(|name| change(name, theirs.get(name), ours.get(name))).collect();
    if more > 0 {
        told.push(format!("{more} more fields differ"));
    }
    told.join(", ")
}

fn change(name: &str, theirs: Option<&Value>, ours: Option<&Value>) -> String {
    match (theirs, ours) {
        (Some(Value::String(theirs)), Some(Value::String(ours))) if name.ends_with("prompt") => {
            format!("`{name}` differs: {}", plan::difference(theirs, ours))
        }
        (theirs, ours) => format!("`{name}` is {}, not {}", shown(ours), shown(theirs)),
    }
}

fn shown(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "not sent".to_owned(),
        Some(value) => {
            let text = value.to_string();
            let short: String = text.chars().take(SHORT).collect();
            if short.len() < text.len() { format!("{short}…") } else { text }
        }
    }
}
