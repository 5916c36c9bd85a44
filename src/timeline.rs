//! An edition of a storyboard as a film: its clips in story order on a time axis, each with its shots and takes.
//! Decides which take of a clip is chosen; nothing about money, files or formats.

mod history;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::address::Edition;
use crate::expand::{self, Expanded, Scene};
use crate::plan::{self, Plan};
use crate::request::Fingerprint;
use crate::storyboard::Source;
use crate::take::{State, Take, Takes};
use history::History;

/// One storyboard in one variant and profile.
#[derive(Clone, Debug)]
pub struct Timeline<'a> {
    pub edition: &'a Edition,
    /// The storyboard's file.
    pub source: &'a Arc<Source>,
    pub title: Option<&'a str>,
    pub note: Option<&'a str>,
    /// In story order, whatever was selected for a run.
    pub clips: Vec<Clip<'a>>,
}

/// A clip in its place.
#[derive(Clone, Debug)]
pub struct Clip<'a> {
    pub planned: &'a plan::Clip,
    /// The note of its scene.
    pub note: Option<&'a str>,
    /// Planned seconds from the start of the film.
    pub start: u32,
    pub shots: Vec<Shot<'a>>,
    /// Every take of this very request, the first of which is take 1; failed ones too.
    pub takes: Vec<&'a Take>,
    /// Landed takes of its shots under other requests, oldest first.
    pub earlier: Vec<&'a Take>,
    /// The newest landed one of `takes`.
    pub chosen: Option<&'a Take>,
}

/// A shot in its clip.
#[derive(Clone, Debug)]
pub struct Shot<'a> {
    pub shot: &'a expand::Shot,
    /// Planned seconds from the start of the clip.
    pub start: u32,
    /// Its prompt when it was last bought under another request; none where it is as it was, or never was.
    pub before: Option<&'a str>,
}

/// The films of a plan, in its order. `plan` is made of `expanded` and `takes`.
#[must_use]
pub fn timelines<'a>(expanded: &'a [Expanded], plan: &'a Plan, takes: &'a Takes) -> Vec<Timeline<'a>> {
    let look = Look { takes, history: History::of(takes) };
    expanded.iter().zip(plan.films()).map(|(expanded, (_, clips))| look.timeline(expanded, clips)).collect()
}

/// The take that stands for a request: the newest that landed.
#[must_use]
pub fn chosen(takes: &Takes, request: Fingerprint) -> Option<&Take> {
    takes.of(request).rfind(|take| take.state() == State::Landed)
}

impl Timeline<'_> {
    /// Planned length in seconds.
    #[must_use]
    pub fn seconds(&self) -> u32 {
        self.clips.last().map_or(0, |clip| clip.start.saturating_add(clip.planned.seconds))
    }
}

/// What is known of purchases.
struct Look<'a> {
    takes: &'a Takes,
    history: History<'a>,
}

impl<'a> Look<'a> {
    fn timeline(&self, expanded: &'a Expanded, planned: &'a [plan::Clip]) -> Timeline<'a> {
        let Expanded { edition, source, title, note, scenes, .. } = expanded;
        let mut shots = scenes.iter().flat_map(|scene| scene.shots.iter().map(move |shot| (scene, shot)));
        let mut start = 0;
        let clip = |planned: &'a plan::Clip| {
            // Clips hold the shots one after the other; none is left out.
            let own: Vec<_> = shots.by_ref().take(planned.shots.len()).collect();
            let clip = self.clip(planned, start, &own);
            start = start.saturating_add(planned.seconds);
            clip
        };
        let clips = planned.iter().map(clip).collect();
        Timeline { edition, source, title: title.as_deref(), note: note.as_deref(), clips }
    }

    fn clip(&self, planned: &'a plan::Clip, start: u32, own: &[(&'a Scene, &'a expand::Shot)]) -> Clip<'a> {
        let chosen = chosen(self.takes, planned.fingerprint);
        let others = |shot| self.history.others(shot, planned.fingerprint);
        let mut at = 0;
        let mut placed = |shot: &'a expand::Shot| {
            let last =
                others(&shot.address).rfind(|past| chosen.is_none_or(|own| past.take.rank() < own.rank()));
            let before = last.map(|past| past.prompt).filter(|before| *before != shot.prompt);
            let placed = Shot { shot, start: at, before };
            at = at.saturating_add(shot.seconds);
            placed
        };
        let landed = own.iter().flat_map(|(_, shot)| others(&shot.address)).map(|past| past.take);
        let landed = landed.filter(|take| take.landed.is_some()).map(|take| (take.rank(), take));
        Clip {
            planned,
            note: own.first().and_then(|(scene, _)| scene.note.as_deref()),
            start,
            shots: own.iter().map(|(_, shot)| placed(shot)).collect(),
            takes: self.takes.of(planned.fingerprint).collect(),
            earlier: landed.collect::<BTreeMap<_, _>>().into_values().collect(),
            chosen,
        }
    }
}
