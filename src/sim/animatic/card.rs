//! Where everything stands on a shot's card. Only arithmetic: it paints nothing, and every text it places lies inside
//! the safe area.

mod caption;
mod footer;
mod header;
mod hint;

use super::body::{self, Labels, Line};
use super::font::{Fonts, Style};
use super::palette::Ink;
use super::picture::Area;
use super::prompt;
use super::{Aspect, Clip, FPS};

pub(super) use footer::Clock;

/// EBU R 95: action stays inside 93 % of the picture, graphics inside 90 %.
const ACTION_SAFE: f32 = 0.035;
const GRAPHICS_SAFE: f32 = 0.05;

/// From the graphics-safe edge to text, in pixels.
const PADDING: f32 = 20.0;

/// Between header, prompt, caption and footer, in pixels.
const GAP: f32 = 26.0;

/// A rectangle in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Frame {
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) right: f32,
    pub(super) bottom: f32,
}

impl Frame {
    /// The picture without this part of its sides and this many pixels more.
    fn inside(aspect: Aspect, part: f32, padding: f32) -> Self {
        let (width, height) = pixels(aspect);
        let (x, y) = ((width * part).round() + padding, (height * part).round() + padding);
        Self { left: x, top: y, right: width - x, bottom: height - y }
    }

    pub(super) fn width(self) -> f32 {
        self.right - self.left
    }

    pub(super) fn height(self) -> f32 {
        self.bottom - self.top
    }
}

/// A card without its moving parts, which the clocks and the bar only give the places of.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Card {
    pub(super) size: (u32, u32),
    pub(super) safe: Frame,
    /// The shot's number, large behind everything.
    pub(super) numeral: Line,
    pub(super) rule: Frame,
    /// Under the caption, where there is one.
    pub(super) shadow: Option<Frame>,
    pub(super) texts: Vec<Line>,
    pub(super) ticks: Vec<Area>,
    pub(super) clip_clock: Clock,
    pub(super) shot_clock: Clock,
    /// One part of the progress bar for each shot.
    pub(super) bar: Vec<Area>,
}

/// The card of shot number `index`, which the clip has.
pub(super) fn lay_out(clip: &Clip, index: usize, fonts: &Fonts) -> Card {
    let page = Frame::inside(clip.aspect, GRAPHICS_SAFE, PADDING);
    let prompt = prompt::read(&clip.shots[index].prompt);
    let header = header::place(clip, index, page, fonts);
    let footer = footer::place(clip, index, page, fonts);
    let middle = Frame { top: header.rule.bottom + GAP, bottom: footer.top - GAP, ..page };
    let hint = hint::place(&texts(clip, index), middle, fonts);
    let middle = match hint.last() {
        Some(highest) => Frame { bottom: hint::top(highest) - GAP, ..middle },
        None => middle,
    };
    let caption = caption::place(&prompt, middle, fonts);
    let space = caption.shadow.map_or(middle, |shadow| Frame { bottom: shadow.top - GAP, ..middle });
    let labels = if clip.aspect == Aspect::Wide { Labels::Beside } else { Labels::Above };
    let body = body::set(&prompt.parts, (space.width(), space.height()), labels, fonts);
    let body = body.into_iter().map(|line| moved(line, space.left, space.top)).collect();
    Card {
        size: clip.aspect.pixels(),
        safe: Frame::inside(clip.aspect, ACTION_SAFE, 0.0),
        numeral: numeral(index, middle, fonts),
        rule: header.rule,
        shadow: caption.shadow,
        texts: [header.texts, body, caption.texts, hint, footer.texts].concat(),
        ticks: footer.ticks,
        clip_clock: footer.clip_clock,
        shot_clock: footer.shot_clock,
        bar: footer.bar,
    }
}

/// All that stands on a card and was not made up here.
fn texts(clip: &Clip, index: usize) -> [&str; 4] {
    let shot = &clip.shots[index];
    [&clip.storyboard, &clip.scene, &shot.name, &shot.prompt]
}

fn moved(line: Line, x: f32, y: f32) -> Line {
    Line { x: line.x + x, baseline: line.baseline + y, ..line }
}

fn numeral(index: usize, space: Frame, fonts: &Fonts) -> Line {
    let text = (index + 1).to_string();
    let style = |size: f32| Style::semibold(size).tracked(-0.04);
    let tall = style(space.height().min(space.width() * 0.8) / style(1.0).cap());
    let wide = fonts.width(&text, tall);
    let style = style(tall.size * (space.width() / wide).min(1.0));
    Line { x: space.right - fonts.width(&text, style), baseline: space.bottom, text, style, ink: Ink::Ghost }
}

#[expect(clippy::cast_precision_loss, reason = "pixels are few")]
fn pixels(aspect: Aspect) -> (f32, f32) {
    let (width, height) = aspect.pixels();
    (width as f32, height as f32)
}

/// The clip's frames before shot number `index`.
pub(super) fn start(clip: &Clip, index: usize) -> u32 {
    clip.shots[..index].iter().map(|shot| shot.seconds * FPS).sum()
}

#[cfg(test)]
mod tests;
