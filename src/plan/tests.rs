//! What is bought, reused and held, as a user would see it.

use super::testing::{bought, failed, intended, landed, plan_with, shot, storyboard, submitted, usd};
use super::*;
use crate::expand::{Expanded, Group, Shot};
use crate::take::FailureKind;

fn fresh(expanded: &Expanded, takes: Vec<Take>) -> Plan {
    plan_with(expanded, takes, &Selection::default()).unwrap()
}

/// `address: action, reason` of every take wanted.
fn told(plan: &Plan) -> Vec<String> {
    let clip = |clip: &Clip| {
        let told = |wanted: &Wanted| {
            format!(
                "{}: {:?}, {}",
                clip.shots.iter().map(Id::as_str).collect::<Vec<_>>().join("+"),
                wanted.action,
                wanted.words()
            )
        };
        clip.wanted.iter().map(told).collect::<Vec<_>>()
    };
    plan.clips.iter().flat_map(clip).collect()
}

/// Five clips of one shot each.
fn five() -> Vec<Shot> {
    ["a", "b", "c", "d", "e"].map(|name| shot("s", name, 10)).into()
}

fn purchases(plan: &Plan) -> Vec<String> {
    told(plan).into_iter().filter(|line| line.contains("Buy")).collect()
}

#[test]
fn what_was_bought_is_not_bought_again() {
    let board = storyboard(vec![five()]);
    let first = fresh(&board, Vec::new());
    assert_eq!((first.purchases(), first.total()), (5, usd("21.00")));
    let second = fresh(&board, bought(&first));
    assert_eq!((second.purchases(), second.total()), (0, Usd::ZERO));
}

#[test]
fn an_edited_shot_buys_its_clip_alone_and_says_which_words_changed() {
    let takes = bought(&fresh(&storyboard(vec![five()]), Vec::new()));
    let mut edited = five();
    edited[2].prompt = "the last c".to_owned();
    let plan = fresh(&storyboard(vec![edited]), takes);
    assert_eq!(purchases(&plan), [r#"c: Buy, prompt of c changed: "last" added"#]);
}

#[test]
fn an_inserted_shot_that_can_stand_alone_buys_just_itself() {
    let takes = bought(&fresh(&storyboard(vec![five()]), Vec::new()));
    let mut shots = five();
    shots.insert(2, shot("s", "new", 3));
    let plan = fresh(&storyboard(vec![shots]), takes);
    assert_eq!(purchases(&plan), ["new: Buy, never rendered"]);
}

#[test]
fn an_inserted_shot_that_cannot_stand_alone_takes_its_cheaper_neighbour_along() {
    let scene = || vec![shot("s", "a", 12), shot("s", "b", 5)];
    let takes = bought(&fresh(&storyboard(vec![scene()]), Vec::new()));
    let mut shots = scene();
    shots.insert(1, shot("s", "wink", 2));
    let plan = fresh(&storyboard(vec![shots]), takes);
    assert_eq!(
        purchases(&plan),
        ["wink+b: Buy, wink is new, b is bought again with it, since a clip is at least 3 s"]
    );
}

#[test]
fn reordered_scenes_buy_nothing() {
    let scenes =
        |order: [&str; 3]| order.map(|scene| vec![shot(scene, "a", 5), shot(scene, scene, 5)]).into();
    let takes = bought(&fresh(&storyboard(scenes(["x", "y", "z"])), Vec::new()));
    assert_eq!(fresh(&storyboard(scenes(["z", "x", "y"])), takes).purchases(), 0);
}

#[test]
fn equal_requests_share_their_takes() {
    let one = |scene: &str, takes: u32| vec![Shot { takes, ..shot(scene, "same", 5) }];
    let plan = fresh(&storyboard(vec![one("x", 1), one("y", 2)]), Vec::new());
    assert_eq!(
        told(&plan),
        [
            "same: Buy, never rendered",
            "same: Share(Coming), same request as neon/x/same",
            "same: Buy, take 2 is wanted"
        ]
    );
}

#[test]
fn an_unfinished_take_is_resumed_and_an_unanswered_one_is_unknown() {
    let board = storyboard(vec![five()]);
    let mut takes = bought(&fresh(&board, Vec::new()));
    takes[1] = submitted(Take { landed: None, ..takes[1].clone() });
    takes[2] = Take { landed: None, submitted: None, ..takes[2].clone() };
    let plan = fresh(&board, takes.clone());
    assert_eq!(plan.clips[1].wanted[0].action, Action::Resume(takes[1].nonce));
    assert_eq!(plan.clips[2].wanted[0].action, Action::Unknown(takes[2].nonce));
    assert_eq!((plan.purchases(), plan.strays.len()), (0, 0));
}

#[test]
fn what_is_in_flight_is_followed_although_no_clip_uses_it_any_more() {
    let board = storyboard(vec![five()]);
    let gone = bought(&fresh(&storyboard(vec![vec![shot("gone", "g", 5)]]), Vec::new())).remove(0);
    let plan = fresh(&board, vec![Take { landed: None, ..gone }]);
    assert_eq!(plan.strays[0].reason, "in flight at fal, request r1 (in none of these storyboards)");
}

#[test]
fn a_refusal_of_the_content_is_not_bought_again_unasked() {
    let board = storyboard(vec![vec![shot("s", "a", 5)]]);
    let mut takes = bought(&fresh(&board, Vec::new()));
    takes[0] = failed(Take { landed: None, ..takes[0].clone() }, FailureKind::Policy);
    let plan = fresh(&board, takes.clone());
    assert_eq!(plan.clips[0].wanted[0].action, Action::Hold(Held::Failed));
    let again = Selection { failed: FailedOnly::Yes, ..Selection::default() };
    assert_eq!(plan_with(&board, takes.clone(), &again).unwrap().purchases(), 1);
    let force = Selection { force: vec!["neon".parse().unwrap()], ..Selection::default() };
    assert_eq!(plan_with(&board, takes, &force).unwrap().purchases(), 1);
}

#[test]
fn a_server_error_is_bought_again_until_its_attempts_are_used_up() {
    let board = storyboard(vec![vec![shot("s", "a", 5)]]);
    let clip = fresh(&board, Vec::new()).clips.remove(0);
    let attempt = |number| {
        failed(intended(number, &clip.request, &clip.address, &clip.shots, clip.usd), FailureKind::Server)
    };
    assert_eq!(fresh(&board, vec![attempt(1)]).purchases(), 1);
    let held = fresh(&board, vec![attempt(1), attempt(2)]);
    assert_eq!(held.clips[0].wanted[0].action, Action::Hold(Held::Failed));
    assert_eq!(held.accounts[&"neon".parse().unwrap()].counted, Usd::ZERO);
}

#[test]
fn force_wants_one_take_more_and_resumes_the_one_it_asked_for_before() {
    let board = storyboard(vec![vec![shot("s", "a", 5)]]);
    let takes = bought(&fresh(&board, Vec::new()));
    let force = Selection { force: vec!["neon/s".parse().unwrap()], ..Selection::default() };
    let plan = plan_with(&board, takes.clone(), &force).unwrap();
    assert_eq!((plan.purchases(), plan.clips[0].wanted.len()), (1, 2));
    let clip = &plan.clips[0];
    let forced = submitted(intended(9, &clip.request, &clip.address, &clip.shots, clip.usd));
    let both = vec![takes[0].clone(), forced.clone()];
    let plan = plan_with(&board, both.clone(), &force).unwrap();
    assert_eq!(plan.clips[0].wanted[0].action, Action::Resume(forced.nonce));
    assert_eq!(plan.purchases(), 0);
    let landed = vec![takes[0].clone(), landed(forced.clone())];
    assert_eq!(fresh(&board, landed).clips[0].wanted[0].action, Action::Reuse(forced.nonce));
}

#[test]
fn budgets_hold_in_story_order_and_count_what_was_spent() {
    let mut board = storyboard(vec![five()]);
    board.budget = Some(usd("12.60"));
    let plan = fresh(&board, Vec::new());
    assert_eq!(plan.purchases(), 3);
    assert_eq!(plan.clips[3].wanted[0].words(), "over the storyboard's budget by $4.20");
    let plan = fresh(&board, bought(&plan).into_iter().take(3).collect());
    assert_eq!((plan.purchases(), plan.accounts[&"neon".parse().unwrap()].counted), (0, usd("12.60")));
}

#[test]
fn what_no_clip_uses_any_more_counts_against_the_budget_and_is_shown() {
    let takes = bought(&fresh(&storyboard(vec![five()]), Vec::new()));
    let plan = fresh(&storyboard(vec![vec![shot("s", "a", 10)]]), takes);
    let account = plan.accounts[&"neon".parse().unwrap()];
    assert_eq!(
        (account.spent, account.superseded, account.counted),
        (usd("21.00"), usd("16.80"), usd("21.00"))
    );
}

#[test]
fn a_selection_never_changes_where_a_clip_begins() {
    let board = storyboard(vec![vec![shot("s", "a", 4), shot("s", "b", 4)], vec![shot("t", "c", 5)]]);
    let only = Selection { only: vec!["neon/s/b".parse().unwrap()], ..Selection::default() };
    let plan = plan_with(&board, Vec::new(), &only).unwrap();
    assert_eq!(purchases(&plan), ["a+b: Buy, never rendered"]);
    let except = Selection { except: vec!["neon/s".parse().unwrap()], ..Selection::default() };
    assert_eq!(purchases(&plan_with(&board, Vec::new(), &except).unwrap()), ["c: Buy, never rendered"]);
}

#[test]
fn a_scene_that_cannot_be_cut_is_a_problem_at_the_shot_in_the_way() {
    let board =
        storyboard(vec![vec![Shot { group: Group::Solo, ..shot("s", "wink", 2) }, shot("s", "b", 5)]]);
    let problems = problems(std::slice::from_ref(&board));
    assert_eq!(problems[0].message, "scene `s` of `neon` can't be cut into clips");
    assert_eq!(problems[0].label, "`wink` is 2 s long, and a clip is 3 to 15 s; `wink` says `group: solo`");
}

#[test]
fn a_plan_is_the_same_twice() {
    let board = storyboard(vec![five(), vec![shot("t", "x", 5)]]);
    assert_eq!(told(&fresh(&board, Vec::new())), told(&fresh(&board, Vec::new())));
}

#[test]
fn a_failure_that_says_nothing_of_the_request_does_not_make_it_forget_one_that_does() {
    let board = storyboard(vec![vec![shot("s", "a", 5)]]);
    let clip = fresh(&board, Vec::new()).clips.remove(0);
    let attempt =
        |number, kind| failed(intended(number, &clip.request, &clip.address, &clip.shots, clip.usd), kind);
    let takes = vec![attempt(1, FailureKind::Policy), attempt(2, FailureKind::NotSent)];
    assert_eq!(fresh(&board, takes).clips[0].wanted[0].action, Action::Hold(Held::Failed));
    let takes = vec![attempt(1, FailureKind::NotSent), attempt(2, FailureKind::Throttled)];
    assert_eq!(fresh(&board, takes).clips[0].wanted[0].action, Action::Buy);
}

#[test]
fn forcing_one_of_two_equal_clips_buys_one_take_for_both() {
    let board = storyboard(vec![vec![shot("x", "same", 5)], vec![shot("y", "same", 5)]]);
    let takes = bought(&fresh(&board, Vec::new())).into_iter().take(1).collect();
    let force = Selection { force: vec!["neon/y".parse().unwrap()], ..Selection::default() };
    assert_eq!(plan_with(&board, takes, &force).unwrap().purchases(), 1);
}

#[test]
fn a_clip_that_waits_for_a_held_one_is_held_with_it() {
    let mut board = storyboard(vec![vec![shot("x", "same", 5)], vec![shot("y", "same", 5)]]);
    board.budget = Some(usd("1"));
    let plan = fresh(&board, Vec::new());
    assert_eq!(plan.clips[1].wanted[0].action, Action::Share(Shared::Held));
}

#[test]
fn other_prices_are_held_to_the_caps_anew() {
    let mut board = storyboard(vec![five()]);
    board.budget = Some(usd("12.60"));
    let plan = fresh(&board, Vec::new()).repriced(|_| usd("6.30"));
    assert_eq!((plan.purchases(), plan.total()), (2, usd("12.60")));
    assert_eq!(plan.repriced(|_| usd("1")).purchases(), 5);
}
