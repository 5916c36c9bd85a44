//! The project: where it is, and whether its storyboards can be rendered.

use std::path::Path;

use crate::cli::args::{BoardArgs, EditionArgs};
use crate::cli::boards::{self, Depth};
use crate::cli::folder::Folder;
use crate::cli::status;
use crate::plan::Plan;
use crate::project;
use crate::report::doctor::{Check, Verdict};
use crate::storyboard::Severity;

pub(super) fn storyboards(root: &Path) -> Check {
    let all = BoardArgs { paths: Vec::new(), edition: EditionArgs::default() };
    let check = |verdict, says: &str| Check::new("project", verdict, format!("{}: {says}", name(root)));
    let boards = match boards::load(&all, Depth::Every) {
        Ok(boards) => boards,
        Err(failure) => {
            let says = failure.message.lines().next().unwrap_or_default().to_owned();
            return Check::new("project", Verdict::Warning, says);
        }
    };
    let working = std::env::current_dir().unwrap_or_default();
    let files = project::storyboards(&[], &working).map_or(0, |files| files.len());
    let files = format!("{files} storyboard{}", if files == 1 { "" } else { "s" });
    let count = |severity| boards.problems.iter().filter(|problem| problem.severity == severity).count();
    match (count(Severity::Error), count(Severity::Warning)) {
        (0, 0) => check(Verdict::Ok, &format!("{files}, no problems")),
        (0, warnings) => check(Verdict::Ok, &format!("{files}, {warnings} to look at (shotlist check)")),
        (errors, _) => {
            let says = format!("{files} with {errors} error{}", if errors == 1 { "" } else { "s" });
            check(Verdict::Problem, &says).next("shotlist check shows each with its line")
        }
    }
}

fn name(root: &Path) -> String {
    let full = root.canonicalize().or_else(|_| std::env::current_dir());
    full.map_or_else(|_| root.display().to_string(), |full| full.display().to_string())
}

/// What a render would do; none where that can't be said.
pub(super) fn plan(folder: &Folder) -> Option<Plan> {
    let takes = folder.read().ok()?;
    status::plan(folder, &takes).ok()
}
