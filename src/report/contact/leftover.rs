//! Paid for, and in no clip any more: takes of shots that are gone, or of storyboards that are. What a storyboard or a
//! profile that is not on the page still uses is not known here, and so not listed.

use std::collections::{BTreeSet, HashSet};

use serde::Serialize;

use super::take::TakeData;
use super::{Scope, Sheet};
use crate::address::{Address, Id};
use crate::take::{Charge, Nonce, Take};

#[derive(Serialize)]
pub(super) struct Leftover<'a> {
    /// As the clip was called then.
    address: &'a Address,
    shots: String,
    take: TakeData<'a>,
}

/// Oldest first. What cost nothing is nobody's loss.
pub(super) fn leftovers<'a>(sheet: &Sheet<'a>) -> Vec<Leftover<'a>> {
    let used: HashSet<_> = sheet.plan.clips.iter().map(|clip| clip.fingerprint).collect();
    let clips = sheet.timelines.iter().flat_map(|film| &film.clips);
    let shown: BTreeSet<Nonce> = clips.flat_map(|clip| &clip.earlier).map(|take| take.nonce).collect();
    let is_left = |take: &&Take| {
        !used.contains(&take.fingerprint)
            && !shown.contains(&take.nonce)
            && take.charge() != Charge::Free
            && is_known(sheet, take)
    };
    sheet.takes.iter().filter(is_left).map(|take| leftover(sheet, take)).collect()
}

/// Is what a take was bought for on the page, or gone?
fn is_known(sheet: &Sheet, take: &Take) -> bool {
    let edition = &take.intent.address.edition;
    let films = sheet.timelines.iter().map(|film| film.edition);
    let mut own = films.filter(|own| own.storyboard == edition.storyboard).peekable();
    match own.peek() {
        None => sheet.scope == Scope::Project,
        Some(_) => own.any(|own| own.profile == edition.profile),
    }
}

fn leftover<'a>(sheet: &Sheet<'a>, take: &'a Take) -> Leftover<'a> {
    let shots: Vec<&str> = take.intent.shots.iter().map(Id::as_str).collect();
    let label = take.intent.address.to_string();
    Leftover {
        address: &take.intent.address,
        shots: shots.join(", "),
        take: TakeData::of(sheet, take, label),
    }
}
