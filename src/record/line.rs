//! One line of the journal or the manifest as text: its format version and the facts, or the header.
//! Touches no file, and does not know what other lines say.

use serde::{Deserialize, Serialize};

use crate::take::Facts;

/// The version of the format that is written, and the newest that is read.
const VERSION: u32 = 1;

/// What a line says.
#[derive(Debug, PartialEq)]
pub(super) enum Line {
    /// A word to whoever opens the file, or an empty line.
    Nothing,
    Facts(Box<Facts>),
}

/// Why a line can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadLine {
    #[error("git left a conflict marker here; keep the lines of both sides and delete the markers")]
    ConflictMarker,
    #[error("written by a newer shotlist (format {0}, this one reads up to {VERSION}); update shotlist")]
    Newer(u32),
    #[error("damaged: {0}")]
    Damaged(String),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    v: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    about: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    take: Option<Facts>,
}

/// All that is read of a line from the future.
#[derive(Deserialize)]
struct Version {
    v: u32,
}

/// Reads one line, with or without its end.
///
/// # Errors
/// It is none of ours, or newer than this program.
pub(super) fn read(text: &[u8]) -> Result<Line, BadLine> {
    let text = text.trim_ascii();
    if text.is_empty() {
        return Ok(Line::Nothing);
    }
    match serde_json::from_slice::<Written>(text) {
        Ok(Written { v: VERSION, about: Some(_), take: None }) => Ok(Line::Nothing),
        Ok(Written { v: VERSION, about: None, take: Some(facts) }) => Ok(Line::Facts(Box::new(facts))),
        Ok(Written { v, .. }) => Err(unread(text, &format!("no take in a line of format {v}"))),
        Err(error) => Err(unread(text, &error.to_string())),
    }
}

fn unread(text: &[u8], why: &str) -> BadLine {
    let is_marker = |marker: &str| text.starts_with(marker.as_bytes());
    if ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].into_iter().any(is_marker) {
        return BadLine::ConflictMarker;
    }
    match serde_json::from_slice::<Version>(text) {
        Ok(Version { v }) if v > VERSION => BadLine::Newer(v),
        _ => BadLine::Damaged(why.to_owned()),
    }
}

/// A take's facts as one line, with its end.
pub(super) fn of_facts(facts: Facts) -> Vec<u8> {
    written(&Written { v: VERSION, about: None, take: Some(facts) })
}

/// A whole file: a header and one line a take.
pub(super) fn of_all(header: &str, all: impl Iterator<Item = Facts>) -> Vec<u8> {
    of_header(header).into_iter().chain(all.flat_map(of_facts)).collect()
}

/// The header, with its end.
pub(super) fn of_header(about: &str) -> Vec<u8> {
    written(&Written { v: VERSION, about: Some(about.to_owned()), take: None })
}

/// These types hold only text keys and finite numbers, which always can be written.
fn written(line: &Written) -> Vec<u8> {
    let mut text = serde_json::to_vec(line).unwrap_or_default();
    text.push(b'\n');
    text
}
