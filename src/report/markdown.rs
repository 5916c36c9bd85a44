//! The plan as a comment for a pull request: totals first, each storyboard folded below them, within GitHub's limit.
//! Decides nothing; whatever a storyboard holds stands there as text.

mod board;
mod escape;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use super::table::{Spending, summary};
use crate::plan::Plan;
use crate::storyboard::{Problem, Severity};
use board::{Board, Depth};
use escape::Fence;

/// The longest comment, in characters (GitHub answers `body is too long (maximum is 65536 characters)`).
const LIMIT: usize = 65_536;
/// What the sentence about what was left out takes at the most.
const LAST: usize = 300;

/// The plan.
#[must_use]
pub fn plan(plan: &Plan, spending: Spending) -> String {
    let boards = Board::all(plan);
    let mut out = format!("### {}\n\n", summary(plan, spending));
    if spending == Spending::Simulated {
        out.push_str("On the simulator: nobody pays this.\n\n");
    }
    out.push_str(&board::totals(&boards));
    let mut left_out = LeftOut::default();
    for (at, board) in boards.iter().enumerate() {
        // Every storyboard that is still to come gets its line.
        let later: usize = boards[at + 1..].iter().map(|board| size(&board.folded(Depth::Name))).sum();
        let room = LIMIT.saturating_sub(size(&out) + later + LAST);
        out.push_str(&left_out.fitting(board, room));
    }
    out.push_str(&left_out.told());
    out
}

/// The problems because of which there is no plan.
#[must_use]
pub fn problems(problems: &[Problem]) -> String {
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    let mut out = format!("### No plan: {errors} {}\n\n", if errors == 1 { "problem" } else { "problems" });
    let lines: Vec<String> = problems.iter().map(line).collect();
    let fence = Fence::around(lines.iter().map(String::as_str));
    let mut shown = 0;
    let mut body = String::new();
    for line in &lines {
        if size(&out) + size(&body) + size(line) + LAST > LIMIT {
            break;
        }
        let _ = writeln!(body, "{line}");
        shown += 1;
    }
    let _ = writeln!(out, "{fence}text\n{body}{fence}");
    if shown < lines.len() {
        let _ =
            writeln!(out, "\n{} more are left out: a comment holds {LIMIT} characters.", lines.len() - shown);
    }
    out
}

fn line(problem: &Problem) -> String {
    let (line, column) = problem.source.line_column(problem.span.start);
    let help = problem.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    let kind = if problem.severity == Severity::Error { "error" } else { "warning" };
    let said = format!("{}:{line}:{column}: {kind}: {}{help}", problem.source.name, problem.message);
    super::problems::visible(&said.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// As GitHub may count them: one beyond the basic plane is two.
fn size(text: &str) -> usize {
    text.encode_utf16().count()
}

/// What had no room.
#[derive(Default)]
struct LeftOut {
    prompts: usize,
    clips: usize,
}

impl LeftOut {
    /// As much of a storyboard as there is room for.
    fn fitting(&mut self, board: &Board, room: usize) -> String {
        let whole = board.folded(Depth::Whole);
        if size(&whole) <= room {
            return whole;
        }
        self.prompts += board.prompts();
        let counts: Vec<usize> = (1..=board.rows()).collect();
        let rows = counts.partition_point(|&rows| size(&board.folded(Depth::Rows(rows))) <= room);
        self.clips += board.rows() - rows;
        board.folded(if rows > 0 { Depth::Rows(rows) } else { Depth::Name })
    }

    fn told(&self) -> String {
        let count = |number: usize, what: &str| {
            (number > 0).then(|| format!("{number} {what}{}", if number == 1 { "" } else { "s" }))
        };
        let parts = [count(self.clips, "clip"), count(self.prompts, "changed prompt")];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() {
            return String::new();
        }
        format!(
            "\nLeft out, since a comment holds {LIMIT} characters: {}. `shotlist plan` shows them.\n",
            parts.join(" and ")
        )
    }
}
