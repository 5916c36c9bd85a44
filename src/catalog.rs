//! The models as data: limits, fields and prices, each number with its source, its date and whether it is verified.
//! The files lie beside this one; a project adds its own. The code that reads them names no model.

mod builtin;
mod check;
mod file;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::usd::Usd;

/// All models that a storyboard may name.
#[derive(Clone, Debug)]
pub struct Catalog {
    models: Vec<Arc<Model>>,
}

/// One data file: a name for messages, and its text.
#[derive(Clone, Copy, Debug)]
pub struct CatalogFile<'a> {
    pub name: &'a str,
    pub text: &'a str,
}

/// What is wrong with a catalog's files: every problem found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct CatalogError(pub Vec<CatalogProblem>);

/// One thing wrong in a catalog file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {what}")]
pub struct CatalogProblem {
    pub file: String,
    /// From 1.
    pub line: u64,
    pub what: String,
}

impl fmt::Display for CatalogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl Catalog {
    /// The models that come with the program.
    ///
    /// # Errors
    /// A data file is damaged; a test reads them all.
    pub fn builtin() -> Result<Self, CatalogError> {
        Self { models: Vec::new() }.with(builtin::FILES)
    }

    /// Adds models; one that is there already is never replaced.
    ///
    /// # Errors
    /// Everything wrong in the files: unreadable, contradicting itself, or naming an alias or endpoint twice.
    pub fn with<'a>(
        mut self,
        files: impl IntoIterator<Item = CatalogFile<'a>>,
    ) -> Result<Self, CatalogError> {
        let mut problems = Vec::new();
        for file in files {
            match file::read(file, &self.models) {
                Ok(model) => self.models.push(Arc::new(model)),
                Err(wrong) => problems.extend(wrong),
            }
        }
        self.models.sort_by(|a, b| a.alias.cmp(&b.alias));
        if problems.is_empty() { Ok(self) } else { Err(CatalogError(problems)) }
    }

    /// In the order of their aliases.
    #[must_use]
    pub fn models(&self) -> &[Arc<Model>] {
        &self.models
    }

    /// By alias or by full endpoint id.
    #[must_use]
    pub fn model(&self, name: &str) -> Option<&Arc<Model>> {
        self.models.iter().find(|model| model.alias == name || model.endpoint == name)
    }

    /// The aliases, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.models.iter().map(|model| model.alias.as_str())
    }
}

/// One endpoint of fal, and how it is spoken to.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
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

impl Model {
    /// The price of a request that sends this `generate_audio`; where it sends none, the dearest that it may get.
    /// None is unknown, never zero.
    #[must_use]
    pub fn price(&self, generate_audio: Option<bool>) -> Option<&Price> {
        let applies = |price: &&Price| match (price.generate_audio, generate_audio) {
            (Some(tier), Some(sent)) => tier == sent,
            _ => true,
        };
        self.prices.iter().filter(applies).max_by_key(|price| price.usd_per_second)
    }

    /// The most that `seconds` of video can cost. None is unknown, never zero.
    #[must_use]
    pub fn cost(&self, generate_audio: Option<bool>, seconds: u32) -> Option<Usd> {
        self.price(generate_audio).map(|price| price.usd_per_second.times(seconds))
    }

    /// How a price of today stands to the ones here: fal names one a model, and where there are tiers by audio, any counts
    /// as equal. None where there is no price here.
    #[must_use]
    pub fn standing(&self, usd_per_second: Usd) -> Option<Standing> {
        let ours = || self.prices.iter().map(|price| price.usd_per_second);
        let least = ours().min()?;
        Some(match usd_per_second {
            live if ours().any(|ours| ours == live) => Standing::Equal,
            live if live < least => Standing::Lower,
            _ => Standing::Higher,
        })
    }

    /// Where a number comes from, by the name that it gives.
    #[must_use]
    pub fn source(&self, name: &str) -> Option<&Source> {
        self.sources.get(name)
    }

    #[must_use]
    pub fn is_verified(&self, price: &Price) -> bool {
        self.has_verified(&price.source)
    }

    /// Is what the field says of fal verified?
    #[must_use]
    pub fn is_vouched_for(&self, field: &Field) -> bool {
        self.has_verified(&field.source)
    }

    fn has_verified(&self, source: &str) -> bool {
        self.sources.get(source).is_some_and(|source| source.verified)
    }
}

/// A price of today beside the catalog's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Equal,
    Lower,
    /// Than some of them at least: a render may be asked more than the plan said.
    Higher,
}

/// Where a number comes from.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub from: String,
    /// The day it was read.
    pub date: Date,
    /// Read in fal's own documents or source; nothing less.
    pub verified: bool,
}

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    pub min: u32,
    pub max: u32,
    pub source: String,
}

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    pub max: u32,
    pub source: String,
}

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MultiPrompt {
    pub shots: Limit,
    /// Length of one shot in whole seconds.
    pub shot_seconds: Range,
    /// Length of one shot's prompt in characters.
    pub prompt_chars: Limit,
}

/// A field of the request that an author may set.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    pub takes: Takes,
    /// fal's own default, as text. It is sent for nobody: it is here for people, and to know again what others sent.
    pub fal_default: Option<String>,
    pub source: String,
}

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
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
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// The `generate_audio` that it is for; both where absent.
    pub generate_audio: Option<bool>,
    pub usd_per_second: Usd,
    pub source: String,
}

#[cfg(test)]
mod tests;
