//! What a storyboard was called: a file, an id or an edition, and which films are meant by it. Reads no storyboard.

use std::path::{Path, PathBuf};

use super::Number;
use crate::address::{Address, Edition};
use crate::cli::args::EditionArgs;
use crate::cli::exit::Failure;
use crate::expand::Expanded;
use crate::project;

/// What was typed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Named {
    File(PathBuf),
    Edition(Edition),
}

impl Named {
    /// A file that is there is meant as a file.
    pub(super) fn new(typed: &Path) -> Result<Self, Failure> {
        let text = typed.to_string_lossy();
        if typed.is_dir() {
            return Err(Failure::usage(format!(
                "{text} is a folder; name one storyboard, by its file or its id"
            )));
        }
        if typed.exists() {
            return Ok(Self::File(typed.to_owned()));
        }
        if let Ok(address) = text.parse::<Address>() {
            let edition = address.edition;
            return Err(Failure::usage(format!(
                "there is no file {text}; for a film, name its storyboard: {edition}"
            )));
        }
        text.parse().map(Self::Edition).map_err(|_| Failure::usage(format!("there is no file {text}")))
    }

    /// The storyboards to read: where a file is called as the id, that one, so that the others may have problems.
    pub(super) fn paths(&self) -> Result<Vec<PathBuf>, Failure> {
        let edition = match self {
            Self::File(path) => return Ok(vec![path.clone()]),
            Self::Edition(edition) => edition,
        };
        let working = std::env::current_dir().map_err(Failure::broken)?;
        let all = project::storyboards(&[], &working).map_err(Failure::usage)?;
        let is_called_so =
            |path: &PathBuf| path.file_stem().is_some_and(|stem| stem == edition.storyboard.as_str());
        Ok(all.iter().find(|path| is_called_so(path)).map_or(all.clone(), |path| vec![path.clone()]))
    }

    /// The profile may be part of the name.
    pub(super) fn edition(&self, args: &EditionArgs) -> Result<EditionArgs, Failure> {
        let Self::Edition(Edition { profile: Some(named), .. }) = self else { return Ok(args.clone()) };
        match &args.profile {
            Some(asked) if asked != named => {
                Err(Failure::usage(format!("`+{named}` and --profile {asked} are two profiles; choose one")))
            }
            _ => Ok(EditionArgs { profile: Some(named.clone()), ..args.clone() }),
        }
    }

    /// Which films are meant.
    pub(super) fn choose(&self, expanded: &[Expanded], number: Number) -> Result<Vec<Edition>, Failure> {
        let all: Vec<&Edition> = expanded.iter().map(|one| &one.edition).collect();
        let meant: Vec<Edition> =
            all.iter().filter(|edition| self.means(edition)).map(|one| (*one).clone()).collect();
        match (meant.as_slice(), number) {
            ([], _) => Err(self.unknown(&all)),
            ([_] | [_, _, ..], Number::Any) | ([_], Number::One) => Ok(meant),
            (several, Number::One) => Err(which(several)),
        }
    }

    /// A name without a variant means all of them.
    fn means(&self, edition: &Edition) -> bool {
        match self {
            Self::File(_) => true,
            Self::Edition(named) => {
                named.storyboard == edition.storyboard
                    && named.variant.as_ref().is_none_or(|variant| Some(variant) == edition.variant.as_ref())
            }
        }
    }

    fn unknown(&self, all: &[&Edition]) -> Failure {
        let Self::Edition(named) = self else { return Failure::usage("the storyboard has no films") };
        let own = all.iter().filter(|edition| edition.storyboard == named.storyboard);
        let own: Vec<String> = own.map(ToString::to_string).collect();
        if !own.is_empty() {
            return Failure::usage(format!("there is no edition {named}; there are {}", some(&own)));
        }
        Failure::usage(format!(
            "there is no storyboard {named}; did you mean {}?",
            nearest(named, all).join(", ")
        ))
    }
}

fn which(several: &[Edition]) -> Failure {
    let names: Vec<String> = several.iter().map(ToString::to_string).collect();
    Failure::usage(format!(
        "{} has {} editions; name one instead: {}; or give a folder for a file of each: -o DIR/",
        several[0].storyboard,
        names.len(),
        some(&names)
    ))
}

/// The most editions that a message names.
const MOST_NAMED: usize = 6;

/// All of a few, the first of many.
fn some(names: &[String]) -> String {
    let first = names[..names.len().min(MOST_NAMED)].join(", ");
    match names.len().saturating_sub(MOST_NAMED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

/// The three storyboards whose names come nearest.
fn nearest(typed: &Edition, all: &[&Edition]) -> Vec<String> {
    let mut names: Vec<&str> = all.iter().map(|edition| edition.storyboard.as_str()).collect();
    names.dedup();
    names.sort_by_key(|name| strsim::damerau_levenshtein(typed.storyboard.as_str(), name));
    names.into_iter().take(3).map(str::to_owned).collect()
}
