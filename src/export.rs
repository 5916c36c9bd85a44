//! Films as text for other programs: `OpenTimelineIO`, CMX 3600, `SubRip`, `WebVTT`, CSV. One function a format, each
//! from an [`Edit`](crate::edit::Edit) to its text; where the text goes is for others to say.

mod csv;
mod cues;
mod edl;
mod otio;
mod srt;
mod vtt;
mod wrap;

use crate::report::state;
use crate::timeline::Clip;

pub use csv::csv;
pub use edl::{MOST_EVENTS, edl};
pub use otio::otio;
pub use srt::srt;
pub use vtt::vtt;

/// What became of a clip: of its chosen take, else of its newest.
fn state(clip: &Clip) -> &'static str {
    let take = clip.chosen.or_else(|| clip.takes.last().copied());
    take.map_or("never rendered", |take| state::state(take).0)
}
