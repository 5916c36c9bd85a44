//! The models as data: limits, fields and prices, each number with its source, its date and whether it is verified.
//! The files lie beside this one; a project adds its own. The code that reads them names no model.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use serde::Deserialize;

use crate::usd::Usd;

/// All models that a storyboard may name.
#[derive(Clone, Debug)]
pub struct Catalog {
    models: Vec<Arc<Model>>,
}

impl Catalog {
    /// In the order of their aliases.
    #[must_use]
    pub fn models(&self) -> &[Arc<Model>] {
        &self.models
    }
}

/// One endpoint of fal, and how it is spoken to.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// The short name of storyboards, such as `kling-o3-4k`.
    pub alias: String,
    /// The full endpoint id, as sent.
    pub endpoint: String,
    pub title: String,
    pub sources: BTreeMap<String, Source>,
    /// Length of a clip in whole seconds.
    pub clip_seconds: Range,
    /// Length of a single `prompt` in characters.
    pub prompt_chars: Limit,
    /// What several shots in one clip must keep to; absent where the model takes one prompt only.
    pub multi_prompt: Option<MultiPrompt>,
    /// What else may be sent, by fal's names.
    pub fields: BTreeMap<String, Field>,
    pub prices: Vec<Price>,
    /// JSON pointer to the video's address in the answer.
    pub video: String,
}

/// Where a number comes from.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub from: String,
    pub date: Date,
    /// Read in fal's own documents or source; nothing less.
    pub verified: bool,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    pub min: u32,
    pub max: u32,
    pub source: String,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    pub max: u32,
    pub source: String,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MultiPrompt {
    pub shots: Limit,
    /// Length of one shot in whole seconds.
    pub shot_seconds: Range,
    /// Length of one shot's prompt in characters.
    pub prompt_chars: Limit,
}

/// A field of the request that an author may set.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    pub takes: Takes,
    /// fal's own default, which is sent for nobody: it is here for people.
    pub fal_default: Option<String>,
    pub source: String,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Takes {
    OneOf(Vec<String>),
    Flag,
    Text {
        max_chars: u32,
    },
    /// Decimal bounds, both included.
    Number {
        min: String,
        max: String,
    },
}

/// Dollars per second of video.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// The `generate_audio` that it is for; both where absent.
    pub generate_audio: Option<bool>,
    pub usd_per_second: Usd,
    pub source: String,
}
