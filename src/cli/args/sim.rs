//! What was typed after `sim`.

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Args, ValueEnum};
use secrecy::SecretString;

use crate::sim::{Kind, Param, Speed};
use crate::usd::Usd;

#[derive(Debug, Args)]
#[command(after_long_help = below())]
pub(in crate::cli) struct SimArgs {
    /// The port of this machine to listen on; 0 for any free one
    #[arg(long, value_name = "PORT", default_value_t = 8420, env = "SHOTLIST_PORT")]
    pub(in crate::cli) port: u16,
    /// Speaks https, and says which file clients have to trust; it can vouch for this machine alone, and with --dir it is
    /// the same at every start
    #[arg(long, env = "SHOTLIST_TLS", value_parser = BoolishValueParser::new())]
    pub(in crate::cli) tls: bool,
    /// The only key that is let in, such as id:secret; without one any is, and none
    #[arg(long, value_name = "KEY", value_parser = key, env = "SHOTLIST_KEY", hide_env_values = true)]
    pub(in crate::cli) key: Option<SecretString>,
    /// Where requests are remembered, so that a later start goes on from there; without one they end with the program
    #[arg(long, value_name = "DIR", env = "SHOTLIST_DIR")]
    pub(in crate::cli) dir: Option<PathBuf>,
    /// Appends a JSON line to this file for everything that was asked, billed and served
    #[arg(long, value_name = "FILE", env = "SHOTLIST_AUDIT")]
    pub(in crate::cli) audit: Option<PathBuf>,
    /// What goes wrong, such as submit.lost:p=0.05 or file.truncate:first=1; several times, or divided by `;`.
    /// --help lists what there is
    #[arg(long = "fault", value_name = "RULE", value_delimiter = ';', env = "SHOTLIST_FAULT")]
    pub(in crate::cli) faults: Vec<String>,
    /// What all chance is drawn from: the same seed gives the same faults to the same requests
    #[arg(long, value_name = "N", default_value_t = 0, env = "SHOTLIST_SEED")]
    pub(in crate::cli) seed: u64,
    /// How many requests run at once; the rest wait. A new account of fal has 2
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..), env = "SHOTLIST_CONCURRENCY")]
    pub(in crate::cli) concurrency: u16,
    /// How long things take, as queue=10s, run=30s..2m or http=p50=40ms,p95=200ms: the wait in the queue, the run beside the
    /// making of the video [default: run=40ms], and every answer; several times, or divided by `;`
    #[arg(long, value_name = "WHAT=TIME", value_delimiter = ';', env = "SHOTLIST_LATENCY")]
    pub(in crate::cli) latency: Vec<String>,
    /// How many times faster than real time everything passes that takes a while: waiting, running, retention
    #[arg(long, value_name = "N", default_value = "1", env = "SHOTLIST_SPEED")]
    pub(in crate::cli) speed: Speed,
    /// What the account holds at first, in dollars; what is billed is taken from it. Without one there is no limit
    #[arg(long, value_name = "USD", env = "SHOTLIST_BALANCE")]
    pub(in crate::cli) balance: Option<Usd>,
    /// With --balance: below how much the account is locked and takes no more requests, in dollars
    #[arg(long, value_name = "USD", default_value = "0", requires = "balance", env = "SHOTLIST_LOCK_BELOW")]
    pub(in crate::cli) lock_below: Usd,
    /// An MP4 that is served for every request in place of an animatic, whatever its length
    #[arg(long, value_name = "FILE", env = "SHOTLIST_FOOTAGE")]
    pub(in crate::cli) footage: Option<PathBuf>,
    /// How large the videos are
    #[arg(long, value_name = "SIZE", default_value = "full", env = "SHOTLIST_SIZE")]
    pub(in crate::cli) size: Size,
    /// A font (TTF, OTF, TTC) for letters that the built-in one lacks, such as Chinese; this machine's own are found by themselves
    #[arg(long, value_name = "FILE", env = "SHOTLIST_FONT")]
    pub(in crate::cli) font: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum Size {
    /// 720p, with the words of every shot on it
    Full,
    /// 180p, with a pattern in place of words: a fraction of the work
    Small,
}

/// Every fault that there is.
fn below() -> String {
    let line = |name: &str, doc: &str| format!("  {name}\n      {doc}\n");
    let kinds: String = Kind::ALL.iter().map(|kind| line(&kind.to_string(), kind.doc())).collect();
    let params: String = Param::ALL.iter().map(|param| line(param.form(), param.doc())).collect();
    format!(
        "Faults, as CALL.KIND[:PARAM,PARAM...]; `submit.*` is every fault of a call, `*` every fault there is:\n{kinds}\n\
         Their parameters:\n{params}"
    )
}

#[allow(clippy::unnecessary_wraps, reason = "clap wants a result")]
fn key(text: &str) -> Result<SecretString, String> {
    Ok(SecretString::from(text))
}
