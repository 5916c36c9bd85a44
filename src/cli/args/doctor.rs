//! What was typed after `doctor`.

use clap::Args;

use super::PlaceArgs;

#[derive(Debug, Args)]
pub(in crate::cli) struct DoctorArgs {
    #[command(flatten)]
    pub(in crate::cli) place: PlaceArgs,
}
