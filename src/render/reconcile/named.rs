//! What a request that a person names is: the receipt of an unknown take, a clip that the plan would buy, or why neither.
//! Nothing is taken whose request differs. Pure.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::adopt::{Adoption, Fate, Place, Wanting, home, wanting};
use super::nearest::{self, Nearest};
use super::same;
use crate::address::Address;
use crate::fal::PastRequest;
use crate::plan::Plan;
use crate::render::history::History;
use crate::take::{Nonce, Take, Takes};

/// What a named request is.
#[derive(Clone, Debug)]
pub enum Named<'a> {
    Adopt(Adoption<'a>),
    /// This take has it already.
    Known(&'a Take),
}

/// Why a named request is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unplaced {
    #[error(
        "fal's history of the last 90 days lists no request {id} to {endpoints}; one that still waits to begin is not \
         listed, nor is another account's"
    )]
    NotListed { id: String, endpoints: String },
    #[error("fal no longer has what was sent with request {id}, so nobody can say which clip it is")]
    Unkept { id: String },
    #[error("request {id} asks for {address}, and it failed (HTTP {status}); a render buys the clip")]
    Failed { id: String, address: Box<Address>, status: u16 },
    #[error(
        "request {id} asks for {address}, which has all the takes that it wants; raise its `takes:` to have this one too"
    )]
    Enough { id: String, address: Box<Address> },
    #[error("request {id} is no clip's: the nearest is {}, where {}", .nearest.address, .nearest.words)]
    Differs { id: String, nearest: Box<Nearest> },
    #[error("request {id} is no clip's: no clip is sent to {endpoint}")]
    Elsewhere { id: String, endpoint: String },
}

/// What a person's words are held against.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    pub plan: &'a Plan,
    pub takes: &'a Takes,
    pub history: &'a History,
}

/// The endpoints at which a named request is looked for: those of all clips and of all unknown takes.
#[must_use]
pub fn endpoints<'a>(plan: &'a Plan, takes: &'a Takes) -> BTreeSet<&'a str> {
    let clips = plan.clips.iter().map(|clip| clip.request.endpoint.as_str());
    clips.chain(takes.unknown().map(|take| take.intent.request.endpoint.as_str())).collect()
}

/// One for each id, in order; an id that is named twice counts once. An unknown take comes before a clip.
///
/// # Errors
/// Everything that is no take and no clip, or more than are wanted; then nothing should be recorded.
pub fn named<'a>(ids: &[String], evidence: Evidence<'a>) -> Result<Vec<Named<'a>>, Vec<Unplaced>> {
    let mut placing = Placing { evidence, wanting: wanting(evidence.plan), settled: BTreeSet::new() };
    let (mut seen, mut all, mut unplaced) = (BTreeSet::new(), Vec::new(), Vec::new());
    for id in ids.iter().filter(|id| seen.insert(id.as_str())) {
        match placing.place(id) {
            Ok(named) => all.push(named),
            Err(why) => unplaced.push(why),
        }
    }
    if unplaced.is_empty() { Ok(all) } else { Err(unplaced) }
}

/// What is still to be had while one request after another is placed.
struct Placing<'a> {
    evidence: Evidence<'a>,
    wanting: Vec<Wanting<'a>>,
    settled: BTreeSet<Nonce>,
}

impl<'a> Placing<'a> {
    fn place(&mut self, id: &str) -> Result<Named<'a>, Unplaced> {
        if let Some(take) = self.evidence.takes.with_request(id) {
            return Ok(Named::Known(take));
        }
        let (endpoint, past) = self.listed(id)?;
        if past.input.is_none() {
            return Err(Unplaced::Unkept { id: id.to_owned() });
        }
        if let Some(take) = self.unknown(endpoint, past) {
            self.settled.insert(take.nonce);
            return Ok(Named::Adopt(Adoption { past, place: Place::Unknown(take) }));
        }
        self.clip(endpoint, past)
    }

    fn listed(&self, id: &str) -> Result<(&'a str, &'a PastRequest), Unplaced> {
        let mut all = self.evidence.history.requests.iter();
        let found = all.find_map(|(endpoint, all)| {
            all.iter().find(|past| past.request_id == id).map(|past| (endpoint.as_str(), past))
        });
        found.ok_or_else(|| {
            let endpoints: Vec<&str> = self.evidence.history.requests.keys().map(String::as_str).collect();
            Unplaced::NotListed { id: id.to_owned(), endpoints: endpoints.join(", ") }
        })
    }

    /// Of equal ones the last that was begun before it was sent; failing that, the first of all.
    fn unknown(&self, endpoint: &str, past: &PastRequest) -> Option<&'a Take> {
        let theirs = past.input.as_ref()?;
        let model = self.evidence.plan.clips.iter().find(|clip| clip.request.endpoint == endpoint);
        let model = model.map(|clip| &*clip.model);
        let is_it = |take: &&Take| {
            take.intent.request.endpoint == endpoint
                && same::is_same(&take.intent.request.body, theirs, model)
                && !self.settled.contains(&take.nonce)
        };
        let equal: Vec<&Take> = self.evidence.takes.unknown().filter(is_it).collect();
        let before = |at: Timestamp| at <= past.sent_at;
        equal.iter().rfind(|take| before(take.intent.at)).or(equal.first()).copied()
    }

    fn clip(&mut self, endpoint: &str, past: &'a PastRequest) -> Result<Named<'a>, Unplaced> {
        let id = past.request_id.clone();
        let Some(at) = home(&self.wanting, endpoint, past) else { return Err(self.nearest(endpoint, past)) };
        let Wanting { clip, number } = &mut self.wanting[at];
        let address = Box::new(clip.address.clone());
        match Fate::of(past) {
            Fate::Failed(status) => Err(Unplaced::Failed { id, address, status }),
            _ if *number == 0 => Err(Unplaced::Enough { id, address }),
            _ => {
                *number -= 1;
                Ok(Named::Adopt(Adoption { past, place: Place::Clip(clip) }))
            }
        }
    }

    /// Nothing that is wanted; it may be a clip that is there.
    fn nearest(&self, endpoint: &str, past: &PastRequest) -> Unplaced {
        let (id, theirs) = (past.request_id.clone(), past.input.as_ref());
        let clips = self.evidence.plan.clips.iter().filter(|clip| clip.request.endpoint == endpoint);
        match theirs.and_then(|theirs| nearest::nearest(clips, theirs)) {
            None => Unplaced::Elsewhere { id, endpoint: endpoint.to_owned() },
            Some(nearest) if nearest.words.is_empty() => {
                Unplaced::Enough { id, address: Box::new(nearest.address) }
            }
            Some(nearest) => Unplaced::Differs { id, nearest: Box::new(nearest) },
        }
    }
}

#[cfg(test)]
mod tests;
