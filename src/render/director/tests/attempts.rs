//! What is bought again after a server error, and with what money.

use super::*;

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
