//! Which of what was bought elsewhere is taken in, by examples and against every mix of requests.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::render::reconcile::testing::*;

/// Address and request of what is taken in.
fn taken(prompts: &[(&str, u32)], takes: &Takes, requests: Vec<PastRequest>) -> Vec<(String, String)> {
    let (plan, history) = (plan_of(prompts, takes), history(requests));
    let found = adoptions(&plan, takes, &history);
    let one = |adoption: &Adoption| match adoption.place {
        Place::Clip(clip) => (clip.address.to_string(), adoption.past.request_id.clone()),
        Place::Unknown(_) => unreachable!("only clips are looked for"),
    };
    found.adoptions.iter().map(one).collect()
}

fn ids(prompts: &[(&str, u32)], takes: &Takes, requests: Vec<PastRequest>) -> Vec<String> {
    taken(prompts, takes, requests).into_iter().map(|(_, id)| id).collect()
}

/// Of the only clip: spare, failed, unsettled.
fn left(prompts: &[(&str, u32)], takes: &Takes, requests: Vec<PastRequest>) -> Option<(usize, usize, usize)> {
    let (plan, history) = (plan_of(prompts, takes), history(requests));
    let found = adoptions(&plan, takes, &history);
    found.left.first().map(|left| (left.spare, left.failed, left.unsettled))
}

fn fox(id: &str, minute: i64) -> PastRequest {
    past(id, &body("a fox"), minute)
}

const FOX: &[(&str, u32)] = &[("a fox", 1)];

#[test]
fn a_request_that_asks_for_the_same_is_the_clip_and_no_other_is() {
    let with = |name: &str, value: Value| {
        let mut body = body("a fox");
        body[name] = value;
        ids(FOX, &Takes::default(), vec![past("r", &body, 0)])
    };
    assert_eq!(ids(FOX, &Takes::default(), vec![fox("r", 0)]), ["r"]);
    assert_eq!(with("shot_type", json!("customize")), ["r"]);
    assert_eq!(with("multi_prompt", Value::Null), ["r"]);
    for (name, value) in
        [("prompt", json!("a fox ")), ("duration", json!("4")), ("shot_type", json!("intelligent"))]
    {
        assert_eq!(with(name, value), [""; 0], "{name}");
    }
}

#[test]
fn the_endpoint_is_part_of_the_request() {
    let plan = plan_of(FOX, &Takes::default());
    let mut history = history([]);
    history.requests.insert("fal-ai/kling-video/o3/pro/text-to-video".to_owned(), vec![fox("r", 0)]);
    assert!(adoptions(&plan, &Takes::default(), &history).adoptions.is_empty());
}

#[test]
fn the_newest_successful_ones_come_first_then_what_still_runs_and_never_what_failed() {
    let requests = || {
        vec![
            fox("old", 1),
            fox("new", 2),
            ended(fox("runs", 3), None),
            ended(fox("failed", 4), Some(422)),
            ended(fox("down", 5), Some(503)),
        ]
    };
    for (wanted, taken) in [(1, 1), (2, 2), (3, 3), (4, 3)] {
        let all = ["new", "old", "runs"];
        let prompts = &[("a fox", wanted)];
        assert_eq!(ids(prompts, &Takes::default(), requests()), all[..taken]);
        let spare = 3 - taken;
        assert_eq!(left(prompts, &Takes::default(), requests()), Some((spare, 2, 0)));
    }
    assert_eq!(left(FOX, &Takes::default(), vec![fox("r", 0)]), None);
}

#[test]
fn what_a_take_has_is_not_taken_again_and_what_is_owned_is_not_wanted() {
    let has = takes([owned(1, "a fox", "r")]);
    assert_eq!(ids(FOX, &has, vec![fox("r", 0), fox("s", 1)]), [""; 0]);
    let twice = &[("a fox", 2)];
    assert_eq!(ids(twice, &has, vec![fox("r", 0), fox("s", 1), fox("t", 2)]), ["t"]);
}

#[test]
fn nothing_is_taken_while_it_may_be_the_purchase_that_nobody_knows_of() {
    let lost = takes([unknown(1, "a fox", 0)]);
    let twice = &[("a fox", 2), ("an owl", 1)];
    let requests = || vec![fox("r", 0), fox("s", 1), past("o", &body("an owl"), 0)];
    assert_eq!(ids(twice, &lost, requests()), ["o"]);
    assert_eq!(left(twice, &lost, requests()), Some((0, 0, 2)));
}

#[test]
fn equal_clips_take_one_and_a_clip_that_sends_just_the_same_comes_before_one_that_asks_for_the_same() {
    assert_eq!(ids(&[("a fox", 1), ("a fox", 1)], &Takes::default(), vec![fox("r", 0), fox("s", 1)]), ["s"]);
    let mut plan = plan_of(&[("a fox", 1), ("a fox", 1)], &Takes::default());
    let mut explicit = (*plan.clips[1].request).clone();
    explicit.body.insert("shot_type".to_owned(), json!("customize"));
    plan.clips[1].fingerprint = explicit.fingerprint();
    plan.clips[1].request = explicit.clone().into();
    plan.clips[1].wanted = plan.clips[0].wanted.clone();
    let history = history([past("r", &Value::Object(explicit.body), 0), fox("s", 1)]);
    let found = adoptions(&plan, &Takes::default(), &history);
    let places: Vec<(String, &str)> = found
        .adoptions
        .iter()
        .map(|one| match one.place {
            Place::Clip(clip) => (clip.address.to_string(), one.past.request_id.as_str()),
            Place::Unknown(_) => unreachable!(),
        })
        .collect();
    assert_eq!(places, [("x/s1".to_owned(), "s"), ("x/s2".to_owned(), "r")]);
}

#[test]
fn what_fal_has_not_kept_is_counted_and_not_guessed() {
    let plan = plan_of(FOX, &Takes::default());
    let history = history([past("r", &Value::Null, 0)]);
    let found = adoptions(&plan, &Takes::default(), &history);
    assert_eq!((found.adoptions.len(), found.unkept), (0, 1));
}

#[test]
fn what_is_recorded_is_the_clip_with_the_request_as_its_receipt() {
    let plan = plan_of(FOX, &Takes::default());
    let history = history([ended(fox("r", 7), None)]);
    let found = adoptions(&plan, &Takes::default(), &history);
    let take = adopted(&found.adoptions[0], "sim", nonce(1), at(9)).into_take().unwrap();
    assert_eq!((take.nonce, take.intent.at, take.fingerprint), (nonce(1), at(7), plan.clips[0].fingerprint));
    assert_eq!((take.intent.usd, take.intent.seconds), (plan.clips[0].usd, 5));
    assert_eq!(take.intent.video, "/video/url");
    assert_eq!(take.submitted.as_ref().unwrap().request_id, "r");
    assert!(take.is_unfinished());
    let lost = unknown(2, "a fox", 0).into_take().unwrap();
    let facts = adopted(
        &Adoption { past: found.adoptions[0].past, place: Place::Unknown(&lost) },
        "sim",
        nonce(3),
        at(9),
    );
    assert_eq!(
        (facts.nonce, facts.intent, facts.submitted.unwrap().request_id.as_str()),
        (nonce(2), None, "r")
    );
}

proptest! {
    #[test]
    fn each_is_taken_once_by_a_clip_that_asks_for_it_and_no_clip_gets_more_than_it_wants(
        wanted in prop::collection::vec((0..3_u8, 1..4_u32), 1..5),
        listed in prop::collection::vec((0..3_u8, 0..40_i64, 0..3_usize), 0..8),
        known in prop::collection::vec(0..3_u8, 0..3),
    ) {
        let names = ["a fox", "an owl", "an elk"];
        let prompts: Vec<(&str, u32)> = wanted.iter().map(|(name, takes)| (names[usize::from(*name)], *takes)).collect();
        let known = known.iter().zip(1..);
        let has = takes(known.map(|(name, number)| owned(number, names[usize::from(*name)], &format!("r{number}"))));
        let requests: Vec<PastRequest> = listed.iter().enumerate().map(|(number, (name, minute, fate))| {
            let request = past(&format!("r{number}"), &body(names[usize::from(*name)]), *minute);
            ended(request, [Some(200), None, Some(422)][*fate])
        }).collect();
        let (plan, history) = (plan_of(&prompts, &has), history(requests));
        let open = |name: &str| plan.clips.iter().filter(|clip| clip.request.body["prompt"] == name)
            .flat_map(|clip| &clip.wanted).filter(|wanted| wanted.action == Action::Buy).count();
        let found = adoptions(&plan, &has, &history);
        let mut seen = BTreeSet::new();
        for one in &found.adoptions {
            let Place::Clip(clip) = one.place else { panic!() };
            let input = one.past.input.as_ref().unwrap();
            prop_assert_eq!(&clip.request.body["prompt"], &input["prompt"]);
            prop_assert!(seen.insert(&one.past.request_id));
            prop_assert!(!has.iter().any(|take| take.submitted.as_ref().unwrap().request_id == one.past.request_id));
            prop_assert!(!matches!(one.fate(), Fate::Failed(_)));
        }
        for name in names {
            let is_it = |past: &&PastRequest| past.input.as_ref().unwrap()["prompt"] == name;
            let got = found.adoptions.iter().filter(|one| is_it(&one.past)).count();
            let good = history.requests[ENDPOINT].iter().filter(is_it).filter(|past| {
                past.status_code != Some(422)
                    && !has.iter().any(|take| take.submitted.as_ref().unwrap().request_id == past.request_id)
            });
            prop_assert_eq!(got, good.count().min(open(name)));
        }
    }
}
