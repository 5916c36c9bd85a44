//! Decides what starts next: downloads, then what fal already has, then purchases in story order,
//! as many as there are slots and money for. Pure: it is told what ended and answers what to start; it waits for nothing.

use std::collections::{BTreeSet, VecDeque};

use super::outcome::{Ended, Halt, OnFailure};
use crate::address::Id;
use crate::plan::{Admission, Budget, Over};
use crate::request::Fingerprint;
use crate::take::{Again, Failed, FailureKind, Nonce, Take};
use crate::usd::Usd;

/// Something that may be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Job {
    /// A file that was bought and is not here.
    Download(Nonce),
    /// A purchase that fal already has.
    Resume(Resume),
    Buy(Purchase),
}

/// A purchase of an earlier run, whose money counts for its storyboard but not for this run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Resume {
    pub(super) nonce: Nonce,
    pub(super) fingerprint: Fingerprint,
    /// Whose account it is charged to, and how much: as the record has it, whatever the storyboards now say.
    pub(super) storyboard: Id,
    pub(super) usd: Usd,
}

impl Resume {
    pub(super) fn of(take: &Take) -> Self {
        let (nonce, fingerprint, intent) = (take.nonce, take.fingerprint, &take.intent);
        Self { nonce, fingerprint, storyboard: intent.address.edition.storyboard.clone(), usd: intent.usd }
    }
}

/// A take that the plan wants bought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Purchase {
    /// Where its clip stands in the plan.
    pub(super) clip: usize,
    /// Which of the clip's wanted takes it is, from 1.
    pub(super) number: u32,
    pub(super) fingerprint: Fingerprint,
    pub(super) storyboard: Id,
    /// What is reserved for it.
    pub(super) usd: Usd,
}

impl Purchase {
    /// Which take it is, among all that the plan wants.
    pub(super) fn key(&self) -> (usize, u32) {
        (self.clip, self.number)
    }
}

/// What to do now.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum Next {
    Start(Job),
    /// Nothing can start until something ends.
    Wait,
    /// Nothing is left to start, and nothing is in flight.
    Done,
}

#[derive(Debug)]
pub(super) struct Director {
    downloads: VecDeque<Nonce>,
    resumes: VecDeque<Resume>,
    purchases: VecDeque<Purchase>,
    held: Vec<(Purchase, Over)>,
    /// Requests that failed in this run in a way that they would repeat, and what was left alone for it.
    spoilt: BTreeSet<Fingerprint>,
    spoiled: Vec<Purchase>,
    budget: Budget,
    slots: usize,
    downloading: usize,
    in_flight: usize,
    on_failure: OnFailure,
    /// Answers lost one after the other, and 429s one after the other.
    lost_answers: u32,
    throttled: u32,
    halt: Option<Halt>,
}

/// After so many 429s in a row, each waited out, the run gives up.
const MOST_THROTTLED: u32 = 8;

/// After so many lost answers in a row something is wrong that the next purchase would only repeat.
const MOST_LOST_ANSWERS: u32 = 5;

impl Director {
    /// `slots`: how many purchases may be outstanding at fal, those of earlier runs included; at least one.
    pub(super) fn new(slots: usize, budget: Budget, on_failure: OnFailure) -> Self {
        Self {
            downloads: VecDeque::new(),
            resumes: VecDeque::new(),
            purchases: VecDeque::new(),
            held: Vec::new(),
            spoilt: BTreeSet::new(),
            spoiled: Vec::new(),
            throttled: 0,
            budget,
            slots: slots.max(1),
            downloading: 0,
            in_flight: 0,
            on_failure,
            lost_answers: 0,
            halt: None,
        }
    }

    /// In the order in which it is to be started.
    pub(super) fn add(&mut self, job: Job) {
        match job {
            Job::Download(nonce) => self.downloads.push_back(nonce),
            Job::Resume(resume) => self.resumes.push_back(resume),
            Job::Buy(purchase) => self.purchases.push_back(purchase),
        }
    }

    /// What to start now; ask until it is not [`Next::Start`].
    pub(super) fn next(&mut self) -> Next {
        let job = self.next_resume().or_else(|| self.next_download()).or_else(|| self.next_purchase());
        match job {
            Some(job) => Next::Start(job),
            None if self.downloading + self.in_flight > 0 => Next::Wait,
            None => Next::Done,
        }
    }

    /// fal works on them whether or not anybody looks, so following them waits for no slot.
    fn next_resume(&mut self) -> Option<Job> {
        let resume = self.resumes.pop_front()?;
        self.in_flight += 1;
        Some(Job::Resume(resume))
    }

    /// What is paid for is fetched whatever ended the buying, but for a record that can't be written.
    fn next_download(&mut self) -> Option<Job> {
        if self.halt == Some(Halt::Record) || self.downloading >= self.slots {
            return None;
        }
        let nonce = self.downloads.pop_front()?;
        self.downloading += 1;
        Some(Job::Download(nonce))
    }

    /// Nothing is bought before every file that is paid for has been fetched: a disk that can't take those takes no new ones.
    fn next_purchase(&mut self) -> Option<Job> {
        if self.halt.is_some() || self.downloading > 0 || self.in_flight >= self.slots {
            return None;
        }
        while let Some(purchase) = self.purchases.pop_front() {
            if self.spoilt.contains(&purchase.fingerprint) {
                self.spoiled.push(purchase);
                continue;
            }
            match self.budget.reserve(&purchase.storyboard, purchase.usd) {
                Admission::Reserved => {
                    self.in_flight += 1;
                    return Some(Job::Buy(purchase));
                }
                Admission::Held(over) => self.held.push((purchase, over)),
            }
        }
        None
    }

    /// Takes note of how a job ended, and of what that frees.
    pub(super) fn ended(&mut self, job: &Job, ended: &Ended) {
        match job {
            Job::Download(_) => self.downloading -= 1,
            Job::Resume(_) | Job::Buy(_) => self.in_flight -= 1,
        }
        if let Ended::Failed(failed) = ended {
            self.failed(job, failed);
        }
        self.lost_answers = if matches!(ended, Ended::Unknown(_)) { self.lost_answers + 1 } else { 0 };
        if self.lost_answers >= MOST_LOST_ANSWERS {
            self.stop(Halt::Network);
        }
        let throttled = matches!(ended, Ended::Failed(failed) if failed.kind == FailureKind::Throttled);
        self.throttled = if throttled { self.throttled + 1 } else { 0 };
        if self.throttled >= MOST_THROTTLED {
            self.stop(Halt::Throttled);
        }
        if let Some(halt) = ended.halt(self.on_failure) {
            self.stop(halt);
        }
    }

    fn failed(&mut self, job: &Job, failed: &Failed) {
        match job {
            Job::Buy(purchase) if failed.is_free() => self.budget.free(&purchase.storyboard, purchase.usd),
            Job::Resume(resume) if failed.is_free() => {
                self.budget.free_earlier(&resume.storyboard, resume.usd);
            }
            _ => {}
        }
        match (job, failed.kind) {
            (Job::Buy(purchase), FailureKind::Throttled) => self.purchases.push_back(purchase.clone()),
            (Job::Buy(Purchase { fingerprint, .. }) | Job::Resume(Resume { fingerprint, .. }), kind)
                if kind.again() != Again::Yes =>
            {
                self.spoilt.insert(*fingerprint);
            }
            _ => {}
        }
        if failed.is_free() {
            self.ask_again();
        }
    }

    /// Held purchases go back to where they stood in the story, ahead of those that come after them.
    fn ask_again(&mut self) {
        for (purchase, _) in std::mem::take(&mut self.held).into_iter().rev() {
            self.purchases.push_front(purchase);
        }
        self.purchases.make_contiguous().sort_by_key(Purchase::key);
    }

    /// Ends the buying; a graver reason replaces a lighter one. What is in flight goes on.
    pub(super) fn stop(&mut self, halt: Halt) {
        self.halt = self.halt.take().max(Some(halt));
    }

    pub(super) fn halt(&self) -> Option<Halt> {
        self.halt
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::RunCap;
    use crate::request::Request;
    use std::collections::BTreeMap;

    fn nonce(number: u32) -> Nonce {
        format!("01939f7e-0000-7000-8000-{number:012x}").parse().unwrap()
    }

    fn purchase(clip: usize) -> Purchase {
        let request = Request { endpoint: clip.to_string(), body: serde_json::Map::new() };
        let (fingerprint, storyboard) = (request.fingerprint(), "neon".parse().unwrap());
        Purchase { clip, number: 1, fingerprint, storyboard, usd: "2.10".parse().unwrap() }
    }

    fn resume(number: u32) -> Job {
        let (storyboard, usd) = ("neon".parse().unwrap(), "2.10".parse().unwrap());
        Job::Resume(Resume { nonce: nonce(number), fingerprint: purchase(0).fingerprint, storyboard, usd })
    }

    fn director(slots: usize, cap: Option<&str>) -> Director {
        let cap = cap.map_or(RunCap::None, |cap| RunCap::Asked(cap.parse().unwrap()));
        let budget = Budget::new(cap, &BTreeMap::new());
        Director::new(slots, budget, OnFailure::KeepGoing)
    }

    fn start(director: &mut Director) -> Vec<Job> {
        std::iter::from_fn(|| match director.next() {
            Next::Start(job) => Some(job),
            Next::Wait | Next::Done => None,
        })
        .collect()
    }

    #[test]
    fn no_more_than_the_slots_are_in_flight_those_of_earlier_runs_included() {
        let mut director = director(2, None);
        director.add(resume(1));
        (0..3).for_each(|clip| director.add(Job::Buy(purchase(clip))));
        assert_eq!(start(&mut director), [resume(1), Job::Buy(purchase(0))]);
        assert_eq!(director.next(), Next::Wait);
        director.ended(&resume(1), &Ended::Landed);
        assert_eq!(start(&mut director), [Job::Buy(purchase(1))]);
    }

    #[test]
    fn nothing_is_bought_while_a_paid_file_is_being_fetched() {
        let mut director = director(4, None);
        director.add(Job::Buy(purchase(0)));
        director.add(Job::Download(nonce(1)));
        assert_eq!(start(&mut director), [Job::Download(nonce(1))]);
        director.ended(&Job::Download(nonce(1)), &Ended::Landed);
        assert_eq!(start(&mut director), [Job::Buy(purchase(0))]);
    }

    #[test]
    fn what_the_cap_holds_is_named_and_bought_once_money_comes_back() {
        let mut director = director(1, Some("2.10"));
        (0..3).for_each(|clip| director.add(Job::Buy(purchase(clip))));
        assert_eq!(start(&mut director), [Job::Buy(purchase(0))]);
        director.ended(&Job::Buy(purchase(0)), &Ended::failed(FailureKind::Server));
        assert_eq!(start(&mut director), [Job::Buy(purchase(1))]);
        director.ended(&Job::Buy(purchase(1)), &Ended::failed(FailureKind::Policy));
        assert_eq!(start(&mut director), []);
        assert_eq!(director.held().iter().map(|(purchase, _)| purchase.clip).collect::<Vec<_>>(), [2]);
        assert_eq!(director.next(), Next::Done);
    }

    #[test]
    fn a_refused_account_ends_the_buying_and_what_is_in_flight_goes_on() {
        let mut director = director(2, None);
        (0..4).for_each(|clip| director.add(Job::Buy(purchase(clip))));
        assert_eq!(start(&mut director).len(), 2);
        director.ended(&Job::Buy(purchase(0)), &Ended::failed(FailureKind::Account));
        assert_eq!((director.next(), director.halt()), (Next::Wait, Some(Halt::Account)));
        director.ended(&Job::Buy(purchase(1)), &Ended::Landed);
        assert_eq!(director.next(), Next::Done);
    }

    #[test]
    fn takes_of_a_request_that_failed_are_not_bought_on() {
        let mut director = director(1, None);
        (1..=3).for_each(|number| director.add(Job::Buy(Purchase { number, ..purchase(0) })));
        director.add(Job::Buy(purchase(1)));
        assert_eq!(start(&mut director), [Job::Buy(purchase(0))]);
        director.ended(&Job::Buy(purchase(0)), &Ended::failed(FailureKind::Policy));
        assert_eq!(start(&mut director), [Job::Buy(purchase(1))]);
        assert_eq!(director.spoiled().len(), 2);
    }

    #[test]
    fn answers_that_are_lost_one_after_the_other_end_the_buying() {
        let mut director = director(1, None);
        (0..9).for_each(|clip| director.add(Job::Buy(purchase(clip))));
        for clip in 0..5 {
            assert_eq!(start(&mut director), [Job::Buy(purchase(clip))]);
            director.ended(&Job::Buy(purchase(clip)), &Ended::Unknown("lost".to_owned()));
        }
        assert_eq!((director.next(), director.halt()), (Next::Done, Some(Halt::Network)));
    }

    #[test]
    fn a_purchase_that_was_too_soon_goes_back_to_its_place() {
        let mut director = director(1, Some("4.20"));
        (0..2).for_each(|clip| director.add(Job::Buy(purchase(clip))));
        assert_eq!(start(&mut director), [Job::Buy(purchase(0))]);
        director.ended(&Job::Buy(purchase(0)), &Ended::failed(FailureKind::Throttled));
        assert_eq!(start(&mut director), [Job::Buy(purchase(0))]);
    }

    #[test]
    fn a_halt_stops_no_download_but_when_nothing_can_be_recorded() {
        let mut director = director(1, None);
        director.add(Job::Download(nonce(1)));
        director.stop(Halt::Account);
        assert_eq!(start(&mut director).len(), 1);
        director.add(Job::Download(nonce(2)));
        director.stop(Halt::Record);
        director.ended(&Job::Download(nonce(1)), &Ended::Landed);
        assert_eq!(director.next(), Next::Done);
    }

    #[test]
    fn money_of_an_earlier_run_that_comes_back_frees_the_storyboards_budget_alone() {
        let account = crate::plan::Account {
            counted: "2.10".parse().unwrap(),
            budget: Some("2.10".parse().unwrap()),
            ..crate::plan::Account::default()
        };
        let accounts = BTreeMap::from([("neon".parse().unwrap(), account)]);
        let mut director = Director::new(2, Budget::new(RunCap::None, &accounts), OnFailure::KeepGoing);
        director.add(resume(1));
        director.add(Job::Buy(purchase(0)));
        assert_eq!(start(&mut director), [resume(1)]);
        director.add(Job::Buy(purchase(1)));
        director.ended(&resume(1), &Ended::failed(FailureKind::Server));
        assert_eq!(start(&mut director), [Job::Buy(purchase(1))]);
    }

    #[test]
    fn a_request_that_failed_is_not_bought_from_among_those_held_either() {
        let mut director = director(2, Some("4.20"));
        director.add(Job::Buy(purchase(0)));
        director.add(Job::Buy(purchase(1)));
        (2..=3).for_each(|number| director.add(Job::Buy(Purchase { number, ..purchase(0) })));
        assert_eq!(start(&mut director).len(), 2);
        director.ended(&Job::Buy(purchase(0)), &Ended::failed(FailureKind::Policy));
        director.ended(&Job::Buy(purchase(1)), &Ended::failed(FailureKind::Server));
        assert_eq!((start(&mut director), director.spoiled().len()), (Vec::new(), 2));
    }

    #[test]
    fn a_resumed_take_that_failed_spoils_the_others_of_its_request() {
        let mut director = director(1, None);
        director.add(resume(1));
        director.add(Job::Buy(Purchase { number: 2, ..purchase(0) }));
        assert_eq!(start(&mut director), [resume(1)]);
        director.ended(&resume(1), &Ended::failed(FailureKind::Policy));
        assert_eq!((start(&mut director), director.spoiled().len()), (Vec::new(), 1));
    }

    #[test]
    fn a_queue_that_takes_no_more_is_left_alone_in_the_end() {
        let mut director = director(1, None);
        director.add(Job::Buy(purchase(0)));
        for _ in 0..MOST_THROTTLED {
            assert_eq!(start(&mut director).len(), 1);
            director.ended(&Job::Buy(purchase(0)), &Ended::failed(FailureKind::Throttled));
        }
        assert_eq!((director.next(), director.halt()), (Next::Done, Some(Halt::Throttled)));
    }

    #[test]
    fn a_graver_reason_to_stop_replaces_a_lighter_one() {
        let mut director = director(1, None);
        director.stop(Halt::Account);
        director.stop(Halt::Interrupted);
        assert_eq!(director.halt(), Some(Halt::Account));
        director.stop(Halt::Record);
        assert_eq!(director.halt(), Some(Halt::Record));
    }

    #[test]
    fn one_failed_clip_does_not_stop_the_others_unless_asked() {
        let mut keep = director(1, None);
        (0..2).for_each(|clip| keep.add(Job::Buy(purchase(clip))));
        assert_eq!(start(&mut keep).len(), 1);
        keep.ended(&Job::Buy(purchase(0)), &Ended::failed(FailureKind::Policy));
        assert_eq!(start(&mut keep).len(), 1);
        let mut fast = Director { on_failure: OnFailure::Stop, ..director(1, None) };
        (0..2).for_each(|clip| fast.add(Job::Buy(purchase(clip))));
        assert_eq!(start(&mut fast).len(), 1);
        fast.ended(&Job::Buy(purchase(0)), &Ended::failed(FailureKind::Policy));
        assert_eq!((start(&mut fast).len(), fast.halt()), (0, Some(Halt::FailFast)));
    }
}
