//! The set-up, check by check: as lines for people, or as one JSON object. Decides nothing.

use std::fmt::Write as _;

use serde::Serialize;

use super::json::to_line;
use super::style::{Look, Style};
use super::wrap::{Indent, wrapped};

/// One thing that was looked at.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    pub name: &'static str,
    pub verdict: Verdict,
    pub says: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Ok,
    Warning,
    Problem,
    /// A problem with the key or the account.
    Refused,
}

impl Check {
    #[must_use]
    pub fn new(name: &'static str, verdict: Verdict, says: impl Into<String>) -> Self {
        Self { name, verdict, says: says.into(), next: None }
    }

    #[must_use]
    pub fn next(self, next: impl Into<String>) -> Self {
        Self { next: Some(next.into()), ..self }
    }
}

#[derive(Serialize)]
struct DoctorJson<'a> {
    version: u32,
    verdict: Verdict,
    checks: &'a [Check],
}

/// The gravest of all.
#[must_use]
pub fn verdict(checks: &[Check]) -> Verdict {
    checks.iter().map(|check| check.verdict).max().unwrap_or(Verdict::Ok)
}

/// One object on one line.
#[must_use]
pub fn json(checks: &[Check]) -> String {
    to_line(&DoctorJson { version: 1, verdict: verdict(checks), checks })
}

/// Where the words of a check begin.
const COLUMN: usize = 23;

/// A line for every check, and below it what to do.
#[must_use]
pub fn text(checks: &[Check], look: Look) -> String {
    let mut out = String::new();
    for check in checks {
        let (word, style) = word(check.verdict);
        let says = wrapped(&check.says, look, Indent { taken: COLUMN, rest: COLUMN });
        let _ = writeln!(out, "  {}{:<12}{says}", look.style(style, &format!("{word:<9}")), check.name);
        if let Some(next) = &check.next {
            let next = wrapped(&format!("→ {next}"), look, Indent { taken: COLUMN, rest: COLUMN + 2 });
            let _ = writeln!(out, "{:COLUMN$}{next}", "");
        }
    }
    let _ = writeln!(out, "{}", look.style(Style::Strong, &summary(checks)));
    out
}

fn word(verdict: Verdict) -> (&'static str, Style) {
    match verdict {
        Verdict::Ok => ("ok", Style::Good),
        Verdict::Warning => ("warning", Style::Warn),
        Verdict::Problem | Verdict::Refused => ("problem", Style::Bad),
    }
}

fn summary(checks: &[Check]) -> String {
    let count = |wanted: &str| checks.iter().filter(|check| word(check.verdict).0 == wanted).count();
    let counted = |number: usize, what: &str| {
        let plural = if number == 1 { "" } else { "s" };
        (number > 0).then(|| format!("{number} {what}{plural}"))
    };
    let found = [counted(count("problem"), "problem"), counted(count("warning"), "warning")];
    let found: Vec<String> = found.into_iter().flatten().collect();
    if found.is_empty() { "all is well".to_owned() } else { found.join(", ") }
}
