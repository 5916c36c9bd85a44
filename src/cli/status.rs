//! `status`: what is in flight, finished, failed and unknown in a folder, and the money. Reads only.

use jiff::Timestamp;

use super::args::{BoardArgs, EditionArgs, Limits, SelectArgs, StatusArgs};
use super::boards::{self, Boards, Depth};
use super::exit::{Exit, Failure};
use super::folder::{Files, Folder};
use super::plan as plan_command;
use super::terminal::{Format, Terminal};
use crate::plan::Plan;
use crate::record::{self, FileState, Trust, Vault};
use crate::report::status::{self, Need, Wrong};
use crate::take::Takes;

pub(super) fn status(args: &StatusArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let folder = Folder::at(&args.place, &boards::root(&[], &args.place)?);
    // Before the record: what it then shows as being sent was sent by this run.
    let holder = record::holder(&folder.dir);
    let takes = folder.read()?;
    let plan = plan(&folder, &takes)?;
    let wrong = wrong(&folder, &takes, if args.verify { Trust::Nothing } else { Trust::SizeAndTime })?;
    let report = status::Status { takes: &takes, holder: holder.as_ref(), plan: &plan, wrong: &wrong };
    match terminal.format {
        Format::Json => terminal.data(&format!("{}\n", report.json())),
        Format::Text => terminal.data(&report.text(&folder.name(), terminal.out_look())),
    }
    if let Some(next) = next(report.need(), &folder) {
        terminal.say(&format!("next: {next}"));
    }
    Ok(if report.has_unknown() {
        Exit::Unknown
    } else if args.verify && !wrong.is_empty() {
        Exit::Failed
    } else {
        Exit::Done
    })
}

/// The command for it, and what that does.
fn next(need: Need, folder: &Folder) -> Option<String> {
    let (command, does) = match need {
        Need::Nothing => return None,
        Need::Reconcile => ("reconcile", "which asks fal's history for what is unknown"),
        Need::Follow => ("render", "which follows and files what is paid for"),
        Need::Fetch => ("render", "which fetches these files again, as long as fal has them"),
        Need::Plan => ("plan", "which shows what is still to be rendered"),
        Need::Mend => ("plan --failed", "which shows what failed, and what it would cost again"),
    };
    Some(format!("{}, {does}", folder.command(command)))
}

/// For budgets and for what is still in use; storyboards with problems only lack them.
pub(super) fn plan(folder: &Folder, takes: &Takes) -> Result<Plan, Failure> {
    let board = BoardArgs { paths: Vec::new(), edition: EditionArgs::default() };
    let boards = boards::load(&board, Depth::Asked).ok().filter(|boards| !boards.has_errors());
    let boards = boards.map_or_else(Boards::none, Ok)?;
    plan_command::make(&boards, folder, takes, &Files::default(), &SelectArgs::default(), Limits::default())
}

/// Files that are not as they landed.
fn wrong(folder: &Folder, takes: &Takes, trust: Trust) -> Result<Vec<Wrong>, Failure> {
    let (vault, now) = (Vault::of(&folder.dir), Timestamp::now());
    let mut wrong = Vec::new();
    for take in takes.iter().filter(|take| take.landed.is_some()) {
        let what = match vault.state(take, trust, now).map_err(Failure::broken)? {
            FileState::Present | FileState::Touched(_) => continue,
            FileState::Missing if take.expired.is_some() => "is missing, and gone at fal",
            FileState::Missing => "is missing",
            FileState::Altered => "is not what landed: its bytes changed",
            FileState::NotAFile => "is no plain file",
        };
        wrong.push(Wrong { file: Vault::relative_path(take), address: take.intent.address.clone(), what });
    }
    Ok(wrong)
}
