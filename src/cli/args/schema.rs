//! What was typed after `schema`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(in crate::cli) struct SchemaArgs {
    /// Writes it to this file instead of standard output
    #[arg(short, long, value_name = "FILE", env = "SHOTLIST_OUTPUT")]
    pub(in crate::cli) output: Option<PathBuf>,
}
