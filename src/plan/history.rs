//! What each shot of a storyboard last was when it was bought, so that a new purchase can say what changed.

use std::collections::HashMap;

use serde_json::Value;

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
    take.intent.shots.iter().zip(elements(take))
}

fn elements(take: &Take) -> Vec<Past<'_>> {
    let body = &take.intent.request.body;
    match body.get("multi_prompt").and_then(Value::as_array) {
        Some(elements) => elements
            .iter()
            .filter_map(|element| one(take, element.get("prompt"), element.get("duration")))
            .collect(),
        None => one(take, body.get("prompt"), body.get("duration")).into_iter().collect(),
    }
}

fn one<'a>(take: &'a Take, prompt: Option<&'a Value>, duration: Option<&'a Value>) -> Option<Past<'a>> {
    Some(Past { take, prompt: prompt?.as_str()?, duration: duration?.as_str()? })
}
