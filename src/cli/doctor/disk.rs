//! The output folder: whether it can be written, holds its record, and has room.

use std::path::{Path, PathBuf};

use crate::cli::folder::Folder;
use crate::plan::{Action, Plan};
use crate::record::{self, Trial};
use crate::report::doctor::{Check, Verdict};
use crate::take::Takes;

/// With less no render is begun lightly: a few clips in 4K.
const LITTLE: u64 = 1 << 30;
/// A clip lies in the vault, and where the file system can't share it once more in the view.
const COPIES: u64 = 2;

pub(super) fn checks(folder: &Folder, plan: Option<&Plan>) -> Vec<Check> {
    let takes = folder.read();
    let at = nearest(&folder.dir);
    let room = takes.as_ref().ok().and_then(|takes| needed(takes, plan));
    let record = match &takes {
        Ok(takes) => self::record(folder, takes),
        Err(failure) => Check::new("record", Verdict::Problem, failure.message.clone())
            .next("do not render before it is whole again: restore it from git or a backup"),
    };
    vec![output(folder, &at), record, self::room(&at, room)]
}

/// The folder itself, or what of its path is there already.
fn nearest(dir: &Path) -> PathBuf {
    let full = std::env::current_dir().map_or_else(|_| dir.to_owned(), |working| working.join(dir));
    full.ancestors().find(|folder| folder.is_dir()).map_or(full.clone(), Path::to_owned)
}

fn output(folder: &Folder, at: &Path) -> Check {
    let name = format!("{}/", folder.name());
    let check = |verdict, says: &str| Check::new("output", verdict, format!("{name} {says}"));
    let there = if folder.dir.is_dir() { "is there" } else { "will be made" };
    let held = record::holder(&folder.dir).map(|holder| format!("; {holder} holds it now"));
    let held = held.unwrap_or_default();
    match record::trial(at) {
        Err(error) => {
            check(Verdict::Problem, &format!("cannot be written: {error}")).next("choose another with --out")
        }
        Ok(Trial { locks: false, .. }) => {
            check(Verdict::Problem, "is on a file system without locks, where two runs could buy at once")
                .next("choose a folder on a disk of this machine with --out")
        }
        Ok(Trial { replaces: false, .. }) => {
            check(Verdict::Problem, "is on a file system that replaces no files")
                .next("choose a folder on a disk of this machine with --out")
        }
        Ok(Trial { tells_cases_apart, .. }) => {
            let cases = if tells_cases_apart { "" } else { ", upper and lower case alike" };
            check(Verdict::Ok, &format!("{there}, locks and replaces files{cases}{held}"))
        }
    }
}

fn record(folder: &Folder, takes: &Takes) -> Check {
    let count = format!("{} take{}", takes.len(), if takes.len() == 1 { "" } else { "s" });
    let unknown = takes.unknown().count();
    if unknown == 0 {
        return Check::new("record", Verdict::Ok, count);
    }
    let says = format!("{count}, of which {unknown} unknown: nobody knows whether they were bought");
    Check::new("record", Verdict::Warning, says).next(folder.command("reconcile"))
}

/// Bytes that what is to be bought may take, by what a second took so far; none where nothing has come yet.
fn needed(takes: &Takes, plan: Option<&Plan>) -> Option<u64> {
    let landed = || takes.iter().filter_map(|take| take.landed.as_ref());
    let (bytes, millis) =
        (landed().map(|one| one.bytes).sum::<u64>(), landed().map(|one| one.millis).sum::<u64>());
    let wanted =
        plan?.clips.iter().map(|clip| u64::from(clip.count(Action::Buy) * clip.seconds)).sum::<u64>();
    let needed = u128::from(bytes) * 1000 * u128::from(wanted * COPIES);
    u64::try_from(needed.checked_div(u128::from(millis))?).ok()
}

/// `needed`: none where it can't be told.
fn room(at: &Path, needed: Option<u64>) -> Check {
    let Some(free) = free(at) else {
        return Check::new("room", Verdict::Ok, "how much is free is not known here");
    };
    let plan = needed.filter(|needed| *needed > 0);
    let plan =
        plan.map(|needed| format!("; what is to be bought may take {}", size(needed))).unwrap_or_default();
    let says = format!("{} free{plan}", size(free));
    if free < LITTLE.max(needed.unwrap_or_default()) {
        return Check::new("room", Verdict::Warning, says)
            .next("make room, or choose another disk with --out");
    }
    Check::new("room", Verdict::Ok, says)
}

#[cfg(unix)]
fn free(at: &Path) -> Option<u64> {
    let stat = rustix::fs::statvfs(at).ok()?;
    Some(stat.f_bavail.saturating_mul(stat.f_frsize))
}

#[cfg(not(unix))]
fn free(_: &Path) -> Option<u64> {
    None
}

fn size(bytes: u64) -> String {
    const MB: u64 = 1_000_000;
    match bytes / MB {
        0 => "less than 1 MB".to_owned(),
        mb @ 1..1000 => format!("{mb} MB"),
        mb => format!("{}.{} GB", mb / 1000, mb % 1000 / 100),
    }
}
