//! What `cut` says: for people a line a film, for programs an object. Decides nothing.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::cli::terminal::Terminal;
use crate::cut::{Picture, Shape, Sound, Splice, Stock, Why};
use crate::edit::Edit;
use crate::report::progress::{Detail, Place};

/// How far it is, on a terminal; elsewhere nothing but its sentences.
pub(super) struct Bar {
    bar: ProgressBar,
    terminal: Terminal,
}

impl Bar {
    pub(super) fn new(clips: usize, terminal: Terminal) -> Self {
        let is_drawn = terminal.place() == Place::Terminal && terminal.detail > Detail::Quiet;
        let bar = if is_drawn { ProgressBar::new(clips as u64) } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("  {msg}  {bar:24} {pos} of {len} clips") {
            bar.set_style(style);
        }
        Self { bar, terminal }
    }

    pub(super) fn name(&self, edition: &str) {
        self.bar.set_message(edition.to_owned());
    }

    pub(super) fn step(&self) {
        self.bar.inc(1);
    }

    pub(super) fn say(&self, text: &str) {
        self.bar.suspend(|| self.terminal.say(text));
    }

    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

/// Where it is, how long, and what was done to its pictures.
pub(super) fn film(edit: &Edit, stock: &[Stock], splice: &Splice, file: &Path) -> String {
    let (edition, clips) = (edit.film.edition, stock.len());
    let clips = if clips == 1 { "1 clip".to_owned() } else { format!("{clips} clips") };
    let mut text = format!("{edition} is in {}: {clips}, {} s", file.display(), seconds(edit, splice.frames));
    let _ = match &splice.picture {
        Picture::Copied => write!(text, ", pictures as they were made"),
        Picture::Encoded(why) => write!(text, ", encoded anew since {}", reason(edit, splice, why)),
    };
    let short: Vec<String> = stock
        .iter()
        .filter(|clip| clip.span.frames < clip.planned)
        .map(|clip| format!("{} by {} frames", clip.address, clip.planned - clip.span.frames))
        .collect();
    if !short.is_empty() {
        let _ = write!(text, "\n  shorter than planned: {}", short.join(", "));
    }
    text
}

fn reason(edit: &Edit, splice: &Splice, why: &Why) -> String {
    let (rate, shape) = (edit.rate, splice.shape);
    match why {
        Why::Shape(clip) => format!("{clip} is not {shape} and was framed"),
        Why::Rate(clip) => format!("{clip} does not run at {rate} frames a second"),
        Why::Longer(clip) => format!("{clip} is longer than planned"),
        Why::Coding(clip) => format!("{clip} is coded in another way than the first"),
    }
}

/// Clips of several shapes, and what can be done about it.
pub(super) fn mixed(edit: &Edit, shapes: &BTreeMap<Shape, Vec<String>>) -> String {
    let lines = shapes.iter().map(|(shape, clips)| format!("\n  {shape}: {}", clips.join(", ")));
    let edition = edit.film.edition;
    format!(
        "{edition} has clips of {} shapes, which make no one film:{}\nnext: the same with --letterbox, which frames them in black",
        shapes.len(),
        lines.collect::<String>()
    )
}

/// To the millisecond, without idle zeros.
pub(super) fn seconds(edit: &Edit, frames: u64) -> String {
    let millis = edit.rate.millis(frames);
    let text = format!("{}.{:03}", millis / 1000, millis % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[derive(Serialize)]
struct CutJson<'a> {
    version: u32,
    films: &'a [FilmJson],
}

/// One film for programs.
#[derive(Serialize)]
pub(super) struct FilmJson {
    edition: String,
    file: String,
    seconds: String,
    frames: u64,
    rate: String,
    width: u32,
    height: u32,
    /// `copied` or `encoded`.
    picture: &'static str,
    /// `none` or `encoded`.
    sound: &'static str,
    clips: Vec<ClipJson>,
}

#[derive(Serialize)]
struct ClipJson {
    address: String,
    frames: u64,
    planned_frames: u64,
}

impl FilmJson {
    pub(super) fn of(edit: &Edit, stock: &[Stock], splice: &Splice, file: &Path) -> Self {
        let clip = |clip: &Stock| ClipJson {
            address: clip.address.clone(),
            frames: clip.span.frames,
            planned_frames: clip.planned,
        };
        Self {
            edition: edit.film.edition.to_string(),
            file: file.display().to_string(),
            seconds: seconds(edit, splice.frames),
            frames: splice.frames,
            rate: splice.rate.to_string(),
            width: splice.shape.width,
            height: splice.shape.height,
            picture: if splice.picture == Picture::Copied { "copied" } else { "encoded" },
            sound: if splice.sound == Sound::None { "none" } else { "encoded" },
            clips: stock.iter().map(clip).collect(),
        }
    }
}

pub(super) fn json(films: &[FilmJson]) -> String {
    // Values of our own making are always JSON.
    serde_json::to_string(&CutJson { version: 1, films }).unwrap_or_default() + "\n"
}
