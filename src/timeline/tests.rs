//! Films made by hand: places in time, the chosen take, and what a shot was before.

use super::*;
use crate::address::Id;
use crate::plan::Selection;
use crate::plan::testing::{bought, intended, landed, plan_with, shot, storyboard};

fn planned(expanded: &Expanded, takes: &[Take]) -> Plan {
    plan_with(expanded, takes.to_vec(), &Selection::default()).unwrap()
}

/// A scene of two shots that share a clip, and a scene of one.
fn board() -> Expanded {
    storyboard(vec![vec![shot("roof", "sky", 4), shot("roof", "land", 5)], vec![shot("card", "neon", 6)]])
}

fn all(takes: Vec<Take>) -> Takes {
    takes.into_iter().collect()
}

#[test]
fn clips_and_their_shots_follow_one_another() {
    let (expanded, takes) = ([board()], Takes::default());
    let plan = planned(&expanded[0], &[]);
    let films = timelines(&expanded, &plan, &takes);
    let clips: Vec<_> = films[0].clips.iter().map(|clip| (clip.start, clip.planned.seconds)).collect();
    assert_eq!(clips, [(0, 9), (9, 6)]);
    let shots: Vec<(&Id, u32)> = films[0]
        .clips
        .iter()
        .flat_map(|clip| clip.shots.iter().map(|at| (at.shot.name(), at.start)))
        .collect();
    let shots: Vec<(&str, u32)> = shots.into_iter().map(|(id, at)| (id.as_str(), at)).collect();
    assert_eq!(shots, [("sky", 0), ("land", 4), ("neon", 0)]);
    assert_eq!(films[0].seconds(), 15);
}

#[test]
fn the_newest_landed_take_is_chosen() {
    let expanded = [board()];
    let mut takes = bought(&planned(&expanded[0], &[]));
    let first = takes[0].clone();
    let again = |number| {
        intended(number, &first.intent.request, &first.intent.address, &first.intent.shots, first.intent.usd)
    };
    takes.extend([landed(again(8)), again(9)]);
    let (plan, takes) = (planned(&expanded[0], &takes), all(takes));
    let clip = &timelines(&expanded, &plan, &takes)[0].clips[0];
    assert_eq!(clip.takes.len(), 3);
    assert_eq!(clip.chosen.map(|take| take.nonce), Some(clip.takes[1].nonce));
    assert!(clip.earlier.is_empty());
}

#[test]
fn a_changed_shot_knows_what_it_was() {
    let old = bought(&planned(&board(), &[]));
    let mut expanded = [board()];
    expanded[0].scenes[0].shots[1].prompt = "the crash".to_owned();
    let (plan, takes) = (planned(&expanded[0], &old), all(old));
    let clip = &timelines(&expanded, &plan, &takes)[0].clips[0];
    assert_eq!(clip.shots.iter().map(|at| at.before).collect::<Vec<_>>(), [None, Some("the land")]);
    assert_eq!(clip.earlier.len(), 1);
    assert_eq!((clip.chosen, clip.takes.len()), (None, 0));
}

#[test]
fn what_came_after_the_chosen_take_is_no_past_of_it() {
    let now = [board()];
    let mut other = now[0].clone();
    other.scenes[0].shots[1].prompt = "the crash".to_owned();
    let mut takes = bought(&planned(&now[0], &[]));
    let crashed = &planned(&other, &[]).clips[0];
    takes.push(landed(intended(9, &crashed.request, &crashed.address, &crashed.shots, crashed.usd)));
    let (plan, takes) = (planned(&now[0], &takes), all(takes));
    let clip = &timelines(&now, &plan, &takes)[0].clips[0];
    assert!(clip.shots.iter().all(|at| at.before.is_none()));
    assert_eq!(clip.earlier.len(), 1);
}

#[test]
fn notes_for_people_come_along() {
    let mut expanded = [board()];
    expanded[0].note = Some("for the pitch".to_owned());
    expanded[0].scenes[1].note = Some("last".to_owned());
    let (plan, takes) = (planned(&expanded[0], &[]), Takes::default());
    let film = &timelines(&expanded, &plan, &takes)[0];
    assert_eq!(film.note, Some("for the pitch"));
    assert_eq!(film.clips.iter().map(|clip| clip.note).collect::<Vec<_>>(), [None, Some("last")]);
}
