//! The build for crash tests: `SHOTLIST_CRASH=point:passage` ends the process there, `SHOTLIST_PANIC` panics, `SHOTLIST_DISK=k:ERRNO` fails the
//! k-th file operation and `k+:ERRNO` all from it on, `SHOTLIST_CRASH_LOG=path` collects what was passed and done.

use std::env;
use std::fmt::{Display, Write as _};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::pin::pin;
use std::process;
use std::str::FromStr;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use clap::ValueEnum;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::fault::{Armed, BadDisk};
use super::{Mark, Op, Point};

static CRASH: LazyLock<Option<Armed>> = LazyLock::new(|| asked("SHOTLIST_CRASH"));
static PANIC: LazyLock<Option<Armed>> = LazyLock::new(|| asked("SHOTLIST_PANIC"));
static DISK: LazyLock<Option<BadDisk>> = LazyLock::new(|| asked("SHOTLIST_DISK"));
static LOG: LazyLock<Option<Mutex<File>>> = LazyLock::new(|| {
    let path = env::var_os("SHOTLIST_CRASH_LOG")?;
    let file = OpenOptions::new().create(true).append(true).open(path);
    Some(Mutex::new(file.unwrap_or_else(|_| process::abort())))
});

/// After so long an unanswered request has certainly left, and reached whoever is near.
const SENT: Duration = Duration::from_millis(30);

/// A fault that can't be understood would make a test that tests nothing.
fn asked<T: FromStr>(variable: &str) -> Option<T> {
    let text = env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| process::abort()))
}

/// Ends the process here, as `kill -9` would, or panics, where that is asked for.
///
/// # Panics
/// So it was asked.
pub fn point(point: Point) {
    log(&json!({ "point": name(&point) }));
    if CRASH.as_ref().is_some_and(|armed| armed.is_met(point)) {
        process::abort();
    }
    assert!(!PANIC.as_ref().is_some_and(|armed| armed.is_met(point)), "the test asked for a panic here");
}

/// Writes down what the run does next, or has done.
pub fn mark(mark: Mark, of: &dyn Display) {
    log(&json!({ "mark": name(&mark), "of": of.to_string() }));
}

/// Passes [`Point::RequestSent`] where the answer takes its time.
pub async fn unanswered<F: Future>(exchange: F) -> F::Output {
    let mut exchange = pin!(exchange);
    if let Ok(answer) = timeout(SENT, &mut exchange).await {
        return answer;
    }
    point(Point::RequestSent);
    exchange.await
}

/// Does it, or fails in its place.
///
/// # Errors
/// Those of the operation, or the one that was asked for.
pub fn gate<T>(op: Op<'_>, path: &Path, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let next = if matches!(op, Op::Read) { BadDisk::next_read } else { BadDisk::next };
    if let Some(error) = DISK.as_ref().and_then(next) {
        log(&json!({ "failed": told(op, path) }));
        return Err(error);
    }
    let done = act()?;
    if !matches!(op, Op::Read) {
        log(&told(op, path));
    }
    Ok(done)
}

/// Writes all bytes, or fails when half of them are written, as a disk does that fills up.
///
/// # Errors
/// They could not be written.
pub fn write(mut file: &File, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let failure = DISK.as_ref().and_then(BadDisk::next);
    let bytes = if failure.is_some() { &bytes[..bytes.len() / 2] } else { bytes };
    file.write_all(bytes)?;
    let told = json!({ "op": "write", "path": path, "bytes": hex(bytes) });
    let Some(error) = failure else {
        log(&told);
        return Ok(());
    };
    log(&json!({ "failed": told }));
    Err(error)
}

fn told(op: Op<'_>, path: &Path) -> Value {
    let (op, from) = match op {
        Op::Read => ("read", None),
        Op::MakeFolder => ("make-folder", None),
        Op::Create => ("create", None),
        Op::Empty => ("empty", None),
        Op::Sync => ("sync", None),
        Op::SyncFolder => ("sync-folder", None),
        Op::Protect => ("protect", None),
        Op::Remove => ("remove", None),
        Op::Rename { from } => ("rename", Some(from)),
        Op::Link { from } => ("link", Some(from)),
    };
    json!({ "op": op, "path": path, "from": from })
}

fn name(value: &impl ValueEnum) -> String {
    value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to memory does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// One line at a time, in the order in which it happened to whoever wrote it.
fn log(entry: &Value) {
    if let Some(file) = &*LOG {
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        if file.write_all(format!("{entry}\n").as_bytes()).is_err() {
            process::abort();
        }
    }
}
