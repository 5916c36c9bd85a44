//! What was typed after `render`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use clap::builder::BoolishValueParser;

use super::{BoardArgs, FolderArgs, SelectArgs};
use crate::webhook::PublicUrl;

#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag as it was typed")]
pub(in crate::cli) struct RenderArgs {
    #[command(flatten)]
    pub(in crate::cli) board: BoardArgs,
    #[command(flatten)]
    pub(in crate::cli) select: SelectArgs,
    #[command(flatten)]
    pub(in crate::cli) folder: FolderArgs,
    /// Clips in flight at once; a new account of fal runs 2 at a time, and more only wait in its queue
    #[arg(short, long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..), env = "SHOTLIST_JOBS")]
    pub(in crate::cli) jobs: u16,
    /// Spends without asking; needed where there is no terminal
    #[arg(short, long, env = "SHOTLIST_YES", value_parser = BoolishValueParser::new())]
    pub(in crate::cli) yes: bool,
    /// Only shows the plan
    #[arg(short = 'n', long, env = "SHOTLIST_DRY_RUN", value_parser = BoolishValueParser::new())]
    pub(in crate::cli) dry_run: bool,
    /// Goes on with other clips after one failed (the default)
    #[arg(short, long, conflicts_with = "fail_fast", env = "SHOTLIST_KEEP_GOING", value_parser = BoolishValueParser::new())]
    pub(in crate::cli) keep_going: bool,
    /// Buys nothing more after a clip failed; what is paid for is still followed
    #[arg(long, env = "SHOTLIST_FAIL_FAST", value_parser = BoolishValueParser::new())]
    pub(in crate::cli) fail_fast: bool,
    /// Goes on although fal's price is higher than the catalog's
    #[arg(long, env = "SHOTLIST_ACCEPT_PRICE", value_parser = BoolishValueParser::new())]
    pub(in crate::cli) accept_price: bool,
    /// Appends one JSON object a line to this file as things happen
    #[arg(long, value_name = "FILE", env = "SHOTLIST_EVENTS")]
    pub(in crate::cli) events: Option<PathBuf>,
    /// With --sim: how long a clip takes at least, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 40, env = "SHOTLIST_SIM_PACE")]
    pub(in crate::cli) sim_pace: u64,
    /// How many seconds a run that has nothing else to do looks in fal's history for a purchase whose answer was lost,
    /// or waits for its callback; fal lists a request only once it has begun
    #[arg(long, value_name = "SECONDS", default_value_t = 120, env = "SHOTLIST_UNKNOWN_TIMEOUT")]
    pub(in crate::cli) unknown_timeout: u64,
    /// How many seconds what is paid for is waited for after a TERM or HUP signal, before it is left to the next run;
    /// Ctrl-C waits without a limit, and leaves when pressed again
    #[arg(long, value_name = "SECONDS", default_value_t = 8, env = "SHOTLIST_GRACE")]
    pub(in crate::cli) grace: u64,
    /// Waits this many seconds for another run of the folder to end
    #[arg(long, value_name = "SECONDS", default_value_t = 0, env = "SHOTLIST_LOCK_TIMEOUT")]
    pub(in crate::cli) lock_timeout: u64,
    /// Lets fal call back when a clip is done, so that looking becomes rare and a lost answer settles itself:
    /// the public https address of the proxy or tunnel that leads to --listen
    #[arg(long, value_name = "URL", requires = "listen", env = "SHOTLIST_WEBHOOK")]
    pub(in crate::cli) webhook: Option<PublicUrl>,
    /// With --webhook: where to listen on this machine, such as 127.0.0.1:8787; serves signed callbacks, nothing else
    #[arg(long, value_name = "ADDR", requires = "webhook", env = "SHOTLIST_LISTEN")]
    pub(in crate::cli) listen: Option<SocketAddr>,
}
