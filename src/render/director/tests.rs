//! What starts when, what waits, what is bought again, and what ends the buying.

use super::*;
use crate::plan::RunCap;
use crate::request::Request;
use crate::take::Failed;
use crate::usd::Usd;
use std::collections::BTreeMap;

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

#[test]
fn a_server_error_is_bought_again_at_once_with_the_money_that_it_frees_until_its_attempts_are_used_up() {
    let mut director = director(1, Some("4.20"));
    (0..3).for_each(|clip| director.add(Job::Buy(Purchase { attempts: 2, ..purchase(clip) })));
    let first = start(&mut director).pop().unwrap();
    director.ends(&first, &Ended::failed(FailureKind::Server));
    assert_eq!(start(&mut director), std::slice::from_ref(&first), "before anything else");
    director.ends(&first, &Ended::failed(FailureKind::Server));
    let second = start(&mut director).pop().unwrap();
    assert_eq!(second.purchase().unwrap().clip, 1);
    director.ends(&second, &Ended::Landed);
    assert_eq!(start(&mut director).pop().unwrap().purchase().unwrap().clip, 2);
}

#[test]
fn a_further_attempt_comes_before_what_a_cap_held() {
    let mut director = director(2, Some("4.20"));
    (0..3).for_each(|clip| director.add(Job::Buy(Purchase { attempts: 2, ..purchase(clip) })));
    let [first, second] = start(&mut director).try_into().unwrap();
    director.ends(&first, &Ended::Landed);
    assert_eq!((start(&mut director), director.held().len()), (Vec::new(), 1));
    director.ends(&second, &Ended::failed(FailureKind::Server));
    assert_eq!(start(&mut director), [second]);
}

#[test]
fn what_fal_calls_hopeless_is_not_tried_again() {
    let mut director = director(1, None);
    director.add(Job::Buy(Purchase { attempts: 2, ..purchase(0) }));
    let first = start(&mut director).pop().unwrap();
    let failed = Failed::new(jiff::Timestamp::UNIX_EPOCH, FailureKind::Server, String::new());
    director.ends(&first, &Ended::Failed(Failed { retryable: Some(false), ..failed }));
    assert_eq!(director.next(), Next::Done);
}

#[test]
fn a_take_of_an_earlier_run_that_fails_is_bought_again_only_where_its_clip_asks_for_it() {
    for (next, bought) in [(None, 0), (Some(Purchase { attempts: 2, ..purchase(0) }), 1)] {
        let mut director = director(2, Some("2.10"));
        let resume = Job::Resume(earlier(1, next));
        director.add(resume.clone());
        assert_eq!(start(&mut director).len(), 1);
        director.ends(&resume, &Ended::failed(FailureKind::Server));
        assert_eq!(start(&mut director).len(), bought);
    }
}

/// Two takes of one request from an earlier run, a place for one, and a clip that was not shown as to be bought.
fn director_of_two_resumed_and_one_held() -> (Director, [Job; 2]) {
    let mut director =
        Director::new(1, Budget::new(RunCap::Shown(Usd::ZERO), &BTreeMap::new()), OnFailure::KeepGoing);
    let next = |number| Some(Purchase { number, attempts: 2, ..purchase(0) });
    let resumed = [1, 2].map(|number| Job::Resume(earlier(number, next(number))));
    for resume in &resumed {
        director.add(resume.clone());
    }
    director.add(Job::Buy(purchase(1)));
    assert_eq!(start(&mut director).len(), 2);
    (director, resumed)
}

#[test]
fn money_for_a_further_attempt_that_is_not_made_buys_nothing_that_was_not_shown() {
    let (mut director, [one, other]) = director_of_two_resumed_and_one_held();
    director.ends(&one, &Ended::failed(FailureKind::Server));
    director.ends(&other, &Ended::failed(FailureKind::Server));
    assert_eq!((start(&mut director), director.held().len()), (Vec::new(), 1));
}

#[test]
fn money_for_a_further_attempt_that_fails_for_free_buys_nothing_that_was_not_shown() {
    let (mut director, [one, other]) = director_of_two_resumed_and_one_held();
    director.ends(&other, &Ended::Landed);
    director.ends(&one, &Ended::failed(FailureKind::Server));
    let again = start(&mut director).pop().unwrap();
    let shown = Purchase { attempts: 2, earlier: purchase(0).usd, ..purchase(0) };
    assert_eq!(again, Job::Buy(shown));
    director.ends(&again, &Ended::failed(FailureKind::Server));
    assert_eq!((start(&mut director), director.held().len()), (Vec::new(), 1));
}

#[test]
fn a_purchase_whose_answer_was_lost_keeps_its_slot_until_it_is_found_and_over() {
    let mut director = director(2, None);
    (0..4).for_each(|clip| director.add(Job::Buy(purchase(clip))));
    director.search();
    let [lost, other] = start(&mut director).try_into().unwrap();
    director.ends(&lost, &Ended::Unknown("lost".to_owned()));
    assert_eq!(start(&mut director), [Job::Search], "the slot is not free");
    director.ends(&other, &Ended::Landed);
    assert_eq!(start(&mut director), [Job::Buy(purchase(2))]);
    director.ends(&Job::Search, &Ended::Searched { found: vec![nonce(0)], in_vain: false });
    let followed = start(&mut director).pop().unwrap();
    assert!(matches!(&followed, Job::Resume(resume) if resume.nonce == nonce(0)), "{followed:?}");
    director.ends(&followed, &Ended::Landed);
    assert_eq!(start(&mut director), [Job::Buy(purchase(3))]);
}

#[test]
fn a_search_in_vain_ends_with_everything_else_and_says_what_it_kept_from_being_bought() {
    let mut director = director(1, None);
    (0..2).for_each(|clip| director.add(Job::Buy(purchase(clip))));
    director.search();
    let lost = start(&mut director).pop().unwrap();
    director.ends(&lost, &Ended::Unknown("lost".to_owned()));
    assert_eq!(start(&mut director), [Job::Search]);
    director.ends(&Job::Search, &Ended::Searched { found: Vec::new(), in_vain: false });
    assert_eq!(start(&mut director), [Job::Search]);
    director.ends(&Job::Search, &Ended::Searched { found: Vec::new(), in_vain: true });
    assert_eq!((director.next(), director.halt()), (Next::Done, Some(Halt::Orphans)));
}

#[test]
fn nothing_is_searched_for_after_an_interrupt_or_without_anybody_to_ask() {
    for (halt, searching) in [(Some(Halt::Interrupted), true), (None, false)] {
        let mut director = director(1, None);
        director.add_orphan(Orphan { resume: earlier(1, None), slot: Slot::Kept });
        if searching {
            director.search();
        }
        if let Some(halt) = halt {
            director.stop(halt);
        }
        assert_eq!(director.next(), Next::Done);
    }
}

#[test]
fn money_of_this_run_comes_back_to_it_from_a_purchase_that_was_found() {
    let mut director = director(1, Some("2.10"));
    (0..2).for_each(|clip| director.add(Job::Buy(purchase(clip))));
    director.search();
    let lost = start(&mut director).pop().unwrap();
    director.ends(&lost, &Ended::Unknown("lost".to_owned()));
    assert_eq!(start(&mut director), [Job::Search]);
    director.ends(&Job::Search, &Ended::Searched { found: vec![nonce(0)], in_vain: false });
    let found = start(&mut director).pop().unwrap();
    director.ends(&found, &Ended::failed(FailureKind::Server));
    assert_eq!(start(&mut director), [Job::Buy(purchase(1))]);
}

#[test]
fn what_may_long_be_over_keeps_no_slot_and_is_followed_when_it_is_found_with_others() {
    let mut director = director(1, None);
    director.search();
    director.add_orphan(Orphan { resume: earlier(1, None), slot: Slot::Free });
    director.add(Job::Buy(purchase(0)));
    assert_eq!(start(&mut director), [Job::Buy(purchase(0))], "and nobody looks for it alone");
    director.ends(&Job::Buy(purchase(0)), &Ended::Unknown("lost".to_owned()));
    assert_eq!(start(&mut director), [Job::Search]);
    director.ends(&Job::Search, &Ended::Searched { found: vec![nonce(1)], in_vain: true });
    assert_eq!(start(&mut director), [resume(1), Job::Search], "which goes on beside it");
}

#[test]
fn a_search_that_could_not_record_what_it_found_ends_the_run_instead_of_being_waited_for() {
    let mut director = director(1, None);
    director.search();
    director.add_orphan(Orphan { resume: earlier(1, None), slot: Slot::Kept });
    assert_eq!(start(&mut director), [Job::Search]);
    director.ends(&Job::Search, &Ended::Unrecorded("disk full".to_owned()));
    assert_eq!((director.next(), director.halt()), (Next::Done, Some(Halt::Record)));
}

#[test]
fn what_fal_has_and_nobody_can_follow_keeps_its_slot() {
    for ended in [Ended::Broken("a bug".to_owned()), Ended::Left(Left::NotFound("no such id".to_owned()))] {
        let mut director = director(2, None);
        (0..3).for_each(|clip| director.add(Job::Buy(purchase(clip))));
        assert_eq!(start(&mut director).len(), 2);
        director.ends(&Job::Buy(purchase(0)), &ended);
        assert_eq!(director.next(), Next::Wait, "{ended:?}");
        director.ends(&Job::Buy(purchase(1)), &Ended::Landed);
        assert_eq!(start(&mut director), [Job::Buy(purchase(2))], "{ended:?}");
    }
}

/// What may end a job, among what was lost so far.
fn any_end(dice: &mut fastrand::Rng, job: &Job, lost: &mut Vec<Nonce>, nonce: Nonce) -> Ended {
    let kinds = [FailureKind::Server, FailureKind::Policy, FailureKind::Throttled, FailureKind::Refused];
    match (job, dice.u8(..9)) {
        (Job::Search, _) => {
            dice.shuffle(lost);
            let found = lost.drain(..dice.usize(..=lost.len())).collect();
            Ended::Searched { found, in_vain: dice.bool() }
        }
        (Job::Buy(_), 0) => {
            lost.push(nonce);
            Ended::Unknown("lost".to_owned())
        }
        (Job::Buy(_) | Job::Resume(_), 1) => Ended::Left(Left::NotFound("no such id".to_owned())),
        (Job::Buy(_) | Job::Resume(_), 2..=6) => Ended::failed(*dice.choice(&kinds).unwrap()),
        _ => Ended::Landed,
    }
}

/// A run of a few equal and unequal clips, begun and new ones, to its end.
fn any_run(seed: u64) {
    let mut dice = fastrand::Rng::with_seed(seed);
    let (slots, limit) = (dice.usize(1..4), purchase(0).usd.times(dice.u32(0..6)));
    let cap = if dice.bool() { RunCap::Shown(limit) } else { RunCap::Asked(limit) };
    let mut director = Director::new(slots, Budget::new(cap, &BTreeMap::new()), OnFailure::KeepGoing);
    if dice.bool() {
        director.search();
    }
    let attempts = dice.usize(1..4);
    let wish = |clip, number| Purchase { number, attempts, ..purchase(clip) };
    let (mut lost, mut active) = (Vec::new(), Vec::new());
    let begun = dice.u32(0..3);
    for number in 0..begun {
        let resume = earlier(100 + number, dice.bool().then(|| wish(0, number)));
        if dice.bool() {
            director.add_resume(resume);
        } else {
            lost.push(resume.nonce);
            let slot = if dice.bool() { Slot::Kept } else { Slot::Free };
            director.add_orphan(Orphan { resume, slot });
        }
    }
    director.add_purchases((begun..begun + dice.u32(0..3)).map(|number| wish(0, number)));
    director.add_purchases((1..4).map(|clip| wish(clip, 1)));
    // What this run has set aside for purchases that may cost something, but for further attempts at shown ones.
    let (mut number, mut used, mut failures) =
        (0, BTreeMap::<Nonce, Usd>::new(), BTreeMap::<_, usize>::new());
    for _ in 0..1000 {
        match director.next() {
            Next::Start(job) => {
                number += 1;
                let nonce = match &job {
                    Job::Resume(resume) => resume.nonce,
                    _ => nonce(number),
                };
                if let Job::Buy(purchase) = &job {
                    let again = matches!(cap, RunCap::Shown(_)) && purchase.earlier > Usd::ZERO;
                    used.insert(nonce, if again { Usd::ZERO } else { purchase.usd });
                    let made = failures.get(&purchase.fingerprint).copied().unwrap_or_default();
                    assert!(made < attempts, "seed {seed}: one attempt too many");
                    let buys = active.iter().filter(|(job, _)| matches!(job, Job::Buy(_))).count();
                    assert!(buys < slots, "seed {seed}: more than the slots");
                }
                assert!(used.values().copied().sum::<Usd>() <= limit, "seed {seed}: over the cap");
                active.push((job, nonce));
            }
            Next::Wait => {
                assert!(!active.is_empty(), "seed {seed}: it waits for nothing");
                let (job, nonce) = active.swap_remove(dice.usize(..active.len()));
                let ended = any_end(&mut dice, &job, &mut lost, nonce);
                if let Ended::Failed(failed) = &ended {
                    let row = failures.entry(job.fingerprint().unwrap()).or_default();
                    *row += usize::from(failed.kind == FailureKind::Server);
                    if failed.is_free() {
                        used.remove(&nonce);
                    }
                }
                director.ended(&job, nonce, &ended);
            }
            Next::Done => {
                assert!(active.is_empty() && director.resumes.is_empty(), "seed {seed}");
                assert!(director.waiting.is_empty() || director.halt().is_some(), "seed {seed}");
                return;
            }
        }
    }
    panic!("seed {seed}: it goes on for ever");
}

#[test]
fn every_run_ends_holds_its_cap_and_its_slots_and_buys_nothing_once_too_often() {
    (0..20_000).for_each(any_run);
}
