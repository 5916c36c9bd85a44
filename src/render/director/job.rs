//! What a director may start, each with all that is needed when it ends. Decides nothing.

use crate::address::Id;
use crate::request::Fingerprint;
use crate::take::{Nonce, Take};
use crate::usd::Usd;

/// Something that may be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::render) enum Job {
    /// A file that was bought and is not here.
    Download(Nonce),
    /// A purchase that fal already has.
    Resume(Resume),
    Buy(Purchase),
    /// A look in fal's history for what nobody knows of.
    Search,
}

impl Job {
    pub(in crate::render) fn fingerprint(&self) -> Option<Fingerprint> {
        match self {
            Self::Resume(resume) => Some(resume.fingerprint),
            Self::Buy(purchase) => Some(purchase.fingerprint),
            Self::Download(_) | Self::Search => None,
        }
    }

    pub(super) fn is_a_purchase(&self) -> bool {
        self.fingerprint().is_some()
    }

    /// What may be bought once more when this fails.
    pub(in crate::render) fn purchase(&self) -> Option<&Purchase> {
        match self {
            Self::Resume(resume) => resume.next.as_ref(),
            Self::Buy(purchase) => Some(purchase),
            Self::Download(_) | Self::Search => None,
        }
    }
}

/// A purchase that was begun already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::render) struct Resume {
    pub(in crate::render) nonce: Nonce,
    pub(in crate::render) fingerprint: Fingerprint,
    /// Whose account it is charged to, and how much: as the record has it, whatever the storyboards now say.
    pub(in crate::render) storyboard: Id,
    pub(in crate::render) usd: Usd,
    pub(in crate::render) charged: Charged,
    /// What to buy when it fails for free; none where no clip asks for it any more, or nobody gave leave.
    pub(in crate::render) next: Option<Purchase>,
}

/// Whose money a purchase is. It counts for its storyboard either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::render) enum Charged {
    ThisRun,
    Earlier,
}

impl Resume {
    pub(in crate::render) fn earlier(take: &Take, next: Option<Purchase>) -> Self {
        let (nonce, fingerprint, intent) = (take.nonce, take.fingerprint, &take.intent);
        let (storyboard, usd) = (intent.address.edition.storyboard.clone(), intent.usd);
        Self { nonce, fingerprint, storyboard, usd, charged: Charged::Earlier, next }
    }

    pub(super) fn begun(nonce: Nonce, purchase: &Purchase) -> Self {
        let Purchase { fingerprint, storyboard, usd, .. } = purchase.clone();
        let next = Some(purchase.clone());
        Self { nonce, fingerprint, storyboard, usd, charged: Charged::ThisRun, next }
    }
}

/// A purchase of which nobody knows whether fal has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::render) struct Orphan {
    pub(in crate::render) resume: Resume,
    pub(in crate::render) slot: Slot,
}

/// May it be under way?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::render) enum Slot {
    Kept,
    /// Not so long after it was sent.
    Free,
}

/// A take that the plan wants bought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::render) struct Purchase {
    /// Where its clip stands in the plan.
    pub(in crate::render) clip: usize,
    /// Which of the clip's wanted takes it is, from 1.
    pub(in crate::render) number: u32,
    pub(in crate::render) fingerprint: Fingerprint,
    pub(in crate::render) storyboard: Id,
    /// What is reserved for it.
    pub(in crate::render) usd: Usd,
    /// What was reserved before this run for the take that it is a further attempt at; zero for a new one.
    pub(in crate::render) earlier: Usd,
    /// How often its request may be bought from now on until one ends well, this time included; at least once.
    pub(in crate::render) attempts: usize,
}

impl Purchase {
    /// Which take it is, among all that the plan wants.
    pub(in crate::render) fn key(&self) -> (usize, u32) {
        (self.clip, self.number)
    }
}
