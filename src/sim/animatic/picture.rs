//! A picture as video has it: 8-bit luma and chroma, 4:2:0, BT.709, limited range. Converts from RGB, copies and fills.
//! Draws nothing.

use openh264::formats::YUVSource;
use tiny_skia::{Color, ColorU8, Pixmap};

/// A rectangle of whole pixels. In a [`Picture`] every number is even, as colour is stored by 2 × 2 pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// One plane of brightness and two of colour, which are half as wide and half as high.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Picture {
    luma: Plane,
    blue: Plane,
    red: Plane,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Plane {
    width: usize,
    samples: Vec<u8>,
}

impl Plane {
    fn new(width: u32, height: u32) -> Self {
        Self { width: width as usize, samples: vec![0; width as usize * height as usize] }
    }

    fn height(&self) -> usize {
        self.samples.len() / self.width
    }

    /// `width` samples of row `y` from `x` on; fewer at the right edge, none below the bottom.
    fn row(&mut self, x: usize, y: usize, width: usize) -> &mut [u8] {
        let line = self.samples.chunks_exact_mut(self.width).nth(y).unwrap_or_default();
        let end = (x + width).min(line.len());
        line.get_mut(x..end).unwrap_or_default()
    }

    fn paste(&mut self, from: &Plane, x: usize, y: usize) {
        for (index, source) in from.samples.chunks_exact(from.width).enumerate() {
            let target = self.row(x, y + index, from.width);
            let shown = target.len();
            target.copy_from_slice(&source[..shown]);
        }
    }

    fn fill(&mut self, area: [usize; 4], value: u8) {
        let [x, y, width, height] = area;
        (y..y + height).for_each(|y| self.row(x, y, width).fill(value));
    }
}

impl Picture {
    /// Both sides of the canvas are even, and every pixel is opaque.
    pub(super) fn from_pixmap(canvas: &Pixmap) -> Self {
        let (width, height) = (canvas.width(), canvas.height());
        let colour = Plane::new(width / 2, height / 2);
        let mut picture = Self { luma: Plane::new(width, height), blue: colour.clone(), red: colour };
        let bytes = width as usize * 4;
        for (index, pair) in canvas.data().chunks_exact(bytes * 2).enumerate() {
            let (upper, lower) = pair.split_at(bytes);
            picture.convert(index, upper, lower);
        }
        picture
    }

    /// Fills the two rows of pixels that begin at `2 * pair` from two rows of RGBA.
    fn convert(&mut self, pair: usize, upper: &[u8], lower: &[u8]) {
        let mut last = (&upper[..8], &lower[..8]);
        let mut block = Block::of(last.0, last.1);
        for (x, now) in upper.chunks_exact(8).zip(lower.chunks_exact(8)).enumerate() {
            // Most of a card is ground; comparing is far cheaper than converting.
            if now != last {
                (last, block) = (now, Block::of(now.0, now.1));
            }
            let (top, bottom) = (2 * pair * self.luma.width, (2 * pair + 1) * self.luma.width);
            self.luma.samples[top + 2 * x..][..2].copy_from_slice(&block.luma[..2]);
            self.luma.samples[bottom + 2 * x..][..2].copy_from_slice(&block.luma[2..]);
            self.blue.samples[pair * self.blue.width + x] = block.blue;
            self.red.samples[pair * self.red.width + x] = block.red;
        }
    }

    /// Copies all of `from` to where its upper left corner is at `x`, `y`; what lies outside is left out.
    pub(super) fn paste(&mut self, from: &Picture, x: u32, y: u32) {
        let (x, y) = (x as usize, y as usize);
        self.luma.paste(&from.luma, x, y);
        self.blue.paste(&from.blue, x / 2, y / 2);
        self.red.paste(&from.red, x / 2, y / 2);
    }

    pub(super) fn fill(&mut self, area: Area, color: Color) {
        let block = Block::uniform(color.to_color_u8());
        let pixels = [area.x, area.y, area.width, area.height].map(|side| side as usize);
        self.luma.fill(pixels, block.luma[0]);
        self.blue.fill(pixels.map(|side| side / 2), block.blue);
        self.red.fill(pixels.map(|side| side / 2), block.red);
    }
}

impl YUVSource for Picture {
    fn dimensions(&self) -> (usize, usize) {
        (self.luma.width, self.luma.height())
    }

    fn strides(&self) -> (usize, usize, usize) {
        (self.luma.width, self.blue.width, self.red.width)
    }

    fn y(&self) -> &[u8] {
        &self.luma.samples
    }

    fn u(&self) -> &[u8] {
        &self.blue.samples
    }

    fn v(&self) -> &[u8] {
        &self.red.samples
    }
}

/// Two by two pixels: a brightness for each, and one colour.
struct Block {
    luma: [u8; 4],
    blue: u8,
    red: u8,
}

impl Block {
    /// From two RGBA pixels of the upper row and the two below them.
    fn of(upper: &[u8], lower: &[u8]) -> Self {
        let pixels = [&upper[..3], &upper[4..7], &lower[..3], &lower[4..7]]
            .map(|rgb| [i32::from(rgb[0]), i32::from(rgb[1]), i32::from(rgb[2])]);
        let mean = [0, 1, 2].map(|channel| (pixels.iter().map(|rgb| rgb[channel]).sum::<i32>() + 2) / 4);
        Self {
            luma: pixels.map(|rgb| weigh(LUMA, rgb, 16)),
            blue: weigh(BLUE, mean, 128),
            red: weigh(RED, mean, 128),
        }
    }

    fn uniform(color: ColorU8) -> Self {
        let pixel = [color.red(), color.green(), color.blue(), color.alpha()];
        let row = [pixel, pixel].concat();
        Self::of(&row, &row)
    }
}

// ITU-R BT.709-6, items 3.2 to 3.4, from full-range RGB to limited range, in parts of 65536.
const LUMA: [i32; 3] = [11_966, 40_254, 4_064];
const BLUE: [i32; 3] = [-6_596, -22_189, 28_785];
const RED: [i32; 3] = [28_785, -26_145, -2_640];

fn weigh(weights: [i32; 3], rgb: [i32; 3], offset: i32) -> u8 {
    let sum = weights[0] * rgb[0] + weights[1] * rgb[1] + weights[2] * rgb[2];
    u8::try_from(((sum + 32_768) >> 16) + offset).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(width: u32, height: u32, color: Color) -> Picture {
        let mut canvas = Pixmap::new(width, height).unwrap();
        canvas.fill(color);
        Picture::from_pixmap(&canvas)
    }

    fn first(color: Color) -> (u8, u8, u8) {
        let picture = flat(4, 4, color);
        (picture.y()[15], picture.u()[3], picture.v()[3])
    }

    fn rgb(red: u8, green: u8, blue: u8) -> Color {
        Color::from_rgba8(red, green, blue, 255)
    }

    #[test]
    fn the_primaries_have_their_bt709_values() {
        assert_eq!(first(rgb(0, 0, 0)), (16, 128, 128));
        assert_eq!(first(rgb(255, 255, 255)), (235, 128, 128));
        assert_eq!(first(rgb(255, 0, 0)), (63, 102, 240));
        assert_eq!(first(rgb(0, 255, 0)), (173, 42, 26));
        assert_eq!(first(rgb(0, 0, 255)), (32, 240, 118));
    }

    #[test]
    fn each_pixel_keeps_its_brightness_and_four_share_a_colour() {
        let mut canvas = Pixmap::new(4, 2).unwrap();
        canvas.fill(rgb(0, 0, 0));
        canvas.data_mut()[4..7].fill(255);
        let picture = Picture::from_pixmap(&canvas);
        assert_eq!(picture.y(), [16, 235, 16, 16, 16, 16, 16, 16]);
        assert_eq!((picture.u(), picture.v()), (&[128, 128][..], &[128, 128][..]));
    }

    #[test]
    fn a_fill_is_the_same_as_a_converted_drawing() {
        let mut filled = flat(8, 6, rgb(10, 20, 30));
        filled.fill(Area { x: 0, y: 0, width: 8, height: 6 }, rgb(200, 100, 50));
        assert_eq!(filled, flat(8, 6, rgb(200, 100, 50)));
    }

    #[test]
    fn pasting_touches_its_own_place_and_stops_at_the_edge() {
        let mut picture = flat(8, 4, rgb(0, 0, 0));
        picture.paste(&flat(4, 4, rgb(255, 255, 255)), 6, 2);
        let white: Vec<_> = (0..32).filter(|at| picture.y()[*at] == 235).collect();
        assert_eq!(white, [22, 23, 30, 31]);
    }
}
