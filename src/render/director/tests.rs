//! What starts when, what waits, what is bought again, and what ends the buying.

use super::*;
use crate::plan::RunCap;
use crate::request::Request;
use crate::take::Failed;
use crate::usd::Usd;
use std::collections::BTreeMap;

mod attempts;
mod model;
mod orphans;

impl Director {
    fn add(&mut self, job: Job) {
        match job {
            Job::Download(nonce) => self.add_download(nonce),
            Job::Resume(resume) => self.add_resume(resume),
            Job::Buy(purchase) => self.add_purchases([purchase]),
            Job::Search => self.search(),
        }
    }

    /// Ends a job whose purchase has the number of its clip.
    fn ends(&mut self, job: &Job, ended: &Ended) {
        let number = match job {
            Job::Buy(purchase) => nonce(u32::try_from(purchase.clip).unwrap()),
            Job::Resume(resume) => resume.nonce,
            Job::Download(nonce) => *nonce,
            Job::Search => nonce(0),
        };
        self.ended(job, number, ended);
    }
}

fn nonce(number: u32) -> Nonce {
    format!("01939f7e-0000-7000-8000-{number:012x}").parse().unwrap()
}

fn purchase(clip: usize) -> Purchase {
    let request = Request { endpoint: clip.to_string(), body: serde_json::Map::new() };
    let (fingerprint, storyboard) = (request.fingerprint(), "neon".parse().unwrap());
    let (usd, earlier) = ("2.10".parse().unwrap(), Usd::ZERO);
    Purchase { clip, number: 1, fingerprint, storyboard, usd, earlier, attempts: 1 }
}

fn earlier(number: u32, next: Option<Purchase>) -> Resume {
    let (nonce, fingerprint) = (nonce(number), purchase(0).fingerprint);
    let (storyboard, usd) = ("neon".parse().unwrap(), "2.10".parse().unwrap());
    Resume { nonce, fingerprint, storyboard, usd, charged: Charged::Earlier, next }
}

fn resume(number: u32) -> Job {
    Job::Resume(earlier(number, None))
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
    director.ends(&resume(1), &Ended::Landed);
    assert_eq!(start(&mut director), [Job::Buy(purchase(1))]);
}

#[test]
fn nothing_is_bought_while_a_paid_file_is_being_fetched() {
    let mut director = director(4, None);
    director.add(Job::Buy(purchase(0)));
    director.add(Job::Download(nonce(1)));
    assert_eq!(start(&mut director), [Job::Download(nonce(1))]);
    director.ends(&Job::Download(nonce(1)), &Ended::Landed);
    assert_eq!(start(&mut director), [Job::Buy(purchase(0))]);
}

#[test]
fn what_the_cap_holds_is_named_and_bought_once_money_comes_back() {
    let mut director = director(1, Some("2.10"));
    (0..3).for_each(|clip| director.add(Job::Buy(purchase(clip))));
    assert_eq!(start(&mut director), [Job::Buy(purchase(0))]);
    director.ends(&Job::Buy(purchase(0)), &Ended::failed(FailureKind::Server));
    assert_eq!(start(&mut director), [Job::Buy(purchase(1))]);
    director.ends(&Job::Buy(purchase(1)), &Ended::failed(FailureKind::Policy));
    assert_eq!(start(&mut director), []);
    assert_eq!(director.held().iter().map(|(purchase, _)| purchase.clip).collect::<Vec<_>>(), [2]);
    assert_eq!(director.next(), Next::Done);
}

#[test]
fn a_refused_account_ends_the_buying_and_what_is_in_flight_goes_on() {
    let mut director = director(2, None);
    (0..4).for_each(|clip| director.add(Job::Buy(purchase(clip))));
    assert_eq!(start(&mut director).len(), 2);
    director.ends(&Job::Buy(purchase(0)), &Ended::failed(FailureKind::Account));
    assert_eq!((director.next(), director.halt()), (Next::Wait, Some(Halt::Account)));
    director.ends(&Job::Buy(purchase(1)), &Ended::Landed);
    assert_eq!(director.next(), Next::Done);
}

#[test]
fn takes_of_a_request_that_failed_are_not_bought_on() {
    let mut director = director(1, None);
    (1..=3).for_each(|number| director.add(Job::Buy(Purchase { number, ..purchase(0) })));
    director.add(Job::Buy(purchase(1)));
    assert_eq!(start(&mut director), [Job::Buy(purchase(0))]);
    director.ends(&Job::Buy(purchase(0)), &Ended::failed(FailureKind::Policy));
    assert_eq!(start(&mut director), [Job::Buy(purchase(1))]);
    assert_eq!(director.spoiled().len(), 2);
}

#[test]
fn a_request_that_fal_has_taken_ends_a_row_of_lost_answers_though_its_clip_is_not_there_yet() {
    let mut director = director(9, None);
    (0..9).for_each(|clip| director.add(Job::Buy(purchase(clip))));
    assert_eq!(start(&mut director).len(), 9);
    for clip in 0..9 {
        director.taken(u64::try_from(clip).unwrap() / 4);
        director.ends(&Job::Buy(purchase(clip)), &Ended::Unknown("lost".to_owned()));
    }
    assert_eq!(director.halt(), None);
}

#[test]
fn answers_that_are_lost_one_after_the_other_end_the_buying() {
    let mut director = director(6, None);
    (0..9).for_each(|clip| director.add(Job::Buy(purchase(clip))));
    assert_eq!(start(&mut director).len(), 6);
    let lose = |director: &mut Director, clip| {
        director.ends(&Job::Buy(purchase(clip)), &Ended::Unknown("lost".to_owned()));
    };
    lose(&mut director, 0);
    director.ends(&Job::Buy(purchase(1)), &Ended::Landed);
    assert_eq!(start(&mut director), [Job::Buy(purchase(6))], "not one after the other");
    (2..6).for_each(|clip| lose(&mut director, clip));
    assert_eq!(director.halt(), None);
    lose(&mut director, 6);
    assert_eq!((director.next(), director.halt()), (Next::Done, Some(Halt::Network)));
}

#[test]
fn a_purchase_that_was_too_soon_goes_back_to_its_place() {
    let mut director = director(1, Some("4.20"));
    (0..2).for_each(|clip| director.add(Job::Buy(purchase(clip))));
    assert_eq!(start(&mut director), [Job::Buy(purchase(0))]);
    director.ends(&Job::Buy(purchase(0)), &Ended::failed(FailureKind::Throttled));
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
    director.ends(&Job::Download(nonce(1)), &Ended::Landed);
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
    director.ends(&resume(1), &Ended::failed(FailureKind::Server));
    assert_eq!(start(&mut director), [Job::Buy(purchase(1))]);
}

#[test]
fn a_request_that_failed_is_not_bought_from_among_those_held_either() {
    let mut director = director(2, Some("4.20"));
    director.add(Job::Buy(purchase(0)));
    director.add(Job::Buy(purchase(1)));
    (2..=3).for_each(|number| director.add(Job::Buy(Purchase { number, ..purchase(0) })));
    assert_eq!(start(&mut director).len(), 2);
    director.ends(&Job::Buy(purchase(0)), &Ended::failed(FailureKind::Policy));
    director.ends(&Job::Buy(purchase(1)), &Ended::failed(FailureKind::Server));
    assert_eq!((start(&mut director), director.spoiled().len()), (Vec::new(), 2));
}

#[test]
fn a_resumed_take_that_failed_spoils_the_others_of_its_request() {
    let mut director = director(1, None);
    director.add(resume(1));
    director.add(Job::Buy(Purchase { number: 2, ..purchase(0) }));
    assert_eq!(start(&mut director), [resume(1)]);
    director.ends(&resume(1), &Ended::failed(FailureKind::Policy));
    assert_eq!((start(&mut director), director.spoiled().len()), (Vec::new(), 1));
}

#[test]
fn a_queue_that_takes_no_more_is_left_alone_in_the_end() {
    let mut director = director(1, None);
    director.add(Job::Buy(purchase(0)));
    for _ in 0..MOST_THROTTLED {
        assert_eq!(start(&mut director).len(), 1);
        director.ends(&Job::Buy(purchase(0)), &Ended::failed(FailureKind::Throttled));
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
    keep.ends(&Job::Buy(purchase(0)), &Ended::failed(FailureKind::Policy));
    assert_eq!(start(&mut keep).len(), 1);
    let mut fast = Director { on_failure: OnFailure::Stop, ..director(1, None) };
    (0..2).for_each(|clip| fast.add(Job::Buy(purchase(clip))));
    assert_eq!(start(&mut fast).len(), 1);
    fast.ends(&Job::Buy(purchase(0)), &Ended::failed(FailureKind::Policy));
    assert_eq!((start(&mut fast).len(), fast.halt()), (0, Some(Halt::FailFast)));
}
