//! The machine output: one object, stable names, money as decimal strings. Decides nothing.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::{Map, Value};

use super::table::word;
use crate::address::{Address, Id};
use crate::plan::{Account, Action, Clip, Plan, Stray, Wanted};
use crate::record::Vault;
use crate::render::{Outcome, Settled};
use crate::request::{Fingerprint, Request};
use crate::storyboard::{Problem, Severity};
use crate::take::{Nonce, Take, Takes};
use crate::usd::Usd;

/// Raised when a name changes its meaning or goes away; new names may come at any time.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct PlanJson<'a> {
    version: u32,
    totals: Totals,
    storyboards: Vec<AccountJson<'a>>,
    clips: Vec<ClipJson<'a>>,
}

#[derive(Serialize)]
struct Totals {
    clips: usize,
    buy: usize,
    reuse: usize,
    seconds: u32,
    usd: Usd,
    spent_usd: Usd,
    reserved_usd: Usd,
    cap_usd: Option<Usd>,
}

/// A storyboard's money, in the plan and in the status.
#[derive(Serialize)]
pub(super) struct AccountJson<'a> {
    id: &'a Id,
    /// None for a storyboard that is gone and whose takes are not.
    file: Option<&'a str>,
    spent_usd: Usd,
    superseded_usd: Usd,
    reserved_usd: Usd,
    budget_usd: Option<Usd>,
}

#[derive(Serialize)]
struct ClipJson<'a> {
    address: &'a Address,
    storyboard: &'a Id,
    variant: Option<&'a str>,
    profile: Option<&'a Id>,
    scene: &'a Id,
    shots: &'a [Id],
    take: u32,
    fingerprint: String,
    action: &'static str,
    reason: String,
    seconds: u32,
    usd: Usd,
    endpoint: &'a str,
    request: &'a Map<String, Value>,
    #[serde(flatten)]
    outcome: Option<OutcomeJson>,
}

/// What a render adds to each clip.
#[derive(Serialize)]
struct OutcomeJson {
    outcome: &'static str,
    file: Option<String>,
    request_id: Option<String>,
    error: Option<ErrorJson>,
}

#[derive(Serialize)]
struct ErrorJson {
    kind: &'static str,
    error_type: Option<String>,
    http_status: Option<u16>,
    message: String,
}

/// What became of the plan, for `render`.
#[derive(Clone, Copy, Debug)]
pub struct Done<'a> {
    pub settled: &'a [Settled],
    /// As the record has them after the run.
    pub takes: &'a Takes,
    pub accounts: &'a BTreeMap<Id, Account>,
}

/// A plan, and after a render what became of it, on one line.
#[must_use]
pub fn plan(plan: &Plan, done: Option<Done>) -> String {
    let accounts = done.map_or(&plan.accounts, |done| done.accounts);
    let mut settled = done.into_iter().flat_map(|done| done.settled.iter().map(move |one| (one, done.takes)));
    let mut clips = Vec::new();
    for clip in &plan.clips {
        for wanted in &clip.wanted {
            let outcome = settled.next().map(|(one, takes)| outcome(one.outcome, takes));
            clips.push(clip_json(clip, wanted, outcome));
        }
    }
    let strays = plan.strays.iter().map(|stray| {
        let outcome = done.and_then(|done| done.takes.get(stray.take.nonce)).map(stray_outcome);
        stray_json(stray, outcome)
    });
    let totals = totals(plan, accounts, &clips);
    clips.extend(strays);
    to_line(&PlanJson { version: VERSION, totals, storyboards: storyboards(plan, accounts), clips })
}

fn totals(plan: &Plan, accounts: &BTreeMap<Id, Account>, clips: &[ClipJson]) -> Totals {
    let count = |action: &str| clips.iter().filter(|clip| clip.action == action).count();
    let seconds = clips.iter().filter(|clip| clip.action == "buy").map(|clip| clip.seconds).sum();
    Totals {
        clips: clips.len(),
        buy: count("buy"),
        reuse: count("reuse"),
        seconds,
        usd: plan.total(),
        spent_usd: accounts.values().map(|account| account.spent).sum(),
        reserved_usd: accounts.values().map(|account| account.reserved).sum(),
        cap_usd: plan.cap,
    }
}

/// One entry per storyboard; the plan knows the files.
pub(super) fn storyboards<'a>(plan: &'a Plan, accounts: &'a BTreeMap<Id, Account>) -> Vec<AccountJson<'a>> {
    let files: HashMap<&Id, &str> =
        plan.editions.iter().map(|one| (&one.edition.storyboard, one.source.name.as_str())).collect();
    let one = |(id, account): (&'a Id, &'a Account)| AccountJson {
        id,
        file: files.get(id).copied(),
        spent_usd: account.spent,
        superseded_usd: account.superseded,
        reserved_usd: account.reserved,
        budget_usd: account.budget,
    };
    accounts.iter().map(one).collect()
}

/// What is said of a clip beside what it is.
struct Said {
    take: u32,
    action: Action,
    reason: String,
    outcome: Option<OutcomeJson>,
}

fn clip_json<'a>(clip: &'a Clip, wanted: &Wanted, outcome: Option<OutcomeJson>) -> ClipJson<'a> {
    let said = Said { take: wanted.number, action: wanted.action, reason: wanted.words(), outcome };
    let what = (clip.fingerprint, clip.seconds, clip.usd);
    entry(&clip.address, &clip.shots, &clip.request, what, said)
}

fn stray_json(stray: &Stray, outcome: Option<OutcomeJson>) -> ClipJson<'_> {
    let (take, intent) = (&stray.take, &stray.take.intent);
    let said = Said { take: 1, action: stray.action, reason: stray.reason.clone(), outcome };
    entry(
        &intent.address,
        &intent.shots,
        &intent.request,
        (take.fingerprint, intent.seconds, intent.usd),
        said,
    )
}

fn entry<'a>(
    address: &'a Address,
    shots: &'a [Id],
    request: &'a Request,
    (fingerprint, seconds, usd): (Fingerprint, u32, Usd),
    said: Said,
) -> ClipJson<'a> {
    ClipJson {
        address,
        storyboard: &address.edition.storyboard,
        variant: address.edition.variant.as_deref(),
        profile: address.edition.profile.as_ref(),
        scene: &address.scene,
        shots,
        take: said.take,
        fingerprint: fingerprint.to_string(),
        action: word(said.action),
        reason: said.reason,
        seconds,
        usd,
        endpoint: &request.endpoint,
        request: &request.body,
        outcome: said.outcome,
    }
}

fn outcome(outcome: Outcome, takes: &Takes) -> OutcomeJson {
    let (word, nonce): (_, Option<Nonce>) = match outcome {
        Outcome::Landed(nonce) => ("landed", Some(nonce)),
        Outcome::Failed(nonce) => ("failed", Some(nonce)),
        Outcome::Held(_) => ("held", None),
        Outcome::Unknown(nonce) => ("unknown", Some(nonce)),
        Outcome::Interrupted(nonce) => ("interrupted", nonce),
    };
    told(word, nonce.and_then(|nonce| takes.get(nonce)))
}

fn stray_outcome(take: &Take) -> OutcomeJson {
    let word = if take.landed.is_some() {
        "landed"
    } else if take.failure().is_some() {
        "failed"
    } else if take.is_unknown() {
        "unknown"
    } else {
        "interrupted"
    };
    told(word, Some(take))
}

fn told(outcome: &'static str, take: Option<&Take>) -> OutcomeJson {
    let failed = take.and_then(Take::failure);
    OutcomeJson {
        outcome,
        file: take.filter(|take| take.landed.is_some()).map(Vault::relative_path),
        request_id: take.and_then(Take::request_id).map(str::to_owned),
        error: failed.map(|failed| ErrorJson {
            kind: failed.kind.words(),
            error_type: failed.error_type.clone(),
            http_status: failed.http_status,
            message: failed.message.clone(),
        }),
    }
}

#[derive(Serialize)]
struct CheckJson<'a> {
    version: u32,
    problems: Vec<ProblemJson<'a>>,
}

#[derive(Serialize)]
struct ProblemJson<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    severity: &'static str,
    message: &'a str,
    /// What stands under the marked text.
    label: &'a str,
    help: Option<&'a str>,
}

/// Every problem, in the order in which they are shown.
#[must_use]
pub fn problems(problems: &[Problem]) -> String {
    let one = |problem: &'_ Problem| -> (usize, usize) { problem.source.line_column(problem.span.start) };
    let problems = problems.iter().map(|problem| {
        let (line, column) = one(problem);
        let severity = match problem.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let (file, message, label) = (&problem.source.name, &problem.message, &problem.label);
        ProblemJson { file, line, column, severity, message, label, help: problem.help.as_deref() }
    });
    to_line(&CheckJson { version: VERSION, problems: problems.collect() })
}

pub(super) fn to_line(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| format!("{{\"error\":\"{error}\"}}"))
}
