//! The head of a card: which shot of how many, how long, its name and its address.

use super::super::Clip;
use super::super::body::Line;
use super::super::font::{Fonts, Style};
use super::super::palette::Ink;
use super::super::wrap::{shorten, wrap};
use super::Frame;

const COUNT: Style = Style::semibold(22.0).tracked(0.06);
const SECONDS: Style = Style::semibold(22.0);
const ADDRESS: Style = Style::regular(23.0);

/// The name is set in the first of these sizes that it fits, in pixels.
const NAMES: [f32; 5] = [68.0, 60.0, 52.0, 44.0, 38.0];

/// An address takes at most this many lines.
const ADDRESS_LINES: usize = 2;

pub(super) struct Header {
    pub(super) texts: Vec<Line>,
    /// The thin line below it.
    pub(super) rule: Frame,
}

pub(super) fn place(clip: &Clip, index: usize, page: Frame, fonts: &Fonts) -> Header {
    let shot = &clip.shots[index];
    let mut pen = Pen { page, fonts, y: page.top, texts: Vec::new() };
    pen.facts(&format!("SHOT {} / {}", index + 1, clip.shots.len()), &format!("{} s", shot.seconds));
    pen.name(&shot.name);
    pen.address(&address(clip, index));
    let rule = Frame { top: pen.y + 20.0, bottom: pen.y + 22.0, ..page };
    Header { texts: pen.texts, rule }
}

/// As the storyboard writes it: a scene that is itself the one shot is not named twice.
fn address(clip: &Clip, index: usize) -> String {
    let name = &clip.shots[index].name;
    let alone = clip.shots.len() == 1 && *name == clip.scene;
    let parts = [clip.storyboard.as_str(), &clip.scene, if alone { "" } else { name }];
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/")
}

struct Pen<'a> {
    page: Frame,
    fonts: &'a Fonts,
    /// The lowest baseline so far.
    y: f32,
    texts: Vec<Line>,
}

impl Pen<'_> {
    fn facts(&mut self, count: &str, seconds: &str) {
        self.y += COUNT.cap();
        let x = self.page.right - self.fonts.width(seconds, SECONDS);
        self.put(self.page.left, count, COUNT, Ink::Accent);
        self.put(x, seconds, SECONDS, Ink::Bright);
    }

    fn name(&mut self, name: &str) {
        if name.trim().is_empty() {
            return;
        }
        let style = |size: f32| Style::semibold(size).tracked(-0.02);
        let fits = |size: &&f32| self.fonts.width(name, style(**size)) <= self.page.width();
        let style = style(NAMES.iter().find(fits).copied().unwrap_or(NAMES[NAMES.len() - 1]));
        let name = shorten(name, self.page.width(), |c| self.fonts.advance(c, style));
        self.y += style.cap() + 26.0;
        self.put(self.page.left, &name, style, Ink::Bright);
    }

    fn address(&mut self, address: &str) {
        let advance = |c| self.fonts.advance(c, ADDRESS);
        let mut lines = wrap(address, self.page.width(), advance);
        if lines.len() > ADDRESS_LINES {
            let rest = lines.drain(ADDRESS_LINES - 1..).collect::<String>();
            lines.push(shorten(&rest, self.page.width(), advance));
        }
        self.y += 12.0;
        for line in lines {
            self.y += 32.0;
            self.put(self.page.left, &line, ADDRESS, Ink::Muted);
        }
    }

    fn put(&mut self, x: f32, text: &str, style: Style, ink: Ink) {
        self.texts.push(Line { x, baseline: self.y, text: text.to_owned(), style, ink });
    }
}
