//! What was charged, as the takes of an output folder say. Decides nothing about what to buy.

use std::collections::{BTreeMap, BTreeSet};

use super::Clip;
use crate::address::Id;
use crate::request::Fingerprint;
use crate::take::{Charge, Take, Takes};
use crate::usd::Usd;

/// Do takes that no clip uses any more count against a storyboard's budget?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Superseded {
    Count,
    /// In the simulator, where they cost nothing.
    Free,
}

/// A storyboard's money in one output folder, over all its variants and profiles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// For landed takes and for failures that fal may bill.
    pub spent: Usd,
    /// The part of `spent` that no clip of the plan uses; zero for a storyboard that is not planned.
    pub superseded: Usd,
    /// For unfinished and unknown takes.
    pub reserved: Usd,
    /// What counts against the budget: spent and reserved, superseded or not.
    pub counted: Usd,
    pub budget: Option<Usd>,
}

/// One account for each storyboard that is planned, with its budget, or was ever charged.
pub(super) fn accounts(
    budgets: impl Iterator<Item = (Id, Option<Usd>)>,
    takes: &Takes,
    clips: &[Clip],
    superseded: Superseded,
) -> BTreeMap<Id, Account> {
    let in_use: BTreeSet<Fingerprint> = clips.iter().map(|clip| clip.fingerprint).collect();
    let mut accounts: BTreeMap<Id, Account> =
        budgets.map(|(id, budget)| (id, Account { budget, ..Account::default() })).collect();
    let planned: BTreeSet<Id> = accounts.keys().cloned().collect();
    for take in takes.iter() {
        let storyboard = &take.intent.address.edition.storyboard;
        // Of a storyboard that is not planned nobody knows what is still in use.
        let is_used = in_use.contains(&take.fingerprint) || !planned.contains(storyboard);
        accounts.entry(storyboard.clone()).or_default().charge(take, is_used, superseded);
    }
    accounts
}

impl Account {
    /// Of both together. There is a budget over both only where each has one.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            spent: self.spent + other.spent,
            superseded: self.superseded + other.superseded,
            reserved: self.reserved + other.reserved,
            counted: self.counted + other.counted,
            budget: self.budget.zip(other.budget).map(|(one, two)| one + two),
        }
    }

    fn charge(&mut self, take: &Take, is_used: bool, superseded: Superseded) {
        let usd = take.charge().usd();
        match take.charge() {
            Charge::Free => return,
            Charge::Reserved(_) => self.reserved += usd,
            Charge::MaybeBilled(_) | Charge::Spent(_) => self.spent += usd,
        }
        let is_settled = !matches!(take.charge(), Charge::Reserved(_));
        if !is_used && is_settled {
            self.superseded += usd;
        }
        if is_used || superseded == Superseded::Count {
            self.counted += usd;
        }
    }
}
