//! What was typed. What it means is decided where each command begins.

mod catalog;
mod completions;
mod cut;
mod doctor;
mod explain;
mod export;
mod init;
mod past;
mod plan;
mod render;
mod report;
mod schema;
mod sim;

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::address::{Id, Pattern};
use crate::usd::Usd;

pub(super) use catalog::{ModelsArgs, PricesArgs};
pub(super) use completions::CompletionsArgs;
pub(super) use cut::CutArgs;
pub(super) use doctor::DoctorArgs;
pub(super) use explain::ExplainArgs;
pub(super) use export::{ExportArgs, FilmArgs, Format};
pub(super) use init::InitArgs;
pub(super) use past::{AdoptArgs, LedgerArgs, ReconcileArgs};
pub(super) use plan::{CheckArgs, PlanArgs};
pub(super) use render::RenderArgs;
pub(super) use report::ReportArgs;
pub(super) use schema::SchemaArgs;
pub(super) use sim::{SimArgs, Size as SimSize};

const BELOW: &str = "\
Exit codes:
  0    every selected clip is current
  1    the run could not go on: disk, network, internal
  2    wrong usage, or the storyboard or a template has problems
  3    held by the budget; nothing over the cap was sent
  4    no key, or refused by fal: key, balance, permission
  5    some clips failed, or are held as failed or lost; the rest is saved
  6    purchases in an unknown state wait for `shotlist reconcile`
  7    another run holds the folder, it belongs to another queue, or a price is stale
  130  interrupted, resumable
When several apply: 130, else the first of 2, 7, 4, 1, 6, 3, 5.

Environment:
  FAL_KEY                    the key to fal, or FAL_KEY_ID and FAL_KEY_SECRET
  SHOTLIST_QUEUE_URL         fal's queue [default: https://queue.fal.run]
  SHOTLIST_API_URL           fal's platform [default: https://api.fal.ai; none when only the queue's is set]
  SHOTLIST_JWKS_URL          the keys that callbacks are signed with [default: fal's; needed when the queue's is set]
  NO_COLOR                   no colors
  SHOTLIST_…                 every flag has one: --jobs is SHOTLIST_JOBS";

/// Renders storyboards: plans, prices and buys exactly the video clips that changed.
#[derive(Debug, Parser)]
#[command(name = "shotlist", version, after_help = BELOW, disable_help_subcommand = true)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Finds every problem of every storyboard; needs no key and no network
    Check(CheckArgs),
    /// Shows for every clip what would be bought, why, and for how much
    Plan(PlanArgs),
    /// Does what the plan shows: buys, follows and files every clip
    #[command(visible_alias = "run")]
    Render(RenderArgs),
    /// Shows what is in flight, finished, failed and unknown, and the money
    Status(StatusArgs),
    /// Goes from a clip, a take or a file back to the lines, variables and purchases that made it
    Explain(ExplainArgs),
    /// Writes the contact sheet: one page with every clip, its shots, takes and money
    Report(ReportArgs),
    /// Writes a film for the edit: OTIO, EDL, subtitles, a shot list
    Export(ExportArgs),
    /// Joins a film's takes into one video with ffmpeg, or pulls key frames out of them
    Cut(CutArgs),
    /// Settles purchases in an unknown state from fal's request history
    Reconcile(ReconcileArgs),
    /// Shows every purchase with its money: planned, counted, and what fal says it bills
    Ledger(LedgerArgs),
    /// Takes in clips that were bought elsewhere with the same request; buys nothing
    Adopt(AdoptArgs),
    /// Simulates fal as a server of its own, for any client of fal's queue; nothing is bought
    Sim(SimArgs),
    /// Shows the models that a storyboard can name, their limits and settings
    Models(ModelsArgs),
    /// Shows what the models cost, and whether fal asks the same today
    Prices(PricesArgs),
    /// Prints a JSON Schema of storyboards, with which an editor completes, explains and checks them
    Schema(SchemaArgs),
    /// Prints what a shell needs to complete commands and flags
    Completions(CompletionsArgs),
    /// Checks the set-up: key, network, clock, prices, disk, ffmpeg; buys nothing
    Doctor(DoctorArgs),
    /// Makes a project that renders at once
    Init(InitArgs),
}

/// Behind a command's own flags, among which help would otherwise strew them.
const LAST: usize = 900;

/// Flags that every command has.
#[derive(Debug, Args)]
pub(super) struct OutputArgs {
    /// Prints one JSON object on standard output
    #[arg(long, global = true, display_order = LAST, env = "SHOTLIST_JSON", value_parser = BoolishValueParser::new())]
    pub(super) json: bool,
    /// Says only what went wrong
    #[arg(short, long, global = true, display_order = LAST, conflicts_with = "verbose", env = "SHOTLIST_QUIET", value_parser = BoolishValueParser::new())]
    pub(super) quiet: bool,
    /// Says more: every step of every clip
    #[arg(short, long, global = true, display_order = LAST, env = "SHOTLIST_VERBOSE", value_parser = BoolishValueParser::new())]
    pub(super) verbose: bool,
    /// When to use colors
    #[arg(long, global = true, display_order = LAST, value_name = "WHEN", default_value = "auto", env = "SHOTLIST_COLOR")]
    pub(super) color: Color,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    Always,
    Never,
}

/// Which storyboards, and with what in them.
#[derive(Debug, Args)]
pub(super) struct BoardArgs {
    /// Storyboards, or folders of them [default: the project's storyboards/]
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) edition: EditionArgs,
}

/// What in the storyboards may vary.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct EditionArgs {
    /// Sets a variable for this run; may be given several times
    #[arg(long = "var", value_name = "NAME=VALUE", value_parser = variable, env = "SHOTLIST_VAR")]
    pub(super) vars: Vec<(String, String)>,
    /// Uses a profile of the storyboards
    #[arg(long, value_name = "NAME", value_parser = id, env = "SHOTLIST_PROFILE")]
    pub(super) profile: Option<Id>,
}

/// Which clips.
#[derive(Debug, Default, Args)]
pub(super) struct SelectArgs {
    /// Only clips that match, such as `neon-harbor/rooftop` or `*/title-card`
    #[arg(long, value_name = "GLOB", value_parser = pattern, env = "SHOTLIST_ONLY", value_delimiter = ',')]
    pub(super) only: Vec<Pattern>,
    /// No clips that match
    #[arg(long, value_name = "GLOB", value_parser = pattern, env = "SHOTLIST_EXCEPT", value_delimiter = ',')]
    pub(super) except: Vec<Pattern>,
    /// Only clips with this tag
    #[arg(long = "tag", value_name = "TAG", env = "SHOTLIST_TAG", value_delimiter = ',')]
    pub(super) tags: Vec<String>,
    /// Only clips that failed, and buy them again
    #[arg(long, env = "SHOTLIST_FAILED", value_parser = BoolishValueParser::new())]
    pub(super) failed: bool,
    /// Buy one take more of clips that match, whatever is owned
    #[arg(long, value_name = "GLOB", value_parser = pattern, env = "SHOTLIST_FORCE", value_delimiter = ',')]
    pub(super) force: Vec<Pattern>,
}

/// Where the clips are, and of which queue.
#[derive(Debug, Args)]
pub(super) struct PlaceArgs {
    /// The output folder [default: the project's renders, or animatics with --sim]
    #[arg(long, value_name = "DIR", env = "SHOTLIST_OUT")]
    pub(super) out: Option<PathBuf>,
    /// Uses the built-in simulator instead of fal: free, and a render yields playable animatics
    #[arg(long, env = "SHOTLIST_SIM", value_parser = BoolishValueParser::new())]
    pub(super) sim: bool,
}

/// What counts as there, and what may be spent.
#[derive(Debug, Args)]
pub(super) struct FolderArgs {
    #[command(flatten)]
    pub(super) place: PlaceArgs,
    /// Takes recorded takes as current although their files are not here
    #[arg(long, env = "SHOTLIST_NO_FETCH", value_parser = BoolishValueParser::new())]
    pub(super) no_fetch: bool,
    /// The most that new purchases of one run may cost, in dollars
    #[arg(long, value_name = "USD", env = "SHOTLIST_BUDGET")]
    pub(super) budget: Option<Usd>,
    /// How many times in its life, not per run, a clip is bought as long as it ends in a server error of fal, which
    /// costs nothing
    #[arg(long, value_name = "N", default_value_t = ATTEMPTS, value_parser = clap::value_parser!(u16).range(1..), env = "SHOTLIST_ATTEMPTS")]
    pub(super) attempts: u16,
}

/// fal's queue has then tried up to ten times for each (its retries page).
const ATTEMPTS: u16 = 2;

/// What may be spent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// In one run.
    pub(super) cap: Option<Usd>,
    /// Purchases of one request that end in a server error.
    pub(super) attempts: usize,
}

impl Default for Limits {
    /// Those of no flags.
    fn default() -> Self {
        Self { cap: None, attempts: usize::from(ATTEMPTS) }
    }
}

impl FolderArgs {
    pub(super) fn limits(&self) -> Limits {
        Limits { cap: self.budget, attempts: usize::from(self.attempts) }
    }
}

#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    #[command(flatten)]
    pub(super) place: PlaceArgs,
    /// Hashes every file and compares it with the record
    #[arg(long, env = "SHOTLIST_VERIFY", value_parser = BoolishValueParser::new())]
    pub(super) verify: bool,
}

fn pattern(text: &str) -> Result<Pattern, String> {
    text.parse().map_err(|error| format!("{error}"))
}

fn id(text: &str) -> Result<Id, String> {
    text.parse().map_err(|error| format!("{error}"))
}

fn variable(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_flag_is_explained_and_has_a_variable() {
        for command in Cli::command().get_subcommands() {
            for arg in command.get_arguments().filter(|arg| arg.get_long().is_some()) {
                let name = format!("{} --{}", command.get_name(), arg.get_long().unwrap());
                let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                assert!(!help.is_empty() && !help.ends_with('.'), "{name}: {help:?}");
                assert!(help.starts_with(char::is_uppercase) || arg.get_id() == "help", "{name}: {help:?}");
                let variable =
                    format!("SHOTLIST_{}", arg.get_long().unwrap().to_uppercase().replace('-', "_"));
                assert_eq!(arg.get_env().and_then(|env| env.to_str()), Some(variable.as_str()), "{name}");
            }
        }
    }
}
