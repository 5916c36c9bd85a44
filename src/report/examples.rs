//! The storyboards that come with the program, for who has to choose. Decides nothing.

use std::fmt::Write as _;

use serde::Serialize;

use super::json::to_line;
use super::style::{Look, Style};
use super::wrap::{Indent, wrapped};
use crate::usd::Usd;

/// One of them.
#[derive(Clone, Debug, Serialize)]
pub struct Shown {
    pub name: &'static str,
    pub title: String,
    /// What it is, in its own first words.
    pub about: String,
    pub clips: u32,
    /// Of all its clips.
    pub seconds: u32,
    /// What they would cost at fal.
    pub usd: Usd,
}

#[derive(Serialize)]
struct ExamplesJson<'a> {
    version: u32,
    examples: &'a [Shown],
}

/// One object on one line.
#[must_use]
pub fn json(examples: &[Shown]) -> String {
    to_line(&ExamplesJson { version: 1, examples })
}

/// Each with its numbers, and below them what it is.
#[must_use]
pub fn text(examples: &[Shown], look: Look) -> String {
    let width = examples.iter().map(|example| example.name.len()).max().unwrap_or_default();
    let mut out = String::new();
    for Shown { name, title, about, clips, seconds, usd } in examples {
        let clips = format!("{clips} clip{}", if *clips == 1 { " " } else { "s" });
        let name = look.style(Style::Strong, &format!("{name:width$}"));
        let usd = usd.to_string();
        let _ = writeln!(out, "{name}  {clips:>8}  {seconds:>3} s  {usd:>7} at fal  {title}");
        let about = wrapped(about, look, Indent { taken: 2, rest: 2 });
        let _ = writeln!(out, "  {}", look.style(Style::Dim, &about));
    }
    out
}
