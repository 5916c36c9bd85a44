//! Draws what each call meets, and counts its attempts. Does not know what a fault does.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use super::{BadEnd, Call, Faults, Kind, Rule};
use crate::request::Fingerprint;
use crate::sim::lock;

/// The fault that a call meets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::sim) struct Met {
    pub(in crate::sim) kind: Kind,
    /// How long it lasts, in simulated time; nothing where it takes no time.
    pub(in crate::sim) lasts: Duration,
    code: Option<u16>,
    /// Chooses among the forms that a kind has.
    form: u64,
}

impl Met {
    pub(in crate::sim) fn one_of<T: Copy>(self, forms: &[T]) -> Option<T> {
        let index = self.form % u64::try_from(forms.len().max(1)).unwrap_or(1);
        forms.get(usize::try_from(index).unwrap_or(0)).copied()
    }

    /// The status code that it comes with; none where it has no choice.
    pub(in crate::sim) fn code(self) -> Option<u16> {
        self.code.or_else(|| self.one_of(self.kind.codes()))
    }
}

/// Whose call it is.
#[derive(Clone, Copy, Debug)]
pub(in crate::sim) struct Who<'a> {
    pub(in crate::sim) endpoint: &'a str,
    /// Of endpoint and input.
    pub(in crate::sim) payload: Fingerprint,
}

/// One call as a rule sees it.
#[derive(Clone, Copy, Debug)]
struct Occasion<'a> {
    call: Call,
    who: Who<'a>,
    attempt: u32,
    /// Which submit it is, or belongs to.
    number: u64,
}

#[derive(Debug)]
pub(in crate::sim) struct Dice {
    seed: u64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    rules: Faults,
    /// Since the rules were set.
    submits: u64,
    attempts: BTreeMap<(Call, Fingerprint), u32>,
}

impl Dice {
    pub(in crate::sim) fn new(seed: u64, rules: Faults) -> Self {
        Self { seed, state: Mutex::new(State { rules, ..State::default() }) }
    }

    pub(in crate::sim) fn seed(&self) -> u64 {
        self.seed
    }

    pub(in crate::sim) fn rules(&self) -> Faults {
        lock(&self.state).rules.clone()
    }

    /// From now on these rules hold, and attempts and submits are counted anew.
    pub(in crate::sim) fn change(&self, change: impl FnOnce(Faults) -> Faults) -> Faults {
        let mut state = lock(&self.state);
        let rules = change(std::mem::take(&mut state.rules));
        *state = State { rules: rules.clone(), ..State::default() };
        rules
    }

    /// A submit that an earlier start took: the next one of that request is a further attempt.
    pub(in crate::sim) fn remember(&self, who: Who<'_>) {
        let mut state = lock(&self.state);
        if state.concerns(Call::Submit) || state.concerns(Call::End) {
            state.count(Call::Submit, who.payload);
        }
    }

    /// What the submit that has just come in meets, and how it is to end, if badly.
    pub(in crate::sim) fn submit(&self, who: Who<'_>) -> (Option<Met>, Option<BadEnd>) {
        let mut state = lock(&self.state);
        state.submits += 1;
        if !state.concerns(Call::Submit) && !state.concerns(Call::End) {
            return (None, None);
        }
        let number = state.submits;
        let attempt = state.count(Call::Submit, who.payload);
        let occasion = |call| Occasion { call, who, attempt, number };
        let end = self.draw(&state.rules, &occasion(Call::End)).and_then(|met| BadEnd::of(met.kind));
        (self.draw(&state.rules, &occasion(Call::Submit)), end)
    }

    /// What the next attempt of any other call meets.
    pub(in crate::sim) fn meet(&self, call: Call, who: Who<'_>) -> Option<Met> {
        let mut state = lock(&self.state);
        if !state.concerns(call) {
            return None;
        }
        let attempt = if call.has_attempts() { state.count(call, who.payload) } else { 0 };
        let number = state.submits;
        self.draw(&state.rules, &Occasion { call, who, attempt, number })
    }

    /// What lasts is drawn by the request alone, and what passes by the attempt, from what that leaves.
    fn draw(&self, rules: &Faults, occasion: &Occasion<'_>) -> Option<Met> {
        let shares: Vec<(&Rule, Kind, f64)> = rules
            .all()
            .iter()
            .filter(|rule| rule.concerns(occasion))
            .flat_map(|rule| shares(rule, occasion.call))
            .collect();
        let (lasting, passing): (Vec<_>, Vec<_>) =
            shares.into_iter().partition(|(_, kind, _)| kind.is_lasting());
        let taken: f64 = lasting.iter().map(|(.., share)| share).sum();
        let (of_request, of_attempt) = (self.throw(occasion, 0), self.throw(occasion, occasion.attempt));
        of_request.pick(&lasting, 1.0).or_else(|| of_attempt.pick(&passing, (1.0 - taken).max(0.0)))
    }

    fn throw(&self, occasion: &Occasion<'_>, attempt: u32) -> Throw {
        let text = format!("{} {} {} {attempt}", self.seed, occasion.call, occasion.who.payload);
        let hash = blake3::hash(text.as_bytes());
        let number = |bytes: &[u8]| bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
        let at = u32::try_from(number(&hash.as_bytes()[..4])).unwrap_or(0);
        Throw { at: f64::from(at) / (f64::from(u32::MAX) + 1.0), form: number(&hash.as_bytes()[8..16]) }
    }
}

/// What a rule brings to a call, each with its part of the rule's probability.
fn shares(rule: &Rule, call: Call) -> impl Iterator<Item = (&Rule, Kind, f64)> {
    let kinds: Vec<Kind> = rule.what.kinds(call).collect();
    let share = rule.p / f64::from(u32::try_from(kinds.len().max(1)).unwrap_or(1));
    kinds.into_iter().map(move |kind| (rule, kind, share))
}

/// Where on the line of all probabilities a call has come to lie.
#[derive(Clone, Copy, Debug)]
struct Throw {
    /// From 0 up to, but not including, 1.
    at: f64,
    form: u64,
}

impl Throw {
    /// Where the whole line is only so long.
    fn pick(self, shares: &[(&Rule, Kind, f64)], length: f64) -> Option<Met> {
        let mut at = self.at * length;
        for (rule, kind, share) in shares {
            if at < *share {
                let lasts = rule.lasts.or(kind.lasts()).unwrap_or_default();
                return Some(Met { kind: *kind, lasts, code: rule.code, form: self.form });
            }
            at -= share;
        }
        None
    }
}

impl Rule {
    fn concerns(&self, occasion: &Occasion<'_>) -> bool {
        self.what.call().is_none_or(|call| call == occasion.call)
            && self.first.is_none_or(|first| occasion.attempt <= first)
            && self.at.is_none_or(|at| at == occasion.number)
            && self.endpoint.as_ref().is_none_or(|glob| glob.matches(occasion.who.endpoint))
    }
}

impl State {
    fn concerns(&self, call: Call) -> bool {
        self.rules.all().iter().any(|rule| rule.what.call().is_none_or(|of| of == call))
    }

    fn count(&mut self, call: Call, payload: Fingerprint) -> u32 {
        let attempt = self.attempts.entry((call, payload)).or_insert(0);
        *attempt = attempt.saturating_add(1);
        *attempt
    }
}
