//! `SubRip`: what is spoken, as subtitles. Lines end as its readers on Windows want, which all others read too.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::cues::{cues, time};
use crate::edit::Edit;
use crate::expand::Spoken;

/// Invisible, and no part of a tag: the format has no other way to write `<` and `{`.
const WORD_JOINER: char = '\u{2060}';

/// The spoken lines as numbered subtitles in UTF-8. Names stand before lines where more than one person speaks.
#[must_use]
pub fn srt(edit: &Edit) -> String {
    let several = speakers(edit) > 1;
    let say = |line: &Spoken| match &line.who {
        Some(who) if several => format!("{who}: {}", line.say),
        _ => line.say.clone(),
    };
    let mut text = String::new();
    for (index, cue) in cues(edit, say).iter().enumerate() {
        let rows: Vec<String> = cue.rows.iter().map(|row| plain(row)).collect();
        let (start, end) = (time(cue.start, ','), time(cue.end, ','));
        let _ = write!(text, "{}\r\n{start} --> {end}\r\n{}\r\n\r\n", index + 1, rows.join("\r\n"));
    }
    text
}

/// How many different names speak, nobody being one of them.
fn speakers(edit: &Edit) -> usize {
    let shots = edit.film.clips.iter().flat_map(|clip| &clip.shots);
    let names = shots.flat_map(|shot| &shot.shot.spoken).map(|line| line.who.as_deref());
    names.collect::<BTreeSet<_>>().len()
}

/// Text that no reader takes for a tag or a time.
fn plain(row: &str) -> String {
    let mut text = String::with_capacity(row.len());
    for c in row.chars() {
        if c == '>' && text.ends_with("--") {
            text.push(WORD_JOINER);
        }
        text.push(c);
        if c == '<' || c == '{' {
            text.push(WORD_JOINER);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::testing::{Stage, spoken};
    use crate::plan::testing::{shot, storyboard};

    fn written(lines: &[(Option<&str>, &str)]) -> String {
        let shot = spoken(shot("roof", "sky", 4), lines);
        Stage::rendered(storyboard(vec![vec![shot]])).edit(None, srt)
    }

    #[test]
    fn a_line_stands_as_long_as_its_shot() {
        assert_eq!(
            written(&[(None, "I'm here.")]),
            "1\r\n00:00:00,000 --> 00:00:04,000\r\nI'm here.\r\n\r\n"
        );
        assert_eq!(written(&[]), "");
    }

    #[test]
    fn names_are_written_where_several_speak() {
        assert!(!written(&[(Some("Mio"), "hello."), (Some("Mio"), "again.")]).contains("Mio"));
        let two = written(&[(Some("Mio"), "hello."), (Some("Tock"), "click.")]);
        assert!(two.contains("\r\nMio: hello.\r\n") && two.contains("\r\nTock: click.\r\n"), "{two}");
    }

    #[test]
    fn no_text_ends_its_subtitle_or_starts_another() {
        let text = written(&[(None, "one\n\n2\n00:00:00,000 --> 00:00:09,000\n<b>two {\\an8}")]);
        assert_eq!(text.matches("-->").count(), 1, "{text}");
        assert_eq!(text.matches("\r\n\r\n").count(), 1, "{text}");
        assert!(!text.contains("<b>") && !text.contains("{\\"), "{text}");
        assert_eq!(
            text.replace(WORD_JOINER, "").lines().skip(2).collect::<Vec<_>>().join(" ").trim(),
            "one 2 00:00:00,000 --> 00:00:09,000 <b>two {\\an8}"
        );
    }
}
