//! What was typed after `report`.

use std::path::PathBuf;

use clap::Args;

use super::{BoardArgs, PlaceArgs};

#[derive(Debug, Args)]
pub(in crate::cli) struct ReportArgs {
    #[command(flatten)]
    pub(in crate::cli) board: BoardArgs,
    #[command(flatten)]
    pub(in crate::cli) place: PlaceArgs,
    /// Where to write the page; the clips stay where they are [default: report.html in the output folder]
    #[arg(short, long, value_name = "FILE", env = "SHOTLIST_OUTPUT")]
    pub(in crate::cli) output: Option<PathBuf>,
}
