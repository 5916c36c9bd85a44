//! The foot of a card: the clocks of the clip and of the shot, and the bar that shows where the clip is.

use super::super::body::Line;
use super::super::font::{Fonts, Style};
use super::super::palette::Ink;
use super::super::picture::Area;
use super::super::{Clip, FPS, clock};
use super::Frame;

const RUNNING: Style = Style::semibold(32.0);
const TOTAL: Style = Style::regular(19.0);
const LABEL: Style = Style::semibold(15.0).tracked(0.08);

const BAR_HEIGHT: u32 = 8;

/// From the clocks' baseline to the bar; the ticks stand between.
const DROP: u32 = 20;

/// Between the parts of the bar, while they are few enough to be told apart.
const PART_GAP: u32 = 6;
const MOST_GAPS: usize = 40;

/// Seconds are marked up to this length of a clip.
const MOST_TICKS: u32 = 60;

/// Places for the characters of a running clock. All numbers are even.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Clock {
    pub(in super::super) cells: Vec<Area>,
    /// From the top of a cell.
    pub(in super::super) baseline: f32,
    pub(in super::super) style: Style,
}

pub(super) struct Footer {
    pub(super) top: f32,
    pub(super) texts: Vec<Line>,
    pub(super) ticks: Vec<Area>,
    pub(super) clip_clock: Clock,
    pub(super) shot_clock: Clock,
    pub(super) bar: Vec<Area>,
}

pub(super) fn place(clip: &Clip, index: usize, page: Frame, fonts: &Fonts) -> Footer {
    let (left, right) = (even(page.left), even(page.right));
    let top = even(page.bottom) - BAR_HEIGHT;
    let bar = bar(clip, left, right - left, top);
    let whole = clip.shots.iter().map(|shot| shot.seconds * FPS).sum();
    let shot = clip.shots[index].seconds * FPS;
    let mut pen = Pen { fonts, baseline: top - DROP, texts: Vec::new() };
    let clip_clock = pen.clock(&clock::clip(whole), left);
    pen.total(&clock::clip(whole), end(&clip_clock));
    let shot_clock = pen.shot(&clock::shot(shot), right);
    Footer {
        top: lossy(pen.baseline) - RUNNING.cap(),
        texts: pen.texts,
        ticks: ticks(clip, &bar),
        clip_clock,
        shot_clock,
        bar,
    }
}

struct Pen<'a> {
    fonts: &'a Fonts,
    baseline: u32,
    texts: Vec<Line>,
}

impl Pen<'_> {
    /// Cells for every character of `sample` from `x` on. Digits have one width, so that nothing jumps.
    fn clock(&self, sample: &str, x: u32) -> Clock {
        let digit = ('0'..='9').map(|c| self.fonts.advance(c, RUNNING)).fold(0.0, f32::max);
        let rise = even(RUNNING.cap()) + 6;
        let mut x = x;
        let cells = sample.chars().map(|c| {
            let width = even(if c == ':' { self.fonts.advance(c, RUNNING) } else { digit });
            x += width;
            Area { x: x - width, y: self.baseline - rise, width, height: rise + 6 }
        });
        Clock { cells: cells.collect(), baseline: lossy(rise), style: RUNNING }
    }

    fn total(&mut self, time: &str, x: f32) {
        self.put(x + 8.0, &format!("/ {time}"), TOTAL, Ink::Muted);
    }

    /// The shot's clock and its label so that all ends at `right`.
    fn shot(&mut self, length: &str, right: u32) -> Clock {
        let total = self.fonts.width(&format!("/ {length}"), TOTAL);
        let width = self.clock(length, 0).cells.iter().map(|cell| cell.width).sum::<u32>();
        let x = right - even(total + 8.0) - 2 - width;
        let label = self.fonts.width("SHOT", LABEL);
        self.put(lossy(x) - label - 8.0, "SHOT", LABEL, Ink::Accent);
        let clock = self.clock(length, x);
        self.total(length, end(&clock));
        clock
    }

    fn put(&mut self, x: f32, text: &str, style: Style, ink: Ink) {
        self.texts.push(Line { x, baseline: lossy(self.baseline), text: text.to_owned(), style, ink });
    }
}

/// A part for every shot, as long as the shot, with gaps where the cuts are.
fn bar(clip: &Clip, left: u32, width: u32, y: u32) -> Vec<Area> {
    let shots = &clip.shots;
    let gap = if shots.len() > MOST_GAPS { 0 } else { PART_GAP };
    let gaps = u32::try_from(shots.len() - 1).unwrap_or(0) * gap;
    let whole: u32 = shots.iter().map(|shot| shot.seconds).sum();
    let at = |seconds: u32| (width - gaps) * seconds / whole / 2 * 2;
    let (mut before, mut shift) = (0, 0);
    let parts = shots.iter().map(|shot| {
        let (from, to) = (at(before), at(before + shot.seconds));
        let area = Area { x: left + from + shift, y, width: to - from, height: BAR_HEIGHT };
        before += shot.seconds;
        shift += gap;
        area
    });
    parts.collect()
}

/// A small mark above the bar at every whole second inside a shot.
fn ticks(clip: &Clip, bar: &[Area]) -> Vec<Area> {
    let whole: u32 = clip.shots.iter().map(|shot| shot.seconds).sum();
    let shots = clip.shots.iter().zip(bar).filter(|_| whole <= MOST_TICKS);
    let marks = shots.flat_map(|(shot, part)| {
        let tick = |n| Area {
            x: part.x + part.width * n / shot.seconds / 2 * 2,
            y: part.y - 10,
            width: 2,
            height: 6,
        };
        (1..shot.seconds).map(tick)
    });
    marks.collect()
}

fn end(clock: &Clock) -> f32 {
    clock.cells.last().map_or(0.0, |cell| lossy(cell.x + cell.width))
}

/// The next even number up.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels are few and positive")]
fn even(pixels: f32) -> u32 {
    (pixels / 2.0).ceil() as u32 * 2
}

#[expect(clippy::cast_precision_loss, reason = "pixels are few")]
fn lossy(pixels: u32) -> f32 {
    pixels as f32
}
