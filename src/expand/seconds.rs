//! Whether a shot's length is one that the model makes. Whether shots may share a clip is the plan's.

use super::Group;
use super::findings::{Known, Place};
use super::settings::Settled;
use super::world::World;

/// Whole seconds that a shot may have.
pub(super) fn check_seconds(
    world: &mut World<'_>,
    settled: &Settled,
    company: Company,
    place: &Place,
) -> Known<()> {
    let clip = &settled.model.clip_seconds;
    let multi = settled.model.multi_prompt.as_ref().map(|multi| &multi.shot_seconds);
    let alone = settled.intelligent || settled.group == Group::Solo || company == Company::Alone;
    let (min, max, what) = match multi.filter(|_| !alone) {
        Some(shot) => (shot.min, shot.max.max(clip.max), "shot"),
        None => (clip.min, clip.max, "clip"),
    };
    if (min..=max).contains(&settled.seconds) {
        return Ok(());
    }
    let model = &settled.model.alias;
    let shorter =
        what == "clip" && multi.is_some_and(|shot| shot.min <= settled.seconds && settled.seconds < min);
    let help = if shorter && !settled.intelligent {
        "make it longer, or put it into a scene with other shots, whose clip it can share".to_owned()
    } else {
        format!("write {min} to {max}")
    };
    let message =
        format!("a {what} of {model} is {min} to {max} seconds long, this one is {}", settled.seconds);
    Err(world.findings.error(place, message, help))
}

/// Has a shot others in its scene to share a clip with?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Company {
    Alone,
    Among,
}
