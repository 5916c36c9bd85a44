//! One film of the user's own in place of every animatic. Read once, and looked at closely enough to know that it is one.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::animatic::Typefaces;
use super::films::Video;

/// What videos are made of.
#[derive(Clone, Debug)]
pub(super) struct Stock {
    pub(super) typefaces: Arc<Typefaces>,
    /// Served as it is in place of anything made.
    pub(super) footage: Option<Video>,
}

/// Why a file is no film to serve.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot serve as footage: {why}; give an MP4 file with a video track", path.display())]
pub struct NotFootage {
    path: PathBuf,
    why: String,
}

pub(super) fn footage(path: &Path) -> Result<Video, NotFootage> {
    let failed = |why: String| NotFootage { path: path.to_owned(), why };
    let bytes = fs::read(path).map_err(|error| failed(error.to_string()))?;
    check(&bytes).map_err(failed)?;
    Ok(Video::new(bytes))
}

/// An MP4 is boxes end to end, each with its length and four letters before it (ISO/IEC 14496-12, section 4.2).
fn check(bytes: &[u8]) -> Result<(), String> {
    let (mut rest, mut description) = (bytes, None);
    if bytes.get(4..8) != Some(b"ftyp") {
        return Err("it does not begin as an MP4 does".to_owned());
    }
    while !rest.is_empty() {
        let (name, inside, after) = split(rest).ok_or("it is cut off or damaged")?;
        description = if name == b"moov" { Some(inside) } else { description };
        rest = after;
    }
    let description = description.ok_or("it has no description (moov)")?;
    if has_video(description) { Ok(()) } else { Err("it has no video track".to_owned()) }
}

type Split<'a> = (&'a [u8], &'a [u8], &'a [u8]);

/// The first box's name and inside, and what follows it.
fn split(bytes: &[u8]) -> Option<Split<'_>> {
    let short = u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?);
    let name = bytes.get(4..8)?;
    let (head, length) = match short {
        0 => (8, bytes.len()),
        1 => (16, usize::try_from(u64::from_be_bytes(bytes.get(8..16)?.try_into().ok()?)).ok()?),
        _ => (8, usize::try_from(short).ok()?),
    };
    Some((name, bytes.get(head..length)?, bytes.get(length..)?))
}

/// A track says what it is in its handler: four letters, eight bytes behind the box's name.
fn has_video(description: &[u8]) -> bool {
    description.windows(16).any(|part| &part[..4] == b"hdlr" && &part[12..] == b"vide")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::animatic::{Aspect, Clip, Shot, sketch};

    fn film() -> Vec<u8> {
        let shots = vec![Shot { name: "a".to_owned(), prompt: "rain".to_owned(), seconds: 1 }];
        let (storyboard, scene) = (String::new(), String::new());
        sketch(&Clip { storyboard, scene, shots, aspect: Aspect::Wide }, 7).unwrap()
    }

    #[test]
    fn a_film_is_footage_and_a_part_of_one_is_not() {
        let film = film();
        assert_eq!(check(&film), Ok(()));
        for cut in [0, 4, 30, film.len() / 2, film.len() - 1] {
            assert!(check(&film[..cut]).is_err(), "{cut}");
        }
    }

    #[test]
    fn what_has_no_video_track_is_no_footage() {
        assert!(check(b"GIF89a, and then some").is_err());
        let mut deaf = film();
        let at = deaf.windows(4).position(|part| part == b"vide").unwrap();
        deaf[at..at + 4].copy_from_slice(b"soun");
        assert_eq!(check(&deaf), Err("it has no video track".to_owned()));
    }
}
