//! For every take that a clip wants: reuse, download, resume, buy or hold, and why.
//! Knows what is owned and what failed; the caps come last, and prices are set already.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::group::Draft;
use super::history::History;
use super::select::FailedOnly;
use super::{Action, Clause, Clip, Held, Input, Shared, Stray, Wanted, reason};
use crate::request::Fingerprint;
use crate::take::{Again, State, Take, Takes};

/// Whether the command line asks for the clip, and how firmly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Ask {
    No,
    Normal,
    /// `--failed`: buy again what failed.
    Again,
    /// `--force`: one take beyond those owned.
    OneMore,
}

/// What clips of one fingerprint have been given so far.
#[derive(Default)]
struct Given {
    takes: u32,
    first: Option<String>,
}

/// Equal clips want their takes together, as firmly as the one that is asked for most firmly.
pub(super) fn decide(drafts: &[Draft], input: &Input, history: &History) -> Vec<Clip> {
    let mut clips: Vec<Clip> = drafts.iter().map(clip_of).collect();
    let asks: Vec<Ask> = clips.iter().zip(drafts).map(|(clip, draft)| ask(clip, draft, input)).collect();
    let mut firmest: HashMap<Fingerprint, Ask> = HashMap::new();
    for (clip, ask) in clips.iter().zip(&asks) {
        let firm = firmest.entry(clip.fingerprint).or_insert(Ask::No);
        *firm = (*firm).max(*ask);
    }
    let mut given: HashMap<Fingerprint, Given> = HashMap::new();
    for ((clip, draft), _) in clips.iter_mut().zip(drafts).zip(asks).filter(|(_, ask)| *ask != Ask::No) {
        let given = given.entry(clip.fingerprint).or_default();
        clip.wanted = wanted(clip, draft.takes, firmest[&clip.fingerprint], given, input, history);
        given.takes = given.takes.max(u32::try_from(clip.wanted.len()).unwrap_or(u32::MAX));
        given.first.get_or_insert_with(|| clip.address.to_string());
    }
    clips
}

fn wanted(clip: &Clip, takes: u32, ask: Ask, given: &Given, input: &Input, history: &History) -> Vec<Wanted> {
    let all: Vec<&Take> = input.takes.of(clip.fingerprint).collect();
    let mut filling = filling(&all, ask, input);
    let number = number_wanted(takes, &filling, ask);
    filling.truncate(usize::try_from(number).unwrap_or(usize::MAX));
    filling.sort_by_key(|take| take.rank());
    let mut filling = filling.into_iter();
    let one = |number| match filling.next() {
        Some(take) => owned(take, number, input),
        None if number <= given.takes => share(number, given.first.as_deref()),
        None => missing(number, clip, &all, ask, input, history),
    };
    (1..=number).map(one).collect()
}

fn clip_of(draft: &Draft) -> Clip {
    let first = &draft.shots[0];
    Clip {
        address: first.address.clone(),
        shots: draft.shots.iter().map(|shot| shot.name().clone()).collect(),
        model: Arc::clone(&first.model),
        request: Arc::clone(&draft.request),
        fingerprint: draft.fingerprint,
        seconds: draft.seconds,
        usd: draft.usd,
        wanted: Vec::new(),
    }
}

fn ask(clip: &Clip, draft: &Draft, input: &Input) -> Ask {
    let tags: Vec<String> = draft.shots.iter().flat_map(|shot| shot.tags.clone()).collect();
    let selection = input.selection;
    let failed_only = selection.failed == FailedOnly::Yes;
    if !selection.selects(clip.candidate(), &tags) || (failed_only && !has_failed(draft, input)) {
        Ask::No
    } else if selection.forces(clip.candidate()) {
        Ask::OneMore
    } else if failed_only {
        Ask::Again
    } else {
        Ask::Normal
    }
}

/// Its newest take failed.
fn has_failed(draft: &Draft, input: &Input) -> bool {
    input.takes.of(draft.fingerprint).next_back().is_some_and(|take| take.failure().is_some())
}

/// How many takes to show. `filling` are the takes at hand for them.
/// A forced take that is still on its way is the one that was asked for, so no further one is wanted.
fn number_wanted(wanted: u32, filling: &[&Take], ask: Ask) -> u32 {
    let settled = filling.iter().all(|take| take.state() == State::Landed);
    let owned = u32::try_from(filling.len()).unwrap_or(u32::MAX);
    if ask == Ask::OneMore && settled { wanted.max(owned.saturating_add(1)) } else { wanted }
}

/// The owned takes, lost ones last, the newest first. `--force` looks past lost ones.
fn filling<'a>(takes: &[&'a Take], ask: Ask, input: &Input) -> Vec<&'a Take> {
    let owned = takes.iter().copied().filter(|take| take.is_owned());
    let mut filling: Vec<&Take> = owned.filter(|take| ask != Ask::OneMore || !is_lost(take, input)).collect();
    filling.sort_by_key(|take| (is_lost(take, input), std::cmp::Reverse(take.rank())));
    filling
}

fn is_lost(take: &Take, input: &Input) -> bool {
    take.expired.is_some() && (take.landed.is_none() || input.absent.contains(&take.nonce))
}

fn owned(take: &Take, number: u32, input: &Input) -> Wanted {
    let (action, reason) = match take.state() {
        _ if is_lost(take, input) => (Action::Hold(Held::Lost), reason::lost()),
        State::Landed if input.absent.contains(&take.nonce) => {
            (Action::Download(take.nonce), reason::download())
        }
        State::Landed => (Action::Reuse(take.nonce), reason::reuse()),
        State::Completed | State::Submitted => (Action::Resume(take.nonce), reason::resume(take)),
        State::Intended | State::Unknown | State::Failed => {
            (Action::Unknown(take.nonce), reason::unknown(take))
        }
    };
    Wanted { number, action, reason: vec![reason.into()] }
}

fn share(number: u32, first: Option<&str>) -> Wanted {
    let reason = format!("same request as {}", first.unwrap_or("another clip"));
    Wanted { number, action: Action::Share(Shared::Coming), reason: vec![reason.into()] }
}

/// A wanted take that nothing owned fills.
fn missing(number: u32, clip: &Clip, takes: &[&Take], ask: Ask, input: &Input, history: &History) -> Wanted {
    // What failed for no fault of the request says nothing of it, whatever came before.
    let failures = takes.iter().rev().map_while(|take| take.failure());
    let last =
        failures.clone().find(|failed| failed.again().blames_the_request()).or(failures.clone().next());
    let made = input.takes.attempts(clip.fingerprint);
    let held = last.is_some_and(|failed| match failed.again() {
        Again::WithinAttempts => made >= input.attempts,
        again => again.blames_the_request(),
    });
    match last {
        Some(failed) if held && ask <= Ask::Normal => {
            let reason = reason::held(failed, made, input.attempts);
            Wanted { number, action: Action::Hold(Held::Failed), reason: vec![reason.into()] }
        }
        Some(failed) => bought(number, vec![reason::again(failed).into()]),
        None if ask == Ask::OneMore => bought(number, vec![reason::forced(number).into()]),
        None => bought(number, reason::buy(clip, number, history)),
    }
}

fn bought(number: u32, reason: Vec<Clause>) -> Wanted {
    Wanted { number, action: Action::Buy, reason }
}

/// What the record has to settle although no clip above accounts for it.
pub(super) fn strays(clips: &[Clip], takes: &Takes) -> Vec<Stray> {
    let used: HashSet<Fingerprint> = clips.iter().map(|clip| clip.fingerprint).collect();
    let wanted = clips.iter().flat_map(|clip| &clip.wanted);
    let seen: HashSet<_> = wanted.filter_map(|wanted| wanted.action.nonce()).collect();
    let open = takes.iter().filter(|take| take.is_unfinished() || take.is_unknown());
    let open = open.filter(|take| !seen.contains(&take.nonce));
    open.map(|take| stray(take, used.contains(&take.fingerprint))).collect()
}

fn stray(take: &Take, is_used: bool) -> Stray {
    let (action, reason) = if take.is_unknown() {
        (Action::Unknown(take.nonce), reason::unknown(take))
    } else {
        (Action::Resume(take.nonce), reason::resume(take))
    };
    let note = if is_used { "not selected" } else { "in none of these storyboards" };
    Stray { take: take.clone(), action, reason: format!("{reason} ({note})") }
}
