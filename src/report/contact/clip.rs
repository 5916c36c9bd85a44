//! A clip as the page shows it: its shots with their prompts and what changed in them, its state, its takes, and what
//! may be done about it.

use serde::Serialize;
use serde_json::Value;

use super::state::State;
use super::take::TakeData;
use super::{Commands, Sheet};
use crate::address::{Address, Id};
use crate::plan::{Action, Piece, compare};
use crate::take::{Charge, Nonce, Take};
use crate::timeline::{Clip, Shot, Timeline};
use crate::usd::Usd;

#[derive(Serialize)]
pub(super) struct ClipData<'a> {
    address: &'a Address,
    /// The place of its film among all.
    film: usize,
    scene: &'a Id,
    note: Option<&'a str>,
    /// Seconds, in the film and of its own.
    start: u32,
    seconds: u32,
    state: State,
    reason: String,
    /// What stands where there is no picture.
    waits: &'static str,
    money: String,
    model: &'a str,
    endpoint: &'a str,
    settings: Vec<(&'a str, String)>,
    tags: Vec<&'a str>,
    shots: Vec<ShotData<'a>>,
    takes: Vec<TakeData<'a>>,
    /// Which of its takes the film shows.
    chosen: Option<usize>,
    commands: Vec<Command>,
}

#[derive(Serialize)]
struct ShotData<'a> {
    name: &'a Id,
    /// Seconds, from the start of the clip.
    start: u32,
    seconds: u32,
    prompt: &'a str,
    parts: Vec<(&'a str, &'a str)>,
    spoken: Vec<(Option<&'a str>, &'a str)>,
    note: Option<&'a str>,
    /// `file:line`
    at: String,
    /// The prompt with what changed since its last take; empty where nothing did.
    changed: Vec<(&'static str, String)>,
}

#[derive(Serialize)]
struct Command {
    does: &'static str,
    command: String,
}

impl<'a> ClipData<'a> {
    pub(super) fn of(sheet: &Sheet<'a>, film: usize, timeline: &'a Timeline<'a>, clip: &'a Clip<'a>) -> Self {
        let planned = clip.planned;
        let state = State::of(planned);
        let takes = TakeData::all(sheet, clip);
        let chosen = clip.chosen.map(|take| take.nonce);
        Self {
            address: &planned.address,
            film,
            scene: &planned.address.scene,
            note: clip.note,
            start: clip.start,
            seconds: planned.seconds,
            state,
            reason: state.reason(planned).unwrap_or_default(),
            waits: state.waits(),
            money: money(clip),
            model: &planned.model.alias,
            endpoint: &planned.request.endpoint,
            settings: settings(clip),
            tags: tags(clip),
            shots: clip.shots.iter().map(|shot| ShotData::of(timeline, shot)).collect(),
            chosen: takes.iter().position(|take| is(take, chosen)),
            takes,
            commands: commands(sheet, &planned.address, state),
        }
    }
}

fn is(take: &TakeData, nonce: Option<Nonce>) -> bool {
    Some(take.nonce) == nonce
}

impl<'a> ShotData<'a> {
    fn of(timeline: &Timeline, placed: &Shot<'a>) -> Self {
        let shot = placed.shot;
        let line = timeline.source.line_column(shot.span.start).0;
        let changed = placed.before.map(|before| compare(before, &shot.prompt)).unwrap_or_default();
        Self {
            name: shot.name(),
            start: placed.start,
            seconds: shot.seconds,
            prompt: &shot.prompt,
            parts: shot.parts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect(),
            spoken: shot.spoken.iter().map(|line| (line.who.as_deref(), line.say.as_str())).collect(),
            note: shot.note.as_deref(),
            at: format!("{}:{line}", timeline.source.name),
            changed: changed.into_iter().map(marked).collect(),
        }
    }
}

fn marked(piece: Piece) -> (&'static str, String) {
    match piece {
        Piece::Kept(text) => ("kept", text),
        Piece::Removed(text) => ("removed", text),
        Piece::Added(text) => ("added", text),
    }
}

/// What is charged for it, and what is still to come, of all its takes.
fn money(clip: &Clip) -> String {
    let is_reserved = |take: &&Take| matches!(take.charge(), Charge::Reserved(_));
    let (reserved, paid): (Vec<&Take>, Vec<&Take>) = clip.takes.iter().copied().partition(is_reserved);
    let charged = |takes: &[&Take]| takes.iter().map(|take| take.charge().usd()).sum::<Usd>();
    let wanted = |is: fn(Action) -> bool| {
        let takes = clip.planned.wanted.iter().filter(|wanted| is(wanted.action)).count();
        clip.planned.usd.times(u32::try_from(takes).unwrap_or(u32::MAX))
    };
    let sums = [
        (charged(&paid), "spent"),
        (charged(&reserved), "reserved"),
        (wanted(|action| action == Action::Buy), "to buy"),
        (wanted(|action| matches!(action, Action::Hold(_))), "if bought"),
    ];
    let some = sums.iter().filter(|(usd, _)| *usd > Usd::ZERO).map(|(usd, word)| format!("{usd} {word}"));
    let words: Vec<String> = some.collect();
    if words.is_empty() { "shared, costs nothing more".to_owned() } else { words.join(", ") }
}

/// What is sent besides the shots.
fn settings<'a>(clip: &Clip<'a>) -> Vec<(&'a str, String)> {
    let ours = |key: &str| matches!(key, "prompt" | "multi_prompt" | "duration");
    let sent = clip.planned.request.body.iter().filter(|(key, _)| !ours(key));
    sent.map(|(key, value)| {
        (key.as_str(), value.as_str().map_or_else(|| Value::to_string(value), str::to_owned))
    })
    .collect()
}

fn tags<'a>(clip: &Clip<'a>) -> Vec<&'a str> {
    let mut tags: Vec<&str> =
        clip.shots.iter().flat_map(|placed| &placed.shot.tags).map(String::as_str).collect();
    tags.sort_unstable();
    tags.dedup();
    tags
}

/// What to type next about it. An address holds nothing that a shell would take for its own.
fn commands(sheet: &Sheet, address: &Address, state: State) -> Vec<Command> {
    let Commands { render, reconcile, explain } = sheet.commands;
    let (does, command) = match state {
        State::Current | State::Lost => {
            ("Render another take", format!("{render} --only {address} --force {address}"))
        }
        State::ToBuy | State::Held => ("Render it", format!("{render} --only {address}")),
        State::ToFetch | State::InFlight => ("Fetch it", format!("{render} --only {address}")),
        State::Failed => ("Try it again", format!("{render} --only {address} --failed")),
        State::Unknown => ("Settle it", reconcile.clone()),
    };
    let explain = Command { does: "Explain it", command: format!("{explain} {address}") };
    vec![Command { does, command }, explain]
}
