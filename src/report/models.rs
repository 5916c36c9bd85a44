//! The catalog for people: all models in short, or all of one with where each number comes from. As JSON it is told as the
//! data files tell it. Decides nothing.

use std::fmt::Write as _;

use serde::Serialize;

use super::json::to_line;
use super::style::{Look, Style};
use super::wrap::{Indent, wrapped};
use crate::catalog::{Field, Model, MultiPrompt, Takes};
use crate::usd::Usd;

#[derive(Serialize)]
struct ModelsJson<'a> {
    version: u32,
    models: &'a [&'a Model],
}

/// One object on one line.
#[must_use]
pub fn json(models: &[&Model]) -> String {
    to_line(&ModelsJson { version: 1, models })
}

/// Three lines a model.
#[must_use]
pub fn list(models: &[&Model], look: Look) -> String {
    let width = models.iter().map(|model| model.alias.len()).max().unwrap_or_default();
    let header =
        format!("{:width$}  {:>8}  {:>8}  {:>9}  {:>10}", "model", "silent", "audio", "clip", "shots");
    let mut out = format!("{}\n", look.style(Style::Dim, &header));
    for model in models {
        let alias = format!("{:width$}", model.alias);
        let (silent, audio) = (price(model, false), price(model, true));
        let (clip, shots) = (clip(model), shots(model));
        let alias = look.style(Style::Strong, &alias);
        let _ = writeln!(out, "{alias}  {silent:>8}  {audio:>8}  {clip:>9}  {shots:>10}");
        let _ = writeln!(out, "  {}  {}", model.title, look.style(Style::Dim, &model.endpoint));
        let fields: Vec<&str> = model.fields.keys().map(String::as_str).collect();
        let fields = wrapped(&fields.join(", "), look, Indent { taken: 2, rest: 2 });
        let _ = writeln!(out, "  {}", look.style(Style::Dim, &fields));
    }
    out
}

fn price(model: &Model, audio: bool) -> String {
    model.price(Some(audio)).map_or_else(|| "unknown".to_owned(), |price| price.usd_per_second.to_string())
}

fn clip(model: &Model) -> String {
    format!("{}-{} s", model.clip_seconds.min, model.clip_seconds.max)
}

fn shots(model: &Model) -> String {
    model
        .multi_prompt
        .as_ref()
        .map_or_else(|| "one a clip".to_owned(), |multi| format!("1-{}", multi.shots.max))
}

/// All that is known of a model, each number with its source.
#[must_use]
pub fn one(model: &Model, look: Look) -> String {
    let mut page = Page { look, out: String::new() };
    let _ = writeln!(page.out, "{}  {}", look.style(Style::Strong, &model.alias), model.title);
    page.line("endpoint", &model.endpoint, None);
    page.line(
        "clip",
        &format!("{} to {} s", model.clip_seconds.min, model.clip_seconds.max),
        Some(&model.clip_seconds.source),
    );
    page.line(
        "prompt",
        &format!("up to {} characters", model.prompt_chars.max),
        Some(&model.prompt_chars.source),
    );
    match &model.multi_prompt {
        Some(multi) => page.shots(multi),
        None => page.line("shots", "one a clip", None),
    }
    for price in &model.prices {
        page.line("price", &priced(price.generate_audio, price.usd_per_second), Some(&price.source));
    }
    if model.prices.is_empty() {
        page.line("price", "unknown, so that nothing is bought from it", None);
    }
    page.fields(model);
    page.sources(model);
    page.out
}

fn priced(audio: Option<bool>, usd: Usd) -> String {
    let tier = match audio {
        None => "",
        Some(false) => " without audio",
        Some(true) => " with audio",
    };
    format!("{usd} a second{tier}")
}

struct Page {
    look: Look,
    out: String,
}

/// Where values begin.
const COLUMN: usize = 12;

impl Page {
    fn line(&mut self, name: &str, value: &str, source: Option<&str>) {
        let source = source.map(|source| format!(" [{source}]")).unwrap_or_default();
        let value = wrapped(&format!("{value}{source}"), self.look, Indent { taken: COLUMN, rest: COLUMN });
        let _ = writeln!(self.out, "  {name:<9} {value}");
    }

    fn shots(&mut self, multi: &MultiPrompt) {
        let MultiPrompt { shots, shot_seconds, prompt_chars } = multi;
        self.line("shots", &format!("up to {} a clip", shots.max), Some(&shots.source));
        let seconds = format!("{} to {} s each", shot_seconds.min, shot_seconds.max);
        self.line("", &seconds, Some(&shot_seconds.source));
        self.line("", &format!("up to {} characters each", prompt_chars.max), Some(&prompt_chars.source));
    }

    fn fields(&mut self, model: &Model) {
        let mut name = "settings";
        for (key, field) in &model.fields {
            self.line(name, &format!("{key}: {}", taken(field)), Some(&field.source));
            name = "";
        }
    }

    fn sources(&mut self, model: &Model) {
        let mut title = "sources";
        for (name, source) in &model.sources {
            let word = if source.verified { "verified" } else { "reported" };
            self.line(title, &format!("[{name}] {word}, read {}: {}", source.date, source.from), None);
            title = "";
        }
    }
}

fn taken(field: &Field) -> String {
    let takes = match &field.takes {
        Takes::OneOf(choices) => choices.join(", "),
        Takes::Flag => "true or false".to_owned(),
        Takes::Text { max_chars } => format!("text, up to {max_chars} characters"),
        Takes::Number { min, max } => format!("a number from {min} to {max}"),
    };
    let default = field.fal_default.as_ref();
    let default = default.map(|default| format!("; fal's own default is `{default}`")).unwrap_or_default();
    format!("{takes}{default}")
}
