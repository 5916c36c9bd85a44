//! What the simulator remembers from one start to the next, as JSON lines, and the audit written beside it.
//! One thread writes; a line that was waited for is on the disk. Does not decide what is worth a line.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::audit::{self, Audit};
use super::callback::Attempt;
use super::job::{Ending, Submission};

const NAME: &str = "requests.jsonl";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(super) enum Entry {
    Submitted(Submission),
    Ended { id: Uuid, ending: Ending },
    CalledBack(Attempt),
}

/// Why the memory of earlier requests can't be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error("cannot use {}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{} is in use by another simulator; stop that one or choose another folder", .0.display())]
    Busy(PathBuf),
    #[error("{}:{line} is damaged ({source}); move the file away to start with an empty simulator", path.display())]
    Damaged { path: PathBuf, line: usize, source: serde_json::Error },
}

/// A line could not be written, so what it would have recorded must not be promised.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the simulator cannot record this: {0}")]
pub(super) struct NotRecorded(String);

/// Where lines are handed in. The file is closed when every clone is gone and the [`Writer`] was joined.
#[derive(Clone, Debug)]
pub(super) struct Journal(Sender<Line>);

/// Everything an opened journal is made of.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) journal: Journal,
    pub(super) entries: Vec<Entry>,
    pub(super) writer: JoinHandle<()>,
}

#[derive(Debug)]
struct Line {
    text: Text,
    written: oneshot::Sender<Result<(), NotRecorded>>,
}

#[derive(Debug)]
enum Text {
    Entry(Box<Entry>),
    Audit(Value),
}

impl Journal {
    /// Reads what is there, drops a torn last line, brings the audit up to date and starts the writing thread.
    pub(super) fn open(dir: &Path, audit: Option<&Path>) -> Result<Opened, JournalError> {
        let path = dir.join(NAME);
        let io = |source| JournalError::Io { path: path.clone(), source };
        std::fs::create_dir_all(dir).map_err(io)?;
        let mut file = lock(&path)?;
        let (entries, whole) = read(&path, &mut file)?;
        file.set_len(whole).map_err(io)?;
        File::open(dir).and_then(|dir| dir.sync_all()).map_err(io)?;
        let audit = audit.map(|at| Audit::open(at, &entries)).transpose();
        let audit = audit.map_err(|(path, source)| JournalError::Io { path, source })?;
        let (sender, receiver) = mpsc::channel();
        let disk = Disk { file, whole, audit };
        let thread = thread::Builder::new().name("sim-journal".to_owned());
        let writer = thread.spawn(move || disk.write_all(&receiver)).map_err(io)?;
        Ok(Opened { journal: Self(sender), entries, writer })
    }

    /// Returns once the entry is on the disk.
    pub(super) async fn record(&self, entry: Entry) -> Result<(), NotRecorded> {
        self.send(Text::Entry(Box::new(entry))).await
    }

    /// Adds a line to the audit alone, if there is one.
    pub(super) async fn note(&self, line: Value) -> Result<(), NotRecorded> {
        self.send(Text::Audit(line)).await
    }

    async fn send(&self, text: Text) -> Result<(), NotRecorded> {
        let (written, answer) = oneshot::channel();
        let gone = || NotRecorded("its journal is closed".to_owned());
        self.0.send(Line { text, written }).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

fn lock(path: &Path) -> Result<File, JournalError> {
    let io = |source| JournalError::Io { path: path.to_owned(), source };
    let file = File::options().read(true).append(true).create(true).open(path).map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(JournalError::Busy(path.to_owned())),
        Err(TryLockError::Error(source)) => Err(io(source)),
    }
}

/// The entries, and the length of the whole lines that hold them.
fn read(path: &Path, file: &mut File) -> Result<(Vec<Entry>, u64), JournalError> {
    let mut bytes = Vec::new();
    let io = |source| JournalError::Io { path: path.to_owned(), source };
    file.read_to_end(&mut bytes).map_err(io)?;
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
    let lines = bytes[..whole].split_inclusive(|byte| *byte == b'\n').enumerate();
    let damaged = |index, source| JournalError::Damaged { path: path.to_owned(), line: index + 1, source };
    let entries: Result<_, _> =
        lines.map(|(index, line)| serde_json::from_slice(line).map_err(|e| damaged(index, e))).collect();
    Ok((entries?, whole as u64))
}

#[derive(Debug)]
struct Disk {
    file: File,
    /// Length of the lines known to be whole.
    whole: u64,
    audit: Option<Audit>,
}

impl Disk {
    /// All lines that wait are written together and synced once.
    fn write_all(mut self, lines: &Receiver<Line>) {
        while let Ok(first) = lines.recv() {
            let batch: Vec<Line> = std::iter::once(first).chain(lines.try_iter()).collect();
            let result = self.write(&batch).map_err(|e| NotRecorded(e.to_string()));
            for line in batch {
                // Nobody listens where a client hung up; the line is written all the same.
                let _ = line.written.send(result.clone());
            }
        }
    }

    fn write(&mut self, batch: &[Line]) -> io::Result<()> {
        let (mut journal, mut audit) = (Vec::new(), Vec::new());
        for line in batch {
            match &line.text {
                Text::Entry(entry) => {
                    push_line(&mut journal, entry)?;
                    push_line(&mut audit, &audit::line(entry))?;
                }
                Text::Audit(value) => push_line(&mut audit, value)?,
            }
        }
        self.append(&journal)?;
        self.audit.as_mut().map_or(Ok(()), |file| file.append(&audit))
    }

    /// A failed write may leave half a line, which the next one must not be glued to.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.file.set_len(self.whole)?;
        self.file.write_all(bytes)?;
        self.file.sync_data()?;
        self.whole += bytes.len() as u64;
        Ok(())
    }
}

fn push_line(out: &mut Vec<u8>, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.push(b'\n');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn entry(id: u128) -> Entry {
        let at = Timestamp::UNIX_EPOCH;
        let id = Uuid::from_u128(id);
        let endpoint = "a/b/c".to_owned();
        Entry::Submitted(Submission {
            id,
            at,
            endpoint,
            tags: None,
            input: Value::Null,
            bad_end: None,
            webhook: None,
        })
    }

    fn open(dir: &Path) -> Result<Opened, JournalError> {
        Journal::open(dir, Some(&dir.join("audit.jsonl")))
    }

    fn close(opened: Opened) {
        drop(opened.journal);
        opened.writer.join().unwrap();
    }

    fn record(opened: &Opened, ids: impl IntoIterator<Item = u128>) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for id in ids {
            runtime.block_on(opened.journal.record(entry(id))).unwrap();
        }
    }

    #[test]
    fn what_was_recorded_is_there_after_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let opened = open(dir.path()).unwrap();
        record(&opened, [1, 2]);
        close(opened);
        assert_eq!(open(dir.path()).unwrap().entries, [entry(1), entry(2)]);
    }

    #[test]
    fn a_line_torn_at_any_byte_is_dropped_and_the_next_one_starts_clean() {
        let mut line = serde_json::to_vec(&entry(2)).unwrap();
        line.push(b'\n');
        for cut in 0..line.len() {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join(NAME);
            let mut bytes = Vec::new();
            push_line(&mut bytes, &entry(1)).unwrap();
            bytes.extend(&line[..cut]);
            std::fs::write(&path, &bytes).unwrap();
            let opened = open(dir.path()).unwrap();
            assert_eq!(opened.entries, [entry(1)], "cut at {cut}");
            record(&opened, [3]);
            close(opened);
            assert_eq!(open(dir.path()).unwrap().entries, [entry(1), entry(3)], "cut at {cut}");
        }
    }

    #[test]
    fn damage_inside_stops_with_its_line_and_touches_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let text = "{}\ntorn";
        std::fs::write(dir.path().join(NAME), text).unwrap();
        let error = open(dir.path()).unwrap_err();
        assert!(matches!(&error, JournalError::Damaged { line: 1, .. }), "{error}");
        assert_eq!(std::fs::read_to_string(dir.path().join(NAME)).unwrap(), text);
    }

    #[test]
    fn a_folder_has_one_simulator_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let first = open(dir.path()).unwrap();
        assert!(matches!(open(dir.path()), Err(JournalError::Busy(_))));
        close(first);
        assert!(open(dir.path()).is_ok());
    }

    #[test]
    fn the_audit_gets_what_a_kill_kept_from_it_and_nothing_twice() {
        let dir = tempfile::tempdir().unwrap();
        let opened = open(dir.path()).unwrap();
        record(&opened, [1, 2]);
        close(opened);
        let audit = dir.path().join("audit.jsonl");
        let all = std::fs::read_to_string(&audit).unwrap();
        let cut = all.len() - 7;
        std::fs::write(&audit, &all[..cut]).unwrap();
        close(open(dir.path()).unwrap());
        close(open(dir.path()).unwrap());
        assert_eq!(std::fs::read_to_string(&audit).unwrap(), all);
    }
}
