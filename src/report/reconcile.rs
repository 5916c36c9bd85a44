//! What fal's history says of every unknown take, and what is done about it: for people, or as one JSON object.
//! Decides nothing.

use std::fmt::Write as _;

use serde::Serialize;

use super::json::to_line;
use super::style::{Paint, Style};
use crate::address::Address;
use crate::render::{Release, Rival, Step, Verdict};
use crate::take::{Intent, Take};
use crate::usd::Usd;

/// One unknown take.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    pub take: &'a Take,
    /// None where fal's history could not be asked.
    pub verdict: Option<Verdict>,
    pub step: Step,
}

impl Entry<'_> {
    /// Does nothing but a person's word settle it?
    #[must_use]
    pub fn is_for_a_person(&self) -> bool {
        matches!(self.verdict, Some(Verdict::Ambiguous(_))) && self.step == Step::Keep
    }
}

/// Has what follows been recorded?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Proposed,
    Recorded,
}

#[derive(Serialize)]
struct ReconcileJson<'a> {
    version: u32,
    totals: Totals,
    takes: Vec<EntryJson<'a>>,
}

#[derive(Serialize)]
struct Totals {
    takes: usize,
    adopted: usize,
    released: usize,
    unknown: usize,
    reserved_usd: Usd,
}

#[derive(Serialize)]
struct EntryJson<'a> {
    address: &'a Address,
    nonce: String,
    fingerprint: String,
    at: String,
    seconds: u32,
    usd: Usd,
    verdict: &'static str,
    request_id: Option<&'a str>,
    /// The requests of which it may be one.
    candidates: Vec<&'a str>,
    outcome: &'static str,
}

/// One object on one line.
#[must_use]
pub fn json(entries: &[Entry], stage: Stage) -> String {
    let takes: Vec<EntryJson> = entries.iter().map(|entry| entry_json(entry, stage)).collect();
    let count = |outcome: &str| takes.iter().filter(|take| take.outcome == outcome).count();
    let unknown = takes.iter().filter(|take| take.outcome == "unknown");
    let totals = Totals {
        takes: takes.len(),
        adopted: count("adopted"),
        released: count("released"),
        unknown: count("unknown"),
        reserved_usd: unknown.map(|take| take.usd).sum(),
    };
    to_line(&ReconcileJson { version: 1, totals, takes })
}

fn entry_json<'a>(Entry { take, verdict, step }: &'a Entry, stage: Stage) -> EntryJson<'a> {
    let candidates = rivals(verdict.as_ref()).iter().map(|rival| rival.request_id.as_str()).collect();
    let (verdict, request_id) = match verdict {
        Some(Verdict::Found(id)) => ("found", Some(id.as_str())),
        Some(Verdict::NotFound) => ("not_found", None),
        Some(Verdict::Ambiguous(_)) => ("ambiguous", None),
        None => ("not_asked", None),
    };
    let outcome = match (stage, step) {
        (Stage::Recorded, Step::Adopt(_)) => "adopted",
        (Stage::Recorded, Step::Release(_)) => "released",
        _ => "unknown",
    };
    EntryJson {
        address: &take.intent.address,
        nonce: take.nonce.to_string(),
        fingerprint: take.fingerprint.to_string(),
        at: take.intent.at.to_string(),
        seconds: take.intent.seconds,
        usd: take.intent.usd,
        verdict,
        request_id,
        candidates,
        outcome,
    }
}

/// One line a take.
#[must_use]
pub fn text(entries: &[Entry], paint: Paint) -> String {
    let mut out = String::new();
    for Entry { take, verdict, step } in entries {
        let (style, word) = match verdict {
            Some(Verdict::Found(_)) => (Style::Good, "found"),
            Some(Verdict::NotFound) => (Style::Warn, "not found"),
            Some(Verdict::Ambiguous(_)) => (Style::Warn, "ambiguous"),
            None => (Style::Warn, "not asked"),
        };
        let (intent, verb) = (&take.intent, paint.style(style, &format!("{word:<9}")));
        let (number, what) = (take.nonce.short(), words(verdict.as_ref(), step));
        let Intent { address, usd, at, .. } = intent;
        let _ = writeln!(out, "  {verb} {address}  {usd} sent at {at:.0}, take {number}: {what}");
        for Rival { request_id, sent_at } in rivals(verdict.as_ref()) {
            let _ = writeln!(out, "            perhaps request {request_id}, sent at {sent_at:.0}");
        }
    }
    out
}

fn rivals(verdict: Option<&Verdict>) -> &[Rival] {
    match verdict {
        Some(Verdict::Ambiguous(rivals)) => rivals,
        _ => &[],
    }
}

fn words(verdict: Option<&Verdict>, step: &Step) -> String {
    match (verdict, step) {
        (Some(Verdict::Found(id)), _) => format!("fal has it as request {id}"),
        (_, Step::Release(Release::Unfound)) => "fal's history does not list it; to be let go".to_owned(),
        (_, Step::Release(Release::Named)) => "to be let go, as you say".to_owned(),
        (_, Step::Wait(until)) => {
            format!("fal's history does not list it, but may yet; not released before {until:.0}")
        }
        (Some(Verdict::NotFound), _) => {
            "fal's history does not list it, or not yet; it stays reserved".to_owned()
        }
        (Some(Verdict::Ambiguous(_)), _) => {
            "fal's history has what may be it, and may be another purchase; it stays reserved".to_owned()
        }
        (None, _) => "fal's history could not be asked; it stays reserved".to_owned(),
    }
}
