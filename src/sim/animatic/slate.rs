//! A shot's card in motion: the still picture, painted once, on which only clocks and progress change.

use super::card::{self, Card, Clock};
use super::font::Fonts;
use super::paint;
use super::palette::{Ink, Palette};
use super::picture::{Area, Picture};
use super::{Clip, EncodeError, FPS, clock};

pub(super) struct Slate {
    picture: Picture,
    card: Card,
    palette: Palette,
    digits: Vec<Picture>,
    /// The shot's place in the clip, and its length, in frames.
    start: u32,
    frames: u32,
    index: usize,
}

impl Slate {
    /// The card of shot number `index`, which the clip has.
    pub(super) fn new(clip: &Clip, index: usize, fonts: &Fonts) -> Result<Self, EncodeError> {
        let palette = Palette::of(&clip.storyboard, &clip.scene, index);
        let card = card::lay_out(clip, index, fonts);
        let mut picture = paint::card(&card, &palette, fonts)?;
        card.bar[..index].iter().for_each(|part| picture.fill(*part, palette.ink(Ink::Accent)));
        let digits = paint::digits(&card.clip_clock, &palette, fonts)?;
        let (start, frames) = (card::start(clip, index), clip.shots[index].seconds * FPS);
        Ok(Self { picture, card, palette, digits, start, frames, index })
    }

    /// Moves to a frame of the shot, counted from 0. Frames are shown in order.
    pub(super) fn show(&mut self, frame: u32) {
        let part = self.card.bar[self.index];
        let done = part.width * (frame + 1) / self.frames / 2 * 2;
        self.picture.fill(Area { width: done, ..part }, self.palette.ink(Ink::Accent));
        set(&mut self.picture, &self.card.clip_clock, &clock::clip(self.start + frame), &self.digits);
        set(
            &mut self.picture,
            &self.card.shot_clock,
            &clock::shot_as_wide_as(frame, self.frames),
            &self.digits,
        );
    }

    pub(super) fn picture(&self) -> &Picture {
        &self.picture
    }
}

fn set(picture: &mut Picture, clock: &Clock, time: &str, digits: &[Picture]) {
    for (cell, c) in clock.cells.iter().zip(time.chars()) {
        // The colons stand still, and are on the card already.
        let digit = c.to_digit(10).and_then(|digit| digits.get(digit as usize));
        if let Some(digit) = digit {
            picture.paste(digit, cell.x, cell.y);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Aspect, Shot};
    use super::*;

    fn clip() -> Clip {
        let shot = |name: &str| Shot { name: name.to_owned(), prompt: "A cat.".to_owned(), seconds: 2 };
        let shots = vec![shot("one"), shot("two")];
        Clip { storyboard: "pets".to_owned(), scene: "garden".to_owned(), shots, aspect: Aspect::Square }
    }

    /// The second shot of two, each of two seconds.
    fn second_at(frame: u32) -> Slate {
        let mut slate = Slate::new(&clip(), 1, &Fonts::load().unwrap()).unwrap();
        (0..=frame).for_each(|frame| slate.show(frame));
        slate
    }

    fn reads(slate: &Slate, clock: &Clock, time: &str) -> bool {
        let mut copy = slate.picture.clone();
        set(&mut copy, clock, time, &slate.digits);
        copy == slate.picture
    }

    fn is_filled(slate: &Slate, area: Area) -> bool {
        let mut copy = slate.picture.clone();
        copy.fill(area, slate.palette.ink(Ink::Accent));
        copy == slate.picture
    }

    #[test]
    fn one_clock_counts_from_the_clips_start_and_one_from_the_shots() {
        let slate = second_at(25);
        assert!(reads(&slate, &slate.card.clip_clock, "00:00:03:01"));
        assert!(reads(&slate, &slate.card.shot_clock, "01:01"));
        assert!(!reads(&slate, &slate.card.shot_clock, "01:02"));
    }

    #[test]
    fn the_bar_is_full_up_to_the_frame_that_is_shown() {
        let [first, second] = second_at(0).card.bar[..] else { panic!("two shots") };
        let half = Area { width: second.width / 4 * 2, ..second };
        assert!(is_filled(&second_at(0), first) && !is_filled(&second_at(0), half));
        assert!(is_filled(&second_at(23), half) && !is_filled(&second_at(23), second));
        assert!(is_filled(&second_at(47), second));
    }
}
