//! What an event list says, and that it is plain whatever it is made of.

use super::*;
use crate::edit::testing::{Stage, spoken, three_shots};
use crate::expand::Shot;
use crate::plan::testing::{intended, landed, shot, storyboard};

fn lines(stage: &Stage, rate: &str) -> Vec<String> {
    stage.edit(rate.parse().ok(), edl).lines().map(str::to_owned).collect()
}

fn events(stage: &Stage, rate: &str) -> Vec<String> {
    lines(stage, rate).into_iter().filter(|line| line.contains(" C  ")).collect()
}

#[test]
fn an_event_says_where_its_picture_comes_from_and_where_it_goes() {
    insta::assert_snapshot!(lines(&Stage::rendered(three_shots()), "").join("\n"));
}

#[test]
fn what_has_no_take_is_black_and_keeps_its_time() {
    let stage = Stage::rendered(three_shots()).without_take(0);
    assert_eq!(
        events(&stage, ""),
        [
            "001  BL       V     C        00:00:00:00 00:00:09:00 01:00:00:00 01:00:09:00",
            "002  00000002 V     C        00:00:00:00 00:00:06:00 01:00:09:00 01:00:15:00",
        ]
    );
    assert!(lines(&stage, "").contains(&"* NO TAKE YET: BLACK".to_owned()));
}

#[test]
fn a_take_whose_file_is_gone_keeps_its_reel() {
    let stage = Stage::rendered(three_shots()).without_file(1);
    assert!(events(&stage, "")[1].starts_with("002  00000002 "));
}

#[test]
fn record_times_follow_one_another_at_any_rate() {
    for rate in ["23.976", "25", "29.97", "59.94", "120", "12.5"] {
        let events = events(&Stage::rendered(three_shots()), rate);
        let times = |at: usize| events.iter().map(move |event| &event[29 + at * 12..40 + at * 12]);
        let (ins, outs): (Vec<_>, Vec<_>) = (times(2).skip(1).collect(), times(3).collect());
        assert_eq!(ins, outs[..outs.len() - 1], "{rate}");
    }
    assert_eq!(
        events(&Stage::rendered(three_shots()), "29.97")[0],
        "001  00000001 V     C        00:00:00:00 00:00:09:00 01:00:00:00 01:00:09:00"
    );
}

#[test]
fn two_takes_whose_numbers_end_alike_have_two_reels() {
    let mut stage = Stage::rendered(three_shots()).without_take(1);
    let clip = stage.plan().clips[1].clone();
    let mut twin = landed(intended(2, &clip.request, &clip.address, &clip.shots, clip.usd));
    twin.nonce = "01939f7e-0000-7000-9000-000000000001".parse().unwrap();
    stage.own(twin, 144, Rate::FILM);
    let reels: Vec<String> = events(&stage, "").iter().map(|event| event[5..13].to_owned()).collect();
    assert_eq!(reels, ["00000001", "00000002"]);
}

#[test]
fn more_events_than_three_digits_count_are_numbered_on() {
    let scene = |at: usize| {
        let address = format!("neon/s{at}/one").parse().unwrap();
        vec![Shot { address, ..shot("s", "one", 3) }]
    };
    let stage = Stage::bare(storyboard((0..MOST_EVENTS + 2).map(scene).collect()));
    let events = events(&stage, "");
    assert!(events[998].starts_with("999  BL ") && events[1000].starts_with("1001  BL "), "{}", events[1000]);
}

#[test]
fn all_of_it_is_plain_ascii_whatever_is_said_and_wherever_it_lies() {
    let mut expanded = three_shots();
    expanded.title = Some("Été\r\n001  BL".to_owned());
    expanded.scenes[0].shots[0] = spoken(expanded.scenes[0].shots[0].clone(), &[(Some("Mio\r\n"), "où?")]);
    let mut stage = Stage::rendered(expanded);
    stage.move_files("/películas/a b\n");
    let text = stage.edit(None, edl);
    assert!(text.is_ascii(), "{text}");
    assert!(text.contains("* FROM FILE: file:///pel%C3%ADculas/a%20b%0A/"), "{text}");
    assert!(text.contains("* LOC: 01:00:00:00 YELLOW  sky"), "{text}");
}
