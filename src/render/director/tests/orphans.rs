//! Purchases whose answer was lost: the places that they keep, and the looks for them.

use super::*;

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
