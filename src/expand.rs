//! [`Storyboard`] to shots: rows, matrix, profiles, variables, inheritance and templates,
//! all of them rendered and checked against the catalog. The order is part of the contract.
//! Decides nothing about clips or money; that is [`crate::plan`]'s.

mod data;
mod editions;
mod engine;
mod fault;
mod filters;
mod findings;
mod guard;
mod lookout;
mod nearest;
mod origin;
mod parts;
mod rows;
mod scope;
mod seconds;
mod settings;
mod shots;
mod speech;
mod together;
mod trace;
mod values;
mod variants;
mod vars;
mod world;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

pub use origin::{Given, Level, Origin, Spot, origin};

use crate::address::{Address, Edition, Id};
use crate::catalog::{Catalog, Model};
use crate::storyboard::{Problem, Source, Span, Storyboard};
use crate::usd::Usd;

/// The texts that a storyboard names, wherever they lie. All of them are inside its project.
pub trait Files {
    /// A file of variables or rows, its path relative to the storyboard.
    ///
    /// # Errors
    /// Why it can't be read, in a writer's words.
    fn near(&self, storyboard: &Source, path: &str) -> Result<Arc<Source>, String>;

    /// A file of `templates/` by its name, such as `shot.j2`. None where there is none.
    ///
    /// # Errors
    /// Why it can't be read, in a writer's words.
    fn template(&self, name: &str) -> Result<Option<Arc<Source>>, String>;
}

/// What the command line adds.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Variables by name, the last one of a name wins. Data, never templates.
    pub vars: Vec<(String, String)>,
    pub profile: Option<Id>,
}

/// Renders all variants of a storyboard, in the order of rows, then combinations, then `include`.
///
/// Every problem is told, each once, in the order of the file. Where one is an error nothing is expanded.
#[must_use]
pub fn expand(
    storyboard: &Storyboard,
    catalog: &Catalog,
    files: &dyn Files,
    options: &Options,
) -> (Vec<Expanded>, Vec<Problem>) {
    expand_all(&[(storyboard, files)], catalog, options)
}

/// [`expand`] for the storyboards of one run, in their order. Two of one id are an error, and so is a variable of the
/// command line that none of them knows.
#[must_use]
pub fn expand_all(
    storyboards: &[(&Storyboard, &dyn Files)],
    catalog: &Catalog,
    options: &Options,
) -> (Vec<Expanded>, Vec<Problem>) {
    together::expand(storyboards, catalog, options)
}

/// The problems of a storyboard with each of its profiles and without any.
#[must_use]
pub fn check(
    storyboard: &Storyboard,
    catalog: &Catalog,
    files: &dyn Files,
    vars: &[(String, String)],
) -> Vec<Problem> {
    check_all(&[(storyboard, files)], catalog, vars)
}

/// [`check`] for the storyboards of one run, and what is wrong between them.
#[must_use]
pub fn check_all(
    storyboards: &[(&Storyboard, &dyn Files)],
    catalog: &Catalog,
    vars: &[(String, String)],
) -> Vec<Problem> {
    together::check(storyboards, catalog, vars)
}

/// One storyboard rendered for one variant and one profile.
#[derive(Clone, Debug)]
pub struct Expanded {
    pub edition: Edition,
    /// The storyboard's file.
    pub source: Arc<Source>,
    pub title: Option<String>,
    /// For people; never sent.
    pub note: Option<String>,
    pub budget: Option<Usd>,
    pub scenes: Vec<Scene>,
}

#[derive(Clone, Debug)]
pub struct Scene {
    pub id: Id,
    /// For people; never sent.
    pub note: Option<String>,
    /// In story order; those to be skipped are gone.
    pub shots: Vec<Shot>,
}

/// One shot, ready to be sent: every template rendered, every setting checked against the model.
#[derive(Clone, Debug)]
pub struct Shot {
    pub address: Address,
    /// Where the storyboard's file says it: its id, or its first key.
    pub span: Span,
    pub model: Arc<Model>,
    pub prompt: String,
    pub seconds: u32,
    /// What is sent besides `prompt`, `multi_prompt`, `duration` and `shot_type`.
    pub fields: BTreeMap<String, Value>,
    /// `shot_type: intelligent`: the model plans the cuts, and the clip has this one prompt.
    pub intelligent: bool,
    pub takes: u32,
    pub group: Group,
    /// A clip starts here.
    pub new_clip: bool,
    pub tags: Vec<String>,
    /// For people; never sent. That of a scene without `shots` is the scene's.
    pub note: Option<String>,
    /// The parts of the prompt as rendered, where it was written in parts: `place`, `subject` …
    pub parts: BTreeMap<String, String>,
    pub spoken: Vec<Spoken>,
}

impl Shot {
    /// What its scene calls it.
    #[must_use]
    pub fn name(&self) -> &Id {
        self.address.shot_name()
    }
}

/// A line somebody speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    pub who: Option<String>,
    pub say: String,
}

/// How a shot may share a clip with its neighbours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    #[default]
    Auto,
    /// The whole scene is one clip.
    Whole,
    /// A clip of its own.
    Solo,
}

#[cfg(test)]
mod tests;
