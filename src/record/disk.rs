//! Every file operation on which a purchase depends, one function each, so that each of them can be made to fail.
//! Decides nothing: what to write, where and when is for the callers.

use std::ffi::OsStr;
use std::fs::{self, DirEntry, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use tempfile::TempPath;

use crate::crash::{self, Op, Point, gate};

/// Something that could not be done on disk.
#[derive(Clone, Debug, thiserror::Error)]
#[error("could not {action} {}: {cause}", path.display())]
pub struct DiskError {
    /// A verb, as in `could not {action} {path}`.
    pub action: &'static str,
    pub path: PathBuf,
    pub cause: Arc<io::Error>,
}

type Disk<T> = Result<T, DiskError>;

/// Names what was being done when it failed.
pub(super) fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> DiskError {
    move |cause| DiskError { action, path: path.to_owned(), cause: Arc::new(cause) }
}

/// Which file it is and how it last changed: all that can be seen of a file without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) identity: (u64, u64),
    pub(super) bytes: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    pub(super) fn of(meta: &Metadata) -> Self {
        Self { identity: identity(meta), bytes: meta.len(), modified: meta.modified().ok() }
    }

    /// Nanoseconds since 1970; zero where the system knows no time.
    pub(super) fn nanos(&self) -> i64 {
        let since = self.modified.and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
        since.and_then(|since| i64::try_from(since.as_nanos()).ok()).unwrap_or_default()
    }
}

#[cfg(unix)]
fn identity(meta: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (meta.dev(), meta.ino())
}

#[cfg(not(unix))]
fn identity(meta: &Metadata) -> (u64, u64) {
    let since = meta.created().ok().and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
    (0, since.map_or(0, |since| u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)))
}

/// What lies at the path itself, a symbolic link included; none where nothing does.
pub(super) fn look(path: &Path) -> Disk<Option<Metadata>> {
    match gate(Op::Read, path, || fs::symlink_metadata(path)) {
        Ok(meta) => Ok(Some(meta)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("look at", path)(error)),
    }
}

/// What an open file is.
pub(super) fn stamp(file: &File, path: &Path) -> Disk<Stamp> {
    let meta = gate(Op::Read, path, || file.metadata());
    meta.map(|meta| Stamp::of(&meta)).map_err(failed("look at", path))
}

/// Opens a plain file for reading; none where there is none. A link, folder or pipe is never opened.
pub(super) fn open(path: &Path) -> Disk<Option<File>> {
    let Some(meta) = look(path)? else { return Ok(None) };
    let plain = if meta.is_file() { Ok(()) } else { Err(not_plain()) };
    plain.map_err(failed("read", path))?;
    match gate(Op::Read, path, || File::open(path)) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("read", path)(error)),
    }
}

/// All that is in an open file.
pub(super) fn read(mut file: &File, path: &Path) -> Disk<Vec<u8>> {
    let mut bytes = Vec::new();
    gate(Op::Read, path, || file.read_to_end(&mut bytes)).map_err(failed("read", path))?;
    Ok(bytes)
}

fn not_plain() -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, "it is not a plain file; move it away")
}

/// Opens a plain file to write at its end.
pub(super) fn open_append(path: &Path) -> Disk<File> {
    gate(Op::Read, path, || OpenOptions::new().append(true).open(path)).map_err(failed("open", path))
}

/// Opens a file that stays when it is there already, and is made when it is not.
pub(super) fn open_or_create(path: &Path) -> Disk<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    gate(Op::Create, path, || options.open(path)).map_err(failed("open", path))
}

/// A new file; what is there already is an error.
pub(super) fn create_new(path: &Path) -> Disk<File> {
    gate(Op::Create, path, || File::create_new(path)).map_err(failed("create", path))
}

/// A folder with all above it, each of them on disk when this returns.
pub(super) fn create_dir_all(path: &Path) -> Disk<()> {
    if path.is_dir() {
        return Ok(());
    }
    let above = parent(path);
    create_dir_all(above)?;
    match gate(Op::MakeFolder, path, || fs::create_dir(path)) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => {}
        made => made.map_err(failed("create", path))?,
    }
    sync_dir(above)
}

/// The entries of a folder by name; none where there is no folder.
pub(super) fn list(path: &Path) -> Disk<Vec<DirEntry>> {
    let entries = match gate(Op::Read, path, || fs::read_dir(path)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed("list", path))?,
    };
    let mut entries: Vec<_> = entries.collect::<Result<_, _>>().map_err(failed("list", path))?;
    entries.sort_by_key(DirEntry::file_name);
    Ok(entries)
}

pub(super) fn write(file: &File, path: &Path, bytes: &[u8]) -> Disk<()> {
    crash::write(file, path, bytes).map_err(failed("write", path))
}

pub(super) fn truncate(file: &File, path: &Path) -> Disk<()> {
    gate(Op::Empty, path, || file.set_len(0)).map_err(failed("empty", path))
}

/// The bytes of a file are on disk when this returns.
pub(super) fn sync_data(file: &File, path: &Path) -> Disk<()> {
    gate(Op::Sync, path, || file.sync_data()).map_err(failed("sync", path))
}

/// The bytes of a file and all about it are on disk when this returns.
pub(super) fn sync_all(file: &File, path: &Path) -> Disk<()> {
    gate(Op::Sync, path, || file.sync_all()).map_err(failed("sync", path))
}

/// The names in a folder are on disk when this returns.
#[cfg(unix)]
pub(super) fn sync_dir(path: &Path) -> Disk<()> {
    let sync = || File::open(path).and_then(|dir| dir.sync_all());
    gate(Op::SyncFolder, path, sync).map_err(failed("sync", path))
}

/// Only Unix can sync a folder.
#[cfg(not(unix))]
pub(super) fn sync_dir(_path: &Path) -> Disk<()> {
    Ok(())
}

/// Moves a file, and replaces what is at its new name.
pub(super) fn rename_over(from: &Path, to: &Path) -> Disk<()> {
    gate(Op::Rename { from }, to, || fs::rename(from, to)).map_err(failed("replace", to))
}

/// What became of a move that replaces nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum Moved {
    Yes,
    /// Something has that name already; nothing was moved.
    NameTaken,
}

/// Moves a file to a name that nothing has, as one step.
pub(super) fn rename_new(from: &Path, to: &Path) -> Disk<Moved> {
    let mut temp = TempPath::try_from_path(from).map_err(failed("move", from))?;
    temp.disable_cleanup(true);
    let moved = gate(Op::Rename { from }, to, || temp.persist_noclobber(to).map_err(|error| error.error));
    match moved {
        Ok(()) => Ok(Moved::Yes),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(Moved::NameTaken),
        Err(error) => Err(failed("move a file to", to)(error)),
    }
}

/// Removes a file or a link, not what it points to; it is no error when there is none.
pub(super) fn remove(path: &Path) -> Disk<()> {
    match gate(Op::Remove, path, || fs::remove_file(path)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(failed("remove", path)(error)),
        _ => Ok(()),
    }
}

/// Nobody may write to the file any more.
pub(super) fn set_read_only(file: &File, path: &Path) -> Disk<()> {
    let mut permissions = file.metadata().map_err(failed("look at", path))?.permissions();
    permissions.set_readonly(true);
    gate(Op::Protect, path, || file.set_permissions(permissions)).map_err(failed("protect", path))
}

/// The whole file anew, under its name only once it is on disk.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Disk<()> {
    let temp = beside(path);
    remove(&temp)?;
    let file = create_new(&temp)?;
    write(&file, &temp, bytes)?;
    sync_all(&file, &temp)?;
    crash::point(Point::ReplacementWritten);
    rename_over(&temp, path)?;
    crash::point(Point::ReplacementRenamed);
    sync_dir(parent(path))
}

/// The temporary name beside a file. One is enough: only the holder of the lock writes.
pub(super) fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().map(OsStr::to_string_lossy).unwrap_or_default();
    path.with_file_name(format!(".{}{TEMPORARY}", name.trim_start_matches('.')))
}

/// The end of every temporary name; a killed run leaves such files, the next one removes them.
pub(super) const TEMPORARY: &str = ".shotlist-part";

/// The folder that a path is in.
pub(super) fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

/// Removes the temporary files that a killed run left in a folder.
pub(super) fn sweep(dir: &Path) -> Disk<()> {
    for entry in list(dir)? {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let plain = entry.file_type().is_ok_and(|kind| kind.is_file());
        if plain && name.starts_with('.') && name.ends_with(TEMPORARY) {
            remove(&entry.path())?;
        }
    }
    Ok(())
}
