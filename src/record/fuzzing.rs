//! The record's texts, folded and written without a folder, for the fuzzer: built for it and for
//! tests, and part of no program.
//! Touches no file.

use std::path::Path;

use super::fold::{self, Damage, Kind, Source};
use super::keeper::{JOURNAL_HEADER, MANIFEST_HEADER, travelling};
use super::line;
use super::read::{JOURNAL, MANIFEST};
use crate::take::{Facts, Takes};

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
    line::of_all(JOURNAL_HEADER, takes.iter().cloned().map(Facts::from))
}

/// The manifest that tells of these takes.
#[must_use]
pub fn manifest(takes: &Takes) -> Vec<u8> {
    line::of_all(MANIFEST_HEADER, takes.iter().cloned().map(travelling))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// With what stands behind a line of `%` as manifest.
    fn seed(name: &str) -> Result<Takes, Damage> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/seeds/record").join(name);
        let text = fs::read_to_string(path).unwrap();
        let (journal, manifest) = text.split_once("%\n").unwrap_or((&text, ""));
        fold(journal.as_bytes(), manifest.as_bytes())
    }

    #[test]
    fn what_the_fuzzer_starts_from_is_what_its_name_says() {
        for (name, takes) in [
            ("steps", 1),
            ("whole", 2),
            ("failures", 3),
            ("expired", 1),
            ("merged", 2),
            ("torn", 1),
            ("numbers", 1),
        ] {
            let known = seed(name).unwrap();
            assert_eq!(known.len(), takes, "{name}");
            assert_eq!(fold(&journal(&known), &manifest(&known)).as_ref(), Ok(&known), "{name}");
        }
        assert!(matches!(seed("conflict"), Err(Damage::BadLine { .. })));
        assert!(matches!(seed("newer"), Err(Damage::BadLine { .. })));
    }
}
