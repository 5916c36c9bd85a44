//! A clip back to what made it and forward to its takes: for people, or as one JSON object. Decides nothing.

mod json;
mod text;

use crate::expand::{Level, Origin, Spot};
use crate::plan;
use crate::take::{Nonce, Take};
use crate::timeline::{Clip, Timeline};

pub use json::json;
pub use text::text;

/// What is explained.
#[derive(Clone, Copy, Debug)]
pub struct Explained<'e, 'a> {
    pub made: &'e [Made<'e, 'a>],
    pub lost: &'e [Lost<'a>],
    /// The output folder as the user calls it.
    pub folder: &'e str,
    pub known: Known,
}

/// What a clip could be looked for in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    All,
    /// The storyboards have problems: nobody can say what they ask for.
    Record,
}

/// A clip of a storyboard.
#[derive(Clone, Debug)]
pub struct Made<'f, 'a> {
    pub film: &'f Timeline<'a>,
    pub clip: &'f Clip<'a>,
    /// One for each of its shots; none where the storyboard changed in between.
    pub origins: Vec<Option<Origin>>,
    /// The commit that last changed the storyboard's file.
    pub commit: Option<String>,
    /// The take that was asked about.
    pub asked: Option<Nonce>,
}

/// A take whose request is no clip's any more.
#[derive(Clone, Debug)]
pub struct Lost<'a> {
    pub take: &'a Take,
    /// The clips that hold its shots now.
    pub now: Vec<&'a plan::Clip>,
}

/// `storyboards/neon-harbor.yaml:12`
fn line(spot: &Spot) -> String {
    let (line, _) = spot.source.line_column(spot.span.start);
    format!("{}:{line}", spot.source.name)
}

fn level(level: Level) -> String {
    match level {
        Level::CommandLine => "--var".to_owned(),
        Level::Profile => "profile".to_owned(),
        Level::Matrix => "matrix".to_owned(),
        Level::Row(number) => format!("row {number}"),
        Level::Shot => "shot".to_owned(),
        Level::Scene => "scene".to_owned(),
        Level::Storyboard => "storyboard".to_owned(),
        Level::Shared => "vars_from".to_owned(),
    }
}
