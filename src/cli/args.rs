//! What was typed. What it means is decided where each command begins.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};

use super::since::Since;
use crate::address::{Id, Pattern};
use crate::usd::Usd;
use crate::webhook::PublicUrl;

/// One meaning each.
const EXIT_CODES: &str = "\
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
#[command(name = "shotlist", version, after_help = EXIT_CODES, disable_help_subcommand = true)]
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
    /// Settles purchases in an unknown state from fal's request history
    Reconcile(ReconcileArgs),
    /// Shows every purchase with its money: planned, counted, and what fal says it bills
    Ledger(LedgerArgs),
    /// Takes in clips that were bought elsewhere with the same request; buys nothing
    Adopt(AdoptArgs),
    /// Makes a project that renders at once
    Init(InitArgs),
}

/// Flags that every command has.
#[derive(Debug, Args)]
pub(super) struct OutputArgs {
    /// Prints one JSON object on standard output
    #[arg(long, global = true, env = "SHOTLIST_JSON", value_parser = BoolishValueParser::new())]
    pub(super) json: bool,
    /// Says only what went wrong
    #[arg(short, long, global = true, conflicts_with = "verbose", env = "SHOTLIST_QUIET", value_parser = BoolishValueParser::new())]
    pub(super) quiet: bool,
    /// Says more: every step of every clip
    #[arg(short, long, global = true, env = "SHOTLIST_VERBOSE", value_parser = BoolishValueParser::new())]
    pub(super) verbose: bool,
    /// When to use colors
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", env = "SHOTLIST_COLOR")]
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
    /// Renders with a profile of the storyboards
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
    /// Uses the built-in simulator: free, and yields playable animatics
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
    /// How often a clip is bought that ends in a server error of fal, which costs nothing: over its life, not per run
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
pub(super) struct CheckArgs {
    #[command(flatten)]
    pub(super) board: BoardArgs,
}

#[derive(Debug, Args)]
pub(super) struct PlanArgs {
    #[command(flatten)]
    pub(super) board: BoardArgs,
    #[command(flatten)]
    pub(super) select: SelectArgs,
    #[command(flatten)]
    pub(super) folder: FolderArgs,
    /// Exits with 0 when there is nothing to do, 2 when there is, 1 on an error
    #[arg(long, env = "SHOTLIST_DETAILED_EXITCODE", value_parser = BoolishValueParser::new())]
    pub(super) detailed_exitcode: bool,
}

#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag as it was typed")]
pub(super) struct RenderArgs {
    #[command(flatten)]
    pub(super) board: BoardArgs,
    #[command(flatten)]
    pub(super) select: SelectArgs,
    #[command(flatten)]
    pub(super) folder: FolderArgs,
    /// Clips in flight at once; a new account of fal runs 2 at a time, and more only wait in its queue
    #[arg(short, long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..), env = "SHOTLIST_JOBS")]
    pub(super) jobs: u16,
    /// Spends without asking; needed where there is no terminal
    #[arg(short, long, env = "SHOTLIST_YES", value_parser = BoolishValueParser::new())]
    pub(super) yes: bool,
    /// Only shows the plan
    #[arg(short = 'n', long, env = "SHOTLIST_DRY_RUN", value_parser = BoolishValueParser::new())]
    pub(super) dry_run: bool,
    /// Goes on with other clips after one failed (the default)
    #[arg(short, long, conflicts_with = "fail_fast", env = "SHOTLIST_KEEP_GOING", value_parser = BoolishValueParser::new())]
    pub(super) keep_going: bool,
    /// Buys nothing more after a clip failed; what is paid for is still followed
    #[arg(long, env = "SHOTLIST_FAIL_FAST", value_parser = BoolishValueParser::new())]
    pub(super) fail_fast: bool,
    /// Goes on although fal's price is higher than the catalog's
    #[arg(long, env = "SHOTLIST_ACCEPT_PRICE", value_parser = BoolishValueParser::new())]
    pub(super) accept_price: bool,
    /// Appends one JSON object a line to this file as things happen
    #[arg(long, value_name = "FILE", env = "SHOTLIST_EVENTS")]
    pub(super) events: Option<PathBuf>,
    /// With --sim: how long a clip takes at least, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 40, env = "SHOTLIST_SIM_PACE")]
    pub(super) sim_pace: u64,
    /// How many seconds a run that has nothing else to do looks in fal's history for a purchase whose answer was lost,
    /// or waits for its callback; fal lists a request only once it has begun
    #[arg(long, value_name = "SECONDS", default_value_t = 120, env = "SHOTLIST_UNKNOWN_TIMEOUT")]
    pub(super) unknown_timeout: u64,
    /// How many seconds after a TERM or HUP signal the run leaves to the next one what it still waits for; Ctrl-C waits
    /// without a limit, and leaves when pressed again
    #[arg(long, value_name = "SECONDS", default_value_t = 8, env = "SHOTLIST_GRACE")]
    pub(super) grace: u64,
    /// Waits this many seconds for another run of the folder to end
    #[arg(long, value_name = "SECONDS", default_value_t = 0, env = "SHOTLIST_LOCK_TIMEOUT")]
    pub(super) lock_timeout: u64,
    /// Lets fal call back when a clip is done, so that looking becomes rare and a lost answer settles itself:
    /// the public https address of the proxy or tunnel that leads to --listen
    #[arg(long, value_name = "URL", requires = "listen", env = "SHOTLIST_WEBHOOK")]
    pub(super) webhook: Option<PublicUrl>,
    /// With --webhook: where to listen on this machine, such as 127.0.0.1:8787; serves signed callbacks, nothing else
    #[arg(long, value_name = "ADDR", requires = "webhook", env = "SHOTLIST_LISTEN")]
    pub(super) listen: Option<SocketAddr>,
}

#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    #[command(flatten)]
    pub(super) place: PlaceArgs,
    /// Hashes every file and compares it with the record
    #[arg(long, env = "SHOTLIST_VERIFY", value_parser = BoolishValueParser::new())]
    pub(super) verify: bool,
}

#[derive(Debug, Args)]
pub(super) struct ReconcileArgs {
    #[command(flatten)]
    pub(super) place: PlaceArgs,
    /// Records what is certain without asking; needed where there is no terminal
    #[arg(short, long, env = "SHOTLIST_YES", value_parser = BoolishValueParser::new())]
    pub(super) yes: bool,
    /// Also lets the money go of what fal's history does not list, so that it may be bought again: your decision,
    /// since a request that the history does not show can still be in fal's queue, or be another account's
    #[arg(long, env = "SHOTLIST_RELEASE_UNFOUND", value_parser = BoolishValueParser::new())]
    pub(super) release_unfound: bool,
    /// How many minutes ago it must at least have been sent for --release-unfound: fal lists a request only once it
    /// has begun, which one that waits in its queue has not, and may list it some time after; so young an absence
    /// says nothing
    #[arg(
        long,
        value_name = "MINUTES",
        default_value_t = 60,
        requires = "release_unfound",
        env = "SHOTLIST_MARGIN"
    )]
    pub(super) margin: u32,
    /// Also lets the money of this one go, by its address, or by its number as shown, though the history lists what
    /// may be it: because you know that it was not bought, or was bought elsewhere
    #[arg(long, value_name = "TAKE", value_delimiter = ',', env = "SHOTLIST_RELEASE")]
    pub(super) release: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct AdoptArgs {
    /// Storyboards, or folders of them [default: the project's storyboards/], and ids of fal's requests: with these
    /// nothing else is taken in
    #[arg(value_name = "PATH|REQUEST")]
    pub(super) what: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) edition: EditionArgs,
    /// How far back fal's history is looked through, such as 90m, 24h, 7d or 2026-11-20; fal keeps what was sent for
    /// 30 days [default: 24h]
    #[arg(long, value_name = "WHEN", env = "SHOTLIST_SINCE")]
    pub(super) since: Option<Since>,
    /// Records what was found without asking; needed where there is no terminal
    #[arg(short, long, env = "SHOTLIST_YES", value_parser = BoolishValueParser::new())]
    pub(super) yes: bool,
    #[command(flatten)]
    pub(super) place: PlaceArgs,
}

#[derive(Debug, Args)]
pub(super) struct LedgerArgs {
    #[command(flatten)]
    pub(super) place: PlaceArgs,
    /// Only purchases of clips that match, such as `neon-harbor/rooftop`, as they were called then
    #[arg(long, value_name = "GLOB", value_parser = pattern, env = "SHOTLIST_ONLY", value_delimiter = ',')]
    pub(super) only: Vec<Pattern>,
    /// Only purchases since then: `24h`, `7d`, `2026-11-20` or `2026-11-20T08:00Z`; days are those of UTC
    #[arg(long, value_name = "WHEN", env = "SHOTLIST_SINCE")]
    pub(super) since: Option<Since>,
    /// Prints it as CSV, one line a purchase under a header
    #[arg(long, env = "SHOTLIST_CSV", value_parser = BoolishValueParser::new())]
    pub(super) csv: bool,
}

#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// Where to make the project
    #[arg(value_name = "DIR", default_value = ".")]
    pub(super) dir: PathBuf,
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
