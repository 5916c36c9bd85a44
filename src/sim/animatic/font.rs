//! How wide a text is, and the outline of it. Text runs left to right, without kerning or shaping.
//! What no font has is a hollow box, so that missing text is seen to be missing.

mod installed;
mod pen;
mod script;
mod typefaces;

use std::collections::{BTreeMap, BTreeSet};

use skrifa::{Font, GlyphId, ScalerFont};
use tiny_skia::Path;
use unicode_width::UnicodeWidthChar;

use super::EncodeError;
use pen::Pen;
use typefaces::Glyph;
pub use typefaces::{FontError, Typefaces};

static REGULAR: &[u8] = include_bytes!("Inter-Regular.otf");
static SEMIBOLD: &[u8] = include_bytes!("Inter-SemiBold.otf");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    SemiBold,
}

/// How a text is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Style {
    pub(super) weight: Weight,
    /// Pixels per em.
    pub(super) size: f32,
    /// Space added after each glyph, in ems.
    pub(super) tracking: f32,
}

impl Style {
    pub(super) const fn regular(size: f32) -> Self {
        Self { weight: Weight::Regular, size, tracking: 0.0 }
    }

    pub(super) const fn semibold(size: f32) -> Self {
        Self { weight: Weight::SemiBold, size, tracking: 0.0 }
    }

    pub(super) const fn tracked(self, tracking: f32) -> Self {
        Self { tracking, ..self }
    }

    /// The height of a capital letter in pixels.
    pub(super) fn cap(self) -> f32 {
        self.size * CAP
    }
}

/// Inter's cap height in ems.
const CAP: f32 = 0.727;

/// What a text is set with: both weights of the bundled font, and what was borrowed for the letters that it lacks.
pub(super) struct Fonts {
    regular: Font,
    semibold: Font,
    borrowed: BTreeMap<char, Glyph>,
}

impl Fonts {
    /// The bundled font alone.
    pub(super) fn load() -> Result<Self, EncodeError> {
        let open = |bytes: &'static [u8], name| Font::new(bytes, 0).ok_or(EncodeError::Font(name));
        let (regular, semibold) = (open(REGULAR, "Inter Regular")?, open(SEMIBOLD, "Inter SemiBold")?);
        Ok(Self { regular, semibold, borrowed: BTreeMap::new() })
    }

    /// And what else these texts take, as far as there are fonts for it.
    pub(super) fn for_texts<'a>(
        texts: impl Iterator<Item = &'a str>,
        typefaces: &Typefaces,
    ) -> Result<Self, EncodeError> {
        let fonts = Self::load()?;
        let lacking = texts.flat_map(str::chars).filter(|c| fonts.lacks(*c)).collect::<BTreeSet<_>>();
        Ok(Self { borrowed: typefaces.glyphs(&lacking), ..fonts })
    }

    /// Is the character drawn as a box?
    fn lacks(&self, c: char) -> bool {
        missing_width(c) > 0.0 && self.glyph(c, Weight::Regular).is_none()
    }

    /// What of a text is missing, in words, and whether a font would help.
    pub(super) fn missing(&self, text: &str) -> BTreeSet<Missing> {
        text.chars().filter(|c| self.lacks(*c)).map(Missing::of).collect()
    }

    fn face(&self, weight: Weight) -> &Font {
        match weight {
            Weight::Regular => &self.regular,
            Weight::SemiBold => &self.semibold,
        }
    }

    /// How far one character moves the pen, in pixels.
    pub(super) fn advance(&self, c: char, style: Style) -> f32 {
        match self.glyph(c, style.weight) {
            Some((font, glyph)) => glyph_advance(font, glyph, style),
            None => missing_width(c) * style.size,
        }
    }

    /// The width of a text in pixels.
    pub(super) fn width(&self, text: &str, style: Style) -> f32 {
        text.chars().map(|c| self.advance(c, style)).sum()
    }

    /// The outline of a text whose first glyph stands at `x` on `baseline`. None where there is nothing to draw.
    pub(super) fn outline(&self, text: &str, style: Style, x: f32, baseline: f32) -> Option<Path> {
        let mut pen = Pen::at(x, baseline);
        for c in text.chars() {
            match self.glyph(c, style.weight) {
                Some((font, glyph)) => {
                    pen.glyph(&ScalerFont::unhinted(font.clone(), Some(style.size)), glyph);
                }
                None => pen.missing(missing_width(c) * style.size, style.size),
            }
            pen.x += self.advance(c, style);
        }
        pen.finish()
    }

    fn glyph(&self, c: char, weight: Weight) -> Option<(&Font, GlyphId)> {
        let bundled = self.face(weight);
        let own = bundled.charmap().map_unicode(c).map(|glyph| (bundled, glyph));
        own.or_else(|| self.borrowed.get(&c).map(|glyph| (glyph.font(weight), glyph.id)))
    }
}

fn glyph_advance(font: &Font, glyph: GlyphId, style: Style) -> f32 {
    let ems = font.glyph_metrics().h_advance(glyph) / f32::from(font.units_per_em());
    // A combining mark stays on its letter.
    if ems == 0.0 { 0.0 } else { (ems + style.tracking) * style.size }
}

/// A kind of letters that are drawn as boxes, in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Missing {
    /// The fonts for Chinese, Japanese and Korean have it.
    EastAsian(&'static str),
    /// Some font has it.
    Other(&'static str),
    /// No font helps: they cannot be set one after another.
    Shaped(&'static str),
}

impl Missing {
    fn of(c: char) -> Self {
        let name = script::name(c);
        if script::is_shaped(c) {
            Self::Shaped(name)
        } else if script::is_east_asian(c) {
            Self::EastAsian(name)
        } else {
            Self::Other(name)
        }
    }
}

/// The width of the box for a character that no font has, in ems.
fn missing_width(c: char) -> f32 {
    match c.width() {
        Some(0) | None => 0.0,
        Some(1) => 0.62,
        Some(_) => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use std::ops::RangeInclusive;

    use super::*;

    const STYLE: Style = Style::regular(40.0);

    fn height(text: &str) -> f32 {
        Fonts::load().unwrap().outline(text, STYLE, 0.0, 100.0).unwrap().bounds().height()
    }

    /// Basic Latin to Latin Extended-B, Greek, Cyrillic, Latin Extended Additional (Vietnamese) and Greek Extended.
    const BLOCKS: [RangeInclusive<char>; 5] = ['!'..='ɏ', 'Ͱ'..='ϡ', 'Ѐ'..='ҝ', 'Ḁ'..='ỿ', 'ἀ'..='῾'];
    /// Digraphs that Unicode keeps for old encodings; they are written as two letters.
    const LEGACY: [char; 2] = ['ŉ', 'Ǆ'];

    #[test]
    fn latin_greek_and_cyrillic_are_there_with_all_their_accents() {
        let fonts = Fonts::load().unwrap();
        let letters = BLOCKS.into_iter().flatten().filter(|c| c.is_alphabetic() && !LEGACY.contains(c));
        for c in letters.chain("0123456789«»„“‘’”…–—€№¿¡§©°½×→".chars()) {
            assert!(fonts.glyph(c, Weight::Regular).is_some(), "{c}");
            assert!(fonts.glyph(c, Weight::SemiBold).is_some(), "{c}");
        }
    }

    #[test]
    fn what_the_font_lacks_is_a_box_as_high_as_a_capital() {
        for text in ["雨", "🎬", "ש", "ع"] {
            assert!((height(text) - STYLE.cap()).abs() < 0.1, "{text}");
        }
    }

    #[test]
    fn a_joined_emoji_takes_no_room_for_its_joiners() {
        let fonts = Fonts::load().unwrap();
        assert!(fonts.width("\u{200d}\u{fe0f}", STYLE) < 0.1);
    }

    #[test]
    fn a_combining_accent_stands_on_its_letter() {
        let fonts = Fonts::load().unwrap();
        assert!((fonts.width("e\u{301}", STYLE) - fonts.width("e", STYLE)).abs() < 0.1);
        assert!(height("e\u{301}") > height("e"));
    }

    #[test]
    fn the_cap_height_is_the_fonts_own() {
        assert!((height("H") - STYLE.cap()).abs() < 0.1);
    }
}
