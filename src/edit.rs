//! A film in frames, as an editor's programs count it: which part of which file is shown when. Every export and the cut
//! agree because they ask here. Decides nothing about formats, and touches no file.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::record::Footage;
use crate::take::{Nonce, Take};
use crate::timecode::Rate;
use crate::timeline::{Clip, Timeline};

/// The file of a landed take.
#[derive(Clone, Debug)]
pub struct Media {
    /// In the vault, from the root of the file system.
    pub path: PathBuf,
    /// What it shows; none where it is not there as it landed.
    pub footage: Option<Footage>,
}

/// The files of landed takes.
pub type Library = BTreeMap<Nonce, Media>;

/// One film, clip after clip, without a gap.
#[derive(Clone, Debug)]
pub struct Edit<'a> {
    pub film: &'a Timeline<'a>,
    pub library: &'a Library,
    pub rate: Rate,
    pub events: Vec<Event<'a>>,
}

/// A clip in the cut.
#[derive(Clone, Debug)]
pub struct Event<'a> {
    pub clip: &'a Clip<'a>,
    pub span: Span,
    /// How many frames were planned; it is shorter where its file is.
    pub planned: u64,
    /// Its shots, from the start of the film.
    pub shots: Vec<Span>,
}

/// A part of the film in frames of its rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// From 0.
    pub start: u64,
    pub frames: u64,
}

impl Span {
    /// The frame after its last.
    #[must_use]
    pub fn end(self) -> u64 {
        self.start + self.frames
    }
}

impl Media {
    /// How long the file of a take is in frames of a rate, to the nearest; none where nobody knows.
    #[must_use]
    pub fn frames(&self, take: &Take, rate: Rate) -> Option<u64> {
        match self.footage.as_ref().and_then(|footage| footage.timing) {
            Some(timing) => Some(rate.frames_of(timing.frames, timing.rate)),
            None => recorded_millis(take).map(|millis| rate.frames_in_millis(millis)),
        }
    }
}

/// A fragmented file may not have told.
fn recorded_millis(take: &Take) -> Option<u64> {
    take.landed.as_ref().map(|landed| landed.millis).filter(|millis| *millis > 0)
}

impl<'a> Edit<'a> {
    /// Lays out a film. Without a rate that of the first chosen take counts, and where there is none, that of film.
    #[must_use]
    pub fn new(film: &'a Timeline<'a>, library: &'a Library, asked: Option<Rate>) -> Self {
        let rate = asked.or_else(|| rates(film, library).map(|(_, rate)| rate).next()).unwrap_or(Rate::FILM);
        let mut clock = Clock { rate, anchor: 0, seconds: 0 };
        let events = film.clips.iter().map(|clip| clock.lay(clip, library)).collect();
        Self { film, library, rate, events }
    }

    /// How many frames the film has.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.events.last().map_or(0, |event| event.span.end())
    }

    /// The clips whose chosen take runs at another rate than the film.
    #[must_use]
    pub fn off_rate(&self) -> Vec<(&'a Clip<'a>, Rate)> {
        rates(self.film, self.library).filter(|(_, rate)| *rate != self.rate).collect()
    }

    /// The clips that have no take, or whose file is not there.
    pub fn missing(&self) -> impl Iterator<Item = &'a Clip<'a>> {
        self.film.clips.iter().filter(|clip| self.media(clip).is_none_or(|media| media.footage.is_none()))
    }

    /// The file of the chosen take.
    #[must_use]
    pub fn media(&self, clip: &Clip) -> Option<&'a Media> {
        self.library.get(&clip.chosen?.nonce)
    }
}

/// The rates of the chosen takes, as far as their files tell.
fn rates<'a>(film: &'a Timeline<'a>, library: &'a Library) -> impl Iterator<Item = (&'a Clip<'a>, Rate)> {
    film.clips.iter().filter_map(|clip| {
        let media = library.get(&clip.chosen?.nonce)?;
        Some((clip, media.footage.as_ref()?.timing?.rate))
    })
}

/// Seconds to frames, rounded from where it was last set, so that nothing adds up to a drift.
struct Clock {
    rate: Rate,
    /// The frame after the last clip that was shorter than planned.
    anchor: u64,
    /// Planned since then.
    seconds: u64,
}

impl Clock {
    fn frame(&self, seconds: u32) -> u64 {
        self.anchor + self.rate.frames_in(self.seconds + u64::from(seconds))
    }

    fn lay<'a>(&mut self, clip: &'a Clip<'a>, library: &Library) -> Event<'a> {
        let (start, end) = (self.frame(0), self.frame(clip.planned.seconds));
        let real = clip.chosen.and_then(|take| library.get(&take.nonce)?.frames(take, self.rate));
        let frames = real.filter(|real| *real > 0).map_or(end - start, |real| real.min(end - start));
        let mut cuts: Vec<u64> = clip.shots.iter().map(|shot| self.frame(shot.start)).collect();
        cuts.push(end);
        let cuts: Vec<u64> = cuts.into_iter().map(|cut| cut.min(start + frames)).collect();
        let shots = cuts.windows(2).map(|cut| Span { start: cut[0], frames: cut[1] - cut[0] }).collect();
        if start + frames < end {
            (self.anchor, self.seconds) = (start + frames, 0);
        } else {
            self.seconds += u64::from(clip.planned.seconds);
        }
        Event { clip, span: Span { start, frames }, planned: end - start, shots }
    }
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
