//! What we know of a film, its clips, shots and takes, as an editor's program carries it along. Money is decimal text.

use serde_json::{Value, json};

use crate::expand::{Shot, Spoken};
use crate::take::Take;
use crate::timeline::{Clip, Timeline};

/// Raised when a name changes its meaning or goes away; new names may come at any time.
const VERSION: u32 = 1;

pub(super) fn film(film: &Timeline) -> Value {
    under_our_name(&json!({
        "version": VERSION,
        "edition": film.edition.to_string(),
        "storyboard": film.edition.storyboard,
        "variant": film.edition.variant,
        "profile": film.edition.profile,
        "title": film.title,
        "note": film.note,
        "source": film.source.name,
    }))
}

/// The money, the request and the number are those of the chosen take.
pub(super) fn clip(clip: &Clip) -> Value {
    let planned = clip.planned;
    let number = clip.takes.iter().position(|take| Some(take.nonce) == clip.chosen.map(|take| take.nonce));
    under_our_name(&json!({
        "address": planned.address,
        "shots": planned.shots,
        "seconds": planned.seconds,
        "state": super::super::state(clip),
        "take": number.map(|index| index + 1),
        "takes": clip.takes.len(),
        "model": planned.model.alias,
        "endpoint": planned.request.endpoint,
        "fingerprint": planned.fingerprint.to_string(),
        "request_id": clip.chosen.and_then(Take::request_id),
        "cost_usd": clip.chosen.map(|take| take.charge().usd()),
        "note": clip.note,
    }))
}

pub(super) fn shot(shot: &Shot) -> Value {
    let line = |line: &Spoken| json!({ "who": line.who, "say": line.say });
    under_our_name(&json!({
        "address": shot.address,
        "seconds": shot.seconds,
        "prompt": shot.prompt,
        "parts": shot.parts,
        "lines": shot.spoken.iter().map(line).collect::<Vec<_>>(),
        "tags": shot.tags,
        "note": shot.note,
    }))
}

/// A take without a number belongs to an earlier request.
pub(super) fn take(take: &Take, number: Option<usize>) -> Value {
    under_our_name(&json!({
        "take": number,
        "address": take.intent.address,
        "request_id": take.request_id(),
        "fingerprint": take.fingerprint.to_string(),
        "endpoint": take.intent.request.endpoint,
        "cost_usd": take.charge().usd(),
        "at": take.intent.at,
        "origin": take.intent.origin,
    }))
}

fn under_our_name(metadata: &Value) -> Value {
    json!({ "shotlist": metadata })
}
