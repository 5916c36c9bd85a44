//! What became of every take that the plan wanted, read from the record after the run.
//! Pure, and the only source of the exit code: what the program says of itself does not count.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::outcome::Halt;
use crate::plan::{Action, Held, Over, Plan};
use crate::request::Fingerprint;
use crate::take::{Nonce, State, Take, Takes};

/// What a run did, as far as the record can't tell.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// The purchases it began, by clip and number of the take wanted.
    pub bought: BTreeMap<(usize, u32), Nonce>,
    /// The missing files that it fetched.
    pub fetched: BTreeSet<Nonce>,
    /// What a cap held.
    pub held: BTreeMap<(usize, u32), Over>,
    /// What was left alone because an equal request failed.
    pub spoiled: BTreeSet<(usize, u32)>,
    /// Why a paid take was left for the next run, in words.
    pub left: BTreeMap<Nonce, String>,
    pub halt: Option<Halt>,
    /// What the halt was about, in words.
    pub halt_reason: Option<String>,
    /// How often the user asked it to stop.
    pub interrupts: u32,
}

impl Run {
    /// Why the buying stopped, in words; none where it did not, or where the user asked for it.
    #[must_use]
    pub fn stopped(&self) -> Option<String> {
        let why = match self.halt? {
            Halt::Declined | Halt::Interrupted => return None,
            Halt::FailFast => "a clip failed, and --fail-fast was given",
            Halt::Network => "fal can't be reached, or its answers are lost",
            Halt::Orphans => {
                "purchases of which nobody knows may be under way at fal, and fill every place of --jobs; a higher one leaves room beside them"
            }
            Halt::Throttled => "fal takes no more requests",
            Halt::Account => "fal refuses the key or the account",
            Halt::Price => "the price",
            Halt::Unasked => "nobody could be asked",
            Halt::Record => "the record can't be trusted or written",
        };
        let reason = self.halt_reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        Some(format!("the buying stopped: {why}{reason}"))
    }
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
            let shared = (clip.fingerprint, wanted.number);
            let outcome = match wanted.action {
                Action::Share(_) => first.get(&shared).copied().unwrap_or(Outcome::Interrupted(None)),
                action => outcome((at, wanted.number), action, run, takes),
            };
            first.entry(shared).or_insert(outcome);
            settled.push(Settled { clip: at, number: wanted.number, outcome });
        }
    }
    settled
}

fn outcome(key: (usize, u32), action: Action, run: &Run, takes: &Takes) -> Outcome {
    let bought = run.bought.get(&key).copied();
    let known = |nonce: Nonce| {
        takes.get(nonce).map_or(Outcome::Interrupted(Some(nonce)), |take| outcome_of(take, run))
    };
    match (action, bought) {
        // The plan has seen its file.
        (Action::Reuse(nonce), _) => Outcome::Landed(nonce),
        (Action::Download(nonce), _) => downloaded(nonce, run, takes),
        // What was begun last stands for it, after an earlier one failed.
        (_, Some(nonce)) | (Action::Resume(nonce) | Action::Unknown(nonce), None) => known(nonce),
        _ if run.spoiled.contains(&key) => Outcome::Held(Held::Failed),
        (Action::Hold(held), None) => {
            Outcome::Held(run.held.get(&key).map_or(held, |over| Held::Budget(*over)))
        }
        (_, None) => {
            run.held.get(&key).map_or(Outcome::Interrupted(None), |over| Outcome::Held(Held::Budget(*over)))
        }
    }
}

fn downloaded(nonce: Nonce, run: &Run, takes: &Takes) -> Outcome {
    let expired = takes.get(nonce).is_some_and(|take| take.expired.is_some());
    match run.fetched.contains(&nonce) {
        true => Outcome::Landed(nonce),
        false if expired => Outcome::Held(Held::Lost),
        false => Outcome::Interrupted(Some(nonce)),
    }
}

/// What became of a take that was to be bought or followed.
fn outcome_of(take: &Take, run: &Run) -> Outcome {
    match take.state() {
        _ if run.left.contains_key(&take.nonce) => Outcome::Interrupted(Some(take.nonce)),
        State::Landed => Outcome::Landed(take.nonce),
        State::Completed if take.expired.is_some() => Outcome::Held(Held::Lost),
        State::Completed | State::Submitted => Outcome::Interrupted(Some(take.nonce)),
        State::Failed => Outcome::Failed(take.nonce),
        State::Unknown | State::Intended => Outcome::Unknown(take.nonce),
    }
}
