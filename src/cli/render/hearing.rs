//! `--webhook` and `--listen`: hears fal's callbacks beside the run, and says what came.

use std::net::SocketAddr;

use crate::cli::args::RenderArgs;
use crate::cli::exit::Failure;
use crate::cli::maker::Maker;
use crate::cli::terminal::Terminal;
use crate::fal::KeysAddress;
use crate::render::{Crew, Run};
use crate::report::progress::Progress;
use crate::take::Nonce;
use crate::webhook::{Heard, Listener, Needs, PublicUrl};

/// What is wanted, known to make sense before the folder is touched; none where nothing was said of webhooks.
pub(super) struct Wanted {
    public: PublicUrl,
    address: SocketAddr,
    keys: KeysAddress,
}

pub(super) fn wanted(args: &RenderArgs, maker: &Maker) -> Result<Option<Wanted>, Failure> {
    let (Some(public), Some(address)) = (args.webhook.clone(), args.listen) else { return Ok(None) };
    Ok(Some(Wanted { public, address, keys: maker.callback_keys()? }))
}

/// Takes the address before anything is bought.
pub(super) async fn listen(wanted: Option<Wanted>, terminal: Terminal) -> Result<Option<Listener>, Failure> {
    let Some(Wanted { public, address, keys }) = wanted else { return Ok(None) };
    let listener = Listener::bind(address, public.clone(), keys).await.map_err(Failure::usage)?;
    let address = listener.address().unwrap_or(address);
    terminal.say(&format!("webhooks: listening on {address} for {public}"));
    Ok(Some(listener))
}

/// The run, with callers heard for as long as it goes on.
pub(super) async fn during(
    run: impl Future<Output = Run>,
    listener: Option<&Listener>,
    crew: Crew<'_>,
    progress: &Progress,
) -> Run {
    let Some(listener) = listener else { return run.await };
    let watch = |heard: Heard, nonce: Option<Nonce>| progress.mention(&line(heard, nonce, crew));
    let needs = Needs { client: crew.client, record: crew.record, watch: &watch };
    tokio::select! {
        run = run => run,
        never = listener.serve(needs) => match never {},
    }
}

fn line(heard: Heard, nonce: Option<Nonce>, crew: Crew) -> String {
    let address = nonce.and_then(|nonce| crew.record.take(nonce)).map(|take| take.intent.address.to_string());
    let about = address.map(|address| format!(" {address} ")).unwrap_or_default();
    format!("webhook  {about} {}", heard.words())
}

/// One line for the end.
pub(super) fn account(listener: &Listener) -> String {
    listener.tally().text(listener.hook().public())
}
