//! `OpenTimelineIO` JSON, in the schemas that its library has read since 0.15: one video track, every take of a clip as a
//! media reference, shots as markers, and what we know of them as metadata under `shotlist`.

mod metadata;

use serde_json::{Map, Value, json};
use url::Url;

use crate::edit::{Edit, Event, Media, Span};
use crate::take::Take;
use crate::timecode::Rate;

/// The key of a clip's reference where nothing has landed: that of the library itself.
const NOTHING: &str = "DEFAULT_MEDIA";

/// The film as an `.otio` file.
#[must_use]
pub fn otio(edit: &Edit) -> String {
    let clips: Vec<Value> = edit.events.iter().map(|event| clip(edit, event)).collect();
    let track = item("Track.1", "Video", json!({ "kind": "Video", "children": clips }));
    let stack = item("Stack.1", "tracks", json!({ "children": [track] }));
    let name = edit.film.title.map_or_else(|| edit.film.edition.to_string(), str::to_owned);
    let timeline = json!({
        "OTIO_SCHEMA": "Timeline.1",
        "name": name,
        "metadata": metadata::film(edit.film),
        "global_start_time": time(edit.rate.first_hour(), edit.rate),
        "tracks": stack,
    });
    // Values of our own making are always JSON.
    serde_json::to_string_pretty(&timeline).unwrap_or_default() + "\n"
}

/// What tracks and clips have in common, and what only one of them has.
fn item(schema: &str, name: &str, own: Value) -> Value {
    let mut item = json!({
        "OTIO_SCHEMA": schema,
        "name": name,
        "metadata": {},
        "source_range": null,
        "effects": [],
        "markers": [],
        "enabled": true,
    });
    if let (Value::Object(item), Value::Object(own)) = (&mut item, own) {
        item.extend(own);
    }
    item
}

fn clip(edit: &Edit, event: &Event) -> Value {
    let (references, active) = references(edit, event);
    let own = json!({
        "metadata": metadata::clip(event.clip),
        "source_range": range(0, event.span.frames, edit.rate),
        "markers": markers(event, edit.rate),
        "media_references": references,
        "active_media_reference_key": active,
    });
    item("Clip.2", &event.clip.planned.address.to_string(), own)
}

/// Takes of the request by their numbers, those of earlier requests from the oldest, and which of them is shown.
fn references(edit: &Edit, event: &Event) -> (Map<String, Value>, String) {
    let clip = event.clip;
    let key = |kind: &str, index: usize| format!("{kind}-{}", index + 1);
    let own = clip.takes.iter().enumerate().map(|(index, take)| (key("take", index), *take, Some(index + 1)));
    let earlier =
        clip.earlier.iter().enumerate().map(|(index, take)| (key("superseded", index), *take, None));
    let all: Vec<_> = own.chain(earlier).filter(|(_, take, _)| take.landed.is_some()).collect();
    let chosen = clip.chosen.and_then(|chosen| all.iter().find(|(_, take, _)| take.nonce == chosen.nonce));
    let active = chosen.map_or_else(|| NOTHING.to_owned(), |(key, _, _)| key.clone());
    let mut references: Map<String, Value> = all
        .iter()
        .filter_map(|(key, take, number)| {
            let media = edit.library.get(&take.nonce)?;
            Some((key.clone(), external(take, *number, media, edit.rate)))
        })
        .collect();
    if !references.contains_key(&active) {
        let missing = json!({ "OTIO_SCHEMA": "MissingReference.1", "name": "", "metadata": {}, "available_range": null });
        references.insert(NOTHING.to_owned(), missing);
        return (references, NOTHING.to_owned());
    }
    (references, active)
}

fn external(take: &Take, number: Option<usize>, media: &Media, rate: Rate) -> Value {
    let timing = media.footage.as_ref().and_then(|footage| footage.timing);
    let available = match timing {
        Some(timing) => Some(range(0, timing.frames, timing.rate)),
        None => media.frames(take, rate).map(|frames| range(0, frames, rate)),
    };
    json!({
        "OTIO_SCHEMA": "ExternalReference.1",
        "name": take.file_name(),
        "metadata": metadata::take(take, number),
        "available_range": available,
        "target_url": Url::from_file_path(&media.path).map(String::from).unwrap_or_default(),
    })
}

/// A marker lies on the clip's own time, which begins with its file.
fn markers(event: &Event, rate: Rate) -> Vec<Value> {
    let shots = event.clip.shots.iter().zip(&event.shots).filter(|(_, span)| span.frames > 0);
    let marker = |(placed, span): (&crate::timeline::Shot, &Span)| {
        json!({
            "OTIO_SCHEMA": "Marker.2",
            "name": placed.shot.name().as_str(),
            "metadata": metadata::shot(placed.shot),
            // What is spoken stands out.
            "color": if placed.shot.spoken.is_empty() { "GREEN" } else { "YELLOW" },
            "comment": placed.shot.prompt,
            "marked_range": range(span.start - event.span.start, span.frames, rate),
        })
    };
    shots.map(marker).collect()
}

fn range(start: u64, frames: u64, rate: Rate) -> Value {
    json!({
        "OTIO_SCHEMA": "TimeRange.1",
        "start_time": time(start, rate),
        "duration": time(frames, rate),
    })
}

#[allow(clippy::cast_precision_loss, reason = "no film has 2^53 frames")]
fn time(frames: u64, rate: Rate) -> Value {
    json!({ "OTIO_SCHEMA": "RationalTime.1", "value": frames as f64, "rate": rate.per_second() })
}

#[cfg(test)]
mod tests;
