//! Which consecutive shots one clip may hold, and what to tell a writer whose scene has no legal cut.

use std::sync::Arc;

use serde_json::Value;

use crate::expand::{Expanded, Group, Scene, Shot};
use crate::plan::compose;
use crate::storyboard::{Problem, Severity};
use crate::usd::Usd;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Legality {
    Legal,
    /// Not as it is, but perhaps with the next shot.
    NotYet,
    /// And no further shot will mend it.
    Never,
}

/// May these shots, which follow each other in a scene, be one clip?
pub(super) fn legality(shots: &[Shot]) -> Legality {
    let range = &shots[0].model.clip_seconds;
    match compose::seconds(shots) {
        seconds if seconds > range.max || obstacle(shots).is_some() => Legality::Never,
        seconds if seconds < range.min => Legality::NotYet,
        _ => Legality::Legal,
    }
}

/// Does this shot make its whole scene one clip?
pub(super) fn is_whole(shot: &Shot) -> bool {
    shot.group == Group::Whole
}

/// What these shots cost, where the catalog knows.
pub(super) fn cost(shots: &[Shot]) -> Option<Usd> {
    let audio = shots[0].fields.get("generate_audio").and_then(Value::as_bool);
    shots[0].model.cost(audio, compose::seconds(shots))
}

/// Why these shots can't be one clip, whatever follows them; their total length is judged elsewhere.
fn obstacle(shots: &[Shot]) -> Option<String> {
    let first = &shots[0];
    if cost(shots).is_none() {
        return Some(format!("the catalog has no price for `{}`", first.model.alias));
    }
    match &shots[1..] {
        [] => alone(first),
        rest => rest.iter().find_map(|shot| apart(first, shot)).or_else(|| together(shots)),
    }
}

fn alone(shot: &Shot) -> Option<String> {
    let limit = shot.model.prompt_chars.max;
    let chars = chars(shot);
    (chars > limit).then(|| {
        format!("the prompt of `{}` has {chars} characters, and a prompt may have {limit}", shot.name())
    })
}

/// What keeps two shots out of one clip.
fn apart(first: &Shot, other: &Shot) -> Option<String> {
    let same = |is_same: bool, what: &str| {
        (!is_same).then(|| format!("`{}` and `{}` differ in {what}", first.name(), other.name()))
    };
    let alone = |shot: &Shot, why: &str| Some(format!("`{}` {why}", shot.name()));
    if other.new_clip {
        return alone(other, "says `new_clip: true`");
    }
    if let Some(solo) = [first, other].into_iter().find(|shot| shot.group == Group::Solo) {
        return alone(solo, "says `group: solo`");
    }
    if let Some(planned) = [first, other].into_iter().find(|shot| shot.intelligent) {
        return alone(planned, "says `shot_type: intelligent`");
    }
    same(first.model.endpoint == other.model.endpoint, "`model`")
        .or_else(|| same(first.takes == other.takes, "`takes`"))
        .or_else(|| differing_field(first, other).and_then(|field| same(false, &format!("`{field}`"))))
}

fn differing_field<'a>(first: &'a Shot, other: &'a Shot) -> Option<&'a String> {
    let keys = first.fields.keys().chain(other.fields.keys());
    keys.into_iter().find(|key| first.fields.get(*key) != other.fields.get(*key))
}

/// What the model's limits for several shots in one clip say.
fn together(shots: &[Shot]) -> Option<String> {
    let model = &shots[0].model;
    let Some(limits) = &model.multi_prompt else {
        return Some(format!("`{}` takes one shot a clip", model.alias));
    };
    let most = limits.shots.max;
    if shots.len() > usize::try_from(most).unwrap_or(usize::MAX) {
        return Some(format!("a clip of `{}` holds at most {most} shots", model.alias));
    }
    let overlong = shots.iter().find(|shot| chars(shot) > limits.prompt_chars.max);
    overlong.map(|shot| too_long_to_share(shot, limits.prompt_chars.max)).or_else(|| {
        let range = &limits.shot_seconds;
        let outside = shots.iter().find(|shot| shot.seconds < range.min || shot.seconds > range.max);
        outside.map(|shot| {
            format!(
                "`{}` is {} s long; a shot that shares a clip is {} to {} s",
                shot.name(),
                shot.seconds,
                range.min,
                range.max
            )
        })
    })
}

fn too_long_to_share(shot: &Shot, limit: u32) -> String {
    let chars = chars(shot);
    format!("the prompt of `{}` has {chars} characters, and at most {limit} can share a clip", shot.name())
}

fn chars(shot: &Shot) -> u32 {
    u32::try_from(shot.prompt.chars().count()).unwrap_or(u32::MAX)
}

/// Points at the first shot that no legal cut reaches, and says what is in its way.
pub(super) fn problem(expanded: &Expanded, scene: &Scene) -> Problem {
    let shots = &scene.shots;
    let (start, label, help) = if shots.iter().any(is_whole) { whole(shots) } else { stuck(shots) };
    Problem {
        severity: Severity::Error,
        source: Arc::clone(&expanded.source),
        span: shots[start].span,
        message: format!("scene `{}` of `{}` can't be cut into clips", scene.id, expanded.edition),
        label,
        help: Some(help),
    }
}

fn whole(shots: &[Shot]) -> (usize, String, String) {
    let range = &shots[0].model.clip_seconds;
    let total = compose::seconds(shots);
    let length = format!("one clip of {total} s, and a clip is {} to {} s", range.min, range.max);
    let why = obstacle(shots).map_or(length, |why| format!("one clip, but {why}"));
    let help =
        "without `group: whole` the scene may be several clips; or change the shots so that they fit one";
    (0, format!("`group: whole` makes the scene {why}"), help.to_owned())
}

fn stuck(shots: &[Shot]) -> (usize, String, String) {
    let start = furthest(shots);
    let shot = &shots[start];
    let range = &shot.model.clip_seconds;
    let length = format!(
        "`{}` is {} s long, and a clip is {} to {} s",
        shot.name(),
        shot.seconds,
        range.min,
        range.max
    );
    let before = start.checked_sub(1).map(|before| &shots[before..=start]);
    let after = shots.get(start..start + 2);
    let neighbours: Vec<String> = before.into_iter().chain(after).filter_map(in_the_way).collect();
    let label = [vec![length], neighbours].concat().join("; ");
    let help = format!(
        "make it at least {} s long, or let it share a clip with a neighbour of its scene",
        range.min
    );
    (start, obstacle(&shots[start..=start]).unwrap_or(label), help)
}

/// Why two neighbours can't share a clip.
fn in_the_way(pair: &[Shot]) -> Option<String> {
    let max = pair[0].model.clip_seconds.max;
    let total = compose::seconds(pair);
    let names = format!("`{}` and `{}`", pair[0].name(), pair[1].name());
    let long = (total > max).then(|| format!("{names} last {total} s together"));
    obstacle(pair).or(long)
}

/// The last start that legal clips reach; from it none goes on to the end.
fn furthest(shots: &[Shot]) -> usize {
    let mut reached = vec![false; shots.len() + 1];
    reached[0] = true;
    for start in 0..shots.len() {
        let here = reached[start];
        for end in start + 1..=shots.len() {
            match legality(&shots[start..end]) {
                Legality::Never => break,
                Legality::NotYet => {}
                Legality::Legal => reached[end] |= here,
            }
        }
    }
    reached[..shots.len()].iter().rposition(|&reached| reached).unwrap_or(0)
}
