//! One line of the plan for a take, and below it the reasons that have no room beside it.

use std::fmt::Write as _;

use super::{change, costs, style, word};
use crate::plan::{Action, Clause, Clip, Plan, Stray, Wanted};
use crate::report::style::Look;
use crate::report::wrap::{Indent, padded, width, wrapped};

/// Columns before a name: two blanks, the longest action and a blank.
const NAME: usize = 11;
/// Columns behind a name: length, price, and what is between them.
const FACTS: usize = 14;
/// The least that a column of names takes, and the most on a terminal that is wide enough.
const NAMES: std::ops::RangeInclusive<usize> = 12..=48;

/// How rows are laid out.
pub(super) struct Rows {
    look: Look,
    names: usize,
}

impl Rows {
    pub(super) fn new(plan: &Plan, look: Look) -> Self {
        let names = plan.clips.iter().flat_map(|clip| clip.wanted.iter().map(|wanted| name(clip, wanted)));
        let fits = look.columns().saturating_sub(NAME + FACTS).min(*NAMES.end());
        let widest = names.map(|name| width(&name)).filter(|&width| width <= fits).max();
        Self { look, names: widest.unwrap_or_default().max(*NAMES.start()) }
    }

    pub(super) fn write(&self, out: &mut String, clip: &Clip, wanted: &Wanted) {
        let mut used = self.begin(out, wanted.action, &name(clip, wanted));
        if used > NAME + self.names || used + FACTS > self.look.columns() {
            let names = self.names.min(self.look.columns().saturating_sub(NAME + FACTS));
            let _ = write!(out, "\n{:1$}", "", NAME + names);
            used = NAME + names;
        }
        let price = if costs(wanted.action) { clip.usd.to_string() } else { String::new() };
        let gap = (NAME + self.names).saturating_sub(used);
        let facts = format!("{:gap$} {:>3} s {price:>7}", "", clip.seconds);
        let facts = if price.is_empty() { facts.trim_end() } else { &facts };
        out.push_str(facts);
        self.write_reasons(out, wanted, used + width(facts));
    }

    /// A purchase that no selected clip asks for.
    pub(super) fn write_stray(&self, out: &mut String, stray: &Stray) {
        let used = self.begin(out, stray.action, &stray.take.intent.address.to_string());
        self.write_reason(out, &stray.reason, used);
    }

    /// The action and the name; the columns that are taken then.
    fn begin(&self, out: &mut String, action: Action, name: &str) -> usize {
        let verb = self.look.style(style(action), &padded(word(action), 8));
        let shown = wrapped(name, self.look, Indent { taken: NAME, rest: NAME });
        let _ = write!(out, "  {verb} {shown}");
        shown.lines().last().map_or(0, width) + if shown.contains('\n') { 0 } else { NAME }
    }

    /// Beside the facts where they fit, else below. A prompt that changed always stands below, whole.
    fn write_reasons(&self, out: &mut String, wanted: &Wanted, used: usize) {
        let clauses = wanted.clauses();
        if clauses.iter().all(|clause| matches!(clause, Clause::Said(_))) {
            return self.write_reason(out, &wanted.words(), used);
        }
        out.push('\n');
        for clause in &clauses {
            let indent = Indent { taken: self.below(), rest: self.below() + 2 };
            let prose = match clause {
                Clause::Prompt { shot, was, is } => change::prose(shot, was, is),
                Clause::Said(_) => None,
            };
            let lines = prose.map_or_else(
                || wrapped(&clause.words(), self.look, indent),
                |prose| prose.lines(self.look, indent),
            );
            let _ = writeln!(out, "{:1$}{lines}", "", self.below());
        }
    }

    fn write_reason(&self, out: &mut String, reason: &str, used: usize) {
        if used + 2 + width(reason) <= self.look.columns() {
            let _ = writeln!(out, "  {reason}");
        } else {
            let below = self.below();
            let reason = wrapped(reason, self.look, Indent { taken: below, rest: below });
            let _ = writeln!(out, "\n{:below$}{reason}", "");
        }
    }

    /// How far in reasons stand below their clip.
    fn below(&self) -> usize {
        if self.look.columns() < 60 { 4 } else { NAME + 2 }
    }
}

/// A clip within its storyboard: its scene, its first shot, how many follow, and which take.
fn name(clip: &Clip, wanted: &Wanted) -> String {
    let first = clip.address.shot.as_ref().map(|shot| format!("/{shot}")).unwrap_or_default();
    let more = if clip.shots.len() > 1 { format!(" +{}", clip.shots.len() - 1) } else { String::new() };
    let take = if wanted.number > 1 { format!(" take {}", wanted.number) } else { String::new() };
    format!("{}{first}{more}{take}", clip.address.scene)
}
