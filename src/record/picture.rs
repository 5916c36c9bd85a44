//! What an MP4 file shows: the size and length of its picture, read from the boxes that describe it.
//! Decides whether a file is a whole video; not whether it is the one that was asked for.

use std::fs::File;
use std::io::{self, BufReader, Seek, SeekFrom};
use std::path::Path;

use re_mp4::{BoxHeader, BoxType, MoovBox, ReadBox, TrackKind, TrakBox};

/// The picture's size in pixels, and its length in milliseconds.
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
    #[error("the file is no MP4 video: {0}")]
    Foreign(String),
    #[error("the file ends before its video does")]
    Truncated,
    #[error("the file has no picture")]
    NoPicture,
}

/// Reads what a file shows, without reading its pictures.
///
/// # Errors
/// It is no MP4 file, it is cut off, or it has no picture.
pub fn inspect(path: &Path) -> Result<Picture, NotAVideo> {
    let unreadable = |error: io::Error| NotAVideo::Unreadable(error.to_string());
    let file = File::open(path).map_err(unreadable)?;
    let bytes = file.metadata().map_err(unreadable)?.len();
    let movie = movie(&mut BufReader::new(file), bytes)?;
    picture(&movie).ok_or(NotAVideo::NoPicture)
}

/// Walks the outermost boxes. Every one must lie inside the file, the pictures' (`mdat`) above all:
/// a download cut off there still has its whole description.
fn movie(file: &mut BufReader<File>, bytes: u64) -> Result<MoovBox, NotAVideo> {
    let (mut movie, mut pictures, mut start) = (None, false, 0);
    while start < bytes {
        file.seek(SeekFrom::Start(start)).map_err(|error| NotAVideo::Unreadable(error.to_string()))?;
        let BoxHeader { name, size } = BoxHeader::read(file).map_err(foreign)?;
        // Zero means: up to the end of the file.
        let end = if size == 0 { bytes } else { start.saturating_add(size) };
        let known = start > 0 || name == BoxType::FtypBox;
        known.then_some(()).ok_or_else(|| NotAVideo::Foreign("it does not start like one".to_owned()))?;
        if end > bytes {
            return Err(NotAVideo::Truncated);
        }
        match name {
            BoxType::MoovBox => movie = Some(MoovBox::read_box(file, size).map_err(foreign)?),
            BoxType::MdatBox => pictures = true,
            _ => {}
        }
        start = end;
    }
    movie.filter(|_| pictures).ok_or(NotAVideo::Truncated)
}

#[expect(clippy::needless_pass_by_value, reason = "an argument of map_err")]
fn foreign(error: re_mp4::Error) -> NotAVideo {
    NotAVideo::Foreign(error.to_string())
}

fn picture(movie: &MoovBox) -> Option<Picture> {
    let is_picture = |track: &&TrakBox| track.mdia.minf.stbl.stsd.kind() == Some(TrackKind::Video);
    let track = movie.traks.iter().find(is_picture)?;
    let (width, height) = (track.tkhd.width.value(), track.tkhd.height.value());
    let length = (track.mdia.mdhd.duration, track.mdia.mdhd.timescale);
    // A fragmented file tells its length for all tracks at once.
    let fragments =
        movie.mvex.as_ref().and_then(|mvex| mvex.mehd.as_ref()).map(|mehd| mehd.fragment_duration);
    let whole = (fragments.unwrap_or(movie.mvhd.duration), movie.mvhd.timescale);
    let (duration, scale) = if length.0 > 0 { length } else { whole };
    let millis = u128::from(duration) * 1000 / u128::from(scale.max(1));
    let picture = Picture { width: width.into(), height: height.into(), millis: u64::try_from(millis).ok()? };
    (picture.width > 0 && picture.height > 0).then_some(picture)
}
