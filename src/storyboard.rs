//! Text to [`Storyboard`]: well-formed by construction, or every [`Problem`] of the file at once.
//! Decides nothing that needs a variable, a row or a template; that is [`crate::expand`]'s.

mod found;
mod level;
mod many;
mod node;
mod number;
mod problem;
mod read;
mod scenes;
mod settings;
mod source;
mod traps;
mod value;
mod words;
mod yaml;

use std::sync::Arc;

use crate::address::Id;
use crate::usd::Usd;

pub use node::{Node, Scalar, Value};
pub use problem::{Problem, Severity};
pub use read::{Reading, read, tree};
pub use source::{Source, Span, Spanned};
pub use words::{AXES, Level, PARTS, RESERVED, SETTINGS, SYNTAX};

/// One file as its author wrote it. Texts may still hold `{{ … }}`.
#[derive(Clone, Debug)]
pub struct Storyboard {
    pub source: Arc<Source>,
    pub id: Spanned<Id>,
    pub title: Option<Spanned<String>>,
    pub note: Option<Spanned<String>>,
    /// Dollars, for everything ever charged to this storyboard in one output folder.
    pub budget: Option<Spanned<Usd>>,
    /// Seconds that the shots must add up to.
    pub runtime: Option<Spanned<u32>>,
    /// Files of shared variables, relative to this file, the last one nearest.
    pub vars_from: Vec<Spanned<String>>,
    pub each: Option<Each>,
    pub matrix: Option<Matrix>,
    pub profiles: Vec<Profile>,
    pub said: Said,
    pub scenes: Vec<Scene>,
}

/// What one level (storyboard, scene, shot) says itself, before anything is inherited.
#[derive(Clone, Debug, Default)]
pub struct Said {
    pub vars: Vec<Entry>,
    /// `place`, `style`, `subject`, `details`, `line`, `use_case`, `constraints`; null clears.
    pub parts: Vec<Entry>,
    /// `model`, `duration`, `takes` and the like, and whatever the model's catalog entry declares.
    pub settings: Vec<Entry>,
}

/// `key: value`, both with their places.
#[derive(Clone, Debug)]
pub struct Entry {
    pub key: Spanned<String>,
    pub value: Node,
}

#[derive(Clone, Debug)]
pub struct Scene {
    pub id: Spanned<Id>,
    pub note: Option<Spanned<String>>,
    pub said: Said,
    pub content: Content,
}

/// A scene's shots, or the scene as its own single shot.
#[derive(Clone, Debug)]
pub enum Content {
    Shots(Vec<Shot>),
    /// The finished prompt, where it is not written in parts.
    Single(Option<Spanned<String>>),
}

#[derive(Clone, Debug)]
pub struct Shot {
    pub id: Spanned<Id>,
    pub note: Option<Spanned<String>>,
    /// The finished prompt, where it is not written in parts.
    pub prompt: Option<Spanned<String>>,
    /// A clip starts here.
    pub new_clip: bool,
    pub said: Said,
}

/// `each`: one rendering per row.
#[derive(Clone, Debug)]
pub struct Each {
    pub rows: Rows,
    /// The template of a row's id.
    pub id: Spanned<String>,
}

#[derive(Clone, Debug)]
pub enum Rows {
    /// A CSV, JSON, JSONL or YAML file, relative to the storyboard.
    File(Spanned<String>),
    Inline(Vec<Node>),
}

/// `matrix`: one rendering per combination; the last axis moves fastest.
#[derive(Clone, Debug)]
pub struct Matrix {
    pub axes: Vec<Axis>,
    /// Combinations to leave out: each names some axes.
    pub exclude: Vec<Node>,
    /// Combinations to add: each names every axis.
    pub include: Vec<Node>,
}

#[derive(Clone, Debug)]
pub struct Axis {
    pub name: Spanned<String>,
    pub values: Vec<Node>,
}

/// A named set of settings and variables that win over all that the file says.
#[derive(Clone, Debug)]
pub struct Profile {
    pub name: Spanned<Id>,
    pub overrides: Vec<Entry>,
}

#[cfg(test)]
mod tests;
