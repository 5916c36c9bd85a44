//! Which frames are looked at.

use super::*;
use crate::cut::stock::testing::{clip, film};
use crate::record::Timing;

#[test]
fn frames_near_the_middle_of_a_shot_are_looked_at() {
    let stock = film(&[clip("a", 72), clip("b", 240)]);
    assert_eq!(frames(&stock[1], Span { start: 72, frames: 96 }, Rate::FILM), 36..61);
    assert_eq!(frames(&stock[1], Span { start: 168, frames: 144 }, Rate::FILM), 156..181);
    assert_eq!(frames(&stock[0], Span { start: 0, frames: 24 }, Rate::FILM), 9..16);
    assert_eq!(frames(&stock[0], Span { start: 5, frames: 1 }, Rate::FILM), 5..6);
}

#[test]
fn a_file_of_another_rate_is_looked_at_in_its_own_frames() {
    let mut fast = clip("a", 72);
    fast.footage.timing = Some(Timing { frames: 90, rate: "30".parse().unwrap() });
    let stock = film(&[fast]);
    assert_eq!(frames(&stock[0], Span { start: 48, frames: 1 }, Rate::FILM), 60..61);
    assert_eq!(frames(&stock[0], Span { start: 71, frames: 1 }, Rate::FILM), 89..90);
}

#[test]
fn no_frame_is_asked_for_that_the_file_does_not_have() {
    let mut short = clip("a", 72);
    short.footage.timing = Some(Timing { frames: 3, rate: Rate::FILM });
    let stock = film(&[short]);
    assert_eq!(frames(&stock[0], Span { start: 60, frames: 12 }, Rate::FILM), 2..3);
}
