//! The lines that are spoken, set like a film's subtitles: centred, low, on a dark ground.

use super::super::body::Line;
use super::super::font::{Fonts, Style};
use super::super::palette::Ink;
use super::super::prompt::Prompt;
use super::super::wrap::{ELLIPSIS, balance, shorten, wrap};
use super::Frame;

/// Sizes of the text in pixels per em.
const LARGEST: u16 = 34;
const SMALLEST: u16 = 16;

/// Distance of baselines in ems, and the ground around the text in pixels.
const LEADING: f32 = 1.3;
const MARGIN: (f32, f32) = (24.0, 14.0);

/// The part of the space between header and footer that speech may take where there is other text too.
const SHARE: f32 = 0.4;

#[derive(Default)]
pub(super) struct Caption {
    pub(super) texts: Vec<Line>,
    /// The dark ground, where anything is spoken.
    pub(super) shadow: Option<Frame>,
}

pub(super) fn place(prompt: &Prompt, space: Frame, fonts: &Fonts) -> Caption {
    if prompt.spoken.is_empty() {
        return Caption::default();
    }
    let share = if prompt.parts.is_empty() { 1.0 } else { SHARE };
    let height = space.height() * share - 2.0 * MARGIN.1;
    let (style, lines) = fit(&prompt.spoken, space.width() - 2.0 * MARGIN.0, height, fonts);
    let widest = lines.iter().map(|line| fonts.width(line, style)).fold(0.0, f32::max);
    let centre = space.left.midpoint(space.right);
    let half = widest / 2.0 + MARGIN.0;
    let top = space.bottom - tall(lines.len(), style) - 2.0 * MARGIN.1;
    let mut baseline = top + MARGIN.1 + style.size;
    let mut texts = Vec::new();
    for text in lines {
        let x = centre - fonts.width(&text, style) / 2.0;
        texts.push(Line { x, baseline, text, style, ink: Ink::Bright });
        baseline += style.size * LEADING;
    }
    let shadow = Frame { left: centre - half, top, right: centre + half, bottom: space.bottom };
    Caption { texts, shadow: Some(shadow) }
}

#[expect(clippy::cast_precision_loss, reason = "lines are few")]
fn tall(lines: usize, style: Style) -> f32 {
    lines as f32 * style.size * LEADING
}

/// The largest style in which the speech fits; the smallest, and an ellipsis, where it fits in none.
fn fit(spoken: &[String], width: f32, height: f32, fonts: &Fonts) -> (Style, Vec<String>) {
    for size in (SMALLEST..=LARGEST).rev() {
        let style = Style::semibold(f32::from(size));
        if tall(wrapped(spoken, width, style, fonts).len(), style) <= height {
            let advance = |c| fonts.advance(c, style);
            return (style, spoken.iter().flat_map(|line| balance(line, width, advance)).collect());
        }
    }
    let style = Style::semibold(f32::from(SMALLEST));
    let mut lines = wrapped(spoken, width, style, fonts);
    while lines.len() > 1 && tall(lines.len(), style) > height {
        lines.pop();
    }
    let last = lines.pop().unwrap_or_default();
    lines.push(shorten(&format!("{last} {ELLIPSIS}"), width, |c| fonts.advance(c, style)));
    (style, lines)
}

fn wrapped(spoken: &[String], width: f32, style: Style, fonts: &Fonts) -> Vec<String> {
    spoken.iter().flat_map(|line| wrap(line, width, |c| fonts.advance(c, style))).collect()
}
