//! The simulator's account of what was asked, submitted, billed and served: JSON lines that others judge a run by.
//! What the journal says is there after any kill; the rest, which only tells, may lack its last lines.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::callback::{Answer, Attempt};
use super::entry::Entry;
use super::faults::{BadEnd, Kind};
use super::job::{Place, Submission};

#[derive(Debug)]
pub(super) struct Audit(File);

impl Audit {
    /// Adds whatever the journal holds and the audit does not, as after a kill between the two.
    pub(super) fn open(path: &Path, entries: &[(Place, Entry)]) -> Result<Self, (PathBuf, io::Error)> {
        let failed = |error| (path.to_owned(), error);
        let text = read(path).map_err(failed)?;
        let known: BTreeSet<String> = text.split(|byte| *byte == b'\n').filter_map(key_of_line).collect();
        let lines = entries.iter().filter_map(|(_, entry)| line(entry));
        let missing = lines.filter(|line| key(line).is_none_or(|key| !known.contains(&key)));
        let missing: Vec<u8> = missing.flat_map(|line| format!("{line}\n").into_bytes()).collect();
        let file = File::options().append(true).create(true).open(path).map_err(failed)?;
        file.set_len(text.len() as u64).map_err(failed)?;
        let mut audit = Self(file);
        audit.append(&missing).map_err(failed)?;
        Ok(audit)
    }

    /// All of the lines, or none: half of one would swallow the next, and with it a purchase.
    pub(super) fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        let before = self.0.metadata()?.len();
        self.0.write_all(lines).inspect_err(|_| drop(self.0.set_len(before)))
    }
}

/// The lines that are whole. What was never an audit is left alone, whoever's it is.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    // A terminal or a pipe would be waited for without end.
    if std::fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is no regular file; name one, and watch it with tail -f",
        ));
    }
    let mut text = match std::fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        read => read?,
    };
    if text.first().is_some_and(|first| *first != b'{') {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is no audit; choose another file"));
    }
    text.truncate(text.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1));
    Ok(text)
}

fn key_of_line(line: &[u8]) -> Option<String> {
    key(&serde_json::from_slice(line).ok()?)
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
        Entry::Submitted(submission) => Some(submitted(submission)),
        Entry::Ended { id, ending } => Some(json!({
            "at": ending.at, "event": "completed", "request_id": id, "status_code": ending.outcome.code(),
            "units": ending.outcome.units().unwrap_or(0), "usd": ending.outcome.usd(),
            "blake3": ending.outcome.blake3(),
        })),
        Entry::CalledBack(attempt) => Some(called_back(attempt)),
        Entry::Deleted { .. } | Entry::Account(_) => None,
    }
}

/// With the fault that it is to end by.
fn submitted(submission: &Submission) -> Value {
    let line = json!({
        "at": submission.at, "event": "submitted", "request_id": submission.id,
        "endpoint": submission.endpoint, "tags": submission.tags, "input": submission.input,
    });
    with_fault(line, submission.bad_end.and_then(BadEnd::kind))
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

/// A request has left the queue. Told again where it begins again after a restart.
pub(super) fn started(at: Option<Timestamp>, id: Uuid) -> Value {
    json!({ "at": at, "event": "started", "request_id": id })
}

/// A call was answered: which it was, about which request, how, and under which fault.
pub(super) fn asked(at: Timestamp, call: &str, status: u16, id: Option<&str>, fault: Option<Kind>) -> Value {
    let mut line = json!({ "at": at, "event": "asked", "call": call, "status_code": status });
    if let Some(id) = id {
        line["request_id"] = json!(id);
    }
    with_fault(line, fault)
}

fn with_fault(mut line: Value, fault: Option<Kind>) -> Value {
    if let Some(fault) = fault {
        line["fault"] = json!(fault.to_string());
    }
    line
}

/// A file went out, whole or in part, and whether the key came with the question, which it never should.
pub(super) fn served(at: Timestamp, id: Uuid, sent: &Sent) -> Value {
    let line = json!({
        "at": at, "event": "served", "request_id": id, "status_code": sent.status, "bytes": sent.bytes,
        "key": sent.key == Key::Brought,
    });
    with_fault(line, sent.fault)
}

/// How a file was answered for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    pub(super) status: u16,
    /// Of the video, in the body.
    pub(super) bytes: u64,
    pub(super) key: Key,
    pub(super) fault: Option<Kind>,
}

/// Did a call bring an `Authorization`?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Brought,
    Absent,
}

/// A submit that was never accepted.
pub(super) fn refused(at: Timestamp, endpoint: &str, status: u16) -> Value {
    json!({ "at": at, "event": "refused", "endpoint": endpoint, "status_code": status })
}
