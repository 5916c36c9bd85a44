//! The arguments of `explain`.

use clap::Args;

use super::{EditionArgs, PlaceArgs};

#[derive(Debug, Args)]
pub(in crate::cli) struct ExplainArgs {
    /// A clip or shot by its address or a pattern; a take by its number, its request id or its file, wherever that lies
    #[arg(value_name = "ADDRESS|FILE")]
    pub(in crate::cli) what: String,
    #[command(flatten)]
    pub(in crate::cli) edition: EditionArgs,
    #[command(flatten)]
    pub(in crate::cli) place: PlaceArgs,
}
