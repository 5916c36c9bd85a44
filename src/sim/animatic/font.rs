//! The bundled font: how wide a text is, and the outline of it. Text runs left to right, without kerning or shaping.
//! What the font lacks is a hollow box, so that missing text is seen to be missing.

use skrifa::font::Font;
use skrifa::font::glyph::outline::{DrawMemory, PathSink};
use skrifa::{GlyphId, ScalerFont};
use tiny_skia::{Path, PathBuilder, Rect};
use unicode_width::UnicodeWidthChar;

use super::EncodeError;

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

/// Both weights of the font.
pub(super) struct Fonts {
    regular: Font,
    semibold: Font,
}

impl Fonts {
    pub(super) fn load() -> Result<Self, EncodeError> {
        let open = |bytes: &'static [u8], name| Font::new(bytes, 0).ok_or(EncodeError::Font(name));
        Ok(Self { regular: open(REGULAR, "Inter Regular")?, semibold: open(SEMIBOLD, "Inter SemiBold")? })
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
            Some(glyph) => self.glyph_advance(glyph, style),
            None => missing_width(c) * style.size,
        }
    }

    /// The width of a text in pixels.
    pub(super) fn width(&self, text: &str, style: Style) -> f32 {
        text.chars().map(|c| self.advance(c, style)).sum()
    }

    /// The outline of a text whose first glyph stands at `x` on `baseline`. None where there is nothing to draw.
    pub(super) fn outline(&self, text: &str, style: Style, x: f32, baseline: f32) -> Option<Path> {
        let scaler = ScalerFont::unhinted(self.face(style.weight).clone(), Some(style.size));
        let mut pen = Pen { path: PathBuilder::new(), x, baseline };
        for c in text.chars() {
            match self.glyph(c, style.weight) {
                Some(glyph) => pen.glyph(&scaler, glyph),
                None => pen.missing(missing_width(c) * style.size, style.size),
            }
            pen.x += self.advance(c, style);
        }
        pen.path.finish()
    }

    fn glyph(&self, c: char, weight: Weight) -> Option<GlyphId> {
        self.face(weight).charmap().map_unicode(c)
    }

    fn glyph_advance(&self, glyph: GlyphId, style: Style) -> f32 {
        let font = self.face(style.weight);
        let ems = font.glyph_metrics().h_advance(glyph) / f32::from(font.units_per_em());
        // A combining mark stays on its letter.
        if ems == 0.0 { 0.0 } else { (ems + style.tracking) * style.size }
    }
}

/// The width of the box for a character that the font lacks, in ems.
fn missing_width(c: char) -> f32 {
    match c.width() {
        Some(0) | None => 0.0,
        Some(1) => 0.62,
        Some(_) => 1.0,
    }
}

/// Turns outlines, whose y grows upward, into a path whose y grows downward.
struct Pen {
    path: PathBuilder,
    x: f32,
    baseline: f32,
}

impl Pen {
    fn glyph(&mut self, scaler: &ScalerFont, glyph: GlyphId) {
        if let Some(outline) = scaler.outline(glyph) {
            // An outline that cannot be drawn leaves its space empty.
            let _ = outline.draw(DrawMemory::Scratch, self);
        }
    }

    /// A frame, wound so that its inside stays empty.
    fn missing(&mut self, width: f32, size: f32) {
        let (gap, line) = (size * 0.07, (size * 0.06).max(1.0));
        let outer =
            Rect::from_ltrb(self.x + gap, self.baseline - size * CAP, self.x + width - gap, self.baseline);
        let Some(outer) = outer else { return };
        self.path.push_rect(outer);
        let (left, top, right, bottom) =
            (outer.left() + line, outer.top() + line, outer.right() - line, outer.bottom() - line);
        self.path.move_to(left, top);
        self.path.line_to(left, bottom);
        self.path.line_to(right, bottom);
        self.path.line_to(right, top);
        self.path.close();
    }
}

impl PathSink for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.path.move_to(self.x + x, self.baseline - y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.path.line_to(self.x + x, self.baseline - y);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.path.quad_to(self.x + cx, self.baseline - cy, self.x + x, self.baseline - y);
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        let (dx, dy) = (self.x, self.baseline);
        self.path.cubic_to(dx + cx0, dy - cy0, dx + cx1, dy - cy1, dx + x, dy - y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: Style = Style::regular(40.0);

    fn height(text: &str) -> f32 {
        Fonts::load().unwrap().outline(text, STYLE, 0.0, 100.0).unwrap().bounds().height()
    }

    #[test]
    fn latin_greek_and_cyrillic_are_there() {
        let fonts = Fonts::load().unwrap();
        for c in "azAZ09éŁßœ αωΩΆ жЯїђ «»„“…—’€№".chars() {
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
