//! [`Storyboard`](crate::storyboard::Storyboard) to shots: rows, matrix, profiles, variables, inheritance and templates,
//! all of them rendered and checked against the catalog. The order is part of the contract.
//! Decides nothing about clips or money; that is [`crate::plan`]'s.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::address::{Address, Edition, Id};
use crate::catalog::Model;
use crate::storyboard::{Source, Span};
use crate::usd::Usd;

/// One storyboard rendered for one variant and one profile.
#[derive(Clone, Debug)]
pub struct Expanded {
    pub edition: Edition,
    /// The storyboard's file.
    pub source: Arc<Source>,
    pub title: Option<String>,
    pub budget: Option<Usd>,
    pub scenes: Vec<Scene>,
}

#[derive(Clone, Debug)]
pub struct Scene {
    pub id: Id,
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
