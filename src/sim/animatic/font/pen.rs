//! Turns outlines, whose y grows upward, into a path whose y grows downward. Decides no place.

use skrifa::font::glyph::outline::{DrawMemory, PathSink};
use skrifa::{GlyphId, ScalerFont};
use tiny_skia::{Path, PathBuilder, Rect};

use super::CAP;

pub(super) struct Pen {
    path: PathBuilder,
    /// Where the next glyph stands.
    pub(super) x: f32,
    baseline: f32,
}

impl Pen {
    pub(super) fn at(x: f32, baseline: f32) -> Self {
        Self { path: PathBuilder::new(), x, baseline }
    }

    pub(super) fn finish(self) -> Option<Path> {
        self.path.finish()
    }

    pub(super) fn glyph(&mut self, scaler: &ScalerFont, glyph: GlyphId) {
        if let Some(outline) = scaler.outline(glyph) {
            // An outline that cannot be drawn leaves its space empty.
            let _ = outline.draw(DrawMemory::Scratch, self);
        }
    }

    /// A frame, wound so that its inside stays empty.
    pub(super) fn missing(&mut self, width: f32, size: f32) {
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
