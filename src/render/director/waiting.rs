//! The purchases still to be made, in order, and the money there is for them. Decides what may be bought next,
//! what is held, and what is bought once more after it failed. Pure; knows no slot and starts nothing.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{Charged, Job, Purchase, Resume};
use crate::plan::{Admission, Budget, Over};
use crate::request::Fingerprint;
use crate::take::{Again, Failed, FailureKind};
use crate::usd::Usd;

#[derive(Debug)]
pub(super) struct Waiting {
    /// Further attempts: what a failure frees goes to the same clip first.
    attempts: VecDeque<Purchase>,
    /// In story order.
    purchases: VecDeque<Purchase>,
    held: Vec<(Purchase, Over)>,
    /// How often each request ended in this run in a way of which only so many attempts are made.
    failures: BTreeMap<Fingerprint, usize>,
    /// Requests that would only fail again, and what was left alone for it.
    spoilt: BTreeSet<Fingerprint>,
    spoiled: Vec<Purchase>,
    budget: Budget,
}

/// What follows for a clip from a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum Verdict {
    /// It is bought again in this run.
    Again,
    /// Not in this run, though the request is not to blame.
    Later,
    /// Not until somebody asks, or the request changes.
    Final,
}

impl Waiting {
    pub(super) fn new(budget: Budget) -> Self {
        Self {
            attempts: VecDeque::new(),
            purchases: VecDeque::new(),
            held: Vec::new(),
            failures: BTreeMap::new(),
            spoilt: BTreeSet::new(),
            spoiled: Vec::new(),
            budget,
        }
    }

    pub(super) fn add(&mut self, purchases: impl IntoIterator<Item = Purchase>) {
        self.purchases.extend(purchases);
    }

    /// The next that every cap has room for, its money set aside.
    pub(super) fn next(&mut self) -> Option<Purchase> {
        while let Some(purchase) = self.attempts.pop_front().or_else(|| self.purchases.pop_front()) {
            if self.is_spoilt(&purchase) {
                self.spoiled.push(purchase);
                continue;
            }
            match self.budget.reserve_again(&purchase.storyboard, purchase.usd, purchase.earlier) {
                Admission::Reserved => return Some(purchase),
                Admission::Held(over) => self.held.push((purchase, over)),
            }
        }
        None
    }

    fn is_spoilt(&self, purchase: &Purchase) -> bool {
        let made = self.failures.get(&purchase.fingerprint).copied().unwrap_or_default();
        self.spoilt.contains(&purchase.fingerprint) || made >= purchase.attempts
    }

    /// Is there any that could be tried?
    pub(super) fn is_empty(&self) -> bool {
        self.attempts.is_empty() && self.purchases.is_empty()
    }

    /// Takes note of a failure, of the money that it frees, and of whether the clip is bought once more.
    pub(super) fn failed(&mut self, job: &Job, failed: &Failed) -> Verdict {
        let Some(fingerprint) = job.fingerprint() else { return Verdict::Later };
        self.free(job, failed);
        let verdict = match failed.again() {
            Again::WithinAttempts => self.attempt(job, fingerprint),
            again if again.blames_the_request() => Verdict::Final,
            _ => self.retry(job, failed),
        };
        if verdict == Verdict::Final {
            self.spoilt.insert(fingerprint);
        }
        if failed.is_free() {
            self.ask_again();
        }
        verdict
    }

    fn free(&mut self, job: &Job, failed: &Failed) {
        match job {
            _ if !failed.is_free() => {}
            Job::Buy(Purchase { storyboard, usd, earlier, .. }) => {
                self.budget.free_again(storyboard, *usd, *earlier);
            }
            Job::Resume(Resume { storyboard, usd, charged, next, .. }) => match charged {
                Charged::ThisRun => {
                    let earlier = next.as_ref().map_or(Usd::ZERO, |purchase| purchase.earlier);
                    self.budget.free_again(storyboard, *usd, earlier);
                }
                Charged::Earlier => self.budget.free_earlier(storyboard, *usd),
            },
            Job::Download(_) | Job::Search => {}
        }
    }

    /// Another attempt, where the request has one left.
    fn attempt(&mut self, job: &Job, fingerprint: Fingerprint) -> Verdict {
        let made = self.failures.entry(fingerprint).or_default();
        *made += 1;
        match job.purchase() {
            Some(purchase) if purchase.attempts > *made => {
                let earlier = match job {
                    Job::Resume(Resume { charged: Charged::Earlier, usd, .. }) => *usd,
                    _ => purchase.earlier,
                };
                self.attempts.push_back(Purchase { earlier, ..purchase.clone() });
                Verdict::Again
            }
            Some(_) => Verdict::Final,
            None => Verdict::Later,
        }
    }

    /// What was asked for too soon goes back to its place.
    fn retry(&mut self, job: &Job, failed: &Failed) -> Verdict {
        match job.purchase() {
            Some(purchase) if failed.kind == FailureKind::Throttled => {
                self.purchases.push_back(purchase.clone());
                Verdict::Again
            }
            _ => Verdict::Later,
        }
    }

    /// Held purchases go back to where they stood in the story, ahead of those that come after them.
    fn ask_again(&mut self) {
        for (purchase, _) in std::mem::take(&mut self.held) {
            self.purchases.push_front(purchase);
        }
        self.purchases.make_contiguous().sort_by_key(Purchase::key);
    }

    /// What was left alone because an equal one failed.
    pub(super) fn spoiled(&self) -> &[Purchase] {
        &self.spoiled
    }

    /// What no cap had room for, in story order.
    pub(super) fn held(&self) -> &[(Purchase, Over)] {
        &self.held
    }
}
