//! The simulator's clips: silent H.264 films in which every shot is a card that shows its name, its prompt and the time.
//! Decides what a clip is made of and in which order; what a card looks like is the layout's.

mod body;
mod card;
mod clock;
mod font;
mod mp4;
mod paint;
mod palette;
mod picture;
mod prompt;
mod sketch;
mod slate;
mod stream;
mod wrap;

use std::str::FromStr;

use icu_normalizer::ComposingNormalizerBorrowed;

use font::Fonts;
pub use font::{FontError, Typefaces};
use slate::Slate;
use stream::{Film, Stream};

/// Frames per second of every clip.
pub const FPS: u32 = 24;

/// The longest clip that is drawn, in seconds. Above every model's limit; it bounds memory and time.
pub const MAX_SECONDS: u32 = 600;

/// What one clip shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clip {
    /// The storyboard's name, with its edition after `@` or `+`; the name chooses the palette. May be empty where it is not
    /// known.
    pub storyboard: String,
    /// The scene's name; it chooses the tint within the palette. May be empty.
    pub scene: String,
    /// In order, each cut hard to the next.
    pub shots: Vec<Shot>,
    pub aspect: Aspect,
}

/// One card of a clip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shot {
    pub name: String,
    pub prompt: String,
    /// Length in seconds, at least 1.
    pub seconds: u32,
}

/// The shape of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aspect {
    /// 16:9
    Wide,
    /// 9:16
    Tall,
    /// 1:1
    Square,
}

impl Aspect {
    /// Width and height in pixels; both are even.
    #[must_use]
    pub const fn pixels(self) -> (u32, u32) {
        match self {
            Self::Wide => (1280, 720),
            Self::Tall => (720, 1280),
            Self::Square => (720, 720),
        }
    }
}

/// Why a text is no [`Aspect`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no animatic has the aspect ratio `{0}`; use 16:9, 9:16 or 1:1")]
pub struct UnknownAspect(String);

impl FromStr for Aspect {
    type Err = UnknownAspect;

    fn from_str(text: &str) -> Result<Self, UnknownAspect> {
        match text {
            "16:9" => Ok(Self::Wide),
            "9:16" => Ok(Self::Tall),
            "1:1" => Ok(Self::Square),
            other => Err(UnknownAspect(other.to_owned())),
        }
    }
}

/// Why a clip was not made.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    #[error("cannot draw a clip without shots; give it at least one")]
    NoShots,
    #[error("cannot draw the shot `{0}` with a length of 0 s; give it at least 1 s")]
    EmptyShot(String),
    #[error("cannot draw a clip of {0} s; the longest animatic is {MAX_SECONDS} s")]
    TooLong(u64),
    #[error("cannot read the bundled font `{0}`")]
    Font(&'static str),
    #[error("cannot make a canvas of {0} by {1} pixels")]
    Canvas(u32, u32),
    #[error("the H.264 encoder failed: {0}")]
    Encoder(#[from] openh264::Error),
    #[error("the H.264 encoder gave no {0}")]
    Bitstream(&'static str),
    #[error("cannot write the MP4 container: {0}")]
    Container(#[from] mp4_atom::Error),
}

/// Draws a clip as an MP4: 24 frames a second, as long as its shots together, the same bytes for the same clip and the
/// same typefaces.
///
/// # Errors
///
/// Where the clip has no shots, a shot has no length, or the whole is longer than [`MAX_SECONDS`]; and where the
/// encoder or the muxer fails.
pub fn encode(clip: &Clip, typefaces: &Typefaces) -> Result<Vec<u8>, EncodeError> {
    check(clip)?;
    mp4::mux(&film(&composed(clip), typefaces)?, clip.aspect.pixels())
}

/// Draws a clip at a quarter of its width and its height: no words, a pattern that is the number's own, and a bar that
/// fills. As long as the clip; the same bytes for the same clip and number, others for any other number.
///
/// # Errors
///
/// As [`encode`].
pub fn sketch(clip: &Clip, number: u128) -> Result<Vec<u8>, EncodeError> {
    check(clip)?;
    mp4::mux(&sketch::film(clip, number)?, sketch::pixels(clip.aspect))
}

/// With every letter and its accents as the one character that fonts have for both.
fn composed(clip: &Clip) -> Clip {
    let nfc = ComposingNormalizerBorrowed::new_nfc();
    let text = |text: &str| nfc.normalize(text).into_owned();
    let shot = |shot: &Shot| Shot { name: text(&shot.name), prompt: text(&shot.prompt), ..*shot };
    Clip {
        storyboard: text(&clip.storyboard),
        scene: text(&clip.scene),
        shots: clip.shots.iter().map(shot).collect(),
        aspect: clip.aspect,
    }
}

fn film(clip: &Clip, typefaces: &Typefaces) -> Result<Film, EncodeError> {
    let fonts = Fonts::for_texts(texts(clip), typefaces)?;
    let mut stream = Stream::open()?;
    for index in 0..clip.shots.len() {
        let mut slate = Slate::new(clip, index, &fonts)?;
        stream.cut();
        for frame in 0..clip.shots[index].seconds * FPS {
            slate.show(frame);
            stream.push(slate.picture())?;
        }
    }
    stream.finish()
}

fn texts(clip: &Clip) -> impl Iterator<Item = &str> {
    let of_shots = clip.shots.iter().flat_map(|shot| [shot.name.as_str(), &shot.prompt]);
    [clip.storyboard.as_str(), &clip.scene].into_iter().chain(of_shots)
}

fn check(clip: &Clip) -> Result<(), EncodeError> {
    if clip.shots.is_empty() {
        return Err(EncodeError::NoShots);
    }
    if let Some(shot) = clip.shots.iter().find(|shot| shot.seconds == 0) {
        return Err(EncodeError::EmptyShot(shot.name.clone()));
    }
    let seconds: u64 = clip.shots.iter().map(|shot| u64::from(shot.seconds)).sum();
    if seconds > u64::from(MAX_SECONDS) { Err(EncodeError::TooLong(seconds)) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
