//! The order of the queue: who waits, who runs, and who comes next when a place is free.
//! Pure; recording and the work itself are done by others.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use uuid::Uuid;

use super::callback::Attempt;
use super::job::{Ending, Job, Outcome, Phase, Submission};
use super::journal::Entry;

#[derive(Debug)]
pub(super) struct Queue {
    jobs: BTreeMap<Uuid, Job>,
    waiting: BTreeSet<Uuid>,
    running: BTreeSet<Uuid>,
    places: usize,
}

/// What became of the wish to cancel.
#[must_use]
#[derive(Debug, PartialEq)]
pub(super) enum Cancelled {
    /// It was still waiting and has ended now.
    Removed(Ending),
    /// It runs on: these models have no way to stop.
    Asked,
    TooLate,
    Unknown,
}

impl Queue {
    /// As the journal left it: what had begun and not ended waits again.
    pub(super) fn replay(places: usize, entries: impl IntoIterator<Item = Entry>) -> Self {
        let mut queue = Self {
            jobs: BTreeMap::new(),
            waiting: BTreeSet::new(),
            running: BTreeSet::new(),
            places: places.max(1),
        };
        for entry in entries {
            match entry {
                Entry::Submitted(submission) => queue.arrive(submission),
                Entry::Ended { id, ending } => queue.end(id, ending),
                Entry::CalledBack(attempt) => queue.called_back(attempt),
            }
        }
        queue
    }

    pub(super) fn arrive(&mut self, submission: Submission) {
        let id = submission.id;
        self.waiting.insert(id);
        self.jobs.insert(id, Job { submission, phase: Phase::Waiting, called: None });
    }

    /// Begins the oldest that waits, if a place is free.
    #[must_use]
    pub(super) fn start_next(&mut self, now: Timestamp) -> Option<Submission> {
        if self.running.len() >= self.places {
            return None;
        }
        let id = self.waiting.pop_first()?;
        let job = self.jobs.get_mut(&id)?;
        job.phase = Phase::Running { since: now };
        self.running.insert(id);
        Some(job.submission.clone())
    }

    pub(super) fn end(&mut self, id: Uuid, ending: Ending) {
        self.waiting.remove(&id);
        self.running.remove(&id);
        if let Some(job) = self.jobs.get_mut(&id) {
            job.phase = Phase::Ended(ending);
        }
    }

    pub(super) fn called_back(&mut self, attempt: Attempt) {
        if let Some(job) = self.jobs.get_mut(&attempt.id) {
            job.called = Some(attempt);
        }
    }

    pub(super) fn cancel(&mut self, id: Uuid, now: Timestamp) -> Cancelled {
        match self.jobs.get(&id).map(|job| &job.phase) {
            None => Cancelled::Unknown,
            Some(Phase::Ended(_)) => Cancelled::TooLate,
            Some(Phase::Running { .. }) => Cancelled::Asked,
            Some(Phase::Waiting) => {
                let ending = Ending { at: now, started: None, outcome: Outcome::Cancelled };
                self.end(id, ending.clone());
                Cancelled::Removed(ending)
            }
        }
    }

    pub(super) fn job(&self, id: Uuid) -> Option<&Job> {
        self.jobs.get(&id)
    }

    /// In order of arrival.
    pub(super) fn jobs(&self) -> impl Iterator<Item = &Job> {
        self.jobs.values()
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// How many wait before this one.
    pub(super) fn ahead(&self, id: Uuid) -> usize {
        self.waiting.range(..id).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn submission(id: u128) -> Submission {
        let id = Uuid::from_u128(id);
        Submission {
            id,
            at: Timestamp::UNIX_EPOCH,
            endpoint: "a/b/c".to_owned(),
            tags: None,
            input: Value::Null,
            bad_end: None,
            webhook: None,
        }
    }

    fn queue(places: usize, ids: impl IntoIterator<Item = u128>) -> Queue {
        Queue::replay(places, ids.into_iter().map(|id| Entry::Submitted(submission(id))))
    }

    fn start(queue: &mut Queue) -> Option<u128> {
        queue.start_next(Timestamp::UNIX_EPOCH).map(|begun| begun.id.as_u128())
    }

    fn failed() -> Ending {
        Ending { at: Timestamp::UNIX_EPOCH, started: None, outcome: Outcome::Failed("x".to_owned()) }
    }

    #[test]
    fn no_more_run_than_there_are_places_and_the_oldest_is_next() {
        let mut queue = queue(2, [3, 1, 2]);
        assert_eq!([start(&mut queue), start(&mut queue), start(&mut queue)], [Some(1), Some(2), None]);
        queue.end(Uuid::from_u128(1), failed());
        assert_eq!([start(&mut queue), start(&mut queue)], [Some(3), None]);
    }

    #[test]
    fn the_position_counts_only_those_who_wait_before() {
        let mut queue = queue(1, 1..=4);
        assert_eq!(queue.ahead(Uuid::from_u128(4)), 3);
        assert_eq!(start(&mut queue), Some(1));
        assert_eq!(queue.ahead(Uuid::from_u128(2)), 0);
        assert_eq!(queue.ahead(Uuid::from_u128(4)), 2);
    }

    #[test]
    fn what_had_begun_before_a_restart_waits_again_and_what_had_ended_does_not() {
        let ended = Entry::Ended { id: Uuid::from_u128(1), ending: failed() };
        let entries = [1, 2].map(|id| Entry::Submitted(submission(id))).into_iter().chain([ended]);
        let mut queue = Queue::replay(1, entries);
        assert_eq!(start(&mut queue), Some(2));
        assert_eq!(queue.job(Uuid::from_u128(1)).and_then(Job::ending), Some(&failed()));
    }

    #[test]
    fn cancelling_removes_what_waits_and_only_asks_what_runs() {
        let mut queue = queue(1, [1, 2]);
        assert_eq!(start(&mut queue), Some(1));
        let mut cancel = |id| queue.cancel(Uuid::from_u128(id), Timestamp::UNIX_EPOCH);
        assert_eq!(cancel(1), Cancelled::Asked);
        assert!(matches!(cancel(2), Cancelled::Removed(_)));
        assert_eq!(cancel(2), Cancelled::TooLate);
        assert_eq!(cancel(3), Cancelled::Unknown);
        queue.end(Uuid::from_u128(1), failed());
        assert_eq!(start(&mut queue), None);
    }

    #[test]
    fn a_queue_without_places_has_one() {
        assert_eq!(start(&mut queue(0, [1])), Some(1));
    }
}
