//! The plan as text that reads well at 80 columns. Decides nothing; the plan did.

use std::fmt::Write as _;

use super::style::{Paint, Style};
use crate::address::Id;
use crate::plan::{Account, Action, Clip, Plan, PlannedEdition, Wanted};
use crate::usd::Usd;

/// The whole plan: every selected clip under its storyboard, then the money.
#[must_use]
pub fn plan(plan: &Plan, paint: Paint) -> String {
    let mut out = String::new();
    for edition in &plan.editions {
        let clips: Vec<&Clip> =
            plan.clips.iter().filter(|clip| clip.address.edition == edition.edition).collect();
        if clips.iter().any(|clip| !clip.wanted.is_empty()) {
            write_edition(&mut out, edition, &clips, paint);
        }
    }
    write_strays(&mut out, plan, paint);
    write_accounts(&mut out, plan, paint);
    let _ = writeln!(out, "{}", paint.style(Style::Strong, &summary(plan)));
    out
}

fn write_edition(out: &mut String, edition: &PlannedEdition, clips: &[&Clip], paint: Paint) {
    let title = edition.title.as_ref().map(|title| format!("  {title}")).unwrap_or_default();
    let heading = paint.style(Style::Strong, &edition.edition.to_string());
    let _ = writeln!(out, "{heading}{title}  {}", paint.style(Style::Dim, &edition.source.name));
    for clip in clips {
        clip.wanted.iter().for_each(|wanted| write_wanted(out, clip, wanted, paint));
    }
    out.push('\n');
}

fn write_wanted(out: &mut String, clip: &Clip, wanted: &Wanted, paint: Paint) {
    let verb = format!("{:<8}", word(wanted.action));
    let price = if costs(wanted.action) { clip.usd.to_string() } else { String::new() };
    let take = if wanted.number > 1 { format!(" take {}", wanted.number) } else { String::new() };
    let name = format!("{}{take}", name(clip));
    let line = format!("{name:<38} {:>3} s {price:>8}", clip.seconds);
    let _ = writeln!(out, "  {} {line}  {}", paint.style(style(wanted.action), &verb), wanted.reason);
}

/// A clip within its storyboard: its scene, its first shot and how many follow.
fn name(clip: &Clip) -> String {
    let first = clip.address.shot.as_ref().map(|shot| format!("/{shot}")).unwrap_or_default();
    let more = if clip.shots.len() > 1 { format!(" +{}", clip.shots.len() - 1) } else { String::new() };
    format!("{}{first}{more}", clip.address.scene)
}

/// As the machine output spells it.
#[must_use]
pub fn word(action: Action) -> &'static str {
    match action {
        Action::Reuse(_) | Action::Share => "reuse",
        Action::Download(_) => "download",
        Action::Resume(_) => "resume",
        Action::Unknown(_) => "unknown",
        Action::Buy => "buy",
        Action::Hold(_) => "hold",
    }
}

fn style(action: Action) -> Style {
    match action {
        Action::Buy => Style::Good,
        Action::Hold(_) | Action::Unknown(_) => Style::Warn,
        Action::Download(_) | Action::Resume(_) => Style::Info,
        Action::Reuse(_) | Action::Share => Style::Dim,
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

fn write_accounts(out: &mut String, plan: &Plan, paint: Paint) {
    let shown: Vec<_> = plan.accounts.iter().filter(|(_, account)| **account != Account::default()).collect();
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
        let _ = write!(line, " ({} of it on clips no longer used)", account.superseded);
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
#[must_use]
pub fn summary(plan: &Plan) -> String {
    let wanted: Vec<(&Clip, &Wanted)> =
        plan.clips.iter().flat_map(|clip| clip.wanted.iter().map(move |wanted| (clip, wanted))).collect();
    let count = |word_is: &str| wanted.iter().filter(|(_, wanted)| word(wanted.action) == word_is).count();
    let seconds: u32 =
        wanted.iter().filter(|(_, wanted)| wanted.action == Action::Buy).map(|(clip, _)| clip.seconds).sum();
    let mut parts = Vec::new();
    match count("buy") {
        0 => parts.push("nothing to buy".to_owned()),
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
