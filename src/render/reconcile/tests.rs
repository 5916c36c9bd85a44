//! Matching unknown takes with fal's history, by examples and against every way in which they could be paired.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::request::Request;
use crate::take::Intent;

const ENDPOINT: &str = "fal-ai/x";

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_000_000 + minute * 60).unwrap()
}

fn input(prompt: &str) -> serde_json::Map<String, serde_json::Value> {
    json!({"prompt": prompt, "duration": "5"}).as_object().unwrap().clone()
}

fn nonce(number: u32) -> Nonce {
    format!("01939f7e-0000-7000-8000-{number:012x}").parse().unwrap()
}

/// Begun at that minute, and not answered.
fn intended(number: u32, prompt: &str, minute: i64) -> Facts {
    let address: crate::address::Address = "neon/rooftop/skyline".parse().unwrap();
    let intent = Intent {
        at: at(minute),
        origin: "sim".to_owned(),
        shots: vec![address.shot_name().clone()],
        address,
        request: Request { endpoint: ENDPOINT.to_owned(), body: input(prompt) },
        video: "/video/url".to_owned(),
        seconds: 5,
        usd: "2.10".parse().unwrap(),
    };
    Facts { intent: Some(intent), ..Facts::of(nonce(number)) }
}

fn with_receipt(facts: Facts, id: &str) -> Facts {
    let adopt = super::facts(facts.nonce, &Step::Adopt(id.to_owned()), at(0)).unwrap();
    Facts { submitted: adopt.submitted, ..facts }
}

fn past(id: &str, prompt: Option<&str>, minute: i64) -> PastRequest {
    PastRequest {
        request_id: id.to_owned(),
        sent_at: at(minute),
        input: prompt.map(input),
        status_code: None,
    }
}

fn takes(all: impl IntoIterator<Item = Facts>) -> Takes {
    all.into_iter().map(|facts| facts.into_take().unwrap()).collect()
}

fn history(requests: Vec<PastRequest>) -> History {
    History { requests: [(ENDPOINT.to_owned(), requests)].into(), unasked: Vec::new() }
}

/// The verdicts in the order of the takes' numbers.
fn judged(all: impl IntoIterator<Item = Facts>, requests: Vec<PastRequest>) -> Vec<Verdict> {
    verdicts(&takes(all), &history(requests)).into_values().collect()
}

fn found(id: &str) -> Verdict {
    Verdict::Found(id.to_owned())
}

fn ambiguous(rivals: &[(&str, i64)]) -> Verdict {
    let rival = |(id, minute): &(&str, i64)| Rival { request_id: (*id).to_owned(), sent_at: at(*minute) };
    Verdict::Ambiguous(rivals.iter().map(rival).collect())
}

#[test]
fn an_equal_request_in_reach_is_the_take_and_no_other_is() {
    let one = || [intended(1, "fox", 0)];
    assert_eq!(judged(one(), vec![past("r", Some("fox"), 1)]), [found("r")]);
    assert_eq!(judged(one(), vec![past("r", Some("fox"), -9)]), [found("r")]);
    for other in [past("r", Some("owl"), 1), past("r", Some("fox "), 1), past("r", Some("fox"), -11)] {
        assert_eq!(judged(one(), vec![other.clone()]), [Verdict::NotFound], "{other:?}");
    }
    assert_eq!(judged(one(), vec![]), [Verdict::NotFound]);
}

#[test]
fn the_order_of_its_fields_does_not_count() {
    let mut listed = past("r", None, 1);
    listed.input = serde_json::from_str(r#"{"prompt": "fox", "duration": "5"}"#).unwrap();
    assert_eq!(judged([intended(1, "fox", 0)], vec![listed]), [found("r")]);
}

#[test]
fn what_a_take_of_the_record_has_is_nobody_elses_whatever_became_of_that_take() {
    let failed = super::facts(nonce(9), &Step::Release(Release::Unfound), at(0)).unwrap().failed;
    for owner in [intended(9, "fox", 0), Facts { failed, ..intended(9, "fox", 0) }] {
        let all = [intended(1, "fox", 0), with_receipt(owner, "r")];
        assert_eq!(judged(all, vec![past("r", Some("fox"), 1)]), [Verdict::NotFound]);
    }
}

#[test]
fn equal_takes_get_as_many_as_fal_lists_in_order_of_time_and_none_where_it_lists_more() {
    let two = || [intended(1, "fox", 0), intended(2, "fox", 1)];
    let listed = |count: usize| {
        ["r3", "r2", "r1"][3 - count..]
            .iter()
            .zip((0..).map(|n| 3 - n))
            .map(|(id, at)| past(id, Some("fox"), at))
            .collect()
    };
    assert_eq!(judged(two(), listed(1)), [found("r1"), Verdict::NotFound]);
    assert_eq!(judged(two(), listed(2)), [found("r1"), found("r2")]);
    assert_eq!(
        judged(two(), listed(3)),
        [ambiguous(&[("r1", 1), ("r2", 2), ("r3", 3)]), ambiguous(&[("r1", 1), ("r2", 2), ("r3", 3)])]
    );
}

#[test]
fn a_request_listed_twice_counts_once() {
    let listed = vec![past("r", Some("fox"), 1), past("r", Some("fox"), 1)];
    assert_eq!(judged([intended(1, "fox", 0)], listed), [found("r")]);
}

#[test]
fn what_may_be_it_and_cannot_be_told_keeps_it_from_being_not_found() {
    let one = || [intended(1, "fox", 0)];
    assert_eq!(judged(one(), vec![past("r", None, 1)]), [ambiguous(&[("r", 1)])]);
    assert_eq!(judged(one(), vec![past("r", None, 11)]), [Verdict::NotFound]);
    assert_eq!(judged(one(), vec![past("late", Some("fox"), 300)]), [ambiguous(&[("late", 300)])]);
    assert_eq!(judged(one(), vec![past("later", Some("fox"), 25 * 60)]), [Verdict::NotFound]);
    assert_eq!(judged(one(), vec![past("r", None, 1), past("it", Some("fox"), 2)]), [found("it")]);
}

#[test]
fn a_take_goes_past_a_request_that_an_equal_one_was_given() {
    let all = [intended(1, "fox", 0), intended(2, "fox", 60)];
    assert_eq!(judged(all, vec![past("r", Some("fox"), 61)]), [Verdict::NotFound, found("r")]);
}

#[test]
fn an_endpoint_that_was_not_asked_has_no_verdict() {
    assert_eq!(verdicts(&takes([intended(1, "fox", 0)]), &History::default()), BTreeMap::new());
}

#[test]
fn only_what_is_not_found_is_released_and_only_after_the_margin() {
    let take = intended(1, "fox", 0).into_take().unwrap();
    let release = leave(Unfound::Release(SignedDuration::from_mins(60)), &[]);
    let step = |verdict: &Verdict, leave: &Leave, now| step(&take, Told::Verdict(verdict), leave, now);
    assert_eq!(step(&Verdict::NotFound, &leave(Unfound::Keep, &[]), at(999)), Step::Keep);
    assert_eq!(step(&Verdict::NotFound, &release, at(59)), Step::Wait(at(60)));
    assert_eq!(step(&Verdict::NotFound, &release, at(60)), Step::Release(Release::Unfound));
    assert_eq!(step(&ambiguous(&[("r", 1)]), &release, at(999)), Step::Keep);
    assert_eq!(step(&found("r"), &release, at(999)), Step::Adopt("r".to_owned()));
}

fn leave(unfound: Unfound, named: &[u32]) -> Leave {
    Leave { unfound, named: named.iter().map(|number| nonce(*number)).collect() }
}

#[test]
fn what_is_named_is_released_unless_fal_has_it_or_could_not_be_asked() {
    let take = intended(1, "fox", 0).into_take().unwrap();
    let step = |told, named: &[u32]| step(&take, told, &leave(Unfound::Keep, named), at(1));
    let (released, rivals) = (Step::Release(Release::Named), ambiguous(&[("r", 1)]));
    for told in [Told::Verdict(&Verdict::NotFound), Told::Verdict(&rivals), Told::Nothing] {
        assert_eq!(step(told, &[1]), released, "{told:?}");
        assert_eq!(step(told, &[2]), Step::Keep, "{told:?}");
    }
    assert_eq!(step(Told::Unread, &[1]), Step::Keep);
    assert_eq!(step(Told::Verdict(&found("r")), &[1]), Step::Adopt("r".to_owned()));
}

#[test]
fn a_take_is_named_by_its_address_or_its_number_and_by_nothing_that_several_have() {
    let at_place = |mut facts: Facts, place: &str| {
        facts.intent.as_mut().unwrap().address = place.parse().unwrap();
        facts
    };
    let all = takes([
        at_place(intended(1, "fox", 0), "neon/one"),
        at_place(intended(2, "owl", 0), "neon/two"),
        at_place(intended(3, "owl", 1), "neon/two"),
        with_receipt(at_place(intended(4, "elk", 0), "neon/four"), "r"),
    ]);
    let named =
        |names: &[&str]| named_takes(&all, &names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
    assert_eq!(named(&["neon/one", "00000003"]), Ok([nonce(1), nonce(3)].into()));
    assert_eq!(named(&[nonce(2).to_string().as_str()]), Ok([nonce(2)].into()));
    let numbers = vec!["00000002".to_owned(), "00000003".to_owned()];
    assert_eq!(named(&["neon/two"]), Err(NotOne::Several { name: "neon/two".to_owned(), numbers }));
    assert!(matches!(named(&["neon/one", "neon/four"]), Err(NotOne::Settled { .. })));
    assert_eq!(named(&["neon"]), Err(NotOne::Nothing("neon".to_owned())));
}

#[test]
fn what_fal_wrote_beside_the_request_makes_it_doubtful_and_what_is_null_does_not() {
    let with = |name: &str, value: serde_json::Value| {
        let mut listed = past("r", Some("fox"), 1);
        listed.input.as_mut().unwrap().insert(name.to_owned(), value);
        judged([intended(1, "fox", 0)], vec![listed])
    };
    assert_eq!(with("shot_type", json!("customize")), [ambiguous(&[("r", 1)])]);
    assert_eq!(with("multi_prompt", json!(null)), [found("r")]);
    assert_eq!(with("duration", json!("4")), [Verdict::NotFound]);
    let mut far = past("r", Some("fox"), 11);
    far.input.as_mut().unwrap().insert("shot_type".to_owned(), json!("customize"));
    assert_eq!(judged([intended(1, "fox", 0)], vec![far]), [Verdict::NotFound]);
}

/// The most requests that can be given to takes in reach, each once: tries every way.
fn most(takes: &[i64], requests: &[i64]) -> usize {
    let Some((request, rest)) = requests.split_first() else { return 0 };
    let given =
        takes.iter().enumerate().filter(|(_, take)| (*request - **take).abs() <= 10).map(|(at, _)| {
            let left: Vec<i64> =
                takes.iter().enumerate().filter(|(n, _)| *n != at).map(|(_, take)| *take).collect();
            1 + most(&left, rest)
        });
    given.max().unwrap_or_default().max(most(takes, rest))
}

fn all_verdicts(intents: &[(u8, i64)], listed: &[(u8, i64)]) -> BTreeMap<Nonce, Verdict> {
    let facts = intents.iter().zip(1..).map(|((prompt, at), n)| intended(n, &prompt.to_string(), *at));
    let requests = listed.iter().enumerate();
    let requests = requests.map(|(n, (prompt, at))| past(&format!("r{n}"), Some(&prompt.to_string()), *at));
    verdicts(&takes(facts), &history(requests.collect()))
}

proptest! {
    #[test]
    fn as_many_are_found_as_can_be_or_none_at_all(
        intents in prop::collection::vec((0..2_u8, 0..40_i64), 1..6),
        listed in prop::collection::vec((0..2_u8, -15..55_i64), 0..6),
    ) {
        let verdicts = all_verdicts(&intents, &listed);
        prop_assert_eq!(verdicts.len(), intents.len());
        for prompt in 0..2_u8 {
            let times = |all: &[(u8, i64)]| all.iter().filter(|one| one.0 == prompt).map(|one| one.1).collect::<Vec<_>>();
            let (begun, seen) = (times(&intents), times(&listed));
            let near: Vec<i64> =
                seen.iter().copied().filter(|seen| begun.iter().any(|begun| (begun - seen).abs() <= 10)).collect();
            let of = intents.iter().zip(1..).filter(|(one, _)| one.0 == prompt).map(|(_, n)| &verdicts[&nonce(n)]);
            let of: Vec<&Verdict> = of.collect();
            let found = of.iter().filter(|verdict| matches!(verdict, Verdict::Found(_))).count();
            if most(&begun, &near) == near.len() {
                prop_assert_eq!(found, near.len());
            } else {
                prop_assert!(of.iter().all(|verdict| matches!(verdict, Verdict::Ambiguous(_))));
            }
        }
    }

    #[test]
    fn what_is_found_is_equal_in_reach_and_nobody_elses(
        intents in prop::collection::vec((0..3_u8, 0..40_i64), 1..6),
        listed in prop::collection::vec((0..3_u8, -15..55_i64), 0..6),
    ) {
        let mut given = BTreeSet::new();
        for (nonce_of, verdict) in all_verdicts(&intents, &listed) {
            let Verdict::Found(id) = verdict else { continue };
            let begun = intents.iter().zip(1..).find(|(_, n)| nonce(*n) == nonce_of).unwrap().0;
            let seen = listed[id[1..].parse::<usize>().unwrap()];
            prop_assert_eq!(begun.0, seen.0);
            prop_assert!((begun.1 - seen.1).abs() <= 10);
            prop_assert!(given.insert(id));
        }
    }

    #[test]
    fn the_order_in_which_fal_lists_them_does_not_count(
        intents in prop::collection::vec((0..2_u8, 0..40_i64), 1..6),
        requests in prop::collection::vec((0..2_u8, -15..55_i64), 0..6)
            .prop_map(|all| all.iter().enumerate().map(|(n, (prompt, at))| past(&format!("r{n}"), Some(&prompt.to_string()), *at)).collect::<Vec<_>>())
            .prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
    ) {
        let facts = || intents.iter().zip(1..).map(|((prompt, at), n)| intended(n, &prompt.to_string(), *at));
        let (listed, shuffled) = requests;
        prop_assert_eq!(judged(facts(), listed), judged(facts(), shuffled));
    }
}
