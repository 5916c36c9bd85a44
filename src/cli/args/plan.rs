//! The flags of `check` and `plan`.

use clap::Args;
use clap::builder::BoolishValueParser;

use super::{BoardArgs, FolderArgs, SelectArgs};

#[derive(Debug, Args)]
pub(in crate::cli) struct CheckArgs {
    #[command(flatten)]
    pub(in crate::cli) board: BoardArgs,
    /// Puts every problem at its line in a pull request, as GitHub's workflow commands
    #[arg(long, conflicts_with = "json", env = "SHOTLIST_GITHUB", value_parser = BoolishValueParser::new())]
    pub(in crate::cli) github: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct PlanArgs {
    #[command(flatten)]
    pub(in crate::cli) board: BoardArgs,
    #[command(flatten)]
    pub(in crate::cli) select: SelectArgs,
    #[command(flatten)]
    pub(in crate::cli) folder: FolderArgs,
    /// Prints the plan as a comment for a pull request
    #[arg(long, conflicts_with = "json", env = "SHOTLIST_MARKDOWN", value_parser = BoolishValueParser::new())]
    pub(in crate::cli) markdown: bool,
    /// Puts what would be bought at its line in a pull request, as GitHub's workflow commands
    #[arg(long, conflicts_with_all = ["json", "markdown"], env = "SHOTLIST_GITHUB", value_parser = BoolishValueParser::new())]
    pub(in crate::cli) github: bool,
    /// Exits with 0 when there is nothing to do, 2 when there is, 1 on an error
    #[arg(long, env = "SHOTLIST_DETAILED_EXITCODE", value_parser = BoolishValueParser::new())]
    pub(in crate::cli) detailed_exitcode: bool,
}
