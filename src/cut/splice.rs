//! How the clips of a film become one file: pictures are copied where all are coded alike and as long as planned, else
//! all are encoded anew in one shape; sound is encoded once, since its packets do not end where pictures do. Pure.

use std::collections::BTreeMap;

use super::stock::Stock;
use crate::record;
use crate::timecode::Rate;

/// What is to be done, clip by clip.
#[derive(Clone, Debug)]
pub struct Splice {
    pub rate: Rate,
    pub shape: Shape,
    pub picture: Picture,
    pub sound: Sound,
    /// How many frames the film will have.
    pub frames: u64,
}

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shape {
    pub width: u32,
    pub height: u32,
}

impl std::fmt::Display for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

/// May clips of another shape be framed in black?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Letterbox {
    No,
    Yes,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Picture {
    /// Bit by bit as it was bought.
    Copied,
    Encoded(Why),
}

/// Why the pictures can't stay as they are, with the first clip that it is true of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    Shape(String),
    Rate(String),
    /// It has frames beyond its plan.
    Longer(String),
    Coding(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sound {
    None,
    /// Silence where a clip has none.
    Encoded,
}

/// The film has clips of several shapes: each with the addresses of its clips.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mixed(pub BTreeMap<Shape, Vec<String>>);

impl Splice {
    /// Decides how to join clips, all of which have their files.
    ///
    /// # Errors
    /// They have several shapes, and may not be framed.
    pub fn new(stock: &[Stock], rate: Rate, letterbox: Letterbox) -> Result<Self, Mixed> {
        let shapes = shapes(stock);
        if shapes.len() > 1 && letterbox == Letterbox::No {
            return Err(Mixed(shapes));
        }
        let has_sound = stock.iter().any(|clip| clip.footage.sound == record::Sound::Track);
        let shape = main_shape(stock);
        Ok(Self {
            rate,
            shape,
            picture: why(stock, rate, shape).map_or(Picture::Copied, Picture::Encoded),
            sound: if has_sound { Sound::Encoded } else { Sound::None },
            frames: stock.iter().map(|clip| clip.span.frames).sum(),
        })
    }

    /// What ffmpeg does with the picture of a clip: `from` its file, `to` a file of pictures alone.
    pub(super) fn picture_args(&self, clip: &Stock, from: &str, to: &str) -> Vec<String> {
        let mut args = words("-i", from);
        args.extend(["-map", "0:v:0", "-an", "-map_metadata", "-1"].map(str::to_owned));
        match self.picture {
            Picture::Copied => args.extend(words("-c:v", "copy")),
            Picture::Encoded(_) => {
                args.extend(words("-vf", &self.filters(clip)));
                args.extend(ENCODER.map(str::to_owned));
                args.extend(words("-video_track_timescale", &self.rate.timescale().to_string()));
            }
        }
        args.push(to.to_owned());
        args
    }

    /// A rate may ask for a frame more than the file has: the last one stands twice then.
    fn filters(&self, clip: &Stock) -> String {
        let (Shape { width, height }, frames) = (self.shape, clip.span.frames);
        let conformed = format!(
            "fps={}:start_time=0,tpad=stop=1:stop_mode=clone,trim=end_frame={frames},setpts=PTS-STARTPTS",
            self.rate.fraction()
        );
        let boxed = if shape_of(clip) == self.shape {
            String::new()
        } else {
            format!(",scale={width}:{height}:force_original_aspect_ratio=decrease,pad={width}:{height}:-1:-1")
        };
        conformed + &boxed + ",setsar=1,format=yuv420p"
    }

    /// The sound under a clip: as long as its picture to the sample, silence where the file ends or has none.
    pub(super) fn sound_args(&self, clip: &Stock, from: &str, to: &str) -> Vec<String> {
        let samples = self.rate.units(clip.span.end(), SAMPLES) - self.rate.units(clip.span.start, SAMPLES);
        let (mut args, filters) = match clip.footage.sound {
            record::Sound::Track => (
                [words("-i", from), words("-map", "0:a:0")].concat(),
                format!("aresample={SAMPLES}:async=1:first_pts=0,aformat=channel_layouts=stereo,apad"),
            ),
            record::Sound::None => (
                [words("-f", "lavfi"), words("-i", &format!("anullsrc=r={SAMPLES}:cl=stereo"))].concat(),
                "anull".to_owned(),
            ),
        };
        args.extend(words("-af", &format!("{filters},atrim=end_sample={samples}")));
        args.extend(words("-c:a", "pcm_f32le"));
        args.push(to.to_owned());
        args
    }

    /// Joins the lists of pictures and of sound.
    pub(super) fn join_args(&self, title: &str, pictures: &str, sound: &str, to: &str) -> Vec<String> {
        // What is joined is coded alike, and nothing is to be put between.
        let list =
            |name: &str| [words("-f", "concat"), words("-auto_convert", "0"), words("-i", name)].concat();
        let mut args = list(pictures);
        if self.sound == Sound::Encoded {
            args.extend(list(sound));
            args.extend([words("-map", "1:a:0"), words("-c:a", "aac"), words("-b:a", "256k")].concat());
        }
        args.extend([words("-map", "0:v:0"), words("-c:v", "copy")].concat());
        args.extend(
            [words("-metadata", &format!("title={title}")), words("-movflags", "+faststart")].concat(),
        );
        args.push(to.to_owned());
        args
    }
}

/// Samples a second of the sound, as video has it.
const SAMPLES: u32 = 48_000;

/// Nothing that is seen is lost at this quality (x264's guide calls 17 or 18 visually lossless).
const ENCODER: [&str; 6] = ["-c:v", "libx264", "-preset", "medium", "-crf", "16"];

fn words(flag: &str, value: &str) -> Vec<String> {
    vec![flag.to_owned(), value.to_owned()]
}

fn shape_of(clip: &Stock) -> Shape {
    Shape { width: clip.footage.picture.width, height: clip.footage.picture.height }
}

fn shapes(stock: &[Stock]) -> BTreeMap<Shape, Vec<String>> {
    let mut shapes: BTreeMap<Shape, Vec<String>> = BTreeMap::new();
    for clip in stock {
        shapes.entry(shape_of(clip)).or_default().push(clip.address.clone());
    }
    shapes
}

/// The shape that is seen longest, the earlier one of two.
fn main_shape(stock: &[Stock]) -> Shape {
    let mut seen: Vec<(Shape, u64)> = Vec::new();
    for clip in stock {
        match seen.iter_mut().find(|(shape, _)| *shape == shape_of(clip)) {
            Some((_, frames)) => *frames += clip.span.frames,
            None => seen.push((shape_of(clip), clip.span.frames)),
        }
    }
    let longest = seen.iter().rev().max_by_key(|(_, frames)| *frames);
    longest.map_or(Shape { width: 0, height: 0 }, |(shape, _)| *shape)
}

/// None where the pictures can be copied. H.264 wants even numbers, so that an odd shape can't be encoded anyway.
fn why(stock: &[Stock], rate: Rate, shape: Shape) -> Option<Why> {
    let first = stock.first()?;
    let find = |is_so: &dyn Fn(&Stock) -> bool| {
        stock.iter().find(|clip| is_so(clip)).map(|clip| clip.address.clone())
    };
    let is_longer = |clip: &Stock| clip.timing(rate).frames != clip.span.frames;
    let is_other =
        |clip: &Stock| clip.footage.coding.is_none() || clip.footage.coding != first.footage.coding;
    find(&|clip| shape_of(clip) != shape)
        .map(Why::Shape)
        .or_else(|| find(&|clip| !is_steady(clip, rate)).map(Why::Rate))
        .or_else(|| find(&is_longer).map(Why::Longer))
        .or_else(|| find(&is_other).map(Why::Coding))
}

/// Does it show the frames of this rate, each as long as the others?
fn is_steady(clip: &Stock, rate: Rate) -> bool {
    let timing = clip.timing(rate);
    timing.rate == rate && rate.frames_in_millis(clip.footage.picture.millis) == timing.frames
}

#[cfg(test)]
mod tests;
