//! What is wrong with a run, from the simulator's audit and the bytes on disk alone. Believes nothing that the program says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use jiff::Timestamp;

use super::audit::{Audit, Request};
use super::boards::{PRICE, storyboard_of};

/// What must hold.
pub(crate) struct Rules<'a> {
    /// How many takes of each prompt are wanted.
    pub(crate) wanted: &'a BTreeMap<String, usize>,
    /// The most that may be outstanding at once.
    pub(crate) jobs: usize,
    /// The most that each storyboard may cost in its life, in micros of a dollar.
    pub(crate) budgets: BTreeMap<String, i64>,
    /// The most that all may cost, likewise.
    pub(crate) cap: Option<i64>,
}

/// Everything that is wrong, in words; nothing is well.
pub(crate) type Complaints = Vec<String>;

/// What must hold at any time, whatever happened.
pub(crate) fn safety(audit: &Audit, takes: &Path, rules: &Rules) -> Complaints {
    let mut complaints = twice(audit, rules.wanted);
    complaints.extend(too_many(audit, rules.jobs));
    for (storyboard, budget) in &rules.budgets {
        let of_it = |request: &Request| storyboard_of(&request.prompt) == storyboard;
        complaints.extend(over(audit, *budget, storyboard, of_it));
    }
    complaints.extend(rules.cap.and_then(|cap| over(audit, cap, "the run", |_| true)));
    let made: BTreeSet<&str> = files_made(audit).collect();
    let strange = on_disk(takes).into_iter().filter(|(_, hash)| !made.contains(hash.as_str()));
    complaints.extend(strange.map(|(name, _)| format!("{name} is no file that was ever made")));
    if audit.keys_at_files > 0 {
        complaints.push(format!("the key came with {} files", audit.keys_at_files));
    }
    complaints
}

/// What must hold besides once a run is done that nothing disturbed.
pub(crate) fn liveness(audit: &Audit, takes: &Path, rules: &Rules) -> Complaints {
    let files = on_disk(takes);
    let here: BTreeSet<&str> = files.iter().map(|(_, hash)| hash.as_str()).collect();
    let absent = files_made(audit).filter(|hash| !here.contains(hash)).count();
    let mut complaints = Vec::new();
    if absent > 0 {
        complaints.push(format!("{absent} files that were paid for are not here"));
    }
    if here.len() != files.len() {
        complaints.push(format!("{} files are here twice", files.len() - here.len()));
    }
    complaints.extend(unmade(audit, rules.wanted));
    complaints
}

/// A request for which as many are paid for or under way as are wanted. That one ends unpaid makes room for the next.
fn twice(audit: &Audit, wanted: &BTreeMap<String, usize>) -> Complaints {
    let mut by_input: BTreeMap<&str, Vec<&Request>> = BTreeMap::new();
    audit.requests.values().for_each(|request| by_input.entry(&request.input).or_default().push(request));
    let mut complaints = Vec::new();
    for (input, requests) in by_input {
        let prompt = &requests[0].prompt;
        let Some(&wanted) = wanted.get(prompt) else {
            complaints.push(format!("nobody wanted {input}"));
            continue;
        };
        let billed = requests.iter().filter(|request| request.is_billed()).count();
        if billed > wanted {
            complaints.push(format!("{prompt:?} was paid {billed} times, and is wanted {wanted} times"));
        }
        for request in &requests {
            let standing = |other: &&&Request| other.at <= request.at && !void_before(other, request.at);
            let standing = requests.iter().filter(standing).count();
            if standing > wanted {
                complaints.push(format!("{prompt:?} was sent while {} were paid or under way", standing - 1));
            }
        }
    }
    complaints
}

fn void_before(request: &Request, at: Timestamp) -> bool {
    request.is_void() && request.end.as_ref().is_some_and(|end| end.at <= at)
}

/// Begins and ends in order of time; an end comes before a beginning at the same instant.
fn changes(audit: &Audit, of: impl Fn(&Request) -> bool) -> Vec<(Timestamp, bool, &Request)> {
    let mut changes = Vec::new();
    for request in audit.requests.values().filter(|request| of(request)) {
        changes.push((request.at, true, request));
        changes.extend(request.end.as_ref().map(|end| (end.at, false, request)));
    }
    changes.sort_by_key(|(at, begins, _)| (*at, *begins));
    changes
}

fn too_many(audit: &Audit, jobs: usize) -> Option<String> {
    let most = most_outstanding(audit);
    (most > jobs).then(|| format!("{most} were outstanding at once, and {jobs} may be"))
}

pub(crate) fn most_outstanding(audit: &Audit) -> usize {
    let (mut now, mut most) = (0_usize, 0);
    for (_, begins, _) in changes(audit, |_| true) {
        now = if begins { now + 1 } else { now - 1 };
        most = most.max(now);
    }
    most
}

/// Billed, and under way at the full price.
fn over(audit: &Audit, cap: i64, of: &str, which: impl Fn(&Request) -> bool) -> Option<String> {
    let (mut now, mut most) = (0, 0);
    for (_, begins, request) in changes(audit, which) {
        now += if begins { PRICE } else { request.end.as_ref().unwrap().micros - PRICE };
        most = most.max(now);
    }
    (most > cap).then(|| format!("{of} stood at {most} micros of a dollar, and {cap} may be spent"))
}

fn files_made(audit: &Audit) -> impl Iterator<Item = &str> {
    audit.requests.values().filter_map(|request| request.end.as_ref()?.blake3.as_deref())
}

/// Clips that lack a take, unless the model's filter or the model itself would not have them.
fn unmade(audit: &Audit, wanted: &BTreeMap<String, usize>) -> Complaints {
    let short = wanted.iter().filter_map(|(prompt, wanted)| {
        let of_it = || audit.requests.values().filter(|request| request.prompt == *prompt);
        let made = of_it().filter(|request| request.is_billed()).count();
        let blocked = of_it().any(|request| request.end.as_ref().is_some_and(|end| end.status == 422));
        (made < *wanted && !blocked).then(|| format!("{made} of {wanted} takes of {prompt:?} were made"))
    });
    short.collect()
}

/// The videos of the vault, each with its hash.
fn on_disk(takes: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(takes).into_iter().flatten().map(|entry| entry.unwrap().path());
    let videos = entries.filter(|path| path.extension().is_some_and(|extension| extension == "mp4"));
    let hashed = videos.map(|path| {
        let hash = blake3::hash(&fs::read(&path).unwrap()).to_hex().to_string();
        (path.file_name().unwrap().to_string_lossy().into_owned(), hash)
    });
    hashed.collect()
}

#[cfg(test)]
mod tests;
