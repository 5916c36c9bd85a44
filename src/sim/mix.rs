//! A mix of faults for every call: how often each comes, and which call meets which. Drawn from a hash of the seed, the
//! call, the request and the attempt, so that the same clip meets the same faults in any order and after a restart.

mod kind;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::fault::BadEnd;
use super::job::Submission;
use crate::request::{Fingerprint, Request};
pub(super) use kind::Call;
pub use kind::Kind;

/// Rates are parts of this.
const WHOLE: u64 = 10_000;

/// Faults by a rule, instead of by the number of the submit.
#[derive(Clone, Debug)]
pub struct Faults {
    /// Another seed, other clips.
    pub seed: u64,
    pub mix: Mix,
}

/// How often each kind of fault comes, in parts of ten thousand. A call meets one fault at the most, so where the rates
/// of a call's faults sum to more than that, the last of them come more rarely.
#[derive(Clone, Debug, Default)]
pub struct Mix(BTreeMap<Kind, u16>);

impl Mix {
    /// Every kind at the same rate, in parts of ten thousand.
    #[must_use]
    pub fn every(rate: u16) -> Self {
        Self(Kind::ALL.into_iter().map(|kind| (kind, rate)).collect())
    }

    /// The same with another rate for one kind, in parts of ten thousand.
    #[must_use]
    pub fn with(mut self, kind: Kind, rate: u16) -> Self {
        self.0.insert(kind, rate);
        self
    }

    /// What a throw of 0 to 9,999 means for a call.
    fn at(&self, call: Call, mut throw: u64) -> Option<Kind> {
        for (kind, rate) in self.0.iter().filter(|(kind, _)| kind.call() == call) {
            match throw.checked_sub(u64::from(*rate)) {
                None => return Some(*kind),
                Some(rest) => throw = rest,
            }
        }
        None
    }
}

/// The fault that a call meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Met {
    pub(super) kind: Kind,
    /// Chooses among the forms that a kind has.
    form: u64,
}

impl Met {
    pub(super) fn one_of<T: Copy>(self, forms: &[T]) -> Option<T> {
        let index = self.form % u64::try_from(forms.len().max(1)).unwrap_or(1);
        forms.get(usize::try_from(index).unwrap_or(0)).copied()
    }
}

/// Draws for every call, and counts its attempts.
#[derive(Debug)]
pub(super) struct Dice {
    faults: Option<Faults>,
    calm: AtomicBool,
    attempts: Mutex<BTreeMap<(Call, Fingerprint), u32>>,
}

impl Dice {
    pub(super) fn new(faults: Option<Faults>) -> Self {
        Self { faults, calm: AtomicBool::new(false), attempts: Mutex::default() }
    }

    /// Can anything go wrong?
    pub(super) fn is_loaded(&self) -> bool {
        self.faults.is_some()
    }

    /// From now on nothing goes wrong, but what is to end badly still does.
    pub(super) fn calm(&self) {
        self.calm.store(true, Ordering::Relaxed);
    }

    /// A submit that an earlier start took: the next one of that request is a further attempt.
    pub(super) fn remember(&self, submission: &Submission) {
        self.count(Call::Submit, payload(&submission.endpoint, &submission.input));
    }

    /// What the next attempt of a call meets. From the attempt on by which a call's faults have healed, nothing.
    pub(super) fn meet(&self, call: Call, payload: Fingerprint) -> Option<Met> {
        let faults = self.faults()?;
        let attempt = self.count(call, payload);
        if attempt > call.faulty_attempts() {
            return None;
        }
        faults.draw(call, payload, attempt)
    }

    /// How the request that is now being submitted is to end, if badly. A server's failure comes once in a request's
    /// life; what is wrong with a request remains wrong.
    pub(super) fn fate(&self, payload: Fingerprint) -> Option<BadEnd> {
        let bad_end = self.faults()?.draw(Call::End, payload, 0)?.kind.bad_end()?;
        let submits = super::lock(&self.attempts).get(&(Call::Submit, payload)).copied();
        (bad_end != BadEnd::Server || submits <= Some(1)).then_some(bad_end)
    }

    /// Does the history list this request late?
    pub(super) fn is_listed_late(&self, payload: Fingerprint) -> bool {
        self.faults().is_some_and(|faults| faults.draw(Call::Listing, payload, 0).is_some())
    }

    fn faults(&self) -> Option<&Faults> {
        self.faults.as_ref().filter(|_| !self.calm.load(Ordering::Relaxed))
    }

    fn count(&self, call: Call, payload: Fingerprint) -> u32 {
        let mut attempts = super::lock(&self.attempts);
        let attempt = attempts.entry((call, payload)).or_insert(0);
        *attempt = attempt.saturating_add(1);
        *attempt
    }
}

impl Faults {
    fn draw(&self, call: Call, payload: Fingerprint, attempt: u32) -> Option<Met> {
        let text = format!("{} {call:?} {payload} {attempt}", self.seed);
        let hash = blake3::hash(text.as_bytes());
        let (throw, form) = (number(&hash.as_bytes()[..8]), number(&hash.as_bytes()[8..16]));
        self.mix.at(call, throw % WHOLE).map(|kind| Met { kind, form })
    }
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Says which request it is: the same for the same endpoint and input, however it was written.
pub(super) fn payload(endpoint: &str, input: &serde_json::Value) -> Fingerprint {
    let body = input.as_object().cloned();
    let body = body.unwrap_or_else(|| serde_json::Map::from_iter([("no object".to_owned(), input.clone())]));
    Request { endpoint: endpoint.to_owned(), body }.fingerprint()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn dice(seed: u64, mix: Mix) -> Dice {
        Dice::new(Some(Faults { seed, mix }))
    }

    fn request(number: u32) -> Fingerprint {
        payload("a/b", &json!({"prompt": number.to_string()}))
    }

    fn met(dice: &Dice, number: u32) -> Option<Kind> {
        dice.meet(Call::Submit, request(number)).map(|met| met.kind)
    }

    #[test]
    fn a_request_meets_the_same_faults_in_any_order() {
        let (one, other) = (dice(7, Mix::every(300)), dice(7, Mix::every(300)));
        let forwards: Vec<_> = (0..200).map(|number| met(&one, number)).collect();
        let mut backwards: Vec<_> = (0..200).rev().map(|number| met(&other, number)).collect();
        backwards.reverse();
        assert_eq!(forwards, backwards);
        assert!(forwards.iter().any(Option::is_some) && forwards.iter().any(Option::is_none));
        let third: Vec<_> = (0..200).map(|number| met(&dice(8, Mix::every(300)), number)).collect();
        assert_ne!(forwards, third);
    }

    #[test]
    fn a_fault_comes_about_as_often_as_its_rate_says() {
        let dice = dice(1, Mix::default().with(Kind::AnswerLost, 500).with(Kind::Throttled, 300));
        let kinds: Vec<_> = (0..10_000).filter_map(|number| met(&dice, number)).collect();
        let lost = kinds.iter().filter(|kind| **kind == Kind::AnswerLost).count();
        assert!((400..600).contains(&lost), "{lost}");
        assert!((220..380).contains(&(kinds.len() - lost)), "{}", kinds.len() - lost);
    }

    #[test]
    fn every_call_heals() {
        let dice = dice(1, Mix::default().with(Kind::AnswerLost, 10_000).with(Kind::FileCut, 10_000));
        for call in [Call::Submit, Call::File] {
            let met: Vec<_> = (0..20).map(|_| dice.meet(call, request(1)).is_some()).collect();
            assert!(met[0] && !met[19], "{call:?}");
        }
    }

    #[test]
    fn a_server_fails_a_request_once_and_a_filter_blocks_it_for_good() {
        for (kind, again) in [(Kind::EndsServer, None), (Kind::EndsPolicy, Some(BadEnd::Policy))] {
            let dice = dice(1, Mix::default().with(kind, 10_000));
            dice.meet(Call::Submit, request(1));
            assert_eq!(dice.fate(request(1)), kind.bad_end());
            dice.meet(Call::Submit, request(1));
            assert_eq!(dice.fate(request(1)), again);
        }
    }

    #[test]
    fn a_calm_simulator_does_nothing_wrong() {
        let dice = dice(1, Mix::every(10_000));
        dice.calm();
        assert_eq!((met(&dice, 1), dice.fate(request(1))), (None, None));
        assert!(!dice.is_listed_late(request(1)));
    }
}
