//! `sim`: the simulator of fal as a server of its own, for any client. Runs until it is told to end.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

use super::again::quoted;
use super::args::{SimArgs, SimSize};
use super::boards;
use super::exit::{Exit, Failure};
use super::maker;
use super::terminal::Terminal;
use crate::report::progress::Detail;
use crate::sim::{Config, Faults, Latency, Running, Simulator, Size, Tls};

mod log;

use log::Log;

pub(super) fn sim(args: &SimArgs, terminal: Terminal) -> Result<Exit, Failure> {
    open_many_files();
    let runtime = maker::runtime()?;
    let told = told_to_end(&runtime).map_err(Failure::broken)?;
    // Kept until the end: its folder goes with it.
    let scratch = tempfile::Builder::new().prefix("shotlist-sim-").tempdir().map_err(Failure::broken)?;
    let config = config(args, scratch.path(), terminal)?;
    let audit = config.audit.clone().filter(|_| terminal.detail == Detail::Verbose);
    let running = Simulator::start(config).map_err(Failure::broken)?;
    let log = audit.map(|path| Log::open(&path)).transpose().map_err(Failure::broken)?;
    announce(&running, args, terminal)?;
    runtime.block_on(async {
        tokio::select! {
            () = told => {}
            () = told_of_calls(log, terminal) => {}
        }
    });
    Ok(Exit::Done)
}

/// Says every call that comes. Never ends by itself.
async fn told_of_calls(log: Option<Log>, terminal: Terminal) {
    if let Some(log) = log
        && let Err(error) = log.follow(|line| terminal.say(line)).await
    {
        terminal.warn(&format!("calls are told no more: {error}"));
    }
    std::future::pending::<()>().await;
}

/// Whoever wants to see every call has an audit, asked for or not.
fn audit(args: &SimArgs, scratch: &Path, terminal: Terminal) -> Option<PathBuf> {
    let unasked = || (terminal.detail == Detail::Verbose).then(|| scratch.join("audit.jsonl"));
    args.audit.clone().or_else(unasked)
}

/// Every client in flight is an open file, and most systems start a program with no more than 1,024 until it asks.
fn open_many_files() {
    let limit = getrlimit(Resource::Nofile);
    // Where that is refused, clients over the limit wait.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
}

fn config(args: &SimArgs, scratch: &Path, terminal: Terminal) -> Result<Config, Failure> {
    let dir = args.dir.clone().unwrap_or_else(|| scratch.to_owned());
    let key = args.key.clone().map(can_be_sent).transpose()?;
    Ok(Config {
        port: Some(args.port),
        key,
        audit: audit(args, scratch, terminal),
        concurrency: args.concurrency.into(),
        size: match args.size {
            SimSize::Full => Size::Full,
            SimSize::Small => Size::Small,
        },
        font: args.font.clone(),
        footage: args.footage.clone(),
        balance: args.balance,
        lock_below: args.lock_below,
        seed: args.seed,
        faults: Faults::parse(&args.faults).map_err(Failure::usage)?,
        latency: Latency::parse(&args.latency).map_err(Failure::usage)?,
        speed: args.speed,
        tls: if args.tls { Tls::On } else { Tls::Off },
        ..Config::new(dir, Arc::new(boards::catalog_here()?))
    })
}

/// A key that no header can carry would let nobody in. Not judged with the other arguments, whose values errors repeat.
fn can_be_sent(key: SecretString) -> Result<SecretString, Failure> {
    let text = key.expose_secret();
    let is_sendable = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    let wrong = "--key is what clients send behind `Authorization: Key `, such as id:secret: \
                 letters, digits and signs of ASCII, without spaces";
    is_sendable.then_some(key).ok_or_else(|| Failure::usage(wrong))
}

/// The line that programs wait for.
#[derive(Serialize)]
struct Listening<'a> {
    listening: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ca: Option<&'a Path>,
}

/// One line of JSON for programs, and for people how each client is pointed here.
fn announce(running: &Running, args: &SimArgs, terminal: Terminal) -> Result<(), Failure> {
    let (listening, ca) = (running.origin(), running.ca());
    let line = serde_json::to_string(&Listening { listening, ca }).map_err(Failure::broken)?;
    terminal.data(&format!("{line}\n"));
    let key = if args.key.is_some() { "the FAL_KEY of --key" } else { "any FAL_KEY, such as any:key" };
    terminal.say(&format!("fal is simulated at {listening}\nfor {key}; nothing is bought. Ctrl-C ends it."));
    for (client, settings) in directions(listening, ca) {
        terminal.say(&format!("  {client}"));
        for setting in settings {
            terminal.say(&format!("    {setting}"));
        }
    }
    Ok(())
}

/// What each client is told, one setting a line, so that none is broken on a terminal.
fn directions(origin: &str, ca: Option<&Path>) -> [(&'static str, Vec<String>); 3] {
    let host = origin.trim_start_matches("https://");
    let trust = |name: &str| ca.map(|ca| format!("{name}={}", quoted(&ca.display().to_string())));
    let hosts = || vec![format!("FAL_QUEUE_RUN_HOST={host}"), format!("FAL_RUN_HOST={host}/run")];
    let python = ca.map_or_else(|| vec!["wants https: start with --tls".to_owned()], |_| hosts());
    let proxy = format!(r#"fal.config({{proxyUrl: {{url: "{origin}/fal", when: "always"}}}})"#);
    let urls = ["QUEUE", "API"].map(|which| format!("SHOTLIST_{which}_URL={origin}"));
    [
        ("Python", python.into_iter().chain(trust("SSL_CERT_FILE")).collect()),
        ("JavaScript", [proxy].into_iter().chain(trust("NODE_EXTRA_CA_CERTS")).collect()),
        ("shotlist", urls.into_iter().chain(trust("SSL_CERT_FILE")).collect()),
    ]
}

/// By hand or by whoever started it. The listening begins now, before there is anything to clear away.
fn told_to_end(runtime: &Runtime) -> io::Result<impl Future<Output = ()> + use<>> {
    let _inside = runtime.enter();
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
