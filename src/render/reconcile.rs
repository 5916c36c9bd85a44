//! Which request in fal's history an unknown take is, and what may be recorded of it. Pure: asks nobody, writes nothing.
//! Never guesses: equal requests are told apart by nothing, so where fal lists more of them than were begun here, none is taken.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::history::History;
use crate::fal::PastRequest;
use crate::request::{Fingerprint, Request};
use crate::take::{Facts, Failed, FailureKind, Nonce, Submitted, Take, Takes};

/// How far from its intent a request can have reached fal: two and a half minutes of connecting and sending,
/// and the rest for clocks that differ.
pub(super) const WINDOW: SignedDuration = SignedDuration::from_mins(10);

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
    /// Something listed may be it, and may as well be another purchase.
    Ambiguous,
}

/// What is to become of takes that are not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfound {
    Keep,
    /// Their money is let go when their intent is so long ago.
    Release(SignedDuration),
}

/// What may be recorded of an unknown take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Adopt(String),
    Release,
    /// Not found, and not to be released before then.
    Wait(Timestamp),
    Keep,
}

/// A request that no take of the record has.
struct Past<'a> {
    at: Timestamp,
    id: &'a str,
    /// None where fal has not kept what was sent.
    fingerprint: Option<Fingerprint>,
}

/// One verdict for every unknown take whose endpoint's history is known.
#[must_use]
pub fn verdicts(takes: &Takes, history: &History) -> BTreeMap<Nonce, Verdict> {
    let submitted = takes.iter().filter_map(|take| take.submitted.as_ref());
    let known: BTreeSet<&str> = submitted.map(|submitted| submitted.request_id.as_str()).collect();
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
    let fingerprint = |past: &PastRequest| {
        let body = past.input.clone()?;
        Some(Request { endpoint: endpoint.to_owned(), body }.fingerprint())
    };
    let unclaimed = requests.iter().filter(|past| !known.contains(past.request_id.as_str()));
    let mut all: Vec<Past> = unclaimed
        .map(|past| Past { at: past.sent_at, id: &past.request_id, fingerprint: fingerprint(past) })
        .collect();
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
        return takes.iter().map(|take| (take.nonce, Verdict::Ambiguous)).collect();
    };
    let verdict = |take: &Take| match pairs.get(&take.nonce) {
        Some(id) => Verdict::Found((*id).to_owned()),
        None if past.iter().any(|past| past.may_be(take, takes)) => Verdict::Ambiguous,
        None => Verdict::NotFound,
    };
    takes.iter().map(|take| (take.nonce, verdict(take))).collect()
}

/// Every equal request in reach goes to the earliest take that it can be; none where one is left over.
fn pair<'a>(takes: &[&Take], past: &[Past<'a>]) -> Option<BTreeMap<Nonce, &'a str>> {
    let mut pairs = BTreeMap::new();
    for past in past.iter().filter(|past| takes.iter().any(|take| past.is_like(take) && past.is_near(take))) {
        let free = takes.iter().find(|take| past.is_near(take) && !pairs.contains_key(&take.nonce))?;
        pairs.insert(free.nonce, past.id);
    }
    Some(pairs)
}

impl Past<'_> {
    fn is_like(&self, take: &Take) -> bool {
        self.fingerprint == Some(take.fingerprint)
    }

    fn is_near(&self, take: &Take) -> bool {
        self.at.duration_since(take.intent.at).abs() <= WINDOW
    }

    /// Can it not be ruled out, for a take that was given none of those in reach?
    fn may_be(&self, take: &Take, equals: &[&Take]) -> bool {
        let after = self.at.duration_since(take.intent.at);
        match self.fingerprint {
            None => self.is_near(take),
            // In reach of an equal take it was given to that one.
            Some(_) if !self.is_like(take) || equals.iter().any(|other| self.is_near(other)) => false,
            Some(_) => after > WINDOW && after <= LATE,
        }
    }
}

/// What follows from a verdict.
#[must_use]
pub fn step(take: &Take, verdict: &Verdict, unfound: Unfound, now: Timestamp) -> Step {
    match (verdict, unfound) {
        (Verdict::Found(id), _) => Step::Adopt(id.clone()),
        (Verdict::NotFound, Unfound::Release(margin)) => match take.intent.at.checked_add(margin) {
            Ok(from) if from <= now => Step::Release,
            Ok(from) => Step::Wait(from),
            Err(_) => Step::Keep,
        },
        (Verdict::NotFound, Unfound::Keep) | (Verdict::Ambiguous, _) => Step::Keep,
    }
}

/// What is recorded of it; none where it stays unknown.
#[must_use]
pub fn facts(nonce: Nonce, step: &Step, now: Timestamp) -> Option<Facts> {
    match step {
        Step::Adopt(id) => {
            let (request_id, at) = (id.clone(), now);
            let submitted =
                Submitted { at, request_id, status_url: None, response_url: None, cancel_url: None };
            Some(Facts { submitted: Some(submitted), ..Facts::of(nonce) })
        }
        Step::Release => Some(Facts { failed: Some(released(now)), ..Facts::of(nonce) }),
        Step::Wait(_) | Step::Keep => None,
    }
}

fn released(at: Timestamp) -> Failed {
    let message = "fal's history did not list it, and it was released by hand".to_owned();
    Failed::new(at, FailureKind::Released, message)
}

#[cfg(test)]
mod tests;
