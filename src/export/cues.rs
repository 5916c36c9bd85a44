//! What is spoken in a film and when: the lines of a shot share its time by their length, in parts that fit a screen.
//! Nobody knows at which second of its shot a line is heard, so this is where an editor begins. Writes no format.

use unicode_width::UnicodeWidthStr;

use super::wrap;
use crate::edit::{Edit, Event, Span};
use crate::expand::Spoken;
use crate::timecode::Rate;

/// Milliseconds that a subtitle stands, where its shot has room (Netflix Timed Text Style Guide: 5/6 s and 7 s).
const SHORTEST: u64 = 833;
const LONGEST: u64 = 7000;
/// Rows on the screen at once (the same).
const ROWS: usize = 2;

/// Some words on the screen.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cue<'a> {
    /// Milliseconds from the start of the film.
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) who: Option<&'a str>,
    pub(super) rows: Vec<String>,
    /// The shot's address.
    pub(super) shot: String,
}

/// All that is spoken, in order. `say` is how a line is written, its speaker before it or not.
pub(super) fn cues<'a>(edit: &'a Edit, say: impl Fn(&Spoken) -> String) -> Vec<Cue<'a>> {
    let of_event = |event: &'a Event<'a>| event.clip.shots.iter().zip(&event.shots);
    let shots = edit.events.iter().flat_map(of_event);
    shots.flat_map(|(shot, span)| of_shot(shot.shot, *span, edit.rate, &say)).collect()
}

fn of_shot<'a>(
    shot: &'a crate::expand::Shot,
    span: Span,
    rate: Rate,
    say: &impl Fn(&Spoken) -> String,
) -> Vec<Cue<'a>> {
    let lines: Vec<(&Spoken, Parts)> = shot.spoken.iter().map(|line| (line, parts(&say(line)))).collect();
    let widths: Vec<usize> = shot.spoken.iter().map(|line| line.say.width()).collect();
    let times = shared(rate.millis(span.start), rate.millis(span.end()), &widths);
    let cue = |((line, parts), (start, end)): ((&'a Spoken, Parts), (u64, u64))| {
        let widths: Vec<usize> = parts.iter().map(|rows| rows.iter().map(|row| row.width()).sum()).collect();
        let times = shared(start, end, &widths).into_iter();
        let cue = |(rows, (start, end))| Cue {
            start,
            end,
            who: line.who.as_deref(),
            rows,
            shot: shot.address.to_string(),
        };
        parts.into_iter().zip(times).map(cue).collect::<Vec<_>>()
    };
    let cues = lines.into_iter().zip(times).flat_map(cue);
    cues.map(Cue::shortened).filter(|cue| cue.start < cue.end).collect()
}

/// What a line is shown in, one after the other: some rows each.
type Parts = Vec<Vec<String>>;

fn parts(text: &str) -> Parts {
    wrap::rows(text).chunks(ROWS).map(<[String]>::to_vec).collect()
}

impl Cue<'_> {
    fn shortened(self) -> Self {
        Self { end: self.end.min(self.start + LONGEST), ..self }
    }
}

/// A span of time cut into one part for each width: the least that can be read first, the rest by width.
fn shared(start: u64, end: u64, widths: &[usize]) -> Vec<(u64, u64)> {
    let count = widths.len().max(1) as u64;
    let least = SHORTEST.min((end - start) / count);
    let rest = end - start - least * count;
    let whole = widths.iter().sum::<usize>().max(1) as u64;
    let (mut before, mut at) = (0, start);
    let part = |(index, width): (usize, &usize)| {
        before += *width as u64;
        let from = at;
        at = start + least * (index as u64 + 1) + rest * before / whole;
        (from, at)
    };
    widths.iter().enumerate().map(part).collect()
}

/// `00:01:02,500`, with the mark between seconds and milliseconds that a format wants.
pub(super) fn time(millis: u64, mark: char) -> String {
    let (seconds, rest) = (millis / 1000, millis % 1000);
    format!("{:02}:{:02}:{:02}{mark}{rest:03}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::testing::{Stage, spoken};
    use crate::plan::testing::{shot, storyboard};
    use proptest::prelude::*;

    #[test]
    fn lines_share_their_shot_by_their_length() {
        assert_eq!(shared(1000, 5000, &[10]), [(1000, 5000)]);
        assert_eq!(shared(0, 4000, &[10, 30]), [(0, 1416), (1416, 4000)]);
        assert_eq!(shared(0, 4000, &[]), []);
    }

    #[test]
    fn no_line_stands_too_short_where_there_is_room() {
        assert_eq!(shared(0, 2000, &[1, 99]), [(0, 836), (836, 2000)]);
        assert_eq!(shared(0, 999, &[5, 5, 5]), [(0, 333), (333, 666), (666, 999)]);
        assert_eq!(shared(7, 7, &[5]), [(7, 7)]);
    }

    proptest! {
        #[test]
        fn lines_never_overlap_and_stay_in_their_shot(
            start in 0..100_000_u64,
            length in 0..20_000_u64,
            widths in prop::collection::vec(0..200_usize, 1..9),
        ) {
            let times = shared(start, start + length, &widths);
            prop_assert_eq!(times[0].0, start);
            prop_assert!(times.iter().all(|(from, to)| from <= to && *to <= start + length));
            prop_assert!(times.windows(2).all(|two| two[0].1 == two[1].0));
        }
    }

    fn times(say: &str, seconds: u32) -> Vec<(u64, u64, usize)> {
        let shot = spoken(shot("roof", "sky", seconds), &[(None, say)]);
        let cue = |cue: &Cue| (cue.start, cue.end, cue.rows.len());
        Stage::bare(storyboard(vec![vec![shot]]))
            .edit(None, |edit| cues(edit, |line| line.say.clone()).iter().map(cue).collect())
    }

    #[test]
    fn a_line_stands_no_longer_than_subtitles_do() {
        assert_eq!(times("hello.", 15), [(0, 7000, 1)]);
    }

    #[test]
    fn a_long_line_is_shown_in_parts_of_two_rows() {
        let parts = times(&"we were told that the fire is dead. ".repeat(5), 10);
        assert_eq!(parts.iter().map(|part| part.2).collect::<Vec<_>>(), [2, 2, 1]);
        assert_eq!((parts[0].0, parts[2].1), (0, 10_000));
        assert!(times(" ", 3).is_empty());
    }

    #[test]
    fn times_are_written_to_the_millisecond() {
        assert_eq!(time(3_723_045, ','), "01:02:03,045");
        assert_eq!(time(0, '.'), "00:00:00.000");
    }
}
