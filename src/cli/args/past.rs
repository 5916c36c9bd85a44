//! What was typed after the commands that look back: `reconcile`, `adopt` and `ledger`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::BoolishValueParser;

use super::{EditionArgs, PlaceArgs, pattern};
use crate::address::Pattern;
use crate::cli::since::Since;

#[derive(Debug, Args)]
pub(in crate::cli) struct ReconcileArgs {
    #[command(flatten)]
    pub(in crate::cli) place: PlaceArgs,
    /// Records what is certain without asking; needed where there is no terminal
    #[arg(short, long, env = "SHOTLIST_YES", value_parser = BoolishValueParser::new())]
    pub(in crate::cli) yes: bool,
    /// Also lets the money go of what fal's history does not list, so that it may be bought again: your decision,
    /// since a request that the history does not show can still be in fal's queue, or be another account's
    #[arg(long, env = "SHOTLIST_RELEASE_UNFOUND", value_parser = BoolishValueParser::new())]
    pub(in crate::cli) release_unfound: bool,
    /// With --release-unfound: how many minutes ago it must have been sent at the least; fal lists a request only once
    /// it has begun, so that for as long as it may wait in the queue it says nothing that it is not listed
    #[arg(
        long,
        value_name = "MINUTES",
        default_value_t = 60,
        requires = "release_unfound",
        env = "SHOTLIST_MARGIN"
    )]
    pub(in crate::cli) margin: u32,
    /// Also lets the money of this one go, by its address or its number as shown, even where the history lists what may
    /// be it: because you know that it was not bought
    #[arg(long, value_name = "TAKE", value_delimiter = ',', env = "SHOTLIST_RELEASE")]
    pub(in crate::cli) release: Vec<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct AdoptArgs {
    /// Storyboards, or folders of them [default: the project's storyboards/], and ids of fal's requests: with these
    /// nothing else is taken in
    #[arg(value_name = "PATH|REQUEST")]
    pub(in crate::cli) what: Vec<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) edition: EditionArgs,
    /// How far back fal's history is looked through, such as `90m`, `24h`, `7d` or `2026-11-20`; fal keeps what was sent
    /// for 30 days [default: 24h]
    #[arg(long, value_name = "WHEN", env = "SHOTLIST_SINCE")]
    pub(in crate::cli) since: Option<Since>,
    /// Records what was found without asking; needed where there is no terminal
    #[arg(short, long, env = "SHOTLIST_YES", value_parser = BoolishValueParser::new())]
    pub(in crate::cli) yes: bool,
    #[command(flatten)]
    pub(in crate::cli) place: PlaceArgs,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct LedgerArgs {
    #[command(flatten)]
    pub(in crate::cli) place: PlaceArgs,
    /// Only purchases of clips that match, such as `neon-harbor/rooftop`, as they were called then
    #[arg(long, value_name = "GLOB", value_parser = pattern, env = "SHOTLIST_ONLY", value_delimiter = ',')]
    pub(in crate::cli) only: Vec<Pattern>,
    /// Only purchases since then, such as `24h`, `7d`, `2026-11-20` or `2026-11-20T08:00Z`; days are those of UTC
    #[arg(long, value_name = "WHEN", env = "SHOTLIST_SINCE")]
    pub(in crate::cli) since: Option<Since>,
    /// Prints it as CSV, one line a purchase under a header
    #[arg(long, env = "SHOTLIST_CSV", value_parser = BoolishValueParser::new())]
    pub(in crate::cli) csv: bool,
}
