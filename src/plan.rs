//! Shots, takes and prices to a [`Plan`]: which clips there are, and for each whether it is reused, downloaded,
//! resumed, bought or held, why, and for how much. Pure: the same input gives the same plan; nothing is bought here.

mod budget;
mod compose;
mod decide;
mod group;
mod history;
mod ledger;
mod reason;
mod select;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::address::{Address, Edition, Id, Pattern};
use crate::catalog::Model;
use crate::expand::Expanded;
use crate::request::{Fingerprint, Request};
use crate::storyboard::{Problem, Source};
use crate::take::{Nonce, Take, Takes};
use crate::usd::Usd;

pub use budget::{Admission, Budget, Over};
pub use ledger::{Account, Superseded};
pub use select::{FailedOnly, Selection};

/// How often a request that ends in a server error is bought over its life, unless asked for by name.
/// fal has then tried up to ten times for each (its queue's own retries).
pub const ATTEMPTS: usize = 2;

/// All that a plan depends on.
#[derive(Debug)]
pub struct Input<'a> {
    pub expanded: &'a [Expanded],
    /// Every take of the output folder.
    pub takes: &'a Takes,
    /// What counts as owned when shots are grouped, where that is not what `takes` owns.
    pub grouping: Option<&'a Takes>,
    /// Landed takes whose file is not there as it landed.
    pub absent: &'a BTreeSet<Nonce>,
    pub selection: &'a Selection,
    /// `--budget`: the most that one run may newly spend.
    pub cap: Option<Usd>,
    pub superseded: Superseded,
}

/// What would be done, in story order.
#[derive(Clone, Debug)]
pub struct Plan {
    pub editions: Vec<PlannedEdition>,
    pub clips: Vec<Clip>,
    /// Unfinished and unknown takes that no selected clip accounts for: followed and filed all the same.
    pub strays: Vec<Stray>,
    /// Per storyboard id: its money before anything is bought.
    pub accounts: BTreeMap<Id, Account>,
    pub cap: Option<Usd>,
    superseded: Superseded,
}

/// One storyboard in one variant and profile.
#[derive(Clone, Debug)]
pub struct PlannedEdition {
    pub edition: Edition,
    pub source: Arc<Source>,
    pub title: Option<String>,
}

/// Consecutive shots of a scene that one request buys.
#[derive(Clone, Debug)]
pub struct Clip {
    /// That of its first shot.
    pub address: Address,
    pub shots: Vec<Id>,
    pub model: Arc<Model>,
    pub request: Arc<Request>,
    pub fingerprint: Fingerprint,
    pub seconds: u32,
    /// The price of one take.
    pub usd: Usd,
    /// One entry per take wanted; empty where the command line did not select the clip.
    pub wanted: Vec<Wanted>,
}

/// One take that a clip wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// From 1.
    pub number: u32,
    pub action: Action,
    /// Why, in a user's words.
    pub reason: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Reuse(Nonce),
    /// An equal clip earlier in the plan brings it.
    Share,
    /// Bought, but its file is not here.
    Download(Nonce),
    /// Bought, and fal still has it.
    Resume(Nonce),
    /// Nobody knows whether it was bought.
    Unknown(Nonce),
    Buy,
    Hold(Held),
}

impl Action {
    /// The take of the record that it is about.
    #[must_use]
    pub fn nonce(self) -> Option<Nonce> {
        match self {
            Self::Reuse(nonce) | Self::Download(nonce) | Self::Resume(nonce) | Self::Unknown(nonce) => {
                Some(nonce)
            }
            Self::Share | Self::Buy | Self::Hold(_) => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// A cap has no room for it.
    Budget(Over),
    /// It failed in a way that the same request would repeat.
    Failed,
    /// It was bought, its file is gone, and so is fal's.
    Lost,
}

/// A take of the record that has to be settled although no selected clip asks for it.
#[derive(Clone, Debug)]
pub struct Stray {
    pub take: Take,
    pub action: Action,
    pub reason: String,
}

/// Decides.
///
/// # Errors
/// Every scene that can't be cut into legal clips.
pub fn plan(input: &Input) -> Result<Plan, Vec<Problem>> {
    let drafts = group::clips(input.expanded, input.grouping.unwrap_or(input.takes))?;
    let history = history::History::of(input.takes);
    let mut clips = decide::decide(drafts, input, &history);
    let budgets = input.expanded.iter().map(|one| (one.edition.storyboard.clone(), one.budget));
    let accounts = ledger::accounts(budgets, input.takes, &clips, input.superseded);
    decide::hold_over_budget(&mut clips, &mut Budget::new(input.cap, &accounts));
    Ok(Plan {
        editions: input.expanded.iter().map(PlannedEdition::from).collect(),
        strays: decide::strays(&clips, input.takes),
        clips,
        accounts,
        cap: input.cap,
        superseded: input.superseded,
    })
}

/// Every scene that can't be cut into legal clips, whatever is owned.
#[must_use]
pub fn problems(expanded: &[Expanded]) -> Vec<Problem> {
    group::clips(expanded, &Takes::default()).err().unwrap_or_default()
}

impl From<&Expanded> for PlannedEdition {
    fn from(expanded: &Expanded) -> Self {
        let Expanded { edition, source, title, .. } = expanded;
        Self { edition: edition.clone(), source: Arc::clone(source), title: title.clone() }
    }
}

impl Plan {
    /// What the run would newly spend, held clips not counted.
    #[must_use]
    pub fn total(&self) -> Usd {
        self.clips.iter().map(|clip| clip.usd.times(clip.count(Action::Buy))).sum()
    }

    /// The accounts as the takes stand now, after a run of this plan.
    #[must_use]
    pub fn accounts_after(&self, takes: &Takes) -> BTreeMap<Id, Account> {
        let budgets = self.accounts.iter().map(|(id, account)| (id.clone(), account.budget));
        ledger::accounts(budgets, takes, &self.clips, self.superseded)
    }

    /// How many takes are to be bought.
    #[must_use]
    pub fn purchases(&self) -> u32 {
        self.clips.iter().map(|clip| clip.count(Action::Buy)).sum()
    }
}

impl Clip {
    /// Does the pattern select it? Any of its shots stands for it.
    #[must_use]
    pub fn matches(&self, pattern: &Pattern) -> bool {
        self.candidate().matches(pattern)
    }

    fn candidate(&self) -> select::Candidate<'_> {
        select::Candidate { first: &self.address, shots: &self.shots }
    }

    /// How many of its takes are to be treated this way.
    #[must_use]
    pub fn count(&self, action: Action) -> u32 {
        let same = self.wanted.iter().filter(|wanted| wanted.action == action).count();
        u32::try_from(same).unwrap_or(u32::MAX)
    }
}
