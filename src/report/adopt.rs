//! Requests of fal's history that are taken in as clips, and those that are left: for people, or as one JSON object.
//! Decides nothing.

use std::fmt::Write as _;

use serde::Serialize;

use super::json::to_line;
use super::reconcile::Stage;
use super::style::{Paint, Style};
use crate::address::{Address, Id};
use crate::render::{Adoption, Fate, NotTaken, Place};
use crate::take::Nonce;
use crate::usd::Usd;

/// What was found.
#[derive(Clone, Copy, Debug)]
pub struct Adoptions<'a> {
    /// Each with the take that it becomes.
    pub all: &'a [(Adoption<'a>, Nonce)],
    pub left: &'a [NotTaken<'a>],
    /// Requests of which nobody can say what they asked for.
    pub unkept: usize,
}

#[derive(Serialize)]
struct AdoptJson<'a> {
    version: u32,
    totals: Totals,
    requests: Vec<RequestJson<'a>>,
    left: Vec<LeftJson<'a>>,
}

#[derive(Serialize)]
struct Totals {
    requests: usize,
    adopted: usize,
    usd: Usd,
    unkept: usize,
}

#[derive(Serialize)]
struct RequestJson<'a> {
    address: &'a Address,
    shots: &'a [Id],
    fingerprint: String,
    request_id: &'a str,
    at: String,
    state: &'static str,
    seconds: u32,
    usd: Usd,
    nonce: String,
    becomes: &'static str,
    outcome: &'static str,
}

#[derive(Serialize)]
struct LeftJson<'a> {
    address: &'a Address,
    spare: usize,
    failed: usize,
    unsettled: usize,
}

/// What a request becomes, in the words of a storyboard.
struct Target<'a> {
    address: &'a Address,
    shots: &'a [Id],
    fingerprint: String,
    seconds: u32,
    usd: Usd,
}

impl<'a> Target<'a> {
    fn of(place: Place<'a>) -> Self {
        match place {
            Place::Clip(clip) => Self {
                address: &clip.address,
                shots: &clip.shots,
                fingerprint: clip.fingerprint.to_string(),
                seconds: clip.seconds,
                usd: clip.usd,
            },
            Place::Unknown(take) => Self {
                address: &take.intent.address,
                shots: &take.intent.shots,
                fingerprint: take.fingerprint.to_string(),
                seconds: take.intent.seconds,
                usd: take.intent.usd,
            },
        }
    }
}

impl Adoptions<'_> {
    #[must_use]
    pub fn usd(&self) -> Usd {
        self.all.iter().map(|(adoption, _)| Target::of(adoption.place).usd).sum()
    }

    /// One object on one line.
    #[must_use]
    pub fn json(&self, stage: Stage) -> String {
        let requests: Vec<RequestJson> = self.all.iter().map(|one| request_json(one, stage)).collect();
        let adopted = if stage == Stage::Recorded { requests.len() } else { 0 };
        let totals = Totals { requests: requests.len(), adopted, usd: self.usd(), unkept: self.unkept };
        let left = self.left.iter().map(left_json).collect();
        to_line(&AdoptJson { version: 1, totals, requests, left })
    }

    /// One line a request, and one for what is left of a clip.
    #[must_use]
    pub fn text(&self, paint: Paint) -> String {
        let mut out = String::new();
        for (adoption, _) in self.all {
            let Adoption { past, place } = adoption;
            let Target { address, usd, .. } = Target::of(*place);
            let what = match place {
                Place::Clip(_) => "",
                Place::Unknown(_) => "; it is the one whose answer was lost",
            };
            let (verb, state) =
                (paint.style(Style::Good, &format!("{:<9}", "found")), words(adoption.fate()));
            let (id, at) = (&past.request_id, past.sent_at);
            let _ = writeln!(out, "  {verb} {address}  {usd} request {id}, sent at {at:.0}, {state}{what}");
        }
        for left in self.left {
            let verb = paint.style(Style::Warn, &format!("{:<9}", "left"));
            let _ = writeln!(out, "  {verb} {}  {}", left.clip.address, left_words(left));
        }
        out
    }
}

fn request_json<'a>((adoption, nonce): &(Adoption<'a>, Nonce), stage: Stage) -> RequestJson<'a> {
    let Target { address, shots, fingerprint, seconds, usd } = Target::of(adoption.place);
    let becomes = match adoption.place {
        Place::Clip(_) => "take",
        Place::Unknown(_) => "receipt",
    };
    RequestJson {
        address,
        shots,
        fingerprint,
        request_id: &adoption.past.request_id,
        at: adoption.past.sent_at.to_string(),
        state: word(adoption.fate()),
        seconds,
        usd,
        nonce: nonce.to_string(),
        becomes,
        outcome: if stage == Stage::Recorded { "adopted" } else { "found" },
    }
}

fn left_json<'a>(left: &NotTaken<'a>) -> LeftJson<'a> {
    let NotTaken { clip, spare, failed, unsettled } = *left;
    LeftJson { address: &clip.address, spare, failed, unsettled }
}

fn word(fate: Fate) -> &'static str {
    match fate {
        Fate::Succeeded => "succeeded",
        Fate::Running => "running",
        Fate::Failed(_) => "failed",
    }
}

fn words(fate: Fate) -> String {
    match fate {
        Fate::Failed(status) => format!("failed (HTTP {status})"),
        fate => word(fate).to_owned(),
    }
}

fn left_words(left: &NotTaken) -> String {
    let equal = |number: usize| {
        if number == 1 { "1 equal request".to_owned() } else { format!("{number} equal requests") }
    };
    let spare = (left.spare > 0).then(|| format!("{} beyond the takes that it wants", equal(left.spare)));
    let failed = (left.failed > 0).then(|| format!("{} that failed", equal(left.failed)));
    let unsettled = (left.unsettled > 0).then(|| {
        format!("{} that may be its purchase of which nobody knows; settle that first", equal(left.unsettled))
    });
    spare.into_iter().chain(failed).chain(unsettled).collect::<Vec<_>>().join(", ")
}
