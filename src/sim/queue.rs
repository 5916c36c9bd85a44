//! The order of the queue: who waits, who runs, and who comes next when a place is free.
//! Pure; recording and the work itself are done by others.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use uuid::Uuid;

use super::callback::Attempt;
use super::job::{Ending, Filed, Job, Outcome, Payloads, Phase};
use line::Line;

mod line;

#[derive(Debug)]
pub(super) struct Queue {
    /// Boxed, since a map that is filled in order is half empty.
    jobs: BTreeMap<Uuid, Box<Job>>,
    waiting: Line,
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
    /// An empty one, with at least one place.
    pub(super) fn new(places: usize) -> Self {
        let (jobs, waiting, running) = (BTreeMap::new(), Line::default(), BTreeSet::new());
        Self { jobs, waiting, running, places: places.max(1) }
    }

    pub(super) fn places(&self) -> usize {
        self.places
    }

    /// What runs beyond the places runs on.
    pub(super) fn set_places(&mut self, places: usize) {
        self.places = places.max(1);
    }

    pub(super) fn arrive(&mut self, submission: Filed) {
        self.waiting.join(submission.id, submission.wishes.priority);
        self.put(submission, Phase::Waiting);
    }

    /// Keeps one that waits from beginning, free places or not.
    pub(super) fn hold(&mut self, id: Uuid) {
        self.waiting.hold(id);
    }

    /// Lets it begin when it is its turn.
    pub(super) fn free(&mut self, id: Uuid) {
        self.waiting.free(id);
    }

    /// Takes a place for one that doesn't wait. False where none is free.
    #[must_use]
    pub(super) fn reserve(&mut self, id: Uuid) -> bool {
        self.running.len() < self.places && self.running.insert(id)
    }

    /// Gives back a place in which nothing was begun.
    pub(super) fn release(&mut self, id: Uuid) {
        self.running.remove(&id);
    }

    /// Begins at once what has reserved a place.
    pub(super) fn begin(&mut self, submission: Filed, now: Timestamp) {
        self.running.insert(submission.id);
        self.put(submission, Phase::Running { since: now });
    }

    fn put(&mut self, submission: Filed, phase: Phase) {
        let job = Job { submission, phase, payloads: Payloads::Kept, called: None };
        self.jobs.insert(job.submission.id, Box::new(job));
    }

    /// Begins whoever is first in line, if a place is free.
    #[must_use]
    pub(super) fn start_next(&mut self, now: Timestamp) -> Option<Uuid> {
        if self.running.len() >= self.places {
            return None;
        }
        let id = self.waiting.next()?;
        self.jobs.get_mut(&id)?.phase = Phase::Running { since: now };
        self.running.insert(id);
        Some(id)
    }

    pub(super) fn end(&mut self, id: Uuid, ending: Ending) {
        self.waiting.leave(id);
        self.running.remove(&id);
        if let Some(job) = self.jobs.get_mut(&id) {
            job.phase = Phase::Ended(ending);
        }
    }

    pub(super) fn called_back(&mut self, attempt: Attempt) {
        if let Some(job) = self.jobs.get_mut(&attempt.id) {
            job.called = Some(Box::new(attempt));
        }
    }

    pub(super) fn cancel(&mut self, id: Uuid, now: Timestamp) -> Cancelled {
        match self.jobs.get(&id).map(|job| &job.phase) {
            None => Cancelled::Unknown,
            Some(Phase::Ended(_)) => Cancelled::TooLate,
            Some(Phase::Running { .. }) => Cancelled::Asked,
            Some(Phase::Waiting) => Cancelled::Removed(self.end_unstarted(id, now, Outcome::Cancelled)),
        }
    }

    /// Undoes a [`Cancelled::Removed`] that could not be recorded.
    pub(super) fn wait_again(&mut self, id: Uuid) {
        if let Some(job) = self.jobs.get_mut(&id) {
            job.phase = Phase::Waiting;
            self.waiting.join(id, job.submission.wishes.priority);
        }
    }

    /// Ends what has not started by its client's deadline. None where it has.
    #[must_use]
    pub(super) fn expire(&mut self, id: Uuid, now: Timestamp) -> Option<Ending> {
        let waits = self.jobs.get(&id).is_some_and(|job| job.phase == Phase::Waiting);
        waits.then(|| self.end_unstarted(id, now, Outcome::Expired))
    }

    fn end_unstarted(&mut self, id: Uuid, at: Timestamp, outcome: Outcome) -> Ending {
        let ending = Ending { at, started: None, outcome };
        self.end(id, ending.clone());
        ending
    }

    pub(super) fn delete_payloads(&mut self, id: Uuid) {
        if let Some(job) = self.jobs.get_mut(&id) {
            job.payloads = Payloads::Deleted;
        }
    }

    pub(super) fn job(&self, id: Uuid) -> Option<&Job> {
        self.jobs.get(&id).map(Box::as_ref)
    }

    /// In order of arrival.
    pub(super) fn jobs(&self) -> impl DoubleEndedIterator<Item = &Job> {
        self.jobs.values().map(Box::as_ref)
    }

    /// How many requests of this endpoint wait.
    pub(super) fn waiting(&self, endpoint: &str) -> usize {
        let waiting = self.waiting.ids().filter_map(|id| self.jobs.get(&id));
        waiting.filter(|job| job.submission.endpoint == endpoint).count()
    }

    /// How many wait before this one.
    pub(super) fn ahead(&self, id: Uuid) -> usize {
        self.waiting.ahead(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::job::Place;
    use crate::sim::job::payload;
    use crate::sim::wishes::{Priority, Wishes};
    use serde_json::Value;

    fn filed(id: u128, priority: Priority) -> Filed {
        let endpoint = "a/b/c".to_owned();
        let payload = payload(&endpoint, &Value::Null);
        let wishes = Wishes { priority, ..Wishes::default() };
        let (id, at) = (Uuid::from_u128(id), Timestamp::UNIX_EPOCH);
        Filed { id, at, endpoint, payload, webhook: None, wishes, place: Place::default() }
    }

    fn queue(places: usize, ids: impl IntoIterator<Item = u128>) -> Queue {
        let mut queue = Queue::new(places);
        for id in ids {
            queue.arrive(filed(id, Priority::Normal));
        }
        queue
    }

    fn start(queue: &mut Queue) -> Option<u128> {
        queue.start_next(Timestamp::UNIX_EPOCH).map(|begun| begun.as_u128())
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
    fn the_low_wait_until_nobody_normal_does() {
        let mut queue = queue(1, [2, 4]);
        for id in [1, 3] {
            queue.arrive(filed(id, Priority::Low));
        }
        assert_eq!([1, 2, 3, 4].map(|id| queue.ahead(Uuid::from_u128(id))), [2, 0, 3, 1]);
        for expected in [2, 4, 1, 3] {
            assert_eq!(start(&mut queue), Some(expected));
            queue.end(Uuid::from_u128(expected), failed());
        }
    }

    #[test]
    fn a_reserved_place_is_nobody_elses_until_it_is_given_back() {
        let mut queue = queue(1, [1]);
        let mine = Uuid::from_u128(7);
        assert!(queue.reserve(mine) && !queue.reserve(Uuid::from_u128(8)));
        assert_eq!(start(&mut queue), None);
        queue.release(mine);
        assert_eq!(start(&mut queue), Some(1));
    }

    #[test]
    fn only_what_still_waits_expires() {
        let mut queue = queue(1, [1, 2]);
        assert_eq!(start(&mut queue), Some(1));
        let mut expire = |id| queue.expire(Uuid::from_u128(id), Timestamp::UNIX_EPOCH);
        assert_eq!(expire(1), None);
        assert_eq!(expire(2).map(|ending| ending.outcome), Some(Outcome::Expired));
        assert_eq!(expire(2), None);
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
