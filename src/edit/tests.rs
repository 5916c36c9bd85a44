//! How seconds become frames, whatever the files are like.

use super::testing::{Stage, three_shots};
use super::*;
use crate::plan::testing::{shot, storyboard};

fn rate(text: &str) -> Rate {
    text.parse().unwrap()
}

fn spans(edit: &Edit) -> Vec<(u64, u64)> {
    edit.events.iter().map(|event| (event.span.start, event.span.frames)).collect()
}

fn shots(edit: &Edit) -> Vec<(u64, u64)> {
    edit.events.iter().flat_map(|event| &event.shots).map(|span| (span.start, span.frames)).collect()
}

#[test]
fn clips_follow_one_another_for_their_planned_seconds() {
    Stage::rendered(three_shots()).edit(None, |edit| {
        assert_eq!(spans(edit), [(0, 216), (216, 144)]);
        assert_eq!(shots(edit), [(0, 96), (96, 120), (216, 144)]);
        assert_eq!((edit.frames(), edit.rate), (360, Rate::FILM));
    });
}

#[test]
fn what_a_file_has_beyond_its_plan_stays_out_of_the_cut() {
    Stage::rendered(three_shots()).with_file(0, 217, Rate::FILM).edit(None, |edit| {
        assert_eq!(spans(edit), [(0, 216), (216, 144)]);
    });
}

#[test]
fn a_shorter_file_makes_the_film_shorter_and_cuts_its_last_shot() {
    Stage::rendered(three_shots()).with_file(0, 90, Rate::FILM).edit(None, |edit| {
        assert_eq!(spans(edit), [(0, 90), (90, 144)]);
        assert_eq!(shots(edit), [(0, 90), (90, 0), (90, 144)]);
        assert_eq!((edit.events[0].planned, edit.events[1].planned), (216, 144));
    });
}

#[test]
fn fractions_of_a_frame_add_up_to_no_drift() {
    let one_a_second = (0..7).map(|_| shot("a", "b", 3)).collect::<Vec<_>>();
    let scenes = one_a_second.into_iter().enumerate();
    let scenes = scenes.map(|(at, one)| {
        vec![crate::expand::Shot { address: format!("neon/s{at}/b").parse().unwrap(), ..one }]
    });
    let stage = Stage::bare(storyboard(scenes.collect()));
    stage.edit(Some(rate("29.97")), |edit| {
        assert_eq!(spans(edit).iter().map(|span| span.1).collect::<Vec<_>>(), [90, 90, 90, 90, 90, 89, 90]);
        assert!(edit.events.windows(2).all(|two| two[0].span.end() == two[1].span.start));
        assert_eq!(edit.frames(), rate("29.97").frames_in(21));
    });
}

#[test]
fn the_first_file_gives_the_rate_and_others_are_named() {
    let stage = Stage::rendered(three_shots()).with_file(1, 180, rate("30"));
    stage.edit(None, |edit| {
        assert_eq!(edit.rate, Rate::FILM);
        let off: Vec<_> = edit.off_rate().iter().map(|(clip, rate)| (clip.start, rate.to_string())).collect();
        assert_eq!(off, [(9, "30".to_owned())]);
        assert_eq!(spans(edit), [(0, 216), (216, 144)]);
    });
    stage.edit(Some(rate("30")), |edit| assert_eq!(edit.off_rate().len(), 1));
}

#[test]
fn without_any_file_it_is_that_of_film_and_everything_is_missing() {
    Stage::bare(three_shots()).edit(None, |edit| {
        assert_eq!((edit.rate, edit.missing().count(), edit.frames()), (Rate::FILM, 2, 360));
    });
    Stage::rendered(three_shots()).without_file(1).edit(None, |edit| {
        assert_eq!(edit.missing().map(|clip| clip.start).collect::<Vec<_>>(), [9]);
        // The record knows how long the file was: 5 seconds.
        assert_eq!(spans(edit), [(0, 216), (216, 120)]);
    });
}
