//! The git repository that files lie in: what they are called there, and who changed them last. Changes nothing.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

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

/// The commit that last changed a file, on one line, and whether the file has changed since; none without git.
pub(super) fn last_change(file: &str) -> Option<String> {
    let commit = git(&["log", "-1", "--no-show-signature", "--format=%h %as %s", "--", file])?;
    let is_dirty = git(&["status", "--porcelain", "--", file]).is_some_and(|changed| !changed.is_empty());
    let since = if is_dirty { ", and changed since" } else { "" };
    (!commit.is_empty()).then(|| format!("{commit}{since}"))
}

/// Asks git, without a prompt, a pager, a hook or a lock.
fn git(words: &[&str]) -> Option<String> {
    let quiet =
        ["--no-pager", "--no-optional-locks", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"];
    let mut command = Command::new("git");
    command.args(quiet).args(words).env("GIT_TERMINAL_PROMPT", "0");
    let done = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    done.status.success().then(|| String::from_utf8_lossy(&done.stdout).trim().to_owned())
}
