//! The plan as text that reads well at 80 columns, and is never wider than the terminal. Decides nothing; the plan did.

mod change;
mod money;
mod row;

use std::fmt::Write as _;

use super::style::{Look, Style};
use super::wrap::{Indent, Prose};
use crate::plan::{Action, Clip, Plan, PlannedEdition, Shared, Wanted};

pub(super) use money::spent;
pub use money::{account_line, summary};
use row::Rows;

/// Whose money it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spending {
    Real,
    /// The simulator's: nobody pays it.
    Simulated,
}

/// How much of a plan is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Every selected clip, and the money of every storyboard.
    All,
    /// What a render has to do or must leave undone; nothing where all is current.
    Pending,
}

/// The plan, every clip under its storyboard.
#[must_use]
pub fn plan(plan: &Plan, shown: Shown, spending: Spending, look: Look) -> String {
    let mut out = String::new();
    let rows = Rows::new(plan, look);
    for (edition, clips) in plan.films() {
        let wanted = clips.iter().flat_map(|clip| clip.wanted.iter().map(move |wanted| (clip, wanted)));
        let own: Vec<(&Clip, &Wanted)> =
            wanted.filter(|(_, wanted)| shown == Shown::All || !wanted.action.is_current()).collect();
        if !own.is_empty() {
            let _ = writeln!(out, "{}", heading(edition, look));
            for (clip, wanted) in own {
                rows.write(&mut out, clip, wanted);
            }
            out.push('\n');
        }
    }
    write_strays(&mut out, plan, &rows);
    if shown == Shown::All || (spending == Spending::Real && plan.purchases() > 0) {
        money::write_accounts(&mut out, plan, look);
    }
    if shown == Shown::All || !out.is_empty() {
        let mut last = Prose::default();
        last.add(Some(Style::Strong), &summary(plan, spending));
        let _ = writeln!(out, "{}", last.lines(look, Indent { taken: 0, rest: 2 }));
    }
    out
}

fn heading(edition: &PlannedEdition, look: Look) -> String {
    let mut heading = Prose::default();
    heading.add(Some(Style::Strong), &edition.edition.to_string());
    for (style, text) in [(None, edition.title.as_deref()), (Some(Style::Dim), Some(&*edition.source.name))] {
        heading.apart(style, text.unwrap_or_default());
    }
    heading.lines(look, Indent { taken: 0, rest: 2 })
}

fn write_strays(out: &mut String, plan: &Plan, rows: &Rows) {
    for stray in &plan.strays {
        rows.write_stray(out, stray);
    }
    if !plan.strays.is_empty() {
        out.push('\n');
    }
}

/// As the machine output spells it.
#[must_use]
pub fn word(action: Action) -> &'static str {
    match action {
        Action::Reuse(_) | Action::Share(Shared::Coming) => "reuse",
        Action::Download(_) => "download",
        Action::Resume(_) => "resume",
        Action::Unknown(_) => "unknown",
        Action::Buy => "buy",
        Action::Hold(_) | Action::Share(Shared::Held) => "hold",
    }
}

/// Its color, which says no more than its word.
pub(super) fn style(action: Action) -> Style {
    match action {
        Action::Buy => Style::Good,
        Action::Hold(_) | Action::Share(Shared::Held) | Action::Unknown(_) => Style::Warn,
        Action::Download(_) | Action::Resume(_) => Style::Info,
        Action::Reuse(_) | Action::Share(Shared::Coming) => Style::Dim,
    }
}

/// Does it cost money, or keep some from other clips?
pub(super) fn costs(action: Action) -> bool {
    matches!(action, Action::Buy | Action::Hold(_) | Action::Unknown(_))
}
