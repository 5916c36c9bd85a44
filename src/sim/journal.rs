//! What the simulator remembers from one start to the next, as JSON lines, and the audit written beside it.
//! One thread writes; a line that was waited for is on the disk. Does not decide what is worth a line.

use std::fs::{File, TryLockError};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use serde::Serialize;
use serde_json::Value;
use tokio::sync::oneshot;

use super::audit::{self, Audit};
use super::entry::Entry;
use super::job::{Place, Submission};
use super::private;

const NAME: &str = "requests.jsonl";

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

/// Where lines are handed in, and read again. Closed when every clone is gone and the writer was joined.
#[derive(Clone, Debug)]
pub(super) struct Journal {
    /// Gone before the writer may end, since the lock goes with the last handle.
    file: Arc<File>,
    lines: Sender<Line>,
    /// Where the audit is, if one is kept.
    pub(super) audit: Option<PathBuf>,
}

/// Everything an opened journal is made of.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) journal: Journal,
    pub(super) entries: Vec<(Place, Entry)>,
    pub(super) writer: JoinHandle<()>,
}

#[derive(Debug)]
struct Line {
    text: Text,
    /// Whoever waits for it.
    written: Option<oneshot::Sender<Result<Place, NotRecorded>>>,
}

impl Line {
    fn answer(self, result: Result<Place, NotRecorded>) {
        // Nobody listens where a client hung up; the line is written all the same.
        let _ = self.written.map(|waits| waits.send(result));
    }
}

#[derive(Debug)]
enum Text {
    Entry(Box<Entry>),
    Audit(Value),
    Nothing,
}

impl Journal {
    /// Reads what is there, drops a torn last line, brings the audit up to date and starts the writing thread.
    pub(super) fn open(dir: &Path, audit: Option<&Path>) -> Result<Opened, JournalError> {
        let path = dir.join(NAME);
        let io = |source| JournalError::Io { path: path.clone(), source };
        std::fs::create_dir_all(dir).map_err(io)?;
        let file = lock(&path)?;
        let (entries, whole) = read(&path, &file)?;
        let reader = Arc::new(file.try_clone().map_err(io)?);
        file.set_len(whole).map_err(io)?;
        File::open(dir).and_then(|dir| dir.sync_all()).map_err(io)?;
        let opened = audit.map(|at| Audit::open(at, &entries)).transpose();
        let kept = audit.map(Path::to_owned);
        let audit = opened.map_err(|(path, source)| JournalError::Io { path, source })?;
        let (sender, receiver) = mpsc::channel();
        let disk = Disk { file, whole, audit };
        let thread = thread::Builder::new().name("sim-journal".to_owned());
        let writer = thread.spawn(move || disk.write_all(&receiver)).map_err(io)?;
        Ok(Opened { journal: Self { lines: sender, file: reader, audit: kept }, entries, writer })
    }

    /// Returns once the entry is on the disk, with the place where it lies.
    pub(super) async fn record(&self, entry: Entry) -> Result<Place, NotRecorded> {
        self.send(Text::Entry(Box::new(entry))).await
    }

    /// Adds a line to the audit alone, if there is one.
    pub(super) async fn note(&self, line: Value) -> Result<(), NotRecorded> {
        self.send(Text::Audit(line)).await.map(drop)
    }

    /// The same, and waits for nothing: what many calls are told by must not slow them.
    pub(super) fn tell(&self, line: impl FnOnce() -> Value) {
        if self.audit.is_some() {
            // Nobody is left to read it where the writer has gone.
            let _ = self.lines.send(Line { text: Text::Audit(line()), written: None });
        }
    }

    /// Returns once everything handed in before is written.
    pub(super) async fn catch_up(&self) -> Result<(), NotRecorded> {
        self.send(Text::Nothing).await.map(drop)
    }

    /// The submission that lies there. None where the file was changed behind the simulator's back.
    pub(super) fn submission(&self, place: Place) -> Option<Submission> {
        let mut line = vec![0; usize::try_from(place.bytes).ok()?];
        self.file.read_exact_at(&mut line, place.at).ok()?;
        match serde_json::from_slice(&line).ok()? {
            Entry::Submitted(submission) => Some(submission),
            _ => None,
        }
    }

    async fn send(&self, text: Text) -> Result<Place, NotRecorded> {
        let (written, answer) = oneshot::channel();
        let gone = || NotRecorded("its journal is closed".to_owned());
        self.lines.send(Line { text, written: Some(written) }).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

fn lock(path: &Path) -> Result<File, JournalError> {
    let io = |source| JournalError::Io { path: path.to_owned(), source };
    // Where clients are called back may be a secret.
    let file = private::options().read(true).append(true).create(true).open(path).map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(JournalError::Busy(path.to_owned())),
        Err(TryLockError::Error(source)) => Err(io(source)),
    }
}

type Entries = Vec<(Place, Entry)>;

/// The entries, and the length of the whole lines that hold them.
fn read(path: &Path, file: &File) -> Result<(Entries, u64), JournalError> {
    let io = |source| JournalError::Io { path: path.to_owned(), source };
    let (mut reader, mut line, mut entries, mut at) = (BufReader::new(file), Vec::new(), Vec::new(), 0);
    while reader.read_until(b'\n', &mut line).map_err(io)? > 0 && line.ends_with(b"\n") {
        let number = entries.len() + 1;
        let damaged = |source| JournalError::Damaged { path: path.to_owned(), line: number, source };
        let place = Place { at, bytes: u32::try_from(line.len()).unwrap_or(u32::MAX) };
        entries.push((place, serde_json::from_slice(&line).map_err(damaged)?));
        at += line.len() as u64;
        line.clear();
    }
    Ok((entries, at))
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
            match self.write(&batch) {
                Ok(places) => {
                    for (line, place) in batch.into_iter().zip(places) {
                        line.answer(Ok(place));
                    }
                }
                Err(error) => {
                    let failed = NotRecorded(error.to_string());
                    for line in batch {
                        line.answer(Err(failed.clone()));
                    }
                }
            }
        }
    }

    /// The places of the lines; of one for the audit alone, none that means anything.
    fn write(&mut self, batch: &[Line]) -> io::Result<Vec<Place>> {
        let Written { journal, audit, places } = written(batch, self.whole)?;
        let before = self.whole;
        self.append(&journal)?;
        let audited = self.audit.as_mut().map_or(Ok(()), |file| file.append(&audit));
        audited.inspect_err(|_| self.take_back(before))?;
        Ok(places)
    }

    /// What those who wait are about to hear was not recorded, a later start must not find.
    fn take_back(&mut self, whole: u64) {
        self.whole = whole;
        // Where that fails, the next write tries again.
        let _ = self.file.set_len(whole);
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

/// What goes to the end of both files, and where each line comes to lie in the journal.
#[derive(Debug, Default)]
struct Written {
    journal: Vec<u8>,
    audit: Vec<u8>,
    places: Vec<Place>,
}

/// Behind so many bytes of the journal.
fn written(batch: &[Line], behind: u64) -> io::Result<Written> {
    let mut written = Written::default();
    for line in batch {
        let start = written.journal.len();
        match &line.text {
            Text::Entry(entry) => {
                push_line(&mut written.journal, entry)?;
                audit::line(entry).map_or(Ok(()), |line| push_line(&mut written.audit, &line))?;
            }
            Text::Audit(value) => push_line(&mut written.audit, value)?,
            Text::Nothing => {}
        }
        let bytes = u32::try_from(written.journal.len() - start).unwrap_or(u32::MAX);
        written.places.push(Place { at: behind + start as u64, bytes });
    }
    Ok(written)
}

fn push_line(out: &mut Vec<u8>, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.push(b'\n');
    Ok(())
}

#[cfg(test)]
mod tests;
