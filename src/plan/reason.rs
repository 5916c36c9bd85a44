//! Why a take is reused, bought or held, in words for the person who pays. Decides nothing.

use serde_json::Value;

use super::Clip;
use super::history::{self, History, Past};
use crate::address::Id;
use crate::take::{Again, Failed, State, Take};

mod words;

pub use words::{Piece, compare, compare_lines, difference};

/// One reason, of several that a take may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clause {
    Said(String),
    /// The prompt of a shot is not what it was when the shot was last bought.
    Prompt {
        shot: Id,
        /// As it was sent then.
        was: String,
        /// As it would be sent now.
        is: String,
    },
}

impl Clause {
    /// As part of a sentence.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Said(words) => words.clone(),
            Self::Prompt { shot, was, is } => {
                format!("prompt of {shot} changed: {}", words::difference(was, is))
            }
        }
    }
}

impl From<String> for Clause {
    fn from(words: String) -> Self {
        Self::Said(words)
    }
}

pub(super) fn reuse() -> String {
    "current".to_owned()
}

pub(super) fn download() -> String {
    "bought, its file is not here".to_owned()
}

pub(super) fn lost() -> String {
    "file lost, its URL is dead; `--force` buys it again".to_owned()
}

pub(super) fn resume(take: &Take) -> String {
    let what =
        if take.state() == State::Completed { "finished at fal, not yet filed" } else { "in flight at fal" };
    format!("{what}, request {}", take.request_id().unwrap_or_default())
}

pub(super) fn unknown(take: &Take) -> String {
    let why = take
        .unknown
        .as_ref()
        .map_or("a run ended between its intent and fal's answer", |unknown| &unknown.why);
    format!("may have been bought: {why}")
}

/// `made` attempts of those that there are.
pub(super) fn held(failed: &Failed, made: usize, attempts: usize) -> String {
    let times = match failed.again() {
        Again::WithinAttempts => format!(" ({made} of {attempts} attempts)"),
        _ => String::new(),
    };
    format!("failed: {}{times}; change it, or ask with `--failed`", failed.kind.words())
}

pub(super) fn again(failed: &Failed) -> String {
    format!("failed before: {}", failed.kind.words())
}

pub(super) fn forced(number: u32) -> String {
    if number == 1 { "forced".to_owned() } else { format!("forced, take {number}") }
}

/// Why a take is bought that nothing owned fills.
pub(super) fn buy(clip: &Clip, number: u32, history: &History) -> Vec<Clause> {
    let pasts: Vec<(&Id, Option<Past>)> =
        clip.shots.iter().map(|shot| (shot, history.shot(&clip.address, shot))).collect();
    let Some(newest) = pasts.iter().filter_map(|(_, past)| *past).max_by_key(|past| past.take.rank()) else {
        let words =
            if number == 1 { "never rendered".to_owned() } else { format!("take {number} is wanted") };
        return vec![words.into()];
    };
    if newest.take.fingerprint == clip.fingerprint {
        return vec![format!("take {number} is wanted").into()];
    }
    let changes = changes(clip, &pasts, newest.take);
    if changes.is_empty() { vec![regrouped(clip, &pasts).into()] } else { changes }
}

fn changes(clip: &Clip, pasts: &[(&Id, Option<Past>)], newest: &Take) -> Vec<Clause> {
    let now = history::shots(&clip.request.body);
    let mut fresh = Vec::new();
    let mut changes: Vec<Clause> = settings(clip, newest).into_iter().map(Clause::from).collect();
    for ((shot, past), now) in pasts.iter().zip(now) {
        let change =
            past.map_or_else(|| vec![format!("{shot} is new").into()], |past| shot_change(shot, past, now));
        fresh.extend((!change.is_empty()).then_some((*shot, now.1)));
        changes.extend(change);
    }
    changes.extend(taken_along(clip, pasts, &fresh).map(Clause::from));
    changes.extend(moved_out(clip, pasts).map(Clause::from));
    changes
}

/// Shots that are as they were, and are bought again because they share a clip with what is new.
fn taken_along(clip: &Clip, pasts: &[(&Id, Option<Past>)], changed: &[(&Id, &str)]) -> Option<String> {
    let is_changed = |shot: &Id| changed.iter().any(|(changed, _)| *changed == shot);
    let came_alone = |past: &Past| !past.take.intent.shots.iter().any(is_changed);
    let along =
        pasts.iter().filter(|(shot, past)| !is_changed(shot) && past.as_ref().is_some_and(came_alone));
    let names: Vec<&str> = along.map(|(shot, _)| shot.as_str()).collect();
    let seconds: u32 = changed.iter().filter_map(|(_, duration)| duration.parse::<u32>().ok()).sum();
    let least = clip.model.clip_seconds.min;
    let why = if seconds < least { format!(", since a clip is at least {least} s") } else { String::new() };
    let verb = if names.len() == 1 { "is" } else { "are" };
    (!changed.is_empty() && !names.is_empty())
        .then(|| format!("{} {verb} bought again with it{why}", names.join(" and ")))
}

fn shot_change(shot: &Id, past: Past, (prompt, duration): (&str, &str)) -> Vec<Clause> {
    let words = (past.prompt != prompt).then(|| Clause::Prompt {
        shot: shot.clone(),
        was: past.prompt.to_owned(),
        is: prompt.to_owned(),
    });
    let length = (past.duration != duration)
        .then(|| format!("{shot} now lasts {duration} s, not {} s", past.duration).into());
    words.into_iter().chain(length).collect()
}

/// What differs besides the shots themselves.
fn settings(clip: &Clip, newest: &Take) -> Vec<String> {
    let (old, new) = (&newest.intent.request, &clip.request);
    if old.endpoint != new.endpoint {
        return vec![format!("model is now {}, not {}", clip.model.alias, old.endpoint)];
    }
    let mut keys: Vec<&String> = old.body.keys().chain(new.body.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    let ours = |key: &&&String| !matches!(key.as_str(), "prompt" | "multi_prompt" | "duration" | "shot_type");
    let changed = keys.iter().filter(ours).filter(|key| old.body.get(**key) != new.body.get(**key));
    changed
        .map(|key| format!("{key} is now {}, not {}", shown(new.body.get(*key)), shown(old.body.get(*key))))
        .collect()
}

fn shown(value: Option<&Value>) -> String {
    match value {
        None => "unset".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}

/// Shots that this clip's takes held last time and that it no longer holds.
fn moved_out(clip: &Clip, pasts: &[(&Id, Option<Past>)]) -> Option<String> {
    let held = pasts.iter().filter_map(|(_, past)| past.map(|past| &past.take.intent.shots)).flatten();
    let held = held.filter(|_| pasts.iter().all(|(_, past)| past.is_some()));
    let mut gone: Vec<&str> = held.filter(|shot| !clip.shots.contains(shot)).map(Id::as_str).collect();
    gone.sort_unstable();
    gone.dedup();
    (!gone.is_empty()).then(|| format!("no longer shares a clip with {}", gone.join(", ")))
}

/// Every shot is as it was, but they were in other clips.
fn regrouped(clip: &Clip, pasts: &[(&Id, Option<Past>)]) -> String {
    let names: Vec<&str> = pasts.iter().map(|(shot, _)| shot.as_str()).collect();
    match clip.shots.len() {
        1 => format!("{} is a clip of its own now", names.join("")),
        _ => format!("{} are one clip now", names.join(", ")),
    }
}
