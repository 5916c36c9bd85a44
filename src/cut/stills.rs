//! Key frames: which frames of which clips, and those as PNG. The sharpest near a shot's middle is found by looking at all
//! of them small and grey; asked for by time it is the one that the film shows then.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use super::ffmpeg::{Ffmpeg, FfmpegError};
use super::sharpness::sharpest;
use super::stock::Stock;
use super::workshop::{CutError, Workshop};
use crate::edit::Span;
use crate::timecode::Rate;

/// A picture that is wanted of a clip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Still {
    /// Of its file, without the end.
    pub name: String,
    /// Frames of the clip's file, the best of which is taken. Never empty.
    pub from: Range<u64>,
}

/// How wide a frame is while it is compared: fine enough for what the eye calls sharp.
const WIDTH: u32 = 480;

/// The frames of a clip's file near the middle of a part of the film: a quarter of the part, a second at the most.
/// `part` has one frame where that very one is meant.
#[must_use]
pub fn frames(clip: &Stock, part: Span, rate: Rate) -> Range<u64> {
    let timing = clip.timing(rate);
    let reach = (part.frames / 8).min(u64::from(rate.nominal()) / 2);
    let middle = (part.start + part.frames / 2).saturating_sub(clip.span.start);
    let in_file = |frame: u64| timing.rate.frames_of(frame, rate).min(timing.frames.saturating_sub(1));
    let first = in_file(middle.saturating_sub(reach));
    first..in_file(middle + reach).max(first) + 1
}

/// Pulls pictures out of one clip: every name with the whole PNG file.
///
/// # Errors
/// ffmpeg failed, or the disk.
pub async fn pull(
    ffmpeg: &Ffmpeg,
    clip: &Stock,
    stills: &[Still],
    beside: &Path,
) -> Result<Vec<(String, Vec<u8>)>, CutError> {
    let workshop = Workshop::beside(beside)?;
    workshop.bring(&clip.path, "clip.mp4")?;
    let failed = |error| CutError::Clip(clip.address.clone(), error);
    let mut chosen = Vec::new();
    for still in stills {
        chosen.push(best(ffmpeg, clip, &still.from, &workshop).await.map_err(failed)?);
    }
    let pictures = pictures(ffmpeg, &chosen, &workshop).await?;
    let picture = |(still, frame): (&Still, &u64)| Some((still.name.clone(), pictures.get(frame)?.clone()));
    Ok(stills.iter().zip(&chosen).filter_map(picture).collect())
}

/// The sharpest of these frames.
async fn best(
    ffmpeg: &Ffmpeg,
    clip: &Stock,
    from: &Range<u64>,
    workshop: &Workshop,
) -> Result<u64, FfmpegError> {
    if from.end - from.start == 1 {
        return Ok(from.start);
    }
    let (width, height) = small(clip);
    let filters = format!(
        "trim=start_frame={}:end_frame={},setpts=N/(25*TB),scale={width}:{height}:flags=area,format=gray",
        from.start, from.end
    );
    let args = ["-i", "clip.mp4", "-map", "0:v:0", "-vf", &filters, "-r", "25", "-f", "rawvideo", "pipe:1"];
    let grey = ffmpeg.run(workshop.path(), &args).await?;
    let size = |side: u32| usize::try_from(side).unwrap_or(usize::MAX);
    let index = sharpest(&grey, size(width), size(height)).unwrap_or_default();
    Ok((from.start + index as u64).min(from.end - 1))
}

fn small(clip: &Stock) -> (u32, u32) {
    let (width, height) = (clip.footage.picture.width.max(1), clip.footage.picture.height);
    let small = WIDTH.min(width);
    let scaled = u64::from(height) * u64::from(small) / u64::from(width);
    (small, u32::try_from(scaled).unwrap_or(u32::MAX).max(1))
}

/// These frames as PNG files.
async fn pictures(
    ffmpeg: &Ffmpeg,
    frames: &[u64],
    workshop: &Workshop,
) -> Result<BTreeMap<u64, Vec<u8>>, CutError> {
    let mut frames = frames.to_vec();
    frames.sort_unstable();
    frames.dedup();
    let picked: Vec<String> = frames.iter().map(|frame| format!("eq(n,{frame})")).collect();
    let filters = format!("select='{}',setpts=N/(25*TB)", picked.join("+"));
    let args =
        ["-i", "clip.mp4", "-map", "0:v:0", "-vf", &filters, "-r", "25", "-f", "image2", "still-%d.png"];
    ffmpeg.run(workshop.path(), &args).await?;
    let read = |(index, frame): (usize, &u64)| {
        let path = workshop.path().join(format!("still-{}.png", index + 1));
        std::fs::read(&path)
            .map(|png| (*frame, png))
            .map_err(|_| CutError::Wrong(format!("frame {frame} is not in the file")))
    };
    frames.iter().enumerate().map(read).collect()
}

#[cfg(test)]
mod tests;
