//! All takes that are known, found by purchase, by request and in the order they were bought.
//! Knows no file, and decides nothing about what to buy.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Again, Contradiction, Facts, Nonce, Take};
use crate::request::Fingerprint;

/// What a line did to the takes that are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joined {
    /// It belongs to a take.
    Take,
    /// It tells of a purchase whose intent is not known (yet), and was left out.
    NoIntent,
}

/// The takes of one output folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Takes {
    known: BTreeMap<Nonce, Take>,
    ranked: BTreeSet<(Timestamp, Nonce)>,
    by_request: BTreeMap<Fingerprint, BTreeSet<(Timestamp, Nonce)>>,
}

impl Takes {
    #[must_use]
    pub fn get(&self, nonce: Nonce) -> Option<&Take> {
        self.known.get(&nonce)
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.known.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// All of them in rank order: time of intent, then nonce.
    #[must_use]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Take> {
        self.ranked.iter().filter_map(|(_, nonce)| self.get(*nonce))
    }

    /// Those of one request, in rank order; the first is take 1.
    #[must_use]
    pub fn of(&self, fingerprint: Fingerprint) -> impl DoubleEndedIterator<Item = &Take> {
        let ranks = self.by_request.get(&fingerprint).into_iter().flatten();
        ranks.filter_map(|(_, nonce)| self.get(*nonce))
    }

    /// How often a request has been bought for nothing: it ended in a way of which only so many attempts are made.
    #[must_use]
    pub fn attempts(&self, fingerprint: Fingerprint) -> usize {
        let failed = self.of(fingerprint).filter_map(Take::failure);
        failed.filter(|failed| failed.kind.trouble().again() == Again::WithinAttempts).count()
    }

    /// Those that fal has and whose file is still to come, in rank order.
    #[must_use]
    pub fn unfinished(&self) -> impl DoubleEndedIterator<Item = &Take> {
        self.iter().filter(|take| take.is_unfinished())
    }

    /// Those of which nobody knows whether they were bought, in rank order.
    #[must_use]
    pub fn unknown(&self) -> impl DoubleEndedIterator<Item = &Take> {
        self.iter().filter(|take| take.is_unknown())
    }

    /// The first whose receipt it is.
    #[must_use]
    pub fn with_request(&self, request_id: &str) -> Option<&Take> {
        self.iter().find(|take| take.request_id() == Some(request_id))
    }

    /// All receipts.
    #[must_use]
    pub fn request_ids(&self) -> BTreeSet<&str> {
        self.known.values().filter_map(Take::request_id).collect()
    }

    /// The first take that was bought from another queue than this one.
    #[must_use]
    pub fn foreign(&self, origin: &str) -> Option<&Take> {
        self.iter().find(|take| take.intent.origin != origin)
    }

    /// Adds what a line knows.
    ///
    /// # Errors
    /// The line contradicts what is known of its take; nothing was added then.
    pub fn join(&mut self, line: Facts) -> Result<Joined, Contradiction> {
        let known = self.known.get(&line.nonce).cloned();
        let mut facts = known.map_or_else(|| Facts::of(line.nonce), Facts::from);
        facts.join(line)?;
        let Some(take) = facts.into_take() else { return Ok(Joined::NoIntent) };
        self.insert(take);
        Ok(Joined::Take)
    }

    /// A take's rank and request never change, so the indexes only grow.
    fn insert(&mut self, take: Take) {
        self.ranked.insert(take.rank());
        self.by_request.entry(take.fingerprint).or_default().insert(take.rank());
        self.known.insert(take.nonce, take);
    }
}

impl FromIterator<Take> for Takes {
    fn from_iter<I: IntoIterator<Item = Take>>(all: I) -> Self {
        let mut takes = Self::default();
        all.into_iter().for_each(|take| takes.insert(take));
        takes
    }
}
