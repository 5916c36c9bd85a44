//! Joins clips into one MP4: each clip's picture and sound for itself, to the frame, then all of them in one go.

use std::path::Path;

use super::ffmpeg::Ffmpeg;
use super::splice::{Sound, Splice};
use super::stock::Stock;
use super::workshop::{CutError, Workshop};
use crate::record;

/// Makes the film. `done` hears of every clip that is ready to be joined.
///
/// # Errors
/// ffmpeg failed, the disk did, or what came out is not as long as it should be; nothing was written then.
pub async fn join(
    ffmpeg: &Ffmpeg,
    splice: &Splice,
    stock: &[Stock],
    title: &str,
    to: &Path,
    done: impl Fn(),
) -> Result<(), CutError> {
    let workshop = Workshop::beside(to)?;
    for (index, clip) in stock.iter().enumerate() {
        prepare(ffmpeg, splice, clip, index, &workshop).await?;
        done();
    }
    workshop.write("pictures.txt", &list(stock.len(), "picture", "mp4"))?;
    workshop.write("sound.txt", &list(stock.len(), "sound", "wav"))?;
    let args = splice.join_args(title, "pictures.txt", "sound.txt", "film.mp4");
    ffmpeg.run(workshop.path(), &args).await?;
    check(splice, &workshop.path().join("film.mp4"))?;
    workshop.hand_over("film.mp4", to)
}

async fn prepare(
    ffmpeg: &Ffmpeg,
    splice: &Splice,
    clip: &Stock,
    index: usize,
    workshop: &Workshop,
) -> Result<(), CutError> {
    let from = name(index, "clip", "mp4");
    let failed = |error| CutError::Clip(clip.address.clone(), error);
    workshop.bring(&clip.path, &from)?;
    let picture = splice.picture_args(clip, &from, &name(index, "picture", "mp4"));
    ffmpeg.run(workshop.path(), &picture).await.map_err(failed)?;
    if splice.sound == Sound::Encoded {
        let sound = splice.sound_args(clip, &from, &name(index, "sound", "wav"));
        ffmpeg.run(workshop.path(), &sound).await.map_err(failed)?;
    }
    Ok(())
}

fn name(index: usize, kind: &str, extension: &str) -> String {
    format!("{kind}-{index:05}.{extension}")
}

/// A list for ffmpeg's `concat`.
fn list(count: usize, kind: &str, extension: &str) -> String {
    (0..count)
        .map(|index| name(index, kind, extension))
        .fold(String::new(), |list, name| list + "file " + &name + "\n")
}

/// A whole video of the planned shape and length?
fn check(splice: &Splice, film: &Path) -> Result<(), CutError> {
    let footage = record::footage(film).map_err(|error| CutError::Wrong(error.to_string()))?;
    let (picture, frames) = (footage.picture, footage.timing.map_or(0, |timing| timing.frames));
    let (shape, asked) = (splice.shape, splice.frames);
    if (picture.width, picture.height) != (shape.width, shape.height) {
        return Err(CutError::Wrong(format!("{}x{} and not {shape}", picture.width, picture.height)));
    }
    if frames != asked {
        return Err(CutError::Wrong(format!("{frames} frames and not {asked}")));
    }
    Ok(())
}
