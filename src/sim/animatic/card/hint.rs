//! What is drawn as boxes, said in words, with what helps: above the clocks, so that nobody takes boxes for the text.

use std::collections::BTreeSet;

use super::super::body::Line;
use super::super::font::{Fonts, Missing, Style};
use super::super::palette::Ink;
use super::super::wrap::wrap;
use super::Frame;

const STYLE: Style = Style::regular(17.0);

/// Distance of baselines in pixels.
const LEADING: f32 = 23.0;

/// At the foot of the space; nothing where nothing is missing.
pub(super) fn place(texts: &[&str], space: Frame, fonts: &Fonts) -> Vec<Line> {
    let missing = texts.iter().flat_map(|text| fonts.missing(text)).collect();
    let lines: Vec<_> = sentences(&missing)
        .iter()
        .flat_map(|sentence| wrap(sentence, space.width(), |c| fonts.advance(c, STYLE)))
        .collect();
    let mut baseline = space.bottom;
    let mut placed = Vec::new();
    for text in lines.into_iter().rev() {
        placed.push(Line { x: space.left, baseline, text, style: STYLE, ink: Ink::Accent });
        baseline -= LEADING;
    }
    placed
}

/// The top of the letters of its highest line, which is the last.
pub(super) fn top(highest: &Line) -> f32 {
    highest.baseline - highest.style.cap()
}

fn sentences(missing: &BTreeSet<Missing>) -> Vec<String> {
    let of = |kind: fn(&Missing) -> Option<&'static str>| listed(missing.iter().filter_map(kind));
    let east = of(|missing| if let Missing::EastAsian(name) = missing { Some(name) } else { None });
    let other = of(|missing| if let Missing::Other(name) = missing { Some(name) } else { None });
    let shaped = of(|missing| if let Missing::Shaped(name) = missing { Some(name) } else { None });
    let advice = [
        (east, "install a font for them (Debian: fonts-noto-cjk), or name one: shotlist sim --font FILE"),
        (other, "name a font that has them: shotlist sim --font FILE"),
        (shaped, "animatics cannot set this script"),
    ];
    let wanted = advice.into_iter().filter(|(names, _)| !names.is_empty());
    wanted.map(|(names, advice)| format!("Boxes stand for {names}: {advice}.")).collect()
}

fn listed(names: impl Iterator<Item = &'static str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPACE: Frame = Frame { left: 0.0, top: 0.0, right: 5000.0, bottom: 500.0 };

    fn said(text: &str) -> Vec<String> {
        let lines = place(&[text], SPACE, &Fonts::load().unwrap());
        lines.into_iter().rev().map(|line| line.text).collect()
    }

    #[test]
    fn letters_that_no_font_has_are_named_with_what_helps() {
        assert_eq!(
            said("雨の屋上 🎬"),
            [
                "Boxes stand for Chinese characters, Japanese kana: install a font for them (Debian: \
                 fonts-noto-cjk), or name one: shotlist sim --font FILE.",
                "Boxes stand for emoji or symbols: name a font that has them: shotlist sim --font FILE."
            ]
        );
    }

    #[test]
    fn letters_that_no_font_helps_with_are_said_to_be_so() {
        assert_eq!(
            said("שלום नमस्ते"),
            ["Boxes stand for Devanagari, Hebrew: animatics cannot set this script."]
        );
    }

    #[test]
    fn nothing_is_said_of_what_is_drawn() {
        assert!(said("Zoë, Ζωή, Зоя — “½” → e\u{301}\u{200d}").is_empty());
    }
}
