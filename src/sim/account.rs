//! The account that pays: what it holds, what was spent, and whether it is locked. Pure; every change of it is in the
//! journal, so that it is the same after a restart.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::job::Outcome;
use crate::usd::Usd;

const EXHAUSTED: &str =
    "User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing.";
const ADMIN_LOCK: &str = "User is locked. Reason: Admin lock. Please contact support@fal.ai.";

#[derive(Clone, Debug)]
pub(super) struct Account {
    /// Everything ever paid in. None is no limit.
    credit: Option<Usd>,
    lock_below: Usd,
    spent: Usd,
    lock: Lock,
}

/// What its owner, or fal, does to an account.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Change {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) top_up: Option<Usd>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) lock: Option<Lock>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) concurrency: Option<usize>,
}

/// A lock that does not come from the balance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Lock {
    #[default]
    None,
    Admin,
}

impl Account {
    /// One that opens with a balance, or has no limit, and locks below an amount or when nothing is left.
    pub(super) fn new(balance: Option<Usd>, lock_below: Usd) -> Self {
        Self { credit: balance, lock_below, spent: Usd::ZERO, lock: Lock::None }
    }

    /// Pays for what ended.
    pub(super) fn pay(&mut self, outcome: &Outcome) {
        self.spent += outcome.usd();
    }

    /// The places in the queue are not the account's to change.
    pub(super) fn change(&mut self, change: &Change) {
        if let (Some(credit), Some(paid)) = (&mut self.credit, change.top_up) {
            *credit += paid;
        }
        self.lock = change.lock.unwrap_or(self.lock);
    }

    /// Why nothing can be bought, in fal's words. None where it can.
    pub(super) fn locked(&self) -> Option<&'static str> {
        let is_exhausted = |credit| credit <= self.spent || credit < self.spent + self.lock_below;
        match self.lock {
            Lock::Admin => Some(ADMIN_LOCK),
            Lock::None => self.credit.is_some_and(is_exhausted).then_some(EXHAUSTED),
        }
    }

    pub(super) fn lock(&self) -> Lock {
        self.lock
    }

    pub(super) fn lock_below(&self) -> Usd {
        self.lock_below
    }

    pub(super) fn spent(&self) -> Usd {
        self.spent
    }

    /// What is left in dollars as a plain decimal, negative where more was spent than there was. None is no limit.
    pub(super) fn balance(&self) -> Option<String> {
        let credit = self.credit?;
        let (left, owed) = (credit.minus(self.spent), self.spent.minus(credit));
        let mut text = if owed > Usd::ZERO { "-".to_owned() } else { String::new() };
        let _ = text.write_str(&left.max(owed).decimal());
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(text: &str) -> Usd {
        text.parse().unwrap()
    }

    fn video(price: &str) -> Outcome {
        Outcome::Filmed { bytes: 1, seconds: 1, usd: usd(price), blake3: None }
    }

    #[test]
    fn an_account_locks_when_its_balance_is_below_the_threshold_or_gone() {
        for (lock_below, price, locked) in [
            ("0", "9.99", false),
            ("0", "10", true),
            ("0", "11", true),
            ("1", "9", false),
            ("1", "9.01", true),
        ] {
            let mut account = Account::new(Some(usd("10")), usd(lock_below));
            account.pay(&video(price));
            assert_eq!(account.locked().is_some(), locked, "{lock_below} {price}");
        }
        assert_eq!(Account::new(None, usd("1")).locked(), None);
    }

    #[test]
    fn a_balance_may_fall_below_nothing_and_is_topped_up_from_there() {
        let mut account = Account::new(Some(usd("1")), Usd::ZERO);
        account.pay(&video("1.26"));
        assert_eq!(account.balance().as_deref(), Some("-0.26"));
        account.change(&Change { top_up: Some(usd("5")), ..Change::default() });
        assert_eq!((account.balance().as_deref(), account.locked()), (Some("4.74"), None));
    }

    #[test]
    fn an_admins_lock_holds_whatever_the_balance() {
        let mut account = Account::new(None, Usd::ZERO);
        account.change(&Change { lock: Some(Lock::Admin), ..Change::default() });
        assert_eq!(account.locked(), Some(ADMIN_LOCK));
        account.change(&Change { lock: Some(Lock::None), ..Change::default() });
        assert_eq!(account.locked(), None);
    }
}
