//! Which request in fal's history an unknown take is, and what may be recorded of it. Pure: asks nobody, writes nothing.
//! Never guesses: equal requests are told apart by nothing, so where fal lists more of them than were begun here, none is taken.

mod adopt;
mod named;
mod nearest;
mod release;
mod same;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::history::{History, WINDOW};
use crate::fal::PastRequest;
use crate::request::Fingerprint;
use crate::take::{Facts, Failed, FailureKind, Nonce, Submitted, Take, Takes};

pub use adopt::{Adoption, Elsewhere, Fate, Left as NotTaken, Place, adopted, adoptions, wanted_endpoints};
pub use named::{Evidence, Named, Unplaced, endpoints as named_endpoints, named};
pub use nearest::Nearest;
pub use release::{NotOne, named_takes};

/// How long an equal request after the window still speaks against "not found": it may have waited in fal's queue,
/// and be listed with the time at which it began.
const LATE: SignedDuration = SignedDuration::from_hours(24);

/// What the history says of an unknown take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is this request.
    Found(String),
    /// Nothing listed can be it. That it was never bought does not follow: what still waits may not be listed.
    NotFound,
    /// Each of these requests may be it, and may as well be another purchase. In order of time.
    Ambiguous(Vec<Rival>),
}

/// A request that may be an unknown take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rival {
    pub request_id: String,
    pub sent_at: Timestamp,
}

/// What is to become of takes that are not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfound {
    Keep,
    /// Their money is let go when their intent is so long ago.
    Release(SignedDuration),
}

/// What a person has said may be let go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leave {
    pub unfound: Unfound,
    /// Let go whatever the history says, unless it is that fal has it.
    pub named: BTreeSet<Nonce>,
}

/// What the history told of a take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told<'a> {
    Verdict(&'a Verdict),
    /// There is a history, and it could not be read whole.
    Unread,
    /// There is none to ask.
    Nothing,
}

/// What may be recorded of an unknown take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Adopt(String),
    Release(Release),
    /// Not found, and not to be released before then.
    Wait(Timestamp),
    Keep,
}

/// Why its money is let go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Release {
    /// The history does not list it, long after it was sent.
    Unfound,
    /// A person named it.
    Named,
}

/// A request that no take of the record has.
struct Past<'a> {
    at: Timestamp,
    id: &'a str,
    /// None where fal has not kept what was sent.
    input: Option<(Fingerprint, &'a Map<String, Value>)>,
}

/// One verdict for every unknown take whose endpoint's history is known.
#[must_use]
pub fn verdicts(takes: &Takes, history: &History) -> BTreeMap<Nonce, Verdict> {
    let known = takes.request_ids();
    let mut verdicts = BTreeMap::new();
    for (endpoint, requests) in &history.requests {
        let past = unclaimed(endpoint, requests, &known);
        for equals in equals(takes, endpoint).into_values() {
            verdicts.extend(judge(&equals, &past));
        }
    }
    verdicts
}

/// Each once, in order of time.
fn unclaimed<'a>(endpoint: &str, requests: &'a [PastRequest], known: &BTreeSet<&str>) -> Vec<Past<'a>> {
    let input =
        |past: &'a PastRequest| past.input.as_ref().map(|input| (same::fingerprint(endpoint, input), input));
    let unclaimed = requests.iter().filter(|past| !known.contains(past.request_id.as_str()));
    let mut all: Vec<Past> =
        unclaimed.map(|past| Past { at: past.sent_at, id: &past.request_id, input: input(past) }).collect();
    all.sort_by_key(|past| (past.at, past.id));
    let mut seen = BTreeSet::new();
    all.retain(|past| seen.insert(past.id));
    all
}

/// The unknown takes of an endpoint by their request, each list in order of time.
fn equals<'a>(takes: &'a Takes, endpoint: &str) -> BTreeMap<Fingerprint, Vec<&'a Take>> {
    let mut equals: BTreeMap<Fingerprint, Vec<&Take>> = BTreeMap::new();
    for take in takes.unknown().filter(|take| take.intent.request.endpoint == endpoint) {
        equals.entry(take.fingerprint).or_default().push(take);
    }
    equals
}

/// Takes of one request. Which of them a request in reach of several was does not matter: they are the same.
fn judge(takes: &[&Take], past: &[Past]) -> Vec<(Nonce, Verdict)> {
    let Some(pairs) = pair(takes, past) else {
        let rivals = rivals(in_reach(takes, past));
        return takes.iter().map(|take| (take.nonce, Verdict::Ambiguous(rivals.clone()))).collect();
    };
    let verdict = |take: &Take| match pairs.get(&take.nonce) {
        Some(id) => Verdict::Found((*id).to_owned()),
        None => match rivals(past.iter().filter(|past| past.may_be(take, takes))) {
            rivals if rivals.is_empty() => Verdict::NotFound,
            rivals => Verdict::Ambiguous(rivals),
        },
    };
    takes.iter().map(|take| (take.nonce, verdict(take))).collect()
}

fn rivals<'a>(past: impl Iterator<Item = &'a Past<'a>>) -> Vec<Rival> {
    past.map(|past| Rival { request_id: past.id.to_owned(), sent_at: past.at }).collect()
}

fn in_reach<'p, 'a>(takes: &[&Take], past: &'p [Past<'a>]) -> impl Iterator<Item = &'p Past<'a>> {
    past.iter().filter(|past| takes.iter().any(|take| past.is_like(take) && past.is_near(take)))
}

/// Every equal request in reach goes to the earliest take that it can be; none where one is left over.
fn pair<'a>(takes: &[&Take], past: &[Past<'a>]) -> Option<BTreeMap<Nonce, &'a str>> {
    let mut pairs = BTreeMap::new();
    for past in in_reach(takes, past) {
        let free = takes.iter().find(|take| past.is_near(take) && !pairs.contains_key(&take.nonce))?;
        pairs.insert(free.nonce, past.id);
    }
    Some(pairs)
}

impl Past<'_> {
    fn is_like(&self, take: &Take) -> bool {
        self.input.is_some_and(|(fingerprint, _)| fingerprint == take.fingerprint)
    }

    fn is_near(&self, take: &Take) -> bool {
        self.at.duration_since(take.intent.at).abs() <= WINDOW
    }

    /// Can it not be ruled out, for a take that was given none of those in reach?
    fn may_be(&self, take: &Take, equals: &[&Take]) -> bool {
        let after = self.at.duration_since(take.intent.at);
        match self.input {
            None => self.is_near(take),
            Some((_, input)) if !self.is_like(take) => {
                self.is_near(take) && same::holds(&take.intent.request.body, input)
            }
            // In reach of an equal take it was given to that one.
            Some(_) if equals.iter().any(|other| self.is_near(other)) => false,
            Some(_) => after > WINDOW && after <= LATE,
        }
    }
}

/// What follows for a take.
#[must_use]
pub fn step(take: &Take, told: Told, leave: &Leave, now: Timestamp) -> Step {
    let named = leave.named.contains(&take.nonce);
    match told {
        Told::Verdict(Verdict::Found(id)) => Step::Adopt(id.clone()),
        Told::Verdict(_) | Told::Nothing if named => Step::Release(Release::Named),
        Told::Verdict(Verdict::NotFound) => unfound(take, leave.unfound, now),
        // What could not be asked may still be found, whatever was named.
        Told::Verdict(Verdict::Ambiguous(_)) | Told::Nothing | Told::Unread => Step::Keep,
    }
}

fn unfound(take: &Take, unfound: Unfound, now: Timestamp) -> Step {
    let Unfound::Release(margin) = unfound else { return Step::Keep };
    match take.intent.at.checked_add(margin) {
        Ok(from) if from <= now => Step::Release(Release::Unfound),
        Ok(from) => Step::Wait(from),
        Err(_) => Step::Keep,
    }
}

/// What is recorded of it; none where it stays unknown.
#[must_use]
pub fn facts(nonce: Nonce, step: &Step, now: Timestamp) -> Option<Facts> {
    match step {
        Step::Adopt(id) => Some(Facts { submitted: Some(Submitted::by_id(now, id)), ..Facts::of(nonce) }),
        Step::Release(why) => Some(Facts { failed: Some(released(*why, now)), ..Facts::of(nonce) }),
        Step::Wait(_) | Step::Keep => None,
    }
}

fn released(why: Release, at: Timestamp) -> Failed {
    let message = match why {
        Release::Unfound => "fal's history did not list it, and it was released by hand",
        Release::Named => "it was named, and released by hand",
    };
    Failed::new(at, FailureKind::Released, message.to_owned())
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
