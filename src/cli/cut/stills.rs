//! `cut --stills`: which pictures of which clips, under which names. What a film lacks is said; the rest is pulled.

mod album;

use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use super::told::{self, Bar};
use super::{Cutting, failure};
use crate::cli::exit::{Exit, Failure};
use crate::cli::output::{self, Target};
use crate::cli::terminal::Format;
use crate::cut::{self, Ffmpeg, Still, Stock};
use crate::edit::{Edit, Span};
use crate::expand::Shot;
use crate::record::Vault;
use crate::record::view::{self, folder_name};
use album::{Album, Kind};

pub(super) async fn pull(cutting: &Cutting<'_>) -> Result<Exit, Failure> {
    for edit in cutting.edits {
        is_long_enough(edit, &cutting.args.at)?;
    }
    let ffmpeg = cutting.ffmpeg().await?;
    let bar = Bar::new(cutting.edits.iter().map(|edit| edit.events.len()).sum(), cutting.terminal);
    let mut pulled = Vec::new();
    for edit in cutting.edits {
        bar.name(&edit.film.edition.to_string());
        let album = of_film(cutting, edit, &ffmpeg, &bar).await?;
        let count = album.files.len();
        let (stills, are) = if count == 1 { ("still", "is") } else { ("stills", "are") };
        bar.say(&format!("{count} {stills} of {} {are} in {}", album.edition, album.folder.display()));
        pulled.push(album);
    }
    bar.end();
    if cutting.terminal.format == Format::Json {
        cutting.terminal.data(&json(&pulled));
    }
    match cutting.missing() {
        Some(missing) => Err(Failure::new(Exit::Failed, missing)),
        None => Ok(Exit::Done),
    }
}

/// The stills of a film, for programs.
#[derive(Serialize)]
struct Pulled {
    edition: String,
    folder: PathBuf,
    files: Vec<String>,
    in_the_way: Vec<String>,
}

async fn of_film(
    cutting: &Cutting<'_>,
    edit: &Edit<'_>,
    ffmpeg: &Ffmpeg,
    bar: &Bar,
) -> Result<Pulled, Failure> {
    let folder = folder(cutting, edit);
    output::admit(&folder.join("still.png"), "png", &Vault::of(&cutting.films.folder.dir))?;
    let mut album = Album::open(&folder)?;
    for (clip, stills) in wanted(edit, &cutting.args.at) {
        let pictures = cut::pull(ffmpeg, &clip, &stills, &folder.join("still.png")).await;
        for (name, png) in pictures.map_err(|error| failure(edit, &error))? {
            album.put(&format!("{name}.png"), &png)?;
        }
        bar.step();
    }
    let kind = if cutting.args.at.is_empty() { Kind::Shots } else { Kind::Times };
    let (files, in_the_way) = album.close(kind)?;
    for name in &in_the_way {
        cutting
            .terminal
            .warn(&format!("{} was changed or is not ours, and stays as it is", folder.join(name).display()));
    }
    Ok(Pulled { edition: edit.film.edition.to_string(), folder, files, in_the_way })
}

fn folder(cutting: &Cutting, edit: &Edit) -> PathBuf {
    let home = match &cutting.target {
        Target::StandardOutput => cutting.films.folder.dir.join("stills"),
        Target::File(folder) | Target::Folder(folder) => folder.clone(),
    };
    home.join(folder_name(edit.film.edition))
}

/// For each clip that has its file: what is wanted of it.
fn wanted(edit: &Edit, at: &[Duration]) -> Vec<(Stock, Vec<Still>)> {
    let shots = edit.events.iter().flat_map(|event| event.clip.shots.iter().zip(&event.shots));
    let shots: Vec<(&Shot, Span)> = shots.map(|(placed, span)| (placed.shot, *span)).collect();
    let of_clip = |clip: Stock| {
        let is_inside =
            |span: Span| span.frames > 0 && clip.span.start <= span.start && span.end() <= clip.span.end();
        let own = shots.iter().enumerate().filter(|(_, (_, span))| is_inside(*span));
        let stills = own.flat_map(|(index, (shot, span))| {
            let name = name(index, shots.len(), shot);
            if at.is_empty() {
                vec![near_the_middle(edit, &clip, *span, name)]
            } else {
                then(edit, &clip, *span, &name, at)
            }
        });
        let stills: Vec<Still> = stills.collect();
        (!stills.is_empty()).then_some((clip, stills))
    };
    Stock::of(edit).into_iter().filter_map(of_clip).collect()
}

fn near_the_middle(edit: &Edit, clip: &Stock, span: Span, name: String) -> Still {
    Still { name, from: cut::frames(clip, span, edit.rate) }
}

/// What the film shows at those of the times that fall into a shot: the time takes the place of the shot's number.
fn then(edit: &Edit, clip: &Stock, span: Span, name: &str, at: &[Duration]) -> Vec<Still> {
    let shot = name.split_once('_').map_or(name, |(_, shot)| shot);
    let still = |time: &Duration| {
        let start = edit.rate.frame_at(*time);
        let is_inside = span.start <= start && start < span.end();
        let name = || format!("{:08.3}s_{shot}", time.as_secs_f64());
        is_inside
            .then(|| Still { name: name(), from: cut::frames(clip, Span { start, frames: 1 }, edit.rate) })
    };
    at.iter().filter_map(still).collect()
}

/// `02_rooftop_skyline`, as the view calls clips.
fn name(index: usize, count: usize, shot: &Shot) -> String {
    let clip = view::Clip { first: shot.address.clone(), last: shot.address.clone(), take: None };
    view::file_name(index, count, &clip).trim_end_matches(".mp4").to_owned()
}

fn is_long_enough(edit: &Edit, at: &[Duration]) -> Result<(), Failure> {
    let length = told::seconds(edit, edit.frames());
    let late: Vec<String> = at
        .iter()
        .filter(|time| edit.rate.frame_at(**time) >= edit.frames())
        .map(|time| time.as_secs_f64().to_string())
        .collect();
    if late.is_empty() {
        return Ok(());
    }
    let edition = edit.film.edition;
    Err(Failure::usage(format!("{edition} ends after {length} s, before {} s", late.join(" s, "))))
}

#[derive(Serialize)]
struct StillsJson<'a> {
    version: u32,
    stills: &'a [Pulled],
}

fn json(stills: &[Pulled]) -> String {
    // Values of our own making are always JSON.
    serde_json::to_string(&StillsJson { version: 1, stills }).unwrap_or_default() + "\n"
}
