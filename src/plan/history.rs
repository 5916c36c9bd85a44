//! What each shot of a storyboard last was when it was bought, so that a new purchase can say what changed.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::address::{Address, Edition, Id};
use crate::take::{Take, Takes};

/// The newest take of every shot, by where the shot stood then.
#[derive(Debug)]
pub(super) struct History<'a> {
    shots: HashMap<(&'a Edition, &'a Id, &'a Id), Past<'a>>,
}

/// A shot as it was last bought.
#[derive(Clone, Copy, Debug)]
pub struct Past<'a> {
    pub take: &'a Take,
    pub prompt: &'a str,
    /// Seconds, as sent.
    pub duration: &'a str,
}

impl<'a> History<'a> {
    pub(super) fn of(takes: &'a Takes) -> Self {
        let mut shots = HashMap::new();
        for take in takes.iter() {
            let intent = &take.intent;
            for (shot, past) in pasts(take) {
                shots.insert((&intent.address.edition, &intent.address.scene, shot), past);
            }
        }
        Self { shots }
    }

    pub(super) fn shot(&self, clip: &Address, shot: &Id) -> Option<Past<'a>> {
        self.shots.get(&(&clip.edition, &clip.scene, shot)).copied()
    }
}

/// The shots that a take was bought with, in order.
pub fn pasts(take: &Take) -> impl Iterator<Item = (&Id, Past<'_>)> {
    let past = move |(prompt, duration)| Past { take, prompt, duration };
    let shots = take.intent.shots.iter().zip(shots(&take.intent.request.body).into_iter().map(past));
    shots.filter(|(_, past)| !past.prompt.is_empty() && !past.duration.is_empty())
}

/// Prompt and duration of each shot that a request holds, in order.
pub(super) fn shots(body: &Map<String, Value>) -> Vec<(&str, &str)> {
    match body.get("multi_prompt").and_then(Value::as_array) {
        Some(elements) => elements
            .iter()
            .map(|element| (field(element.get("prompt")), field(element.get("duration"))))
            .collect(),
        None => vec![(field(body.get("prompt")), field(body.get("duration")))],
    }
}

fn field(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or_default()
}
