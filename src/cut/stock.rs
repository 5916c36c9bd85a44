//! What a film is cut from: every clip with its file and how much of it is shown. Decides nothing.

use std::path::PathBuf;

use crate::edit::{Edit, Span};
use crate::record::{Footage, Timing};
use crate::timecode::Rate;

/// One clip of a film with its file.
#[derive(Clone, Debug)]
pub struct Stock {
    /// The clip's address.
    pub address: String,
    pub path: PathBuf,
    pub footage: Footage,
    /// Where it is in the film.
    pub span: Span,
    /// How many frames of the film were planned for it.
    pub planned: u64,
}

impl Stock {
    /// The clips of a film that have their files, in order.
    #[must_use]
    pub fn of(edit: &Edit) -> Vec<Self> {
        let stock = |event: &crate::edit::Event| {
            let media = edit.media(event.clip)?;
            Some(Self {
                address: event.clip.planned.address.to_string(),
                path: media.path.clone(),
                footage: media.footage.clone()?,
                span: event.span,
                planned: event.planned,
            })
        };
        edit.events.iter().filter_map(stock).collect()
    }

    /// Its frames and their rate; those of the film where the file does not list them.
    pub(super) fn timing(&self, rate: Rate) -> Timing {
        self.footage.timing.unwrap_or(Timing { frames: self.span.frames, rate })
    }
}

#[cfg(test)]
pub(super) mod testing {
    use super::*;
    use crate::record::{Coding, Picture, Sound};

    /// The clip `x/NAME`, 16 by 9 pixels, silent, as long as planned, at 24 frames a second.
    pub(in crate::cut) fn clip(name: &str, frames: u64) -> Stock {
        let rate = Rate::FILM;
        let picture = Picture { width: 16, height: 9, millis: rate.millis(frames) };
        let timing = Some(Timing { frames, rate });
        Stock {
            address: format!("x/{name}"),
            path: PathBuf::from(format!("/takes/{name}.mp4")),
            footage: Footage { picture, timing, sound: Sound::None, coding: Some(Coding::default()) },
            span: Span { start: 0, frames },
            planned: frames,
        }
    }

    /// Clips one after the other.
    pub(in crate::cut) fn film(clips: &[Stock]) -> Vec<Stock> {
        let mut start = 0;
        let placed = |clip: &Stock| {
            let span = Span { start, ..clip.span };
            start = span.end();
            Stock { span, ..clip.clone() }
        };
        clips.iter().map(placed).collect()
    }
}
