//! Shots, takes and prices to a [`Plan`]: which clips there are, and for each whether it is reused, downloaded,
//! resumed, bought or held, why, and for how much. Pure: the same input gives the same plan; nothing is bought here.

mod budget;
mod compose;
mod decide;
mod group;
mod history;
mod hold;
mod ledger;
mod reason;
mod select;
#[cfg(test)]
pub(crate) mod testing;
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

pub use budget::{Admission, Budget, Over, RunCap};
pub use history::{Past, pasts};
pub use ledger::{Account, Superseded};
pub use reason::{Clause, Piece, compare, compare_lines, difference};
pub use select::{FailedOnly, Selection};

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
    /// How often a request that ends in a server error is bought over its life, unless asked for by name.
    pub attempts: usize,
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
    /// What it is wanted for; [`Wanted::clauses`] says why it is held.
    reason: Vec<Clause>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Reuse(Nonce),
    /// An equal clip earlier in the plan stands for it.
    Share(Shared),
    /// Bought, but its file is not here.
    Download(Nonce),
    /// Bought, and fal still has it.
    Resume(Nonce),
    /// Nobody knows whether it was bought.
    Unknown(Nonce),
    Buy,
    Hold(Held),
}

/// What becomes of the clip that stands for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shared {
    Coming,
    Held,
}

impl Action {
    /// May a run buy it? What a cap holds now may have room once money comes back.
    #[must_use]
    pub fn may_be_bought(self) -> bool {
        matches!(self, Self::Buy | Self::Hold(Held::Budget(_)))
    }

    /// Is it there, or as good as?
    #[must_use]
    pub fn is_current(self) -> bool {
        matches!(self, Self::Reuse(_) | Self::Share(Shared::Coming))
    }

    /// The take of the record that it is about.
    #[must_use]
    pub fn nonce(self) -> Option<Nonce> {
        match self {
            Self::Reuse(nonce) | Self::Download(nonce) | Self::Resume(nonce) | Self::Unknown(nonce) => {
                Some(nonce)
            }
            Self::Share(_) | Self::Buy | Self::Hold(_) => None,
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
    let mut clips = decide::decide(&drafts, input, &history);
    let budgets = input.expanded.iter().map(|one| (one.edition.storyboard.clone(), one.budget));
    let accounts = ledger::accounts(budgets, input.takes, &clips, input.superseded);
    hold::over_budget(&mut clips, Budget::new(input.cap.into(), &accounts));
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

impl Wanted {
    /// Why it is bought, reused or held, in a user's words.
    #[must_use]
    pub fn words(&self) -> String {
        self.clauses().iter().map(Clause::words).collect::<Vec<_>>().join(", ")
    }

    /// The same, reason by reason.
    #[must_use]
    pub fn clauses(&self) -> Vec<Clause> {
        match self.action {
            Action::Hold(Held::Budget(over)) => vec![over.words().into()],
            _ => self.reason.clone(),
        }
    }
}

impl Plan {
    /// What is to be done with every take wanted, and with every stray.
    pub fn actions(&self) -> impl Iterator<Item = Action> {
        let wanted = self.clips.iter().flat_map(|clip| clip.wanted.iter().map(|wanted| wanted.action));
        wanted.chain(self.strays.iter().map(|stray| stray.action))
    }

    /// The clips of which a run may buy takes.
    pub fn buyable(&self) -> impl Iterator<Item = &Clip> {
        self.clips.iter().filter(|clip| clip.wanted.iter().any(|wanted| wanted.action.may_be_bought()))
    }

    /// The clips of each edition, in story order.
    pub fn films(&self) -> impl Iterator<Item = (&PlannedEdition, &[Clip])> {
        let mut clips =
            self.clips.chunk_by(|one, other| one.address.edition == other.address.edition).peekable();
        self.editions.iter().map(move |edition| {
            let own = clips.next_if(|clips| clips[0].address.edition == edition.edition);
            (edition, own.unwrap_or_default())
        })
    }

    /// The same plan at other prices for a take, held to its caps anew.
    #[must_use]
    pub fn repriced(mut self, price: impl Fn(&Clip) -> Usd) -> Self {
        for clip in &mut self.clips {
            clip.usd = price(clip);
        }
        hold::over_budget(&mut self.clips, Budget::new(self.cap.into(), &self.accounts));
        self
    }

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
