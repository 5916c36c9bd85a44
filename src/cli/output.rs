//! Where a command's file goes: standard output, one file, or a file of each edition in a folder. Written whole or not at
//! all, and never into the vault or over a file of another kind.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::exit::Failure;
use super::films::Number;
use crate::address::Edition;
use crate::record::view::folder_name;
use crate::record::{self, Vault};

/// What `-o` means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    StandardOutput,
    File(PathBuf),
    /// One file of each edition.
    Folder(PathBuf),
}

impl Target {
    /// A folder is one that is there, or is typed with a `/` at its end.
    pub(super) fn new(typed: Option<&Path>) -> Self {
        let Some(path) = typed.filter(|path| *path != Path::new("-")) else { return Self::StandardOutput };
        let ends_in_slash = path.as_os_str().as_encoded_bytes().ends_with(b"/");
        if ends_in_slash || path.is_dir() {
            return Self::Folder(path.to_owned());
        }
        Self::File(path.to_owned())
    }

    /// How many films there is room for.
    pub(super) fn number(&self) -> Number {
        if matches!(self, Self::Folder(_)) { Number::Any } else { Number::One }
    }

    /// The file of an edition; none for standard output.
    pub(super) fn file(&self, edition: &Edition, extension: &str) -> Option<PathBuf> {
        match self {
            Self::StandardOutput => None,
            Self::File(path) => Some(path.clone()),
            Self::Folder(folder) => Some(folder.join(file_name(edition, extension))),
        }
    }
}

/// An edition's file is called as its folder in the view.
pub(super) fn file_name(edition: &Edition, extension: &str) -> String {
    format!("{}.{extension}", folder_name(edition))
}

/// May this be written here? Takes are never replaced, of whatever output folder, nor a file of another kind.
pub(super) fn admit(path: &Path, extension: &str, vault: &Vault) -> Result<(), Failure> {
    let real = |path: &Path| fs::canonicalize(path).ok();
    let folder = real(folder_of(&target(path)));
    let is_in = |folder: &Path| {
        let is_own = real(vault.dir()).is_some_and(|vault| folder.starts_with(vault));
        is_own || folder.ancestors().any(record::is_vault)
    };
    let is_in_vault = folder.as_deref().is_some_and(is_in);
    if is_in_vault {
        return Err(Failure::usage(format!(
            "{} is among the takes, where nothing else may be; choose another folder",
            path.display()
        )));
    }
    is_of_kind_or_new(path, extension)
}

/// A file of another kind was not meant.
pub(super) fn is_of_kind_or_new(path: &Path, extension: &str) -> Result<(), Failure> {
    let target = target(path);
    let is_other = kind(&target) == Kind::File
        && target.extension().is_none_or(|own| !own.eq_ignore_ascii_case(extension));
    if is_other {
        let shown = path.display();
        return Err(Failure::usage(format!(
            "{shown} is there and no .{extension} file; choose another name"
        )));
    }
    Ok(())
}

/// What would be written: where a link leads to, the file at its end. What `/dev/stdout` leads to was the shell's to open.
fn target(path: &Path) -> PathBuf {
    let followed = (!path.starts_with("/dev")).then(|| fs::canonicalize(path).ok()).flatten();
    followed.unwrap_or_else(|| path.to_owned())
}

/// Makes the folder that a file goes into, where it was named as a folder.
pub(super) fn prepare(target: &Target) -> Result<(), Failure> {
    let Target::Folder(folder) = target else { return Ok(()) };
    fs::create_dir_all(folder).map_err(|error| unwritten(folder, &error))
}

/// The whole file anew, under its name only once it is complete. A link, pipe or device is written to as it is.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let written = match kind(path) {
        Kind::None | Kind::File => replace(path, bytes),
        Kind::Other => File::create(path).and_then(|mut file| file.write_all(bytes)),
    };
    written.map_err(|error| unwritten(path, &error))
}

/// What is put under its name whole can't go to a link, a pipe or a folder.
pub(super) fn is_plain_or_new(path: &Path) -> Result<(), Failure> {
    match kind(path) {
        Kind::None | Kind::File => Ok(()),
        Kind::Other => {
            Err(Failure::usage(format!("{} is there and no plain file; choose another name", path.display())))
        }
    }
}

/// What lies at a path itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    None,
    File,
    Other,
}

fn kind(path: &Path) -> Kind {
    match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_file() => Kind::File,
        Ok(_) => Kind::Other,
        Err(_) => Kind::None,
    }
}

/// Likewise, and a link is replaced too, not followed.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = temporary(folder_of(path))?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

/// With the permissions of any new file.
#[cfg(unix)]
fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    use std::os::unix::fs::PermissionsExt;
    tempfile::Builder::new()
        .prefix(".shotlist-")
        .permissions(fs::Permissions::from_mode(0o666))
        .tempfile_in(folder)
}

#[cfg(not(unix))]
fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(".shotlist-").tempfile_in(folder)
}

pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

pub(super) fn unwritten(path: &Path, error: &io::Error) -> Failure {
    Failure::broken(format!("could not write {}: {error}", path.display()))
}
