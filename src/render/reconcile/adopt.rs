//! Which requests in fal's history are clips that the plan would buy: what was bought elsewhere need not be bought here.
//! Takes one that no take of the record has, once, and never more than are wanted. Asks nobody, writes nothing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::same;
use crate::fal::PastRequest;
use crate::plan::{Action, Clip, Held, Plan};
use crate::render::history::History;
use crate::render::intent::intent;
use crate::request::Fingerprint;
use crate::take::{Facts, Nonce, Submitted, Take, Takes};

/// What has come of a request so far. The better first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    Succeeded,
    /// It waits, or runs.
    Running,
    /// With this HTTP status.
    Failed(u16),
}

impl Fate {
    pub(super) fn of(past: &PastRequest) -> Self {
        match past.status_code {
            None => Self::Running,
            Some(200..=299) => Self::Succeeded,
            Some(code) => Self::Failed(code),
        }
    }
}

/// A request, and what it is to become.
#[derive(Clone, Copy, Debug)]
pub struct Adoption<'a> {
    pub past: &'a PastRequest,
    pub place: Place<'a>,
}

impl Adoption<'_> {
    #[must_use]
    pub fn fate(&self) -> Fate {
        Fate::of(self.past)
    }
}

#[derive(Clone, Copy, Debug)]
pub enum Place<'a> {
    /// A take of this clip, which the plan would have bought.
    Clip(&'a Clip),
    /// The receipt of this take, of which nobody knew whether it was bought.
    Unknown(&'a Take),
}

/// What the history has for the clips of a plan.
#[derive(Clone, Debug, Default)]
pub struct Elsewhere<'a> {
    /// In story order, a clip's newest first.
    pub adoptions: Vec<Adoption<'a>>,
    pub left: Vec<Left<'a>>,
    /// Requests of which fal has not kept what was sent.
    pub unkept: usize,
    /// How many takes the plan would buy; none where single requests were looked for.
    pub wanted: Option<usize>,
}

/// Requests equal to a clip that are not taken.
#[derive(Clone, Copy, Debug)]
pub struct Left<'a> {
    pub clip: &'a Clip,
    /// More than are wanted.
    pub spare: usize,
    pub failed: usize,
    /// Each may be one of the clip's unknown takes, which come first.
    pub unsettled: usize,
}

/// A clip with takes that nothing fills.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanting<'a> {
    pub(super) clip: &'a Clip,
    pub(super) number: usize,
}

/// The endpoints of the clips that the plan would buy.
#[must_use]
pub fn wanted_endpoints(plan: &Plan) -> BTreeSet<&str> {
    wanting(plan).iter().map(|wanting| wanting.clip.request.endpoint.as_str()).collect()
}

/// In story order; equal clips are one.
pub(super) fn wanting(plan: &Plan) -> Vec<Wanting<'_>> {
    let (mut all, mut at): (Vec<Wanting>, BTreeMap<Fingerprint, usize>) = (Vec::new(), BTreeMap::new());
    for clip in &plan.clips {
        let number = clip.wanted.iter().filter(|wanted| is_open(wanted.action)).count();
        if number > 0 {
            let at = *at.entry(clip.fingerprint).or_insert(all.len());
            match all.get_mut(at) {
                Some(known) => known.number += number,
                None => all.push(Wanting { clip, number }),
            }
        }
    }
    all
}

/// Would it be bought, now or once it may? A purchase made elsewhere costs nothing that a cap could hold back.
fn is_open(action: Action) -> bool {
    matches!(action, Action::Buy | Action::Hold(Held::Budget(_) | Held::Failed))
}

/// The newest successful requests for every clip that the plan would buy, then those that still run.
#[must_use]
pub fn adoptions<'a>(plan: &'a Plan, takes: &Takes, history: &'a History) -> Elsewhere<'a> {
    let wanting = wanting(plan);
    let mut equal: Vec<Vec<&PastRequest>> = vec![Vec::new(); wanting.len()];
    let wanted = wanting.iter().map(|wanting| wanting.number).sum();
    let mut found = Elsewhere { wanted: Some(wanted), ..Elsewhere::default() };
    for (endpoint, past) in unclaimed(takes, history) {
        match &past.input {
            None => found.unkept += 1,
            Some(_) => home(&wanting, endpoint, past).into_iter().for_each(|at| equal[at].push(past)),
        }
    }
    for (wanting, equal) in wanting.iter().zip(equal) {
        let unknown = takes.of(wanting.clip.fingerprint).any(Take::is_unknown);
        found.take_from(*wanting, equal, unknown);
    }
    found
}

impl<'a> Elsewhere<'a> {
    fn take_from(
        &mut self,
        Wanting { clip, number }: Wanting<'a>,
        equal: Vec<&'a PastRequest>,
        unknown: bool,
    ) {
        let total = equal.len();
        let mut good: Vec<&PastRequest> =
            equal.into_iter().filter(|past| !matches!(Fate::of(past), Fate::Failed(_))).collect();
        good.sort_by_key(|past| (Fate::of(past), std::cmp::Reverse((past.sent_at, &past.request_id))));
        let failed = total - good.len();
        let unsettled = if unknown { good.len() } else { 0 };
        let taken = if unknown { 0 } else { number.min(good.len()) };
        let spare = good.len() - taken - unsettled;
        let place = Place::Clip(clip);
        self.adoptions.extend(good.into_iter().take(taken).map(|past| Adoption { past, place }));
        if spare + failed + unsettled > 0 {
            self.left.push(Left { clip, spare, failed, unsettled });
        }
    }
}

/// Requests that no take of the record has, each once, with their endpoint.
fn unclaimed<'a>(takes: &Takes, history: &'a History) -> impl Iterator<Item = (&'a str, &'a PastRequest)> {
    let (known, mut seen) = (takes.request_ids(), BTreeSet::new());
    let all = history
        .requests
        .iter()
        .flat_map(|(endpoint, all)| all.iter().map(move |past| (endpoint.as_str(), past)));
    all.filter(move |(_, past)| {
        let id = past.request_id.as_str();
        !known.contains(id) && seen.insert(id)
    })
}

/// The clip that it is: the one that sends just the same, else one that asks for the same.
pub(super) fn home(wanting: &[Wanting], endpoint: &str, past: &PastRequest) -> Option<usize> {
    let theirs = past.input.as_ref()?;
    let fingerprint = same::fingerprint(endpoint, theirs);
    let is_same = |clip: &Clip| {
        clip.request.endpoint == endpoint && same::is_same(&clip.request.body, theirs, Some(&clip.model))
    };
    let exact = wanting.iter().position(|wanting| wanting.clip.fingerprint == fingerprint);
    exact.or_else(|| wanting.iter().position(|wanting| is_same(wanting.clip)))
}

/// What is recorded of it, all at once. `nonce` is for a take that the record does not have.
#[must_use]
pub fn adopted(adoption: &Adoption, origin: &str, nonce: Nonce, now: Timestamp) -> Facts {
    let submitted = Some(Submitted::by_id(now, &adoption.past.request_id));
    match adoption.place {
        Place::Unknown(take) => Facts { submitted, ..Facts::of(take.nonce) },
        Place::Clip(clip) => {
            let intent = Some(intent(clip, origin.to_owned(), adoption.past.sent_at));
            Facts { intent, submitted, ..Facts::of(nonce) }
        }
    }
}

#[cfg(test)]
mod tests;
