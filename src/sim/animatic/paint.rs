//! Paints a card's still parts, and the digits of its clocks. Decides no place and no colour.

use tiny_skia::{Color, FillRule, Paint, PathBuilder, Pixmap, Rect, Stroke, Transform};

use super::EncodeError;
use super::body::Line;
use super::card::{Card, Clock, Frame};
use super::font::Fonts;
use super::palette::{Ink, Palette};
use super::picture::{Area, Picture};

/// The strength of the safe frame's line, and of its corners.
const FRAME: f32 = 0.22;
const CORNER: f32 = 0.75;

/// The length of a corner in pixels.
const ARM: f32 = 22.0;

struct Brush<'a> {
    canvas: Pixmap,
    fonts: &'a Fonts,
}

/// Everything but digits and progress.
pub(super) fn card(card: &Card, palette: &Palette, fonts: &Fonts) -> Result<Picture, EncodeError> {
    let mut brush = Brush::new(card.size, palette.ground, fonts)?;
    brush.line(&card.numeral, palette);
    brush.safe_frame(card.safe, palette.ink(Ink::Bright));
    brush.rect(card.rule, palette.track);
    if let Some(shadow) = card.shadow {
        brush.rounded(shadow, 10.0, palette.shadow);
    }
    card.texts.iter().for_each(|line| brush.line(line, palette));
    card.ticks.iter().chain(&card.bar).for_each(|area| brush.area(*area, palette.track));
    brush.colons(&card.clip_clock, palette);
    brush.colons(&card.shot_clock, palette);
    Ok(Picture::from_pixmap(&brush.canvas))
}

/// The digits 0 to 9, each as large as a clock's cell.
pub(super) fn digits(clock: &Clock, palette: &Palette, fonts: &Fonts) -> Result<Vec<Picture>, EncodeError> {
    let cell = clock.cells.first().copied().unwrap_or_default();
    let digit = |c: char| {
        let mut brush = Brush::new((cell.width, cell.height), palette.ground, fonts)?;
        brush.character(c, Area { x: 0, y: 0, ..cell }, clock, palette);
        Ok(Picture::from_pixmap(&brush.canvas))
    };
    ('0'..='9').map(digit).collect()
}

impl<'a> Brush<'a> {
    fn new((width, height): (u32, u32), ground: Color, fonts: &'a Fonts) -> Result<Self, EncodeError> {
        let mut canvas = Pixmap::new(width, height).ok_or(EncodeError::Canvas(width, height))?;
        canvas.fill(ground);
        Ok(Self { canvas, fonts })
    }

    fn line(&mut self, line: &Line, palette: &Palette) {
        let path = self.fonts.outline(&line.text, line.style, line.x, line.baseline);
        if let Some(path) = path {
            self.fill(&path, palette.ink(line.ink));
        }
    }

    fn colons(&mut self, clock: &Clock, palette: &Palette) {
        // Cells of digits are wider than the others.
        let widest = clock.cells.iter().map(|cell| cell.width).max().unwrap_or_default();
        for cell in clock.cells.iter().filter(|cell| cell.width < widest) {
            self.character(':', *cell, clock, palette);
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "pixels are few")]
    fn character(&mut self, c: char, cell: Area, clock: &Clock, palette: &Palette) {
        let centre = cell.x as f32 + cell.width as f32 / 2.0;
        let x = centre - self.fonts.advance(c, clock.style) / 2.0;
        let path = self.fonts.outline(&c.to_string(), clock.style, x, cell.y as f32 + clock.baseline);
        if let Some(path) = path {
            self.fill(&path, palette.ink(Ink::Bright));
        }
    }

    fn area(&mut self, area: Area, color: Color) {
        #[expect(clippy::cast_precision_loss, reason = "pixels are few")]
        let [left, top, right, bottom] =
            [area.x, area.y, area.x + area.width, area.y + area.height].map(|side| side as f32);
        self.rect(Frame { left, top, right, bottom }, color);
    }

    fn rect(&mut self, frame: Frame, color: Color) {
        if let Some(rect) = Rect::from_ltrb(frame.left, frame.top, frame.right, frame.bottom) {
            self.canvas.fill_rect(rect, &paint(color), Transform::identity(), None);
        }
    }

    fn rounded(&mut self, frame: Frame, radius: f32, color: Color) {
        let Frame { left, top, right, bottom } = frame;
        let mut path = PathBuilder::new();
        path.move_to(left + radius, top);
        path.line_to(right - radius, top);
        path.quad_to(right, top, right, top + radius);
        path.line_to(right, bottom - radius);
        path.quad_to(right, bottom, right - radius, bottom);
        path.line_to(left + radius, bottom);
        path.quad_to(left, bottom, left, bottom - radius);
        path.line_to(left, top + radius);
        path.quad_to(left, top, left + radius, top);
        if let Some(path) = path.finish() {
            self.fill(&path, color);
        }
    }

    fn safe_frame(&mut self, frame: Frame, color: Color) {
        let (left, top) = (frame.left + 0.5, frame.top + 0.5);
        let (right, bottom) = (frame.right - 0.5, frame.bottom - 0.5);
        let mut line = PathBuilder::new();
        let mut corners = PathBuilder::new();
        for (x, y, dx, dy) in [
            (left, top, ARM, ARM),
            (right, top, -ARM, ARM),
            (right, bottom, -ARM, -ARM),
            (left, bottom, ARM, -ARM),
        ] {
            if line.is_empty() {
                line.move_to(x, y);
            } else {
                line.line_to(x, y);
            }
            corners.move_to(x + dx, y);
            corners.line_to(x, y);
            corners.line_to(x, y + dy);
        }
        line.close();
        self.stroke(line, 1.0, faded(color, FRAME));
        self.stroke(corners, 2.0, faded(color, CORNER));
    }

    fn fill(&mut self, path: &tiny_skia::Path, color: Color) {
        self.canvas.fill_path(path, &paint(color), FillRule::Winding, Transform::identity(), None);
    }

    fn stroke(&mut self, path: PathBuilder, width: f32, color: Color) {
        if let Some(path) = path.finish() {
            let stroke = Stroke { width, ..Stroke::default() };
            self.canvas.stroke_path(&path, &paint(color), &stroke, Transform::identity(), None);
        }
    }
}

fn paint(color: Color) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color(color);
    paint
}

fn faded(mut color: Color, alpha: f32) -> Color {
    color.set_alpha(alpha);
    color
}

#[cfg(test)]
mod tests {
    use super::super::{Aspect, Clip, Shot, card};
    use super::*;

    const PROMPT: &str = "Scene: a garden\nSubject: a cat\nIn-scene line: \"Miaow.\"";

    fn laid_out(fonts: &Fonts) -> Card {
        let shots = vec![Shot { name: "cat".to_owned(), prompt: PROMPT.to_owned(), seconds: 2 }];
        let clip =
            Clip { storyboard: "pets".to_owned(), scene: "garden".to_owned(), shots, aspect: Aspect::Tall };
        card::lay_out(&clip, 0, fonts)
    }

    #[test]
    fn every_text_of_a_card_is_seen() {
        let fonts = Fonts::load().unwrap();
        let palette = Palette::of("pets", "garden", 0);
        let whole = laid_out(&fonts);
        let picture = super::card(&whole, &palette, &fonts).unwrap();
        for index in 0..whole.texts.len() {
            let mut without = whole.clone();
            let line = without.texts.remove(index);
            assert_ne!(super::card(&without, &palette, &fonts).unwrap(), picture, "{line:?}");
        }
    }

    #[test]
    fn ten_digits_look_different() {
        let fonts = Fonts::load().unwrap();
        let clock = laid_out(&fonts).clip_clock;
        let digits = digits(&clock, &Palette::of("pets", "garden", 0), &fonts).unwrap();
        for (index, digit) in digits.iter().enumerate() {
            assert!(!digits[..index].contains(digit), "{index}");
        }
        assert_eq!(digits.len(), 10);
    }
}
