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
    /// How many takes the plan would buy; none where they are not what was looked for.
    pub wanted: Option<usize>,
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
    /// Takes that are left to buy; none where single requests were looked for.
    wanted: Option<usize>,
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
    /// None where there is no such take yet.
    nonce: Option<String>,
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
    /// As the plan calls it: its first shot, and how many more.
    fn name(&self) -> String {
        match self.shots.len() {
            0 | 1 => self.address.to_string(),
            number => format!("{} +{}", self.address, number - 1),
        }
    }

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
        let wanted = self.wanted;
        let totals =
            Totals { wanted, requests: requests.len(), adopted, usd: self.usd(), unkept: self.unkept };
        let left = self.left.iter().map(left_json).collect();
        to_line(&AdoptJson { version: 1, totals, requests, left })
    }

    /// Two lines a request, one for what is left of a clip, and what it comes to.
    #[must_use]
    pub fn text(&self, paint: Paint) -> String {
        let mut out = String::new();
        let width = self.all.iter().map(|(one, _)| Target::of(one.place).name().chars().count()).max();
        for (adoption, _) in self.all {
            let target = Target::of(adoption.place);
            let (verb, name) = (paint.style(Style::Good, "found   "), target.name());
            let (width, price) = (width.unwrap_or_default(), target.usd.to_string());
            let _ = writeln!(out, "  {verb} {name:<width$}  {:>2} s  {price:>6}", target.seconds);
            let _ = writeln!(out, "             {}", request_words(adoption));
        }
        for left in self.left {
            let verb = paint.style(Style::Warn, "left    ");
            let _ = writeln!(out, "  {verb} {}  {}", left.clip.address, left_words(left));
        }
        if !self.all.is_empty() {
            let _ = writeln!(out, "\n{}", paint.style(Style::Strong, &self.summary()));
        }
        out
    }

    fn summary(&self) -> String {
        let (number, usd) = (self.all.len(), self.usd());
        match self.wanted {
            Some(wanted) => format!("found {number} of {wanted} that are left to buy, {usd} in all"),
            None => format!("found {number}, {usd} in all"),
        }
    }
}

fn request_words(adoption: &Adoption) -> String {
    let (past, state) = (adoption.past, words(adoption.fate()));
    let what = match adoption.place {
        Place::Clip(_) => "",
        Place::Unknown(_) => "; its answer was lost here",
    };
    format!("request {}, sent at {:.0}, {state}{what}", past.request_id, past.sent_at)
}

fn request_json<'a>((adoption, nonce): &(Adoption<'a>, Nonce), stage: Stage) -> RequestJson<'a> {
    let Target { address, shots, fingerprint, seconds, usd } = Target::of(adoption.place);
    let (becomes, is_there) = match adoption.place {
        Place::Clip(_) => ("take", stage == Stage::Recorded),
        Place::Unknown(_) => ("receipt", true),
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
        nonce: is_there.then(|| nonce.to_string()),
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
