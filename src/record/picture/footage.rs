//! What an editor asks of an MP4 file: its frames and their rate, whether it has sound, and how its picture is coded.
//! Reads the boxes that describe it; decodes nothing.

use std::fs::File;
use std::path::Path;

use super::{NotAVideo, Picture, boxes, description, inside, is_of, picture};
use crate::timecode::Rate;

/// A video file to cut with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Footage {
    pub picture: Picture,
    /// None where a fragmented file does not list its frames.
    pub timing: Option<Timing>,
    pub sound: Sound,
    /// None where the picture changes its coding in mid-file, which nothing else does alike.
    pub coding: Option<Coding>,
}

/// How many pictures a file has, and how fast it shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    pub frames: u64,
    pub rate: Rate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sound {
    None,
    Track,
}

/// Codec with its parameters, size and units of time: files that have this in common can be joined without decoding them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Coding([u8; 32]);

/// Reads what an editor asks of a file.
///
/// # Errors
/// It is no MP4 file, it is cut off, or it has no picture.
pub fn footage(path: &Path) -> Result<Footage, NotAVideo> {
    let mut file = File::open(path)?;
    let bytes = file.metadata()?.len();
    read(&description(&mut file, bytes)?).ok_or(NotAVideo::NoPicture)
}

fn read(movie: &[u8]) -> Option<Footage> {
    let tracks = || boxes(movie).filter(|(name, _)| *name == b"trak").map(|(_, track)| track);
    let track = tracks().find(|track| is_of(track, *b"vide"))?;
    let has_sound = tracks().any(|track| is_of(track, *b"soun"));
    Some(Footage {
        picture: picture(movie)?,
        timing: timing(track),
        sound: if has_sound { Sound::Track } else { Sound::None },
        coding: coding(track),
    })
}

/// `stts` lists runs of frames that last equally long, in the units of `mdhd`.
fn timing(track: &[u8]) -> Option<Timing> {
    let media = inside(track, b"mdia")?;
    let table = sample_table(media).and_then(|table| inside(table, b"stts"))?;
    let run = |run: &[u8]| Some((u64::from(u32_at(run, 0)?), u64::from(u32_at(run, 4)?)));
    let runs = table.get(8..)?.chunks_exact(8).filter_map(run).filter(|(count, _)| *count > 0);
    let runs: Vec<(u64, u64)> = runs.collect();
    let frames = runs.iter().fold(0, |sum: u64, (count, _)| sum.saturating_add(*count));
    let units = runs.iter().fold(0, |sum: u64, (count, units)| sum.saturating_add(count * units));
    let scale = u64::from(scale(inside(media, b"mdhd")?)?);
    // The last frame often lasts until the sound ends.
    let (last, others) = (runs.last()?.1, frames.checked_sub(1)?);
    let measured = match others {
        0 => Rate::measured(scale, last),
        others => Rate::measured(others.checked_mul(scale)?, units - last),
    };
    Some(Timing { frames, rate: measured? })
}

/// `stsd` describes how the pictures are coded. What it says of the bit rate is no part of that.
fn coding(track: &[u8]) -> Option<Coding> {
    let media = inside(track, b"mdia")?;
    let descriptions = inside(sample_table(media)?, b"stsd")?;
    let mut entries = boxes(descriptions.get(8..)?);
    let (codec, entry) = entries.next().filter(|_| u32_at(descriptions, 4) == Some(1))?;
    let mut hasher = blake3::Hasher::new();
    hasher.update(codec).update(&scale(inside(media, b"mdhd")?)?.to_be_bytes());
    // Turning and stretching, then width and height.
    hasher.update(inside(track, b"tkhd")?.last_chunk::<44>()?);
    for (name, content) in boxes(entry.get(78..)?).filter(|(name, _)| *name != b"btrt") {
        hasher.update(name).update(content);
    }
    Some(Coding(*hasher.finalize().as_bytes()))
}

fn sample_table(media: &[u8]) -> Option<&[u8]> {
    inside(media, b"minf").and_then(|information| inside(information, b"stbl"))
}

/// Units a second of `mdhd`.
fn scale(header: &[u8]) -> Option<u32> {
    u32_at(header, if *header.first()? == 0 { 12 } else { 20 })
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::animatic::{Aspect, Clip, Shot, Typefaces, encode};

    fn file(aspect: Aspect, seconds: u32, prompt: &str) -> tempfile::NamedTempFile {
        let shot = Shot { name: "lantern".to_owned(), prompt: prompt.to_owned(), seconds };
        let clip = Clip { storyboard: "x".to_owned(), scene: "one".to_owned(), shots: vec![shot], aspect };
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), encode(&clip, &Typefaces::none()).unwrap()).unwrap();
        file
    }

    /// `stts` of a track whose `mdhd` has this scale.
    fn track(scale: u32, runs: &[(u32, u32)]) -> Vec<u8> {
        let mut table = vec![0; 8];
        for (count, units) in runs {
            table.extend([count.to_be_bytes(), units.to_be_bytes()].concat());
        }
        let nested = boxed(*b"minf", &boxed(*b"stbl", &boxed(*b"stts", &table)));
        let header = boxed(*b"mdhd", &[&[0; 12][..], &scale.to_be_bytes(), &[0; 8]].concat());
        boxed(*b"mdia", &[header, nested].concat())
    }

    fn boxed(name: [u8; 4], content: &[u8]) -> Vec<u8> {
        let size = u32::try_from(content.len() + 8).unwrap();
        [&size.to_be_bytes(), &name, content].concat()
    }

    #[test]
    fn a_file_tells_its_frames_and_that_it_is_silent() {
        let file = file(Aspect::Square, 2, "a lantern");
        let footage = footage(file.path()).unwrap();
        assert_eq!(footage.timing, Some(Timing { frames: 48, rate: Rate::FILM }));
        assert_eq!((footage.sound, footage.picture.millis), (Sound::None, 2000));
    }

    #[test]
    fn files_of_one_shape_are_coded_alike_and_others_are_not() {
        let coding = |aspect, prompt| footage(file(aspect, 1, prompt).path()).unwrap().coding.unwrap();
        assert_eq!(
            coding(Aspect::Square, "a lantern"),
            coding(Aspect::Square, "an owl, and much else to see")
        );
        assert_ne!(coding(Aspect::Square, "a lantern"), coding(Aspect::Wide, "a lantern"));
    }

    #[test]
    fn the_rate_is_that_of_all_frames_but_the_last() {
        let read = |scale, runs: &[(u32, u32)]| {
            timing(&track(scale, runs)).map(|timing| (timing.frames, timing.rate.to_string()))
        };
        assert_eq!(read(12_288, &[(121, 512)]), Some((121, "24".to_owned())));
        assert_eq!(read(30_000, &[(150, 1001)]), Some((150, "29.97".to_owned())));
        assert_eq!(read(24_000, &[(71, 1000), (1, 9000)]), Some((72, "24".to_owned())));
        assert_eq!(
            read(16_000, &[(2, 533), (1, 534), (2, 533), (1, 534), (1, 533)]),
            Some((7, "30".to_owned()))
        );
        assert_eq!(read(24_000, &[(1, 1000)]), Some((1, "24".to_owned())));
        for broken in [&[][..], &[(0, 1000)], &[(2, 0)], &[(u32::MAX, u32::MAX), (u32::MAX, u32::MAX)]] {
            let _ = read(24_000, broken);
        }
        assert_eq!((read(24_000, &[]), read(24_000, &[(9, 0)]), read(0, &[(9, 1000)])), (None, None, None));
    }
}
