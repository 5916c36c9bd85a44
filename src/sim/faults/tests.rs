//! The grammar of rules, and what is drawn by them.

use std::time::Duration;

use proptest::prelude::*;
use serde_json::json;

use super::glob::Glob;
use super::*;
use crate::sim::job::payload;

fn dice(seed: u64, texts: &[&str]) -> Dice {
    Dice::new(seed, Faults::parse(texts).unwrap())
}

fn who(number: u32) -> Who<'static> {
    Who { endpoint: "a/b", payload: payload("a/b", &json!({"prompt": number.to_string()})) }
}

fn met(dice: &Dice, call: Call, number: u32) -> Option<Kind> {
    let who = who(number);
    if call == Call::Submit { dice.submit(who).0 } else { dice.meet(call, who) }.map(|met| met.kind)
}

fn end(dice: &Dice, number: u32) -> Option<Kind> {
    dice.submit(who(number)).1.and_then(BadEnd::kind)
}

#[test]
fn a_request_meets_the_same_faults_in_any_order() {
    let [one, other] = [(); 2].map(|()| dice(7, &["submit.*:p=0.4"]));
    let forwards: Vec<_> = (0..200).map(|number| met(&one, Call::Submit, number)).collect();
    let mut backwards: Vec<_> = (0..200).rev().map(|number| met(&other, Call::Submit, number)).collect();
    backwards.reverse();
    assert_eq!(forwards, backwards);
    assert!(forwards.iter().any(Option::is_some) && forwards.iter().any(Option::is_none));
    let third = dice(8, &["submit.*:p=0.4"]);
    assert_ne!(forwards, (0..200).map(|number| met(&third, Call::Submit, number)).collect::<Vec<_>>());
}

#[test]
fn a_fault_comes_about_as_often_as_its_rule_says_whatever_stands_before_it() {
    let dice = dice(1, &["submit.lost:p=0.05", "submit.*:p=0.17", "submit.throttled:p=0.03"]);
    let kinds: Vec<_> = (0..10_000).filter_map(|number| met(&dice, Call::Submit, number)).collect();
    let count = |wanted| kinds.iter().filter(|kind| **kind == wanted).count();
    assert!((500..700).contains(&count(Kind::SubmitLost)), "{}", count(Kind::SubmitLost));
    assert!((320..480).contains(&count(Kind::SubmitThrottled)), "{}", count(Kind::SubmitThrottled));
    assert!((60..140).contains(&count(Kind::SubmitPage)), "{}", count(Kind::SubmitPage));
    assert!(Call::Submit.kinds().all(|kind| count(kind) > 0));
}

#[test]
fn a_rule_goes_on_for_ever_unless_it_says_how_many_attempts() {
    let dice = dice(1, &["status.busy", "file.truncate:first=2"]);
    let twenty = |call| (0..20).filter(|_| met(&dice, call, 1).is_some()).count();
    assert_eq!([twenty(Call::Status), twenty(Call::File), twenty(Call::Result)], [20, 2, 0]);
    assert_eq!(
        met(&dice, Call::File, 2),
        Some(Kind::FileTruncate),
        "another request has attempts of its own"
    );
}

#[test]
fn only_the_submit_of_a_number_meets_what_waits_for_it() {
    let dice = dice(1, &["submit.refused:at=2", "end.policy:at=3"]);
    let both = |number| {
        let (met, end) = dice.submit(who(number));
        (met.map(|met| met.kind), end.and_then(BadEnd::kind))
    };
    let all = [both(1), both(1), both(1), both(1)];
    let expected =
        [(None, None), (Some(Kind::SubmitRefused), None), (None, Some(Kind::EndPolicy)), (None, None)];
    assert_eq!(all, expected);
}

#[test]
fn a_filter_blocks_the_same_prompt_for_good_and_a_server_fails_by_chance() {
    let dice = dice(1, &["end.policy:p=0.3", "end.server:p=0.3"]);
    let ends: Vec<Vec<_>> = (0..300).map(|number| (0..8).map(|_| end(&dice, number)).collect()).collect();
    let blocked: Vec<_> = ends.iter().filter(|ends| ends[0] == Some(Kind::EndPolicy)).collect();
    assert!((60..120).contains(&blocked.len()), "{}", blocked.len());
    assert!(blocked.iter().all(|ends| ends.iter().all(|end| *end == Some(Kind::EndPolicy))));
    let failed = ends.iter().flatten().filter(|end| **end == Some(Kind::EndServer)).count();
    assert!((600..840).contains(&failed), "{failed}");
    let fickle = ends.iter().filter(|ends| ends.contains(&None) && ends.contains(&Some(Kind::EndServer)));
    assert!(fickle.count() > 150);
}

#[test]
fn a_submit_before_a_restart_was_an_attempt() {
    let dice = dice(1, &["submit.lost:first=1", "end.server:first=1"]);
    dice.remember(who(1));
    assert_eq!((met(&dice, Call::Submit, 1), met(&dice, Call::Submit, 2)), (None, Some(Kind::SubmitLost)));
}

#[test]
fn other_rules_begin_to_count_anew_and_none_make_it_calm() {
    let dice = dice(1, &["status.busy:first=1"]);
    assert!(met(&dice, Call::Status, 1).is_some() && met(&dice, Call::Status, 1).is_none());
    dice.change(|rules| rules);
    assert!(met(&dice, Call::Status, 1).is_some());
    dice.change(|_| Faults::default());
    assert_eq!((met(&dice, Call::Status, 1), dice.rules()), (None, Faults::default()));
}

#[test]
fn an_endpoint_narrows_a_rule() {
    let dice = dice(1, &["status.busy:endpoint=a/*", "result.busy:endpoint=b/*"]);
    assert!(met(&dice, Call::Status, 1).is_some() && met(&dice, Call::Result, 1).is_none());
}

#[test]
fn a_code_and_a_time_are_as_the_rule_says_or_as_the_fault_has_them() {
    let who = who(1);
    let said = dice(1, &["status.busy:code=503,first=1", "status.hang:for=5s"]);
    assert_eq!(said.meet(Call::Status, who).unwrap().code(), Some(503));
    assert_eq!(said.meet(Call::Status, who).unwrap().lasts, Duration::from_secs(5));
    let own = dice(1, &["status.busy"]).meet(Call::Status, who).unwrap().code().unwrap();
    assert!(Kind::StatusBusy.codes().contains(&own));
    assert_eq!(dice(1, &["status.hang"]).meet(Call::Status, who).unwrap().lasts, Duration::from_secs(2));
}

#[test]
fn every_kind_of_rule_that_heals_lets_a_persistent_client_through() {
    let dice = Dice::new(1, Faults::every(1.0));
    for call in [Call::Submit, Call::Status, Call::Stream, Call::Cancel, Call::Result, Call::File] {
        let met: Vec<_> = (0..20).map(|_| met(&dice, call, 1).is_some()).collect();
        assert!(met[0] && !met[19], "{call}");
    }
}

#[test]
fn everything_that_is_wrong_is_told_at_once_with_what_was_meant() {
    let wrong = Faults::parse([
        "submit.lsot",
        "submit.lost:p=2,firts=1",
        "files.truncate",
        "truncate",
        "status",
        "nonsense",
        "status.busy:code=418",
        "submit.refused:code=429",
        "status.lost:at=1,for=1s",
        "status.hang:for=soon,first=0",
        "submit.*:code=503",
        "*:at=1",
        "prices.busy:endpoint=a",
        "listing.late:first=1",
        "submit.lost:p=0.1,p=0.2",
        "",
    ]);
    let expected = "\
submit.lsot: submit has no fault `lsot`; did you mean `lost`? there are lost, hang, gateway, gateway-timeout, \
no-request-id, broken-json, empty, page, deep-json, endless, redirect, hostile-id, other-host, throttled, refused, \
refused-by-page or never-arrived
submit.lost:p=2,firts=1: `p=2` is no probability; write a number from 0 to 1, such as 0.05
submit.lost:p=2,firts=1: there is no parameter `firts`; did you mean `first`? there are p=0.05, first=N, at=N, code=N, \
for=5s or endpoint=GLOB
files.truncate: there is no call `files`; did you mean `file`? there are submit, end, status, stream, cancel, result, \
file, webhook, listing, history or prices
truncate: `truncate` lacks its call; write file.truncate
status: `status` alone is no fault; write status.* for any of busy, not-found, unauthorized, reset, hang, garbage, \
flap, unknown-state, odd-logs or other-host
nonsense: `nonsense` is no fault; write CALL.KIND, such as submit.lost, or * for any
status.busy:code=418: status.busy has no code 418, but 408, 425, 429, 500, 502, 503 or 504
submit.refused:code=429: submit.refused has no code 429, but 400, 401, 402, 403, 404 or 422; submit.throttled has 429
status.lost:at=1,for=1s: status has no fault `lost`; there are busy, not-found, unauthorized, reset, hang, garbage, \
flap, unknown-state, odd-logs or other-host
status.hang:for=soon,first=0: `soon` is no length of time; write one such as 40ms, 2s, 1m30s or 1h
status.hang:for=soon,first=0: `first=0` counts nothing; write a whole number from 1
submit.*:code=503: `code` means nothing for submit.*, which has no choice of codes
*:at=1: `at` is for submit and end, and * is neither
prices.busy:endpoint=a: `endpoint` means nothing for prices.busy, which is about no request
listing.late:first=1: `first` means nothing for listing.late, which is decided once
submit.lost:p=0.1,p=0.2: `p` is given twice
: `` is no fault; write CALL.KIND, such as submit.lost, or * for any";
    assert_eq!(wrong.unwrap_err().to_string(), expected);
}

#[test]
fn every_kind_has_a_name_of_its_own_and_a_line_that_says_what_happens() {
    let names: std::collections::BTreeSet<_> = Kind::ALL.iter().map(Kind::to_string).collect();
    assert_eq!(names.len(), Kind::ALL.len());
    for kind in Kind::ALL {
        assert_eq!(kind.to_string().parse(), Ok(Rule::of(kind)), "{kind}");
        assert!(kind.name().chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{kind}");
        assert!(kind.doc().ends_with('.') && !kind.doc().contains('\n'), "{kind}");
    }
}

fn what() -> impl Strategy<Value = What> {
    let calls = prop::sample::select(Call::ALL.to_vec()).prop_map(What::AnyOf);
    let kinds = prop::sample::select(Kind::ALL.to_vec()).prop_map(What::One);
    prop_oneof![8 => kinds, 2 => calls, 1 => Just(What::Any)]
}

prop_compose! {
    fn rule()(
        what in what(),
        p in 0.0..=1.0_f64,
        first in prop::option::of(1_u32..),
        at in prop::option::of(1_u64..),
        code in any::<prop::sample::Index>(),
        nanos in prop::option::of(0_u64..1_000_000_000_000_000),
        glob in prop::option::of("[a-z0-9*/=:.-]{1,20}"),
    ) -> Rule {
        let fits = |param: Param| param.unfit(what).is_none();
        let codes = what.kind().map(Kind::codes).filter(|codes| !codes.is_empty());
        Rule {
            what,
            p,
            first: first.filter(|_| fits(Param::First)),
            at: at.filter(|_| fits(Param::At)),
            code: codes.map(|codes| *code.get(codes)),
            lasts: nanos.map(Duration::from_nanos).filter(|_| fits(Param::For)),
            endpoint: glob.and_then(|glob| Glob::new(&glob)).filter(|_| fits(Param::Endpoint)),
        }
    }
}

proptest! {
    #[test]
    fn what_a_rule_prints_reads_back_as_the_same_rule(rule in rule()) {
        prop_assert_eq!(rule.to_string().parse(), Ok(rule));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[a-z.*:=,0-9é ]{0,30}") {
        let _ = text.parse::<Rule>();
    }
}
