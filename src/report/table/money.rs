//! A plan's money: each storyboard's account, and one line with what the whole plan comes to.

use std::fmt::Write as _;

use super::{Spending, word};
use crate::address::Id;
use crate::plan::{Account, Action, Clip, Plan, Shared, Wanted};
use crate::report::style::{Look, Style};
use crate::report::wrap::{Indent, Prose};
use crate::usd::Usd;

/// Of the storyboards that are planned.
pub(super) fn write_accounts(out: &mut String, plan: &Plan, look: Look) {
    let shown: Vec<_> = accounts(plan).collect();
    for (id, account) in &shown {
        let mut line = Prose::default();
        line.add(Some(Style::Dim), &account_line(id, account));
        let _ = writeln!(out, "{}", line.lines(look, Indent { taken: 0, rest: 2 }));
    }
    if !shown.is_empty() {
        out.push('\n');
    }
}

/// Of the storyboards that are planned, those with a budget or with money in them.
pub(in crate::report) fn accounts(plan: &Plan) -> impl Iterator<Item = (&Id, &Account)> {
    let is_planned = |id: &Id| plan.editions.iter().any(|edition| edition.edition.storyboard == *id);
    let shown = move |id: &Id, account: &Account| is_planned(id) && *account != Account::default();
    plan.accounts.iter().filter(move |(id, account)| shown(id, account))
}

/// `neon-harbor: spent $4.62, reserved $2.10, budget $25.00, left $18.28`
#[must_use]
pub fn account_line(id: &Id, account: &Account) -> String {
    let mut line = format!("{id}: spent {}", spent(account));
    if account.reserved > Usd::ZERO {
        let _ = write!(line, ", reserved {}", account.reserved);
    }
    if let Some(budget) = account.budget {
        let _ = write!(line, ", budget {budget}, left {}", budget.minus(account.counted));
    }
    line
}

/// `$4.62 ($2.10 superseded, not counted here)`
pub(in crate::report) fn spent(account: &Account) -> String {
    if account.superseded == Usd::ZERO {
        return account.spent.to_string();
    }
    let counts = account.counted == account.spent + account.reserved;
    let note = if counts { "" } else { ", not counted here" };
    format!("{} ({} superseded{note})", account.spent, account.superseded)
}

/// `8 clips: 2 to buy for $6.72 (16 s), 5 current, 1 shared`
#[must_use]
pub fn summary(plan: &Plan, spending: Spending) -> String {
    let wanted: Vec<(&Clip, &Wanted)> =
        plan.clips.iter().flat_map(|clip| clip.wanted.iter().map(move |wanted| (clip, wanted))).collect();
    let count = |called: &str| wanted.iter().filter(|(_, wanted)| counted(wanted.action) == called).count();
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
    for (action, said) in OTHERS {
        let strays = plan.strays.iter().filter(|stray| counted(stray.action) == action);
        let number = count(action) + strays.count();
        if number > 0 {
            parts.push(format!("{number} {said}"));
        }
    }
    let clips = wanted.len();
    format!("{clips} {}: {}", if clips == 1 { "clip" } else { "clips" }, parts.join(", "))
}

/// What is still to come is not called current, though nothing is bought for it.
fn counted(action: Action) -> &'static str {
    if action == Action::Share(Shared::Coming) { "share" } else { word(action) }
}

/// What is not bought, and what the last line calls it.
const OTHERS: [(&str, &str); 6] = [
    ("reuse", "current"),
    ("share", "shared"),
    ("download", "to download"),
    ("resume", "in flight"),
    ("hold", "held"),
    ("unknown", "unknown"),
];
