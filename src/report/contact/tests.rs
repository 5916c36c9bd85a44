//! The view model, and that what people wrote stays text.

use std::collections::BTreeSet;

use serde_json::Value;

use super::*;
use crate::expand::Expanded;
use crate::plan::testing::{bought, failed, intended, landed, plan_with, shot, storyboard, submitted, usd};
use crate::plan::{Plan, Selection};
use crate::take::{FailureKind, Take};
use crate::timeline::timelines;

/// A scene of two shots that share a clip, and a scene of one.
fn board() -> Expanded {
    storyboard(vec![vec![shot("roof", "sky", 4), shot("roof", "land", 5)], vec![shot("card", "neon", 6)]])
}

fn planned(expanded: &Expanded, takes: &[Take]) -> Plan {
    plan_with(expanded, takes.to_vec(), &Selection::default()).unwrap()
}

fn page(expanded: &Expanded, takes: Vec<Take>, absent: &BTreeSet<Nonce>) -> (String, Value) {
    page_of(Scope::Project, expanded, takes, absent)
}

fn page_of(scope: Scope, expanded: &Expanded, takes: Vec<Take>, absent: &BTreeSet<Nonce>) -> (String, Value) {
    let (plan, boards) = (planned(expanded, &takes), [expanded.clone()]);
    let takes: Takes = takes.into_iter().collect();
    let (timelines, commands) = (timelines(&boards, &plan, &takes), commands());
    let sheet = Sheet {
        timelines: &timelines,
        plan: &plan,
        scope,
        takes: &takes,
        absent,
        spending: Spending::Real,
        at: Timestamp::UNIX_EPOCH,
        project: "film",
        folder: "renders",
        base: "../a%20b/",
        commands: &commands,
    };
    (sheet.page(), serde_json::from_str(&sheet.json("r.html")).unwrap())
}

fn commands() -> Commands {
    let [render, reconcile, explain] =
        ["render --out x", "reconcile --out x", "explain"].map(|name| format!("shotlist {name}"));
    Commands { render, reconcile, explain }
}

/// What the page is given.
fn data(expanded: &Expanded, takes: Vec<Take>) -> Value {
    read(&page(expanded, takes, &BTreeSet::new()).0)
}

fn read(page: &str) -> Value {
    let after = page.split_once("id=\"data\">").unwrap().1;
    serde_json::from_str(after.split_once("</script>").unwrap().0).unwrap()
}

fn again(take: &Take, number: u32) -> Take {
    let intent = &take.intent;
    intended(number, &intent.request, &intent.address, &intent.shots, intent.usd)
}

#[test]
fn what_was_never_rendered_waits_with_its_price_and_a_command() {
    let data = data(&board(), Vec::new());
    let clip = &data["clips"][0];
    assert_eq!((&clip["state"], &clip["waits"]), (&"to-buy".into(), &"not rendered yet".into()));
    assert_eq!(clip["money"], "$3.78 to buy");
    assert_eq!(clip["commands"][0]["command"], "shotlist render --out x --only neon/roof/sky");
    assert_eq!(clip["commands"][1]["command"], "shotlist explain neon/roof/sky");
    assert_eq!(clip["chosen"], Value::Null);
}

#[test]
fn clips_and_shots_stand_in_their_places() {
    let data = data(&board(), Vec::new());
    let place = |clip: &Value| (clip["start"].as_u64().unwrap(), clip["seconds"].as_u64().unwrap());
    let clips = data["clips"].as_array().unwrap();
    assert_eq!(clips.iter().map(place).collect::<Vec<_>>(), [(0, 9), (9, 6)]);
    let shots = clips[0]["shots"].as_array().unwrap();
    assert_eq!(shots.iter().map(place).collect::<Vec<_>>(), [(0, 4), (4, 5)]);
    assert_eq!(shots[0]["at"], "storyboards/neon.yaml:1");
    let film = &data["boards"][0]["films"][0];
    assert_eq!((&film["first"], &film["count"], &film["seconds"]), (&0.into(), &2.into(), &15.into()));
}

#[test]
fn the_newest_landed_take_is_in_the_film_and_its_file_beside_the_page() {
    let first = bought(&planned(&board(), &[])).remove(0);
    let newest = landed(again(&first, 8));
    let name = format!("../a%20b/takes/{}", newest.file_name());
    let takes = vec![first.clone(), newest, failed(again(&first, 9), FailureKind::Policy)];
    let data = data(&board(), takes);
    let clip = &data["clips"][0];
    assert_eq!((&clip["state"], &clip["chosen"]), (&"current".into(), &1.into()));
    assert_eq!(clip["takes"][1]["file"], name);
    assert_eq!((&clip["takes"][2]["word"], &clip["takes"][2]["why"]), (&"failed".into(), &"no".into()));
    let command = clip["commands"][0]["command"].as_str().unwrap();
    assert!(command.ends_with("--only neon/roof/sky --force neon/roof/sky"), "{command}");
}

#[test]
fn a_file_that_is_not_here_is_never_linked() {
    let take = bought(&planned(&board(), &[])).remove(0);
    let absent = BTreeSet::from([take.nonce]);
    let (page, _) = page(&board(), vec![take], &absent);
    assert_eq!(read(&page)["clips"][0]["takes"][0]["file"], Value::Null);
    assert!(!page.contains(".mp4"));
}

#[test]
fn words_that_changed_since_the_last_take_are_marked() {
    let old = bought(&planned(&board(), &[]));
    let mut now = board();
    now.scenes[0].shots[1].prompt = "the crash".to_owned();
    let data = data(&now, old);
    let clip = &data["clips"][0];
    let marks = serde_json::json!([["kept", "the "], ["removed", "land"], ["added", "crash"]]);
    assert_eq!(clip["shots"][1]["changed"], marks);
    assert_eq!(clip["shots"][0]["changed"], serde_json::json!([]));
    assert_eq!(clip["takes"][0]["label"], "earlier, 1");
    assert!(clip["reason"].as_str().unwrap().starts_with("prompt of land changed"), "{clip}");
}

#[test]
fn every_state_has_its_word_and_its_next_step() {
    let takes = bought(&planned(&board(), &[]));
    let state = |take: Take| {
        let data = data(&board(), vec![take]);
        let clip = &data["clips"][0];
        let command = clip["commands"][0]["command"].as_str().unwrap().to_owned();
        (clip["state"].as_str().unwrap().to_owned(), command, clip["money"].as_str().unwrap().to_owned())
    };
    let (word, command, money) = state(submitted(again(&takes[0], 8)));
    assert_eq!((word.as_str(), money.as_str()), ("in-flight", "$3.78 reserved"));
    assert!(command.ends_with("--only neon/roof/sky"));
    let (word, command, _) = state(again(&takes[0], 8));
    assert_eq!((word.as_str(), command.as_str()), ("unknown", "shotlist reconcile --out x"));
    let (word, command, money) = state(failed(again(&takes[0], 8), FailureKind::Policy));
    assert_eq!((word.as_str(), money.as_str()), ("failed", "$3.78 spent, $3.78 if bought"));
    assert!(command.ends_with("--failed"));
}

#[test]
fn every_take_that_is_wanted_or_under_way_is_in_the_money() {
    let mut three = board();
    three.scenes[0].shots.iter_mut().for_each(|shot| shot.takes = 3);
    let money = |takes: Vec<Take>| data(&three, takes)["clips"][0]["money"].as_str().unwrap().to_owned();
    assert_eq!(money(Vec::new()), "$11.34 to buy");
    let first = bought(&planned(&board(), &[])).remove(0);
    assert_eq!(money(vec![first.clone()]), "$3.78 spent, $7.56 to buy");
    let more = [submitted(again(&first, 8)), submitted(again(&first, 9))];
    assert_eq!(money(vec![first.clone(), more[0].clone()]), "$3.78 spent, $3.78 reserved, $3.78 to buy");
    assert_eq!(money([vec![first], more.into()].concat()), "$3.78 spent, $7.56 reserved");
}

#[test]
fn money_stands_to_scale_and_in_words() {
    let mut now = board();
    now.budget = Some(usd("10"));
    let takes = bought(&planned(&board(), &[]));
    let data = data(&now, vec![takes[0].clone()]);
    let bar = &data["boards"][0]["money"];
    let part = |part: &Value| {
        (
            part["word"].as_str().unwrap().to_owned(),
            part["usd"].as_str().unwrap().to_owned(),
            part["share"].as_u64().unwrap(),
        )
    };
    let parts: Vec<_> = bar["parts"].as_array().unwrap().iter().map(part).collect();
    let told: Vec<(&str, &str, u64)> =
        parts.iter().map(|(word, usd, share)| (word.as_str(), usd.as_str(), *share)).collect();
    assert_eq!(told, [("spent", "$3.78", 378), ("to buy", "$2.52", 252), ("left after that", "$3.70", 370)]);
    assert_eq!(bar["notes"], serde_json::json!(["budget $10.00, left $6.22"]));
}

#[test]
fn what_no_budget_has_room_for_is_held_and_said() {
    let mut now = board();
    now.budget = Some(usd("4"));
    let data = data(&now, Vec::new());
    assert_eq!(data["clips"][1]["state"], "held");
    assert_eq!(data["boards"][0]["money"]["notes"][1], "$2.52 more has no room");
}

/// A take of a request that no clip makes.
fn bought_for(address: &str) -> Take {
    let mut take = bought(&planned(&board(), &[])).remove(0);
    take.intent.address = address.parse().unwrap();
    take.intent.request.body.insert("seed".to_owned(), 7.into());
    take.fingerprint = take.intent.request.fingerprint();
    take
}

#[test]
fn a_purchase_that_no_clip_uses_is_listed() {
    let data = data(&board(), vec![bought_for("gone/away")]);
    assert_eq!(data["leftovers"][0]["address"], "gone/away");
    assert_eq!(data["leftovers"][0]["take"]["cost"], "$3.78 spent");
}

#[test]
fn what_others_than_those_on_the_page_may_use_is_not_called_unused() {
    let left = |scope, address| {
        let (page, _) = page_of(scope, &board(), vec![bought_for(address)], &BTreeSet::new());
        read(&page)["leftovers"].as_array().unwrap().len()
    };
    assert_eq!((left(Scope::Part, "other/one"), left(Scope::Project, "other/one")), (0, 1));
    assert_eq!((left(Scope::Part, "neon/gone"), left(Scope::Project, "neon/gone")), (1, 1));
    assert_eq!((left(Scope::Part, "neon+draft/one"), left(Scope::Project, "neon+draft/one")), (0, 0));
}

#[test]
fn the_machine_output_counts_every_clip_once() {
    let (_, made) = page(&board(), vec![bought(&planned(&board(), &[])).remove(0)], &BTreeSet::new());
    let totals = &made["totals"];
    assert_eq!((&made["version"], &made["file"]), (&1.into(), &"r.html".into()));
    assert_eq!((&totals["clips"], &totals["current"], &totals["to_buy"]), (&2.into(), &1.into(), &1.into()));
    assert_eq!((&totals["spent_usd"], &totals["usd"]), (&"3.78".into(), &"2.52".into()));
}

#[test]
fn texts_of_a_storyboard_are_never_markup() {
    let mut hostile = board();
    hostile.title = Some("</title><script>".to_owned());
    hostile.scenes[0].shots[0].prompt = "</script><!--".to_owned();
    let (page, _) = page(&hostile, Vec::new(), &BTreeSet::new());
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(read(&page)["clips"][0]["shots"][0]["prompt"], "</script><!--");
}
