//! The git repository that files lie in: what they are called there, and who changed them last. Changes nothing.

use std::path::{Path, PathBuf};

/// The folder that holds `.git`, which a worktree or a submodule has as a file.
fn top(file: &Path) -> Option<&Path> {
    file.ancestors().skip(1).find(|folder| folder.join(".git").exists())
}

/// What a file is called from the top of its repository, or from the working directory where there is none;
/// none for what is no file.
pub(super) fn name(file: &str) -> Option<String> {
    let path: PathBuf = Path::new(file).canonicalize().ok().filter(|path| path.is_file())?;
    let own = top(&path).and_then(|top| path.strip_prefix(top).ok());
    Some(own.map_or_else(|| file.to_owned(), |own| own.to_string_lossy().replace('\\', "/")))
}
