//! Sets a prompt into a box: as large as fits, the subject strong, fine print small at the foot, labels beside or above
//! their text, and a visible mark where even the smallest letters leave some of it out.

use super::font::{Fonts, Style};
use super::palette::Ink;
use super::prompt::{Part, Role};
use super::wrap::{ELLIPSIS, shorten, wrap};

/// Sizes of the text in pixels per em.
const LARGEST: u16 = 36;
const SMALLEST: u16 = 11;

/// Distance of baselines, and what parts and labels are further apart, in ems.
const LEADING: f32 = 1.4;
const BETWEEN: f32 = 0.62;

/// Fine print, as a part of the size of the text.
const FINE: f32 = 0.7;

/// How far letters reach below the baseline, in ems.
const DESCENT: f32 = 0.25;

/// One line of text where it stands, relative to the upper left corner of its box.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    pub(super) x: f32,
    pub(super) baseline: f32,
    pub(super) text: String,
    pub(super) style: Style,
    pub(super) ink: Ink,
}

impl Line {
    /// The lowest point of its letters.
    pub(super) fn bottom(&self) -> f32 {
        self.baseline + self.style.size * DESCENT
    }
}

/// Where labels stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Labels {
    Beside,
    Above,
}

impl Labels {
    fn other(self) -> Self {
        match self {
            Self::Beside => Self::Above,
            Self::Above => Self::Beside,
        }
    }
}

/// The lines of a prompt in a box of that width and height, none of which leaves it. Labels stand as asked for, or the
/// other way where that makes the text larger.
pub(super) fn set(parts: &[Part], room: (f32, f32), labels: Labels, fonts: &Fonts) -> Vec<Line> {
    let [asked, other] = [labels, labels.other()].map(|labels| largest(parts, room, labels, fonts));
    let setter = if other.size > asked.size { other } else { asked };
    setter.cut(setter.sunk(setter.lines(parts), room.1), room.1)
}

/// Set as large as fits; the smallest where nothing does.
fn largest<'a>(parts: &'a [Part], room: (f32, f32), labels: Labels, fonts: &'a Fonts) -> Setter<'a> {
    let setter = |size: u16| Setter { parts, width: room.0, labels, fonts, size: f32::from(size) };
    let fits = |size: u16| setter(size).lines(parts).last().is_none_or(|line| line.bottom() <= room.1);
    let (mut low, mut high) = (SMALLEST, LARGEST + 1);
    while high - low > 1 {
        let middle = low.midpoint(high);
        if fits(middle) { low = middle } else { high = middle }
    }
    setter(low)
}

struct Setter<'a> {
    parts: &'a [Part],
    width: f32,
    labels: Labels,
    fonts: &'a Fonts,
    size: f32,
}

impl Setter<'_> {
    fn text_style(&self, role: Role) -> Style {
        match role {
            Role::Subject => Style::semibold(self.size),
            Role::FinePrint => Style::regular((self.size * FINE).max(f32::from(SMALLEST))),
            Role::Opening | Role::Place | Role::Camera | Role::Other => Style::regular(self.size),
        }
    }

    fn label_style(&self) -> Style {
        Style::semibold((self.size * 0.62).max(f32::from(SMALLEST))).tracked(0.06)
    }

    /// Where text begins: after the widest label where labels stand beside it.
    fn indent(&self) -> f32 {
        if self.labels == Labels::Above {
            return 0.0;
        }
        let labels = self.parts.iter().filter_map(|part| part.label.as_deref());
        let widest = labels
            .map(|label| self.fonts.width(&label.to_uppercase(), self.label_style()))
            .fold(0.0, f32::max);
        if widest == 0.0 { 0.0 } else { (widest + self.size).min(self.width / 3.0) }
    }

    fn lines(&self, parts: &[Part]) -> Vec<Line> {
        let indent = self.indent();
        let mut lines = Vec::new();
        let mut top = 0.0;
        for part in parts {
            let size = self.text_style(part.role).size;
            top = self.part(part, indent, top, &mut lines) + size * BETWEEN;
        }
        lines
    }

    /// With the fine print at the foot of the box, where it stays from shot to shot.
    fn sunk(&self, mut lines: Vec<Line>, height: f32) -> Vec<Line> {
        let fine = self.parts.partition_point(|part| part.role < Role::FinePrint);
        let above = self.lines(&self.parts[..fine]).len();
        let room = lines.last().map_or(0.0, |line| height - line.bottom()).max(0.0);
        lines[above..].iter_mut().for_each(|line| line.baseline += room);
        lines
    }

    /// Adds one part below `top` and gives where the next may begin.
    fn part(&self, part: &Part, indent: f32, mut top: f32, lines: &mut Vec<Line>) -> f32 {
        if let Some(label) = &part.label {
            let beside = self.text_style(part.role).size;
            top = self.label(label, beside, indent, top, lines);
        }
        let style = self.text_style(part.role);
        let ink = if part.role == Role::FinePrint { Ink::Muted } else { Ink::Bright };
        let mut text = wrap(&part.text, self.width - indent, |c| self.fonts.advance(c, style));
        if text.is_empty() && self.labels == Labels::Beside {
            // The label alone takes a line too.
            text.push(String::new());
        }
        for text in text {
            let baseline = top + style.size;
            lines.push(Line { x: indent, baseline, text, style, ink });
            top += style.size * LEADING;
        }
        top
    }

    fn label(&self, label: &str, size: f32, indent: f32, top: f32, lines: &mut Vec<Line>) -> f32 {
        let style = self.label_style();
        let beside = self.labels == Labels::Beside;
        let room = if beside { indent - self.size * 0.5 } else { self.width };
        let text = shorten(&label.to_uppercase(), room, |c| self.fonts.advance(c, style));
        let baseline = top + if beside { size } else { style.size };
        lines.push(Line { x: 0.0, baseline, text, style, ink: Ink::Accent });
        if beside { top } else { top + style.size * LEADING }
    }

    /// Leaves out what is below the box and says how much that was.
    fn cut(&self, mut lines: Vec<Line>, height: f32) -> Vec<Line> {
        let kept = lines.iter().take_while(|line| line.bottom() <= height).count();
        let text = |line: Line| if line.ink == Ink::Accent { 0 } else { line.text.chars().count() };
        let left_out: usize = lines.drain(kept..).map(text).sum();
        if left_out > 0 {
            // A label without its text says nothing.
            while lines.last().is_some_and(|line| line.ink == Ink::Accent) {
                lines.pop();
            }
            if let Some(last) = lines.pop() {
                lines.extend(self.marked(last, left_out));
            }
        }
        lines
    }

    /// The last line, made shorter by what it takes to say how many characters are left out.
    fn marked(&self, mut line: Line, mut left_out: usize) -> [Line; 2] {
        let width = |text: &str| self.fonts.width(text, line.style);
        let mut mark = format!("{ELLIPSIS} +{left_out} characters");
        while !line.text.is_empty() && line.x + width(&line.text) + width(&mark) > self.width {
            line.text.pop();
            left_out += 1;
            mark = format!("{ELLIPSIS} +{left_out} characters");
        }
        let x = line.x + width(&line.text);
        let mark = Line { x, text: mark, ink: Ink::Accent, ..line.clone() };
        [line, mark]
    }
}

#[cfg(test)]
mod tests {
    use super::super::prompt;
    use super::*;

    fn lines(text: &str, room: (f32, f32), labels: Labels) -> Vec<Line> {
        set(&prompt::read(text).parts, room, labels, &Fonts::load().unwrap())
    }

    fn shown(lines: &[Line]) -> String {
        lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn a_short_prompt_is_set_large() {
        let lines = lines("A cat.", (600.0, 300.0), Labels::Beside);
        assert_eq!((shown(&lines).as_str(), lines[0].style.size), ("A cat.", f32::from(LARGEST)));
    }

    #[test]
    fn a_long_prompt_is_set_smaller_and_whole() {
        let text = "word ".repeat(200);
        let lines = lines(&text, (600.0, 300.0), Labels::Beside);
        assert!(lines[0].style.size < f32::from(LARGEST));
        assert_eq!(shown(&lines).matches("word").count(), 200);
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let text = "x".repeat(9000);
        let lines = lines(&text, (600.0, 300.0), Labels::Beside);
        let mark = lines.last().unwrap();
        let drawn = shown(&lines[..lines.len() - 1]).matches('x').count();
        assert_eq!(mark.text, format!("… +{} characters", 9000 - drawn));
        assert_eq!(mark.ink, Ink::Accent);
    }

    #[test]
    fn labels_stand_beside_their_text_or_above_it() {
        let text = "Scene: a roof\nImportant details: rain";
        let beside = lines(text, (900.0, 300.0), Labels::Beside);
        assert_eq!(shown(&beside), "SCENE|a roof|IMPORTANT DETAILS|rain");
        assert_eq!((beside[0].baseline, beside[1].x), (beside[1].baseline, beside[3].x));
        let above = lines(text, (900.0, 300.0), Labels::Above);
        assert!(above[0].baseline < above[1].baseline && above[1].x == 0.0);
    }

    #[test]
    fn the_subject_is_strong_and_fine_print_small_at_the_foot() {
        let lines = lines("Subject: Rin\nConstraints: no logos", (900.0, 300.0), Labels::Beside);
        let of = |text: &str| lines.iter().find(|line| line.text == text).unwrap();
        let (subject, fine) = (of("Rin"), of("no logos"));
        assert_eq!(subject.style, Style::semibold(f32::from(LARGEST)));
        assert!(fine.style.size < subject.style.size && fine.ink == Ink::Muted);
        assert!((fine.bottom() - 300.0).abs() < 0.1);
    }

    #[test]
    fn labels_stand_where_the_text_is_larger() {
        let text = "Scene: a\nSubject: b\nConstraints: c\nUse case: d";
        let flat = lines(text, (900.0, 130.0), Labels::Above);
        assert_eq!(flat[0].text, "SCENE");
        assert!((flat[0].baseline - flat[1].baseline).abs() < 0.1);
    }

    #[test]
    fn no_label_stands_without_its_text_at_the_cut() {
        let text = format!("Scene: {}\nSubject: {}", "x ".repeat(1470), "y ".repeat(4000));
        for labels in [Labels::Beside, Labels::Above] {
            let lines = lines(&text, (600.0, 300.0), labels);
            let [.., text, mark] = &lines[..] else { panic!("nothing is shown") };
            assert!(text.ink == Ink::Bright && mark.text.starts_with(ELLIPSIS), "{text:?} {mark:?}");
        }
    }
}
