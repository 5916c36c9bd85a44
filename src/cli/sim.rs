//! `sim`: the simulator of fal as a server of its own, for any client. Runs until it is told to end.

use std::io;
use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use super::args::{SimArgs, SimSize};
use super::boards;
use super::exit::{Exit, Failure};
use super::maker;
use super::terminal::Terminal;
use crate::sim::{Config, Running, Simulator, Size};

pub(super) fn sim(args: &SimArgs, terminal: Terminal) -> Result<Exit, Failure> {
    // Kept until the end: its folder goes with it.
    let scratch = tempfile::Builder::new().prefix("shotlist-sim-").tempdir().map_err(Failure::broken)?;
    let running = Simulator::start(config(args, scratch.path())?).map_err(Failure::broken)?;
    maker::runtime()?.block_on(async {
        let told = told_to_end().map_err(Failure::broken)?;
        announce(&running, args, terminal);
        told.await;
        Ok(Exit::Done)
    })
}

fn config(args: &SimArgs, scratch: &Path) -> Result<Config, Failure> {
    let dir = args.dir.clone().unwrap_or_else(|| scratch.to_owned());
    Ok(Config {
        port: Some(args.port),
        key: args.key.clone(),
        audit: args.audit.clone(),
        concurrency: args.concurrency.into(),
        size: match args.size {
            SimSize::Full => Size::Full,
            SimSize::Small => Size::Small,
        },
        ..Config::new(dir, Arc::new(boards::catalog_here()?))
    })
}

/// One line of JSON for programs, and for people how each client is pointed here.
fn announce(running: &Running, args: &SimArgs, terminal: Terminal) {
    let origin = running.queue_url();
    terminal.data(&format!("{}\n", json!({ "listening": origin })));
    let key = if args.key.is_some() { "the key given with --key" } else { "any key" };
    terminal.say(&format!("fal is simulated at {origin}, for {key}; nothing is bought. Ctrl-C ends it."));
}

/// By hand or by whoever started it. The listening begins now, so that nothing is missed.
fn told_to_end() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
