//! The record's texts, folded and written without a folder, for the fuzzer: built only for it, and part of no program.
//! Touches no file.

use std::path::Path;

use super::fold::{self, Damage, Kind, Source};
use super::keeper::{JOURNAL_HEADER, MANIFEST_HEADER, travelling};
use super::line;
use super::read::{JOURNAL, MANIFEST};
use crate::take::{Facts, Take, Takes};

/// What both texts say.
///
/// # Errors
/// They can't be trusted.
pub fn fold(journal: &[u8], manifest: &[u8]) -> Result<Takes, Damage> {
    let journal = Source { file: Path::new(JOURNAL), text: journal, kind: Kind::Journal };
    let manifest = Source { file: Path::new(MANIFEST), text: manifest, kind: Kind::Manifest };
    fold::fold(&[journal, manifest]).map(|folded| folded.takes)
}

/// The journal that tells of these takes.
#[must_use]
pub fn journal(takes: &Takes) -> Vec<u8> {
    text(JOURNAL_HEADER, takes, Facts::from)
}

/// The manifest that tells of these takes.
#[must_use]
pub fn manifest(takes: &Takes) -> Vec<u8> {
    text(MANIFEST_HEADER, takes, travelling)
}

fn text(header: &str, takes: &Takes, tell: impl Fn(Take) -> Facts) -> Vec<u8> {
    let lines = takes.iter().flat_map(|take| line::of_facts(tell(take.clone())));
    line::of_header(header).into_iter().chain(lines).collect()
}
