//! What the lines of journal and manifest say together, whatever their order, or the one line that stops it.
//! Touches no file: text in, takes out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::line::{self, BadLine, Line};
use crate::take::{Contradiction, Facts, Nonce, Takes};

/// A line of a file, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub file: PathBuf,
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.display(), self.line)
    }
}

/// Why the record can't be trusted, and so nothing may be bought on the strength of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    #[error("{place}: {why}")]
    BadLine { place: Place, why: BadLine },
    #[error(
        "two lines on the take {nonce} contradict each other, {what}\n  {}\n  {}\ndelete the wrong one",
        sides[0],
        sides[1]
    )]
    Contradiction { nonce: Nonce, what: Contradiction, sides: Box<[Told; 2]> },
    #[error(
        "{place}: the line that says what the take {nonce} is has gone; restore it, from git for example"
    )]
    NoIntent { place: Place, nonce: Nonce },
}

/// A line, and its part in what two lines differ in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub place: Place,
    /// JSON.
    pub says: String,
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.says)
    }
}

/// How a file ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// With the end of a line, or empty.
    Whole,
    /// The last line is whole but for its end.
    NoNewline,
    /// The last line was never written to its end; it starts at this byte.
    Torn { line: usize, start: usize },
}

/// One file of the record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source<'a> {
    pub(super) file: &'a Path,
    pub(super) text: &'a [u8],
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Appended to, so its last line may be torn.
    Journal,
    /// Only ever replaced as a whole; what it says of a machine's own files does not count.
    Manifest,
}

/// What both files say.
#[derive(Debug, PartialEq)]
pub(super) struct Folded {
    pub(super) takes: Takes,
    pub(super) in_journal: BTreeSet<Nonce>,
    pub(super) in_manifest: BTreeSet<Nonce>,
    pub(super) journal_end: End,
}

/// Folds the lines of all sources.
///
/// # Errors
/// A line is damaged, newer than this program, left by a conflict, contradicts another, or tells of an unknown purchase.
pub(super) fn fold(sources: &[Source<'_>]) -> Result<Folded, Damage> {
    let mut known: BTreeMap<Nonce, Facts> = BTreeMap::new();
    let (mut in_journal, mut in_manifest) = (BTreeSet::new(), BTreeSet::new());
    let mut journal_end = End::Whole;
    for source in sources {
        let (facts, end) = lines(source)?;
        let seen = match source.kind {
            Kind::Journal => &mut in_journal,
            Kind::Manifest => &mut in_manifest,
        };
        if source.kind == Kind::Journal {
            journal_end = end;
        }
        for (line, facts) in facts {
            let nonce = facts.nonce;
            seen.insert(nonce);
            let all = known.entry(nonce).or_insert_with(|| Facts::of(nonce));
            all.join(facts).map_err(|what| contradiction(sources, source.file, line, nonce, what))?;
        }
    }
    let takes = known.into_values().map(|facts| into_take(facts, sources)).collect::<Result<_, _>>()?;
    Ok(Folded { takes, in_journal, in_manifest, journal_end })
}

fn into_take(facts: Facts, sources: &[Source<'_>]) -> Result<crate::take::Take, Damage> {
    let nonce = facts.nonce;
    facts.into_take().ok_or_else(|| Damage::NoIntent { place: first_line_of(nonce, sources), nonce })
}

type Numbered = (usize, Facts);

/// The facts of one file with their line numbers, and how the file ends.
fn lines(source: &Source<'_>) -> Result<(Vec<Numbered>, End), Damage> {
    let (mut all, mut start) = (Vec::new(), 0);
    for (index, text) in source.text.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let number = index + 1;
        match line::read(text) {
            Ok(Line::Nothing) => {}
            Ok(Line::Facts(facts)) => all.push((number, travelling(*facts, source.kind))),
            Err(BadLine::Damaged(_)) if source.kind == Kind::Journal && !text.ends_with(b"\n") => {
                return Ok((all, End::Torn { line: number, start }));
            }
            Err(why) => return Err(Damage::BadLine { place: place(source.file, number), why }),
        }
        start += text.len();
    }
    let whole = source.text.is_empty() || source.text.ends_with(b"\n");
    Ok((all, if whole { End::Whole } else { End::NoNewline }))
}

/// A modification time from another machine says nothing of this one's files, and a secret that everybody reads is none.
fn travelling(mut facts: Facts, kind: Kind) -> Facts {
    if kind == Kind::Manifest {
        facts.stored = None;
        facts.token = None;
    }
    facts
}

fn place(file: &Path, line: usize) -> Place {
    Place { file: file.to_owned(), line }
}

/// The lines on one purchase, read once more: only an error needs them.
fn lines_of<'a>(nonce: Nonce, sources: &'a [Source<'a>]) -> impl Iterator<Item = (Place, Facts)> + 'a {
    let all = sources.iter().filter_map(|source| Some((source, lines(source).ok()?.0)));
    let placed = all.flat_map(|(source, lines)| {
        lines.into_iter().map(|(number, facts)| (place(source.file, number), facts))
    });
    placed.filter(move |(_, facts)| facts.nonce == nonce)
}

fn first_line_of(nonce: Nonce, sources: &[Source<'_>]) -> Place {
    let first = lines_of(nonce, sources).next();
    first.map_or_else(|| place(Path::new(""), 0), |(place, _)| place)
}

/// The joined facts come from some earlier line: shows the first one that can't stand beside the new one.
fn contradiction(
    sources: &[Source<'_>],
    file: &Path,
    line: usize,
    nonce: Nonce,
    what: Contradiction,
) -> Damage {
    let new = place(file, line);
    let all: Vec<_> = lines_of(nonce, sources).collect();
    let facts = all.iter().find(|(place, _)| *place == new).map(|(_, facts)| facts);
    let against = |other: &Facts| facts.is_some_and(|facts| facts.clone().join(other.clone()).is_err());
    let old = all.iter().find(|(_, other)| against(other));
    // Shown to people, so without the secret.
    let told = |facts: Option<&Facts>| {
        let facts = facts.map(|facts| Facts { token: None, ..facts.clone() });
        serde_json::to_value(facts).unwrap_or_default()
    };
    let (ours, theirs) = (told(old.map(|(_, facts)| facts)), told(facts));
    let sides = [
        Told {
            place: old.map_or_else(|| new.clone(), |(place, _)| place.clone()),
            says: differing(&ours, &theirs).to_string(),
        },
        Told { place: new, says: differing(&theirs, &ours).to_string() },
    ];
    Damage::Contradiction { nonce, what, sides: Box::new(sides) }
}

/// One side's part in what both speak of and differ in.
fn differing(one: &Value, other: &Value) -> Value {
    let (Value::Object(one), Value::Object(other)) = (one, other) else { return one.clone() };
    let both = one.iter().filter_map(|(key, value)| Some((key, value, other.get(key)?)));
    let differ = both.filter(|(_, value, theirs)| value != theirs);
    Value::Object(
        differ.map(|(key, value, theirs)| (key.clone(), differing(value, theirs))).collect::<Map<_, _>>(),
    )
}
