//! What an MP4 file shows: the size and length of its picture, read from the boxes that describe it (ISO/IEC 14496-12).
//! Decides whether a file is a whole video; not whether it is the one that was asked for.

mod footage;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

pub use footage::{Coding, Footage, Sound, Timing, footage};

/// The picture's size in pixels, and its length in milliseconds: zero where a fragmented file does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picture {
    pub width: u32,
    pub height: u32,
    pub millis: u64,
}

/// Why a file is no whole video.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAVideo {
    #[error("the file can't be read: {0}")]
    Unreadable(String),
    #[error("the file is no MP4 video")]
    Foreign,
    #[error("the file ends before its video does")]
    Truncated,
    #[error("the file has no picture")]
    NoPicture,
}

impl From<io::Error> for NotAVideo {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            return Self::Truncated;
        }
        Self::Unreadable(error.to_string())
    }
}

/// A description is some kilobytes a minute; more than this is none.
const MAX_DESCRIPTION: u64 = 64 << 20;

/// Reads what a file shows, without reading its pictures.
///
/// # Errors
/// It is no MP4 file, it is cut off, or it has no picture.
pub fn inspect(path: &Path) -> Result<Picture, NotAVideo> {
    let mut file = File::open(path)?;
    let bytes = file.metadata()?.len();
    let description = description(&mut file, bytes)?;
    picture(&description).ok_or(NotAVideo::NoPicture)
}

/// Walks the outermost boxes. Every one must lie inside the file, the pictures' (`mdat`) above all:
/// a download cut off there still has its whole description (`moov`).
fn description(file: &mut File, bytes: u64) -> Result<Vec<u8>, NotAVideo> {
    let (mut description, mut pictures, mut start) = (None, false, 0);
    while start < bytes {
        let Header { name, head, size } = header(file, start, bytes)?;
        let end = start.saturating_add(size);
        match &name {
            _ if start == 0 && name != *b"ftyp" => return Err(NotAVideo::Foreign),
            _ if size < head => return Err(NotAVideo::Foreign),
            _ if end > bytes => return Err(NotAVideo::Truncated),
            b"moov" => description = Some(content(file, start + head, size - head)?),
            b"mdat" => pictures = true,
            _ => {}
        }
        start = end;
    }
    description.filter(|_| pictures).ok_or(NotAVideo::Truncated)
}

struct Header {
    name: [u8; 4],
    /// Bytes of the header itself.
    head: u64,
    /// Bytes of the whole box.
    size: u64,
}

fn header(file: &mut File, start: u64, bytes: u64) -> Result<Header, NotAVideo> {
    file.seek(SeekFrom::Start(start))?;
    let (mut short, mut name) = ([0; 4], [0; 4]);
    file.read_exact(&mut short)?;
    file.read_exact(&mut name)?;
    Ok(match u32::from_be_bytes(short) {
        // Up to the end of the file.
        0 => Header { name, head: 8, size: bytes - start },
        1 => {
            let mut long = [0; 8];
            file.read_exact(&mut long)?;
            Header { name, head: 16, size: u64::from_be_bytes(long) }
        }
        size => Header { name, head: 8, size: size.into() },
    })
}

fn content(file: &mut File, start: u64, bytes: u64) -> Result<Vec<u8>, NotAVideo> {
    if bytes > MAX_DESCRIPTION {
        return Err(NotAVideo::Foreign);
    }
    file.seek(SeekFrom::Start(start))?;
    let mut content = Vec::new();
    file.take(bytes).read_to_end(&mut content)?;
    Ok(content)
}

/// The boxes inside a box, up to the first that is none.
fn boxes(mut rest: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    std::iter::from_fn(move || {
        let size = usize::try_from(u32::from_be_bytes(*rest.first_chunk()?)).ok()?;
        let whole = rest.get(..if size == 0 { rest.len() } else { size })?;
        rest = rest.get(whole.len()..)?;
        Some((whole.get(4..8)?, whole.get(8..)?))
    })
}

fn inside<'a>(content: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    boxes(content).find(|(found, _)| *found == name).map(|(_, content)| content)
}

fn picture(movie: &[u8]) -> Option<Picture> {
    let tracks = boxes(movie).filter(|(name, _)| *name == b"trak").map(|(_, track)| track);
    let track = { tracks }.find(|track| is_of(track, *b"vide"))?;
    let (width, height) = size(inside(track, b"tkhd")?)?;
    let media = inside(track, b"mdia").and_then(|media| inside(media, b"mdhd"));
    let own = media.and_then(length).filter(|millis| *millis > 0);
    // A fragmented file may tell its length for all tracks at once, or not at all.
    let millis = own.or_else(|| length(inside(movie, b"mvhd")?)).unwrap_or_default();
    (width > 0 && height > 0).then_some(Picture { width, height, millis })
}

/// Is it a track of this kind: `vide`, `soun`?
fn is_of(track: &[u8], kind: [u8; 4]) -> bool {
    let handler = inside(track, b"mdia").and_then(|media| inside(media, b"hdlr"));
    handler.and_then(|handler| handler.get(8..12)) == Some(&kind)
}

/// `tkhd` ends with width and height as 16.16 fixed point numbers.
fn size(header: &[u8]) -> Option<(u32, u32)> {
    let ends = header.last_chunk::<8>()?;
    let whole = |at: usize| Some(u32::from(u16::from_be_bytes(*ends.get(at..)?.first_chunk()?)));
    Some((whole(0)?, whole(4)?))
}

/// `mdhd` and `mvhd` hold units a second, then the number of them: in 32 bits, or from version 1 on in 64.
fn length(header: &[u8]) -> Option<u64> {
    let u32_at = |at: usize| Some(u32::from_be_bytes(*header.get(at..)?.first_chunk()?));
    let (scale, units) = match header.first()? {
        0 => (u32_at(12)?, u64::from(u32_at(16)?)),
        _ => (u32_at(20)?, u64::from_be_bytes(*header.get(24..)?.first_chunk()?)),
    };
    u64::try_from(u128::from(units) * 1000 / u128::from(scale.max(1))).ok()
}
