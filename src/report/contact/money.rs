//! A storyboard's money as a bar to scale, with the same in words: spent, reserved, to buy, left against the cap.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::address::Id;
use crate::plan::{Account, Action, Clip, Plan};
use crate::usd::Usd;

#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Bar {
    /// From left to right, the shares in thousandths of the whole.
    parts: Vec<Part>,
    /// What no part of the bar shows.
    notes: Vec<String>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Part {
    kind: &'static str,
    word: &'static str,
    usd: String,
    share: u32,
}

/// Sums of one storyboard, or of several.
#[derive(Clone, Copy, Default)]
struct Sums {
    account: Account,
    to_buy: Usd,
    /// What a budget has no room for.
    held: Usd,
}

/// The accounts of the storyboards that are planned.
pub(super) fn planned(plan: &Plan) -> BTreeMap<&Id, &Account> {
    let ids = plan.editions.iter().map(|one| &one.edition.storyboard);
    ids.filter_map(|id| plan.accounts.get_key_value(id)).collect()
}

impl Bar {
    /// None of a storyboard that the plan does not have.
    pub(super) fn of(plan: &Plan, storyboard: &Id) -> Option<Self> {
        let account = plan.accounts.get(storyboard)?;
        Some(sums(plan, storyboard, account).bar())
    }

    /// Of all storyboards together. There is a cap over all only where each has one.
    pub(super) fn of_all(plan: &Plan) -> Self {
        let all = planned(plan).into_iter().map(|(id, account)| sums(plan, id, account));
        all.reduce(Sums::with).unwrap_or_default().bar()
    }
}

fn sums(plan: &Plan, storyboard: &Id, account: &Account) -> Sums {
    let own = || plan.clips.iter().filter(|clip| clip.address.edition.storyboard == *storyboard);
    let held = |clip: &Clip| {
        let over =
            clip.wanted.iter().filter(|wanted| wanted.action.may_be_bought() && wanted.action != Action::Buy);
        clip.usd.times(u32::try_from(over.count()).unwrap_or(u32::MAX))
    };
    let to_buy = own().map(|clip| clip.usd.times(clip.count(Action::Buy))).sum();
    Sums { account: *account, to_buy, held: own().map(held).sum() }
}

impl Sums {
    fn with(self, other: Self) -> Self {
        Self {
            account: self.account.with(other.account),
            to_buy: self.to_buy + other.to_buy,
            held: self.held + other.held,
        }
    }

    fn bar(self) -> Bar {
        let Account { spent, superseded, reserved, counted, budget } = self.account;
        let outdated = if self.counts_superseded() { superseded } else { Usd::ZERO };
        let left = budget.map(|budget| budget.minus(counted + self.to_buy));
        let all = [
            ("spent", "spent", spent.minus(superseded)),
            ("superseded", "superseded", outdated),
            ("reserved", "reserved", reserved),
            ("to-buy", "to buy", self.to_buy),
            ("left", "left after that", left.unwrap_or_default()),
        ];
        let whole: Usd = all.iter().map(|(_, _, usd)| *usd).sum();
        let shown = |(kind, _, usd): &(&str, &str, Usd)| {
            *kind == "spent" || *usd > Usd::ZERO || (*kind == "left" && left.is_some())
        };
        let part = |(kind, word, usd): (_, _, Usd)| Part {
            kind,
            word,
            usd: usd.to_string(),
            share: usd.thousandths(whole),
        };
        Bar { parts: all.into_iter().filter(shown).map(part).collect(), notes: self.notes() }
    }

    /// On the simulator what no clip uses any more costs nothing.
    fn counts_superseded(self) -> bool {
        self.account.counted == self.account.spent + self.account.reserved
    }

    fn notes(self) -> Vec<String> {
        let Account { superseded, counted, budget, .. } = self.account;
        let cap = match budget {
            Some(budget) => format!("budget {budget}, left {}", budget.minus(counted)),
            None => "no budget".to_owned(),
        };
        let held = (self.held > Usd::ZERO).then(|| format!("{} more has no room", self.held));
        let outdated = (superseded > Usd::ZERO && !self.counts_superseded())
            .then(|| format!("{superseded} superseded, not counted"));
        [Some(cap), held, outdated].into_iter().flatten().collect()
    }
}
