//! The shot list for a spreadsheet: one row a shot, in story order.

use crate::edit::{Edit, Event, Span};
use crate::expand::{Shot, Spoken};
use crate::record::Vault;
use crate::report::sheet::{sheet, text};
use crate::take::Take;
use crate::usd::Usd;

const HEADER: [&str; 23] = [
    "number",
    "storyboard",
    "variant",
    "profile",
    "scene",
    "shot",
    "clip",
    "start",
    "source_in",
    "source_out",
    "seconds",
    "prompt",
    "parts",
    "lines",
    "tags",
    "note",
    "model",
    "state",
    "take",
    "clip_seconds",
    "clip_cost_usd",
    "request_id",
    "file",
];

/// The shots with their times, words and takes. What a clip cost stands in the row of its first shot alone, so that the
/// column adds up.
#[must_use]
pub fn csv(edit: &Edit) -> String {
    let shots = edit.events.iter().flat_map(|event| (0..event.clip.shots.len()).map(move |at| (event, at)));
    sheet(&HEADER, shots.enumerate().map(|(index, (event, at))| row(edit, index + 1, event, at)))
}

fn row(edit: &Edit, number: usize, event: &Event, at: usize) -> [String; 23] {
    let (clip, shot, span) = (event.clip, event.clip.shots[at].shot, event.shots[at]);
    let edition = edit.film.edition;
    let of_clip = |words: String| if at == 0 { words } else { String::new() };
    let take = clip.chosen.and_then(|chosen| clip.takes.iter().position(|take| take.nonce == chosen.nonce));
    let [start, source_in, source_out] = times(edit, event, span);
    [
        number.to_string(),
        text(edition.storyboard.as_str()),
        text(edition.variant.as_deref().unwrap_or_default()),
        text(&edition.profile.as_ref().map(ToString::to_string).unwrap_or_default()),
        text(shot.address.scene.as_str()),
        text(shot.name().as_str()),
        text(&clip.planned.address.to_string()),
        start,
        source_in,
        source_out,
        shot.seconds.to_string(),
        text(&shot.prompt),
        text(&parts(shot)),
        text(&lines(shot)),
        text(&shot.tags.join(", ")),
        text(shot.note.as_deref().unwrap_or_default()),
        text(&clip.planned.model.alias),
        super::state(clip).to_owned(),
        take.map(|index| (index + 1).to_string()).unwrap_or_default(),
        of_clip(clip.planned.seconds.to_string()),
        of_clip(clip.chosen.map(|take| take.charge().usd()).map(Usd::decimal).unwrap_or_default()),
        text(clip.chosen.and_then(Take::request_id).unwrap_or_default()),
        text(&clip.chosen.map(Vault::relative_path).unwrap_or_default()),
    ]
}

/// In the film, from its first hour, and in the file.
fn times(edit: &Edit, event: &Event, span: Span) -> [String; 3] {
    let inside = span.start - event.span.start;
    [edit.rate.first_hour() + span.start, inside, inside + span.frames].map(|frame| edit.rate.timecode(frame))
}

fn parts(shot: &Shot) -> String {
    let parts = shot.parts.iter().map(|(name, words)| format!("{name}: {words}"));
    parts.collect::<Vec<_>>().join("\n")
}

fn lines(shot: &Shot) -> String {
    let line = |line: &Spoken| match &line.who {
        Some(who) => format!("{who}: {}", line.say),
        None => line.say.clone(),
    };
    shot.spoken.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
