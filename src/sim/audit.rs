//! The simulator's account of what was submitted, billed and served: JSON lines that others judge a run by.
//! Says only what the journal says, plus files served and calls refused.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use uuid::Uuid;

use super::callback::{Answer, Attempt};
use super::faults::BadEnd;
use super::journal::{Entry, Place};

#[derive(Debug)]
pub(super) struct Audit(File);

impl Audit {
    /// Adds whatever the journal holds and the audit does not, as after a kill between the two.
    pub(super) fn open(path: &Path, entries: &[(Place, Entry)]) -> Result<Self, (PathBuf, io::Error)> {
        let failed = |error| (path.to_owned(), error);
        let mut text = read(path).map_err(failed)?;
        text.truncate(text.rfind('\n').map_or(0, |last| last + 1));
        let known: BTreeSet<String> = text.lines().filter_map(key_of_line).collect();
        let lines = entries.iter().filter_map(|(_, entry)| line(entry));
        let missing = lines.filter(|line| key(line).is_none_or(|key| !known.contains(&key)));
        let missing: Vec<u8> = missing.flat_map(|line| format!("{line}\n").into_bytes()).collect();
        let file = File::options().append(true).create(true).open(path).map_err(failed)?;
        file.set_len(text.len() as u64).map_err(failed)?;
        let mut audit = Self(file);
        audit.append(&missing).map_err(failed)?;
        Ok(audit)
    }

    pub(super) fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        self.0.write_all(lines)
    }
}

fn read(path: &Path) -> io::Result<String> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(error),
    }
}

fn key_of_line(line: &str) -> Option<String> {
    key(&serde_json::from_str(line).ok()?)
}

/// Which step of which request a line tells of.
fn key(line: &Value) -> Option<String> {
    let attempt = line["attempt"].as_u64().unwrap_or(0);
    Some(format!("{} {} {attempt}", line["event"].as_str()?, line["request_id"].as_str()?))
}

/// `submitted`, `completed` with what is billed and the hash of the file where there is one, and `called_back` with what
/// the receiver answered. Nothing else that the journal holds is about a bill.
pub(super) fn line(entry: &Entry) -> Option<Value> {
    match entry {
        Entry::Submitted(submission) => Some(json!({
            "at": submission.at, "event": "submitted", "request_id": submission.id,
            "endpoint": submission.endpoint, "tags": submission.tags, "input": submission.input,
            "fault": submission.bad_end.and_then(BadEnd::kind).map(|kind| kind.to_string()),
        })),
        Entry::Ended { id, ending } => Some(json!({
            "at": ending.at, "event": "completed", "request_id": id, "status_code": ending.outcome.code(),
            "units": ending.outcome.units().unwrap_or(0), "usd": ending.outcome.usd(),
            "blake3": ending.outcome.blake3(),
        })),
        Entry::CalledBack(attempt) => Some(called_back(attempt)),
        Entry::Deleted { .. } | Entry::Account(_) => None,
    }
}

fn called_back(attempt: &Attempt) -> Value {
    let (name, answer) = match &attempt.answer {
        Answer::StatusCode(code) => ("status_code", json!(code)),
        Answer::Error(why) => ("error", json!(why)),
    };
    let mut line = json!({
        "at": attempt.at, "event": "called_back", "request_id": attempt.id, "attempt": attempt.number,
        "to": attempt.to,
    });
    line[name] = answer;
    line
}

/// A file went out, whole or in part, and whether the key came with the question, which it never should.
pub(super) fn served(at: jiff::Timestamp, id: Uuid, status: u16, bytes: u64, key: Key) -> Value {
    json!({
        "at": at, "event": "served", "request_id": id, "status_code": status, "bytes": bytes,
        "key": key == Key::Brought,
    })
}

/// Did a call bring an `Authorization`?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Brought,
    Absent,
}

/// A submit that was never accepted.
pub(super) fn refused(at: jiff::Timestamp, endpoint: &str, status: u16) -> Value {
    json!({ "at": at, "event": "refused", "endpoint": endpoint, "status_code": status })
}
