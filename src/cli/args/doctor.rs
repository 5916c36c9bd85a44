//! What was typed after `doctor`.

use std::path::PathBuf;

use clap::Args;

use super::PlaceArgs;

#[derive(Debug, Args)]
pub(in crate::cli) struct DoctorArgs {
    #[command(flatten)]
    pub(in crate::cli) place: PlaceArgs,
    /// The ffmpeg to look for [default: that of the PATH]
    #[arg(long, value_name = "PATH", env = "SHOTLIST_FFMPEG")]
    pub(in crate::cli) ffmpeg: Option<PathBuf>,
}
