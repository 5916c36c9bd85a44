//! A clip in small: a grid that shows a number's bits, and a bar that fills. About a sixteenth of the work of a card.
//! Has no words and no clocks.

use tiny_skia::Pixmap;

use super::palette::{Ink, Palette};
use super::picture::{Area, Picture};
use super::stream::{Film, Stream};
use super::{Aspect, Clip, EncodeError, FPS};

/// Bits of a number, eight in a row.
const COLUMNS: u32 = 8;
const ROWS: u32 = 128 / COLUMNS;
/// The bar's height in pixels.
const BAR: u32 = 8;

/// Width and height in pixels; both are even.
pub(super) fn pixels(aspect: Aspect) -> (u32, u32) {
    let (width, height) = aspect.pixels();
    (width / 8 * 2, height / 8 * 2)
}

pub(super) fn film(clip: &Clip, number: u128) -> Result<Film, EncodeError> {
    let size = pixels(clip.aspect);
    let mut stream = Stream::open()?;
    for (index, shot) in clip.shots.iter().enumerate() {
        let palette = Palette::of(&clip.storyboard, &clip.scene, index);
        let mut picture = ground(size, &palette)?;
        cells(size, number).for_each(|cell| picture.fill(cell, palette.ink(Ink::Bright)));
        stream.cut();
        let frames = shot.seconds * FPS;
        for frame in 0..frames {
            picture.fill(bar(size, frame, frames), palette.ink(Ink::Accent));
            stream.push(&picture)?;
        }
    }
    stream.finish()
}

fn ground((width, height): (u32, u32), palette: &Palette) -> Result<Picture, EncodeError> {
    let mut canvas = Pixmap::new(width, height).ok_or(EncodeError::Canvas(width, height))?;
    canvas.fill(palette.ground);
    Ok(Picture::from_pixmap(&canvas))
}

/// A cell for every bit that is set, above the bar.
fn cells((width, height): (u32, u32), number: u128) -> impl Iterator<Item = Area> {
    let (wide, high) = (width / COLUMNS / 2 * 2, (height - BAR) / ROWS / 2 * 2);
    let set = (0..COLUMNS * ROWS).filter(move |bit| number >> bit & 1 == 1);
    set.map(move |bit| Area { x: bit % COLUMNS * wide, y: bit / COLUMNS * high, width: wide, height: high })
}

fn bar((width, height): (u32, u32), frame: u32, frames: u32) -> Area {
    Area { x: 0, y: height - BAR, width: width * (frame + 1) / frames / 2 * 2, height: BAR }
}
