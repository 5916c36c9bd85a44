//! What became of every take that the plan wanted, read from the record after the run.
//! Pure, and the only source of the exit code: what the program says of itself does not count.

use std::collections::{BTreeMap, HashMap};

use super::outcome::Halt;
use crate::plan::{Action, Held, Over, Plan};
use crate::request::Fingerprint;
use crate::take::{Nonce, State, Take, Takes};

/// What a run did, as far as the record can't tell.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// The purchases it began, by clip and number of the take wanted.
    pub bought: BTreeMap<(usize, u32), Nonce>,
    /// What a cap held.
    pub held: BTreeMap<(usize, u32), Over>,
    /// Why a paid take was left for the next run, in words.
    pub left: BTreeMap<Nonce, String>,
    pub halt: Option<Halt>,
    /// What the halt was about, in words.
    pub halt_reason: Option<String>,
}

/// What became of one take wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Landed(Nonce),
    Failed(Nonce),
    Held(Held),
    Unknown(Nonce),
    /// Bought and not yet here, or never started; the next run goes on.
    Interrupted(Option<Nonce>),
}

/// One take wanted, with what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Where its clip stands in the plan.
    pub clip: usize,
    /// From 1.
    pub number: u32,
    pub outcome: Outcome,
}

/// One entry per take wanted, in the plan's order.
#[must_use]
pub fn settle(plan: &Plan, run: &Run, takes: &Takes) -> Vec<Settled> {
    let mut settled: Vec<Settled> = Vec::new();
    let mut first: HashMap<(Fingerprint, u32), Outcome> = HashMap::new();
    for (at, clip) in plan.clips.iter().enumerate() {
        for wanted in &clip.wanted {
            let key = (clip.fingerprint, wanted.number);
            let outcome = match wanted.action {
                Action::Share => first.get(&key).copied().unwrap_or(Outcome::Interrupted(None)),
                Action::Hold(held) if !run.bought.contains_key(&(at, wanted.number)) => Outcome::Held(held),
                action => outcome((at, wanted.number), action, run, takes),
            };
            first.entry(key).or_insert(outcome);
            settled.push(Settled { clip: at, number: wanted.number, outcome });
        }
    }
    settled
}

fn outcome(key: (usize, u32), action: Action, run: &Run, takes: &Takes) -> Outcome {
    let nonce = action.nonce().or_else(|| run.bought.get(&key).copied());
    match (nonce.and_then(|nonce| takes.get(nonce)), run.held.get(&key)) {
        (Some(take), _) => outcome_of(take, run),
        (None, Some(over)) => Outcome::Held(Held::Budget(*over)),
        (None, None) => Outcome::Interrupted(None),
    }
}

/// What became of a take, whoever wanted it.
#[must_use]
pub fn outcome_of(take: &Take, run: &Run) -> Outcome {
    match take.state() {
        _ if run.left.contains_key(&take.nonce) => Outcome::Interrupted(Some(take.nonce)),
        State::Landed if take.expired.is_none() => Outcome::Landed(take.nonce),
        State::Landed | State::Completed if take.expired.is_some() => Outcome::Held(Held::Lost),
        State::Landed | State::Completed | State::Submitted => Outcome::Interrupted(Some(take.nonce)),
        State::Failed => Outcome::Failed(take.nonce),
        State::Unknown | State::Intended => Outcome::Unknown(take.nonce),
    }
}
