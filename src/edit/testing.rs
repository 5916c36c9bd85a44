//! Films with files of any length, for the tests of this room and of those that write it down.

use std::path::Path;

use super::{Edit, Library, Media};
use crate::expand::{Expanded, Shot, Spoken};
use crate::plan::testing::{bought, plan_with, shot, storyboard};
use crate::plan::{Plan, Selection};
use crate::record::{Footage, Picture, Sound, Timing};
use crate::take::{Take, Takes};
use crate::timecode::Rate;
use crate::timeline::timelines;

/// All that a film is laid out from.
pub(crate) struct Stage {
    expanded: [Expanded; 1],
    plan: Plan,
    takes: Vec<Take>,
    library: Library,
}

impl Stage {
    /// Nothing is rendered.
    pub(crate) fn bare(expanded: Expanded) -> Self {
        let plan = plan_with(&expanded, Vec::new(), &Selection::default()).unwrap();
        Self { expanded: [expanded], plan, takes: Vec::new(), library: Library::new() }
    }

    /// Every clip has one take, of its planned length at 24 frames a second.
    pub(crate) fn rendered(expanded: Expanded) -> Self {
        let mut stage = Self::bare(expanded);
        for (index, take) in bought(&stage.plan).into_iter().enumerate() {
            let seconds = stage.plan.clips[index].seconds;
            stage.own(take, u64::from(seconds) * 24, Rate::FILM);
        }
        stage
    }

    /// One take more, with so many frames.
    pub(crate) fn own(&mut self, take: Take, frames: u64, rate: Rate) {
        let path = Path::new("/films/no 1/takes").join(take.file_name());
        let picture = Picture { width: 16, height: 9, millis: rate.millis(frames) };
        let timing = Some(Timing { frames, rate });
        let footage = Some(Footage { picture, timing, sound: Sound::None, coding: None });
        self.library.insert(take.nonce, Media { path, footage });
        self.takes.push(take);
    }

    /// The output folder lies elsewhere.
    pub(crate) fn move_files(&mut self, folder: &str) {
        for media in self.library.values_mut() {
            media.path = Path::new(folder).join(media.path.file_name().unwrap());
        }
    }

    pub(crate) fn takes(&self) -> &[Take] {
        &self.takes
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The file of the take at this place has so many frames instead.
    pub(crate) fn with_file(mut self, index: usize, frames: u64, rate: Rate) -> Self {
        let take = self.takes.remove(index);
        self.own(take, frames, rate);
        self
    }

    /// The take at this place was never bought.
    pub(crate) fn without_take(mut self, index: usize) -> Self {
        let take = self.takes.remove(index);
        self.library.remove(&take.nonce);
        self
    }

    /// The file of the take at this place is gone.
    pub(crate) fn without_file(mut self, index: usize) -> Self {
        let nonce = self.takes[index].nonce;
        self.library.get_mut(&nonce).unwrap().footage = None;
        self
    }

    pub(crate) fn edit<R>(&self, rate: Option<Rate>, look: impl FnOnce(&Edit) -> R) -> R {
        let takes: Takes = self.takes.iter().cloned().collect();
        let films = timelines(&self.expanded, &self.plan, &takes);
        look(&Edit::new(&films[0], &self.library, rate))
    }
}

/// Two shots of 4 and 5 seconds that share a clip, and one of 6.
pub(crate) fn three_shots() -> Expanded {
    storyboard(vec![vec![shot("roof", "sky", 4), shot("roof", "land", 5)], vec![shot("card", "neon", 6)]])
}

/// A shot in which this is said.
pub(crate) fn spoken(shot: Shot, lines: &[(Option<&str>, &str)]) -> Shot {
    let line =
        |(who, say): &(Option<&str>, &str)| Spoken { who: who.map(str::to_owned), say: (*say).to_owned() };
    Shot { spoken: lines.iter().map(line).collect(), ..shot }
}
