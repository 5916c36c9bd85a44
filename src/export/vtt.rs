//! `WebVTT`: what is spoken, for players of web pages (<https://www.w3.org/TR/webvtt1/>).

use std::fmt::Write;

use super::cues::{Cue, cues, time};
use super::wrap;
use crate::edit::Edit;

/// The spoken lines with who speaks them; every cue is called as its shot.
#[must_use]
pub fn vtt(edit: &Edit) -> String {
    let mut text = "WEBVTT\n\n".to_owned();
    for cue in cues(edit, |line| line.say.clone()) {
        let (start, end) = (time(cue.start, '.'), time(cue.end, '.'));
        let _ = write!(text, "{}\n{start} --> {end}\n{}\n\n", cue.shot, payload(&cue));
    }
    text
}

fn payload(cue: &Cue) -> String {
    let rows: Vec<String> = cue.rows.iter().map(|row| escaped(row)).collect();
    let who = cue.who.map(|who| escaped(&wrap::rows(who).join(" "))).filter(|who| !who.is_empty());
    who.map_or(String::new(), |who| format!("<v {who}>")) + &rows.join("\n")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::testing::{Stage, spoken};
    use crate::plan::testing::{shot, storyboard};

    fn written(lines: &[(Option<&str>, &str)]) -> String {
        let shot = spoken(shot("roof", "sky", 4), lines);
        Stage::rendered(storyboard(vec![vec![shot]])).edit(None, vtt)
    }

    #[test]
    fn a_line_says_whose_it_is() {
        assert_eq!(
            written(&[(Some("Mio"), "hello.")]),
            "WEBVTT\n\nneon/roof/sky\n00:00:00.000 --> 00:00:04.000\n<v Mio>hello.\n\n"
        );
        assert_eq!(written(&[]), "WEBVTT\n\n");
    }

    #[test]
    fn no_text_or_name_ends_its_cue_or_becomes_a_tag() {
        let text = written(&[(Some("M>io\n\n<i>&"), "a\n\n00:00:00.000 --> 00:00:09.000\nNOTE <b> & c")]);
        assert_eq!(text.matches("-->").count(), 1, "{text}");
        assert_eq!(text.matches("\n\n").count(), 2, "{text}");
        assert!(text.contains("<v M&gt;io &lt;i&gt;&amp;>a 00"), "{text}");
        assert!(text.contains("NOTE &lt;b&gt; &amp; c"), "{text}");
    }
}
