//! The plan as text that reads well at 80 columns. Decides nothing; the plan did.

use std::fmt::Write as _;

use super::style::{Paint, Style};
use crate::address::Id;
use crate::plan::{Account, Action, Clip, Plan, PlannedEdition, Shared, Wanted};
use crate::usd::Usd;

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
pub fn plan(plan: &Plan, shown: Shown, spending: Spending, paint: Paint) -> String {
    let mut out = String::new();
    let names = plan.clips.iter().flat_map(|clip| clip.wanted.iter().map(|wanted| name(clip, wanted)));
    let width = names.map(|name| name.chars().count()).max().unwrap_or_default();
    let page = Page { paint, name_width: width.clamp(12, 34) };
    for (edition, clips) in plan.films() {
        let rows: Vec<(&Clip, &Wanted)> =
            clips.iter().flat_map(|clip| clip.wanted.iter().map(move |wanted| (clip, wanted))).collect();
        let rows: Vec<_> =
            rows.into_iter().filter(|(_, wanted)| shown == Shown::All || !is_current(wanted)).collect();
        if !rows.is_empty() {
            page.write_edition(&mut out, edition, &rows);
        }
    }
    write_strays(&mut out, plan, paint);
    if shown == Shown::All || (spending == Spending::Real && plan.purchases() > 0) {
        write_accounts(&mut out, plan, paint);
    }
    if shown == Shown::All || !out.is_empty() {
        let _ = writeln!(out, "{}", paint.style(Style::Strong, &summary(plan, spending)));
    }
    out
}

fn is_current(wanted: &Wanted) -> bool {
    wanted.action.is_current()
}

/// How rows are laid out.
#[derive(Clone, Copy)]
struct Page {
    paint: Paint,
    name_width: usize,
}

/// Reasons that would run past this column stand on a line of their own.
const COLUMNS: usize = 80;

impl Page {
    fn write_edition(self, out: &mut String, edition: &PlannedEdition, rows: &[(&Clip, &Wanted)]) {
        let title = edition.title.as_ref().map(|title| format!("  {title}")).unwrap_or_default();
        let heading = self.paint.style(Style::Strong, &edition.edition.to_string());
        let _ = writeln!(out, "{heading}{title}  {}", self.paint.style(Style::Dim, &edition.source.name));
        for (clip, wanted) in rows {
            self.write_row(out, clip, wanted);
        }
        out.push('\n');
    }

    fn write_row(self, out: &mut String, clip: &Clip, wanted: &Wanted) {
        let verb = format!("{:<8}", word(wanted.action));
        let price = if costs(wanted.action) { clip.usd.to_string() } else { String::new() };
        let (name, width, why) = (name(clip, wanted), self.name_width, wanted.words());
        let facts = format!("{name:<width$} {:>3} s {price:>7}", clip.seconds);
        let facts = if price.is_empty() { facts.trim_end() } else { &facts };
        let fits = 13 + facts.chars().count() + why.chars().count() <= COLUMNS;
        let gap = if fits { "  ".to_owned() } else { format!("\n{:13}", "") };
        let _ = writeln!(out, "  {} {facts}{gap}{why}", self.paint.style(style(wanted.action), &verb));
    }
}

/// A clip within its storyboard: its scene, its first shot, how many follow, and which take.
fn name(clip: &Clip, wanted: &Wanted) -> String {
    let first = clip.address.shot.as_ref().map(|shot| format!("/{shot}")).unwrap_or_default();
    let more = if clip.shots.len() > 1 { format!(" +{}", clip.shots.len() - 1) } else { String::new() };
    let take = if wanted.number > 1 { format!(" take {}", wanted.number) } else { String::new() };
    format!("{}{first}{more}{take}", clip.address.scene)
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

fn style(action: Action) -> Style {
    match action {
        Action::Buy => Style::Good,
        Action::Hold(_) | Action::Share(Shared::Held) | Action::Unknown(_) => Style::Warn,
        Action::Download(_) | Action::Resume(_) => Style::Info,
        Action::Reuse(_) | Action::Share(Shared::Coming) => Style::Dim,
    }
}

fn costs(action: Action) -> bool {
    matches!(action, Action::Buy | Action::Hold(_) | Action::Unknown(_))
}

fn write_strays(out: &mut String, plan: &Plan, paint: Paint) {
    for stray in &plan.strays {
        let verb = paint.style(style(stray.action), &format!("{:<8}", word(stray.action)));
        let _ = writeln!(out, "  {verb} {}  {}", stray.take.intent.address, stray.reason);
    }
    if !plan.strays.is_empty() {
        out.push('\n');
    }
}

/// Of the storyboards that are planned.
fn write_accounts(out: &mut String, plan: &Plan, paint: Paint) {
    let is_planned = |id: &Id| plan.editions.iter().any(|edition| edition.edition.storyboard == *id);
    let shown: Vec<_> = plan.accounts.iter().filter(|(id, _)| is_planned(id)).collect();
    let shown: Vec<_> = shown.into_iter().filter(|(_, account)| **account != Account::default()).collect();
    for (id, account) in &shown {
        let _ = writeln!(out, "{}", paint.style(Style::Dim, &account_line(id, account)));
    }
    if !shown.is_empty() {
        out.push('\n');
    }
}

/// `neon-harbor: spent $4.62, reserved $2.10, budget $25.00, left $18.28`
#[must_use]
pub fn account_line(id: &Id, account: &Account) -> String {
    let mut line = format!("{id}: spent {}", account.spent);
    if account.superseded > Usd::ZERO {
        let counts = account.counted == account.spent + account.reserved;
        let note = if counts { "" } else { ", not counted here" };
        let _ = write!(line, " ({} superseded{note})", account.superseded);
    }
    if account.reserved > Usd::ZERO {
        let _ = write!(line, ", reserved {}", account.reserved);
    }
    if let Some(budget) = account.budget {
        let _ = write!(line, ", budget {budget}, left {}", budget.minus(account.counted));
    }
    line
}

/// `8 clips: 2 to buy for $6.72 (16 s), 6 current`
fn summary(plan: &Plan, spending: Spending) -> String {
    let wanted: Vec<(&Clip, &Wanted)> =
        plan.clips.iter().flat_map(|clip| clip.wanted.iter().map(move |wanted| (clip, wanted))).collect();
    let count = |word_is: &str| wanted.iter().filter(|(_, wanted)| word(wanted.action) == word_is).count();
    let seconds: u32 =
        wanted.iter().filter(|(_, wanted)| wanted.action == Action::Buy).map(|(clip, _)| clip.seconds).sum();
    let mut parts = Vec::new();
    match count("buy") {
        0 => parts.push("nothing to buy".to_owned()),
        number if spending == Spending::Simulated => {
            parts.push(format!("{number} to simulate for free ({seconds} s, {} at fal)", plan.total()));
        }
        number => parts.push(format!("{number} to buy for {} ({seconds} s)", plan.total())),
    }
    let others = [
        ("reuse", "current"),
        ("download", "to download"),
        ("resume", "in flight"),
        ("hold", "held"),
        ("unknown", "unknown"),
    ];
    for (action, said) in others {
        let number = count(action) + plan.strays.iter().filter(|stray| word(stray.action) == action).count();
        if number > 0 {
            parts.push(format!("{number} {said}"));
        }
    }
    let clips = wanted.len();
    format!("{clips} {}: {}", if clips == 1 { "clip" } else { "clips" }, parts.join(", "))
}
