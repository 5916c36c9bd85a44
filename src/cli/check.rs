//! `check`: every problem of every storyboard.

use super::args::CheckArgs;
use super::boards::{self, Depth};
use super::exit::{Exit, Failure};
use super::repository;
use super::terminal::{Format, Terminal};
use crate::report::{github, json};

pub(super) fn check(args: &CheckArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let boards = boards::load(&args.board, Depth::Every)?;
    match terminal.format {
        Format::Json => terminal.data(&format!("{}\n", json::problems(&boards.problems))),
        Format::Text => terminal.problems(&boards.problems),
    }
    if args.github {
        terminal.data(&github::problems(&boards.problems, &repository::name));
    }
    if boards.has_errors() {
        return Ok(Exit::Problems);
    }
    if terminal.format == Format::Text && boards.problems.is_empty() {
        terminal.say("no problems");
    }
    Ok(Exit::Done)
}
