//! `plan`: what would be bought, why, and for how much. Needs no key and no network, and changes nothing.

use std::collections::BTreeSet;

use super::again::Typed;
use super::args::{BoardArgs, FolderArgs, Limits, PlanArgs, SelectArgs};
use super::boards::{self, Boards, Depth};
use super::exit::{Exit, Failure};
use super::folder::{Files, Folder};
use super::repository;
use super::terminal::{Format, Terminal};
use crate::address::Address;
use crate::expand::Expanded;
use crate::plan::{self, Action, Clip, FailedOnly, Input, Plan, Selection};
use crate::report::style::Look;
use crate::report::table::{self, Shown};
use crate::report::{github, json, markdown};
use crate::take::Takes;
use crate::timeline;

pub(super) fn plan(args: &PlanArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let form = Form::of(args, terminal);
    let done = preview(&args.board, &args.select, &args.folder, form, terminal);
    if !args.detailed_exitcode {
        return done.map(|plan| if plan.is_some() { Exit::Done } else { Exit::Problems });
    }
    match done {
        Ok(Some(plan)) if is_idle(&plan) => Ok(Exit::Done),
        Ok(Some(_)) => Ok(Exit::ToDo),
        Ok(None) => Ok(Exit::Broken),
        Err(failure) => Err(Failure { exit: Exit::Broken, ..failure }),
    }
}

/// What a plan is shown as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Table,
    Json,
    Markdown,
    Github,
}

impl Form {
    fn of(args: &PlanArgs, terminal: Terminal) -> Self {
        match (args.markdown, args.github) {
            (true, _) => Self::Markdown,
            (_, true) => Self::Github,
            _ => terminal.format.into(),
        }
    }
}

impl From<Format> for Form {
    fn from(format: Format) -> Self {
        match format {
            Format::Text => Self::Table,
            Format::Json => Self::Json,
        }
    }
}

/// Plans and shows, for `render --dry-run` too. None where the storyboards have problems, which have been shown.
pub(super) fn preview(
    board: &BoardArgs,
    select: &SelectArgs,
    folder: &FolderArgs,
    form: Form,
    terminal: Terminal,
) -> Result<Option<Plan>, Failure> {
    let boards = boards::load(board, Depth::Asked)?;
    let limits = folder.limits();
    let folder = Folder::new(folder, &boards::root(&board.paths, &folder.place)?);
    let takes = folder.read()?;
    let files = folder.files(&takes)?;
    show_problems(&boards, form, terminal);
    if boards.has_errors() {
        return Ok(None);
    }
    let plan = make(&boards, &folder, &takes, &files, select, limits)?;
    Preview { plan: &plan, boards: &boards, takes: &takes, folder: &folder, terminal }.show(form);
    Ok(Some(plan))
}

fn show_problems(boards: &Boards, form: Form, terminal: Terminal) {
    terminal.problems(&boards.problems);
    match form {
        Form::Github => terminal.data(&github::problems(&boards.problems, &repository::name)),
        Form::Markdown if boards.has_errors() => terminal.data(&markdown::problems(&boards.problems)),
        _ => {}
    }
}

/// Plans what the flags select in this folder.
pub(super) fn make(
    boards: &Boards,
    folder: &Folder,
    takes: &Takes,
    files: &Files,
    select: &SelectArgs,
    limits: Limits,
) -> Result<Plan, Failure> {
    let selection = selection(select);
    let grouping = folder.grouping()?;
    let input = Input {
        expanded: &boards.expanded,
        takes,
        grouping: grouping.as_ref(),
        absent: &files.absent,
        selection: &selection,
        cap: limits.cap,
        attempts: limits.attempts,
        superseded: folder.superseded(),
    };
    let plan = plan::plan(&input).map_err(|problems| {
        let words = problems.iter().map(|problem| format!("{}: {}", problem.source.name, problem.label));
        Failure::new(Exit::Problems, words.collect::<Vec<_>>().join("\n"))
    })?;
    selects_something(&selection, &plan)?;
    knows_tags(&selection, &boards.expanded)?;
    Ok(plan)
}

fn selection(args: &SelectArgs) -> Selection {
    Selection {
        only: args.only.clone(),
        except: args.except.clone(),
        tags: args.tags.clone(),
        failed: if args.failed { FailedOnly::Yes } else { FailedOnly::No },
        force: args.force.clone(),
    }
}

/// A pattern that no clip matches is a typo, and what it was meant for would not be done.
fn selects_something(selection: &Selection, plan: &Plan) -> Result<(), Failure> {
    let idle: Vec<String> = selection
        .patterns()
        .filter(|pattern| !plan.clips.iter().any(|clip| clip.matches(pattern)))
        .map(|pattern| format!("`{pattern}`"))
        .collect();
    if idle.is_empty() {
        return Ok(());
    }
    let message =
        format!("no clip matches {}; did you mean {}?", idle.join(", "), nearest(&idle[0], plan).join(", "));
    Err(Failure::new(Exit::Problems, message))
}

/// The three storyboards, scenes and clips whose names come nearest.
pub(super) fn nearest(typed: &str, plan: &Plan) -> Vec<String> {
    let address = |clip: &Clip| {
        let Address { edition, scene, .. } = &clip.address;
        [edition.to_string(), format!("{edition}/{scene}"), clip.address.to_string()]
    };
    let mut names: Vec<String> = plan.clips.iter().flat_map(address).collect();
    names.sort_unstable();
    names.dedup();
    names.sort_by_cached_key(|name| strsim::damerau_levenshtein(typed.trim_matches('`'), name));
    names.truncate(3);
    names
}

/// Likewise a tag.
fn knows_tags(selection: &Selection, expanded: &[Expanded]) -> Result<(), Failure> {
    let shots = || expanded.iter().flat_map(|one| &one.scenes).flat_map(|scene| &scene.shots);
    let known: BTreeSet<&String> = shots().flat_map(|shot| &shot.tags).collect();
    let idle: Vec<String> =
        selection.tags.iter().filter(|tag| !known.contains(tag)).map(|tag| format!("`{tag}`")).collect();
    if idle.is_empty() {
        return Ok(());
    }
    let known: Vec<&str> = known.into_iter().map(String::as_str).collect();
    let there = if known.is_empty() { "no tags".to_owned() } else { known.join(", ") };
    Err(Failure::new(Exit::Problems, format!("no clip has the tag {}; there are {there}", idle.join(", "))))
}

/// A plan that is to be looked at.
struct Preview<'a> {
    plan: &'a Plan,
    boards: &'a Boards,
    takes: &'a Takes,
    folder: &'a Folder,
    terminal: Terminal,
}

impl Preview<'_> {
    /// As data on standard output.
    fn show(&self, form: Form) {
        let (plan, terminal, spending) = (self.plan, self.terminal, self.folder.spending());
        match form {
            Form::Json => terminal.data(&format!("{}\n", json::plan(plan, None))),
            Form::Markdown => terminal.data(&markdown::plan(plan, spending)),
            Form::Github => {
                let films = timeline::timelines(&self.boards.expanded, plan, self.takes);
                terminal.data(&github::plan(plan, &films, spending, &repository::name));
                terminal.say(&self.table(terminal.err_look()));
            }
            Form::Table => {
                terminal.data(&self.table(terminal.out_look()));
                if plan.purchases() > 0 {
                    terminal.say(&format!("next: {}", Typed::here().render()));
                }
            }
        }
    }

    fn table(&self, look: Look) -> String {
        table::plan(self.plan, Shown::All, self.folder.spending(), look)
    }
}

/// Is every take wanted there?
fn is_idle(plan: &Plan) -> bool {
    plan.actions().all(Action::is_current)
}
