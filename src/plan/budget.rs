//! Whether the next purchase fits: one cap for the run, one for each storyboard that sets a budget.
//! A pure account; it starts nothing and knows no clip.

use std::collections::BTreeMap;

use super::ledger::Account;
use crate::address::Id;
use crate::usd::Usd;

/// Room under every cap. `spent + reserved + next` never exceeds one.
#[derive(Clone, Debug)]
pub struct Budget {
    run_cap: RunCap,
    run: Cap,
    storyboards: BTreeMap<Id, Cap>,
}

#[derive(Clone, Debug)]
struct Cap {
    limit: Option<Usd>,
    used: Usd,
    /// Once a purchase had no room, no later and cheaper one may take it.
    closed: bool,
}

/// May this purchase be made? Where it may, its money is set aside already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Admission {
    Reserved,
    Held(Over),
}

/// Which cap has no room, and by how much the purchase exceeds it.
/// Zero where it would fit, but an earlier clip is held and comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    Storyboard(Usd),
    /// `--budget`.
    Run(Usd),
    /// What the user was shown, where that is the cap.
    Shown(Usd),
}

/// The most that one run may newly spend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunCap {
    None,
    /// `--budget`.
    Asked(Usd),
    /// The total of the plan as it was shown.
    Shown(Usd),
}

impl RunCap {
    fn limit(self) -> Option<Usd> {
        match self {
            Self::None => None,
            Self::Asked(usd) | Self::Shown(usd) => Some(usd),
        }
    }

    fn over(self, usd: Usd) -> Over {
        match self {
            Self::Shown(_) => Over::Shown(usd),
            Self::None | Self::Asked(_) => Over::Run(usd),
        }
    }
}

impl From<Option<Usd>> for RunCap {
    fn from(asked: Option<Usd>) -> Self {
        asked.map_or(Self::None, Self::Asked)
    }
}

impl Over {
    /// `over the storyboard's budget by $2.10`.
    #[must_use]
    pub fn words(self) -> String {
        let (whose, usd) = match self {
            Self::Storyboard(usd) => ("the storyboard's budget", usd),
            Self::Run(usd) => ("`--budget`", usd),
            Self::Shown(usd) => ("the total that was shown", usd),
        };
        match usd {
            Usd::ZERO => format!("an earlier clip is over {whose}"),
            usd => format!("over {whose} by {usd}"),
        }
    }
}

impl Budget {
    /// `run`: the most that this run may newly spend; `accounts`: what each storyboard has used already.
    #[must_use]
    pub fn new(run_cap: RunCap, accounts: &BTreeMap<Id, Account>) -> Self {
        let storyboards = accounts.iter().map(|(id, account)| (id.clone(), Cap::of(account))).collect();
        let run = Cap { limit: run_cap.limit(), used: Usd::ZERO, closed: false };
        Self { run_cap, run, storyboards }
    }

    /// Sets the price aside under every cap that applies, or under none.
    pub fn reserve(&mut self, storyboard: &Id, usd: Usd) -> Admission {
        let own = self.storyboards.get_mut(storyboard);
        let own_over = own.as_ref().and_then(|cap| cap.over(usd));
        match (own_over, self.run.over(usd), own) {
            (Some(over), _, Some(own)) => {
                own.closed = true;
                Admission::Held(Over::Storyboard(over))
            }
            (_, Some(over), _) => {
                self.run.closed = true;
                Admission::Held(self.run_cap.over(over))
            }
            (_, None, own) => {
                self.run.used += usd;
                if let Some(cap) = own {
                    cap.used += usd;
                }
                Admission::Reserved
            }
        }
    }

    /// Gives back what a purchase that certainly costs nothing had set aside, and lets held clips ask again.
    pub fn free(&mut self, storyboard: &Id, usd: Usd) {
        self.run.free(usd);
        self.storyboards.get_mut(storyboard).into_iter().for_each(|cap| cap.free(usd));
    }

    /// Gives back money that was set aside before this run began.
    pub fn free_earlier(&mut self, storyboard: &Id, usd: Usd) {
        self.run.closed = false;
        if let Some(cap) = self.storyboards.get_mut(storyboard) {
            cap.free(usd);
        }
    }

    /// The same for a further attempt at what was reserved for `earlier` before this run: where the cap is what the user
    /// was shown, that was shown as well, for this attempt alone. `--budget` is for new purchases, and stays as it is.
    pub fn reserve_again(&mut self, storyboard: &Id, usd: Usd, earlier: Usd) -> Admission {
        self.widen(earlier);
        let admission = self.reserve(storyboard, usd);
        if admission != Admission::Reserved {
            self.narrow(earlier);
        }
        admission
    }

    /// Gives back what a further attempt had set aside, and the room that was made for it.
    pub fn free_again(&mut self, storyboard: &Id, usd: Usd, earlier: Usd) {
        self.narrow(earlier);
        self.free(storyboard, usd);
    }

    fn widen(&mut self, usd: Usd) {
        if let (RunCap::Shown(_), Some(limit)) = (self.run_cap, &mut self.run.limit) {
            *limit += usd;
        }
    }

    fn narrow(&mut self, usd: Usd) {
        if let (RunCap::Shown(_), Some(limit)) = (self.run_cap, &mut self.run.limit) {
            *limit = limit.minus(usd);
        }
    }

    /// What this run has set aside or spent.
    #[must_use]
    pub fn used(&self) -> Usd {
        self.run.used
    }
}

impl Cap {
    fn of(account: &Account) -> Self {
        Self { limit: account.budget, used: account.counted, closed: false }
    }

    /// By how much `usd` more would exceed the cap; none where it fits.
    fn over(&self, usd: Usd) -> Option<Usd> {
        let limit = self.limit?;
        let total = self.used + usd;
        (self.closed || total > limit).then(|| total.minus(limit))
    }

    fn free(&mut self, usd: Usd) {
        self.used = self.used.minus(usd);
        self.closed = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn usd(text: &str) -> Usd {
        text.parse().unwrap()
    }

    fn id(text: &str) -> Id {
        text.parse().unwrap()
    }

    fn budget(run: Option<&str>, storyboards: &[(&str, &str, &str)]) -> Budget {
        let account = |(name, counted, limit): &(&str, &str, &str)| {
            (id(name), Account { counted: usd(counted), budget: Some(usd(limit)), ..Account::default() })
        };
        Budget::new(run.map(usd).into(), &storyboards.iter().map(account).collect())
    }

    #[test]
    fn a_cap_of_exactly_k_clips_admits_exactly_k() {
        let mut budget = budget(Some("12.60"), &[]);
        let admitted = (0..5).filter(|_| budget.reserve(&id("a"), usd("6.30")) == Admission::Reserved);
        assert_eq!(admitted.count(), 2);
        assert_eq!(budget.used(), usd("12.60"));
    }

    #[test]
    fn what_was_charged_before_counts_against_the_storyboards_budget() {
        let mut budget = budget(None, &[("a", "4.20", "6.30")]);
        assert_eq!(budget.reserve(&id("a"), usd("4.20")), Admission::Held(Over::Storyboard(usd("2.10"))));
        assert_eq!(budget.reserve(&id("b"), usd("99")), Admission::Reserved);
    }

    #[test]
    fn a_held_clip_holds_later_and_cheaper_ones_of_the_same_cap() {
        let mut budget = budget(None, &[("a", "0", "5"), ("b", "0", "5")]);
        assert_eq!(budget.reserve(&id("a"), usd("6")), Admission::Held(Over::Storyboard(usd("1"))));
        assert_eq!(budget.reserve(&id("a"), usd("1")), Admission::Held(Over::Storyboard(Usd::ZERO)));
        assert_eq!(budget.reserve(&id("b"), usd("1")), Admission::Reserved);
    }

    #[test]
    fn freed_money_lets_held_clips_ask_again() {
        let mut budget = budget(Some("5"), &[]);
        assert_eq!(budget.reserve(&id("a"), usd("5")), Admission::Reserved);
        assert_eq!(budget.reserve(&id("a"), usd("5")), Admission::Held(Over::Run(usd("5"))));
        budget.free(&id("a"), usd("5"));
        assert_eq!(budget.reserve(&id("a"), usd("5")), Admission::Reserved);
    }

    proptest! {
        #[test]
        fn no_order_of_purchases_exceeds_a_cap(steps in prop::collection::vec((0..2_usize, 1..900_u32, any::<bool>()), 0..60)) {
            let ids = [id("a"), id("b")];
            let limit = Usd::from_micros(2_000);
            let mut budget = budget(Some("0.003"), &[("a", "0", "0.002"), ("b", "0", "0.002")]);
            let mut used = [Usd::ZERO; 2];
            for (who, price, fails) in steps {
                let price = Usd::from_micros(price);
                if budget.reserve(&ids[who], price) == Admission::Reserved {
                    used[who] += price;
                    if fails {
                        budget.free(&ids[who], price);
                        used[who] = used[who].minus(price);
                    }
                }
                prop_assert!(used[0] <= limit && used[1] <= limit && used[0] + used[1] <= Usd::from_micros(3_000));
                prop_assert_eq!(budget.used(), used[0] + used[1]);
            }
        }
    }
}
