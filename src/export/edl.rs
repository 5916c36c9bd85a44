//! A CMX 3600 edit decision list: one event a clip on one video track, black where there is no take. Plain ASCII.
//! Of a film it keeps the cuts, the files' names and the shots as locators; all else is lost in this format.

use std::collections::BTreeMap;
use std::fmt::Write;

use url::Url;

use crate::edit::{Edit, Event};
use crate::take::{Nonce, Take};
use crate::timecode::Rate;

/// What the format calls black.
const BLACK: &str = "BL";

/// How many events have numbers of three digits; some readers know no others.
pub const MOST_EVENTS: usize = 999;

/// The film as an `.edl` file. It begins at one hour, as tapes do; timecode is non-drop whatever the rate.
#[must_use]
pub fn edl(edit: &Edit) -> String {
    let reels = reels(edit);
    let mut text = format!("TITLE: {}\r\nFCM: NON-DROP FRAME\r\n", edit.film.edition);
    for (index, event) in edit.events.iter().enumerate() {
        let _ = write!(text, "\r\n{}", written(edit, index + 1, event, &reels));
    }
    text
}

fn written(edit: &Edit, number: usize, event: &Event, reels: &BTreeMap<Nonce, String>) -> String {
    let (rate, first) = (edit.rate, edit.rate.first_hour());
    let reel = event.clip.chosen.and_then(|take| reels.get(&take.nonce)).map_or(BLACK, String::as_str);
    let times = [0, event.span.frames, first + event.span.start, first + event.span.end()];
    let times = times.map(|frame| rate.timecode(frame)).join(" ");
    let mut text = format!("{number:03}  {reel:<8} V     C        {times}\r\n");
    for comment in comments(edit, event).into_iter().chain(locators(event, rate)) {
        let _ = write!(text, "* {comment}\r\n");
    }
    text
}

/// `FROM FILE` is where readers find the media; its address is ASCII whatever the folder is called.
fn comments(edit: &Edit, event: &Event) -> Vec<String> {
    let mut comments = vec![format!("FROM CLIP NAME:  {}", event.clip.planned.address)];
    match (event.clip.chosen, edit.media(event.clip)) {
        (Some(take), Some(media)) => {
            comments.push(format!("SOURCE FILE: {}", take.file_name()));
            let url = Url::from_file_path(&media.path).map(String::from);
            comments.extend(url.map(|url| format!("FROM FILE: {url}")).ok());
        }
        _ => comments.push("NO TAKE YET: BLACK".to_owned()),
    }
    comments
}

/// Shots at their times in the film.
fn locators(event: &Event, rate: Rate) -> Vec<String> {
    let shots = event.clip.shots.iter().zip(&event.shots).filter(|(_, span)| span.frames > 0);
    let locator = |(placed, span): (&crate::timeline::Shot, &crate::edit::Span)| {
        let color = if placed.shot.spoken.is_empty() { "GREEN" } else { "YELLOW" };
        format!("LOC: {} {color:<7} {}", rate.timecode(rate.first_hour() + span.start), placed.shot.name())
    };
    shots.map(locator).collect()
}

/// A name of eight characters for every file: the end of its take's number, which its file's name ends with too.
fn reels(edit: &Edit) -> BTreeMap<Nonce, String> {
    let mut reels: BTreeMap<Nonce, String> = BTreeMap::new();
    for take in edit.events.iter().filter_map(|event| event.clip.chosen) {
        if edit.library.contains_key(&take.nonce) && !reels.contains_key(&take.nonce) {
            let reel = reel(take, |name| reels.values().any(|taken| taken == name));
            reels.insert(take.nonce, reel);
        }
    }
    reels
}

/// Where two takes' numbers end alike, the later one counts on.
fn reel(take: &Take, is_taken: impl Fn(&str) -> bool) -> String {
    let mut number = u32::from_str_radix(&take.nonce.short(), 16).unwrap_or_default();
    while is_taken(&name(number)) {
        number = number.wrapping_add(1);
    }
    name(number)
}

fn name(number: u32) -> String {
    format!("{number:08X}")
}

#[cfg(test)]
mod tests;
