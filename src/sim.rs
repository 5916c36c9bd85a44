//! fal on a loopback port: the queue, its files, its history and its prices, spoken to as the real one is, with
//! animatics for videos. Costs nothing, survives a kill, and knows the models only through the catalog.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use secrecy::SecretString;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use crate::catalog::Catalog;
pub use fault::{BadEnd, Fault, NotAFault};
use journal::{Journal, JournalError, Opened};
use queue::Queue;
use service::Service;

pub mod animatic;
mod answer;
mod audit;
mod clip;
mod fault;
mod films;
mod input;
mod job;
mod journal;
mod queue;
mod serve;
mod service;

/// Encoders at work at once: one for each core of a small machine.
const ENCODERS: usize = 2;
/// A new account's limit at fal (concurrency limits page of its documentation).
const CONCURRENCY: usize = 2;
const PACE: Duration = Duration::from_millis(40);

/// How a simulator is set up.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where requests are remembered; made if it is not there. One simulator at a time.
    pub dir: PathBuf,
    /// The models that there are, with their rules and prices.
    pub catalog: Arc<Catalog>,
    /// How many requests run at once; the rest wait in order of arrival. At least one.
    pub concurrency: usize,
    /// How long a request runs at least, beside the making of its video.
    pub pace: Duration,
    /// The port of 127.0.0.1; any free one where absent.
    pub port: Option<u16>,
    /// What `Authorization: Key …` must bring; anything where absent.
    pub key: Option<SecretString>,
    /// A file that gets a JSON line for everything submitted, refused, completed (with what is billed) and served.
    pub audit: Option<PathBuf>,
    /// What goes wrong, by the number of the submit since the start; the first is 1.
    pub faults: BTreeMap<u64, Fault>,
}

impl Config {
    /// Two at a time, quick, on any free port, for any key, without an audit, and nothing goes wrong.
    #[must_use]
    pub fn new(dir: PathBuf, catalog: Arc<Catalog>) -> Self {
        let faults = BTreeMap::new();
        Self {
            dir,
            catalog,
            concurrency: CONCURRENCY,
            pace: PACE,
            port: None,
            key: None,
            audit: None,
            faults,
        }
    }
}

/// Why the simulator does not start.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    #[error("the simulator cannot listen on 127.0.0.1:{port}: {source}; choose another port")]
    Listen { port: u16, source: io::Error },
    #[error("the simulator cannot start: {0}")]
    Start(#[source] io::Error),
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// Starts simulators.
#[derive(Debug)]
pub struct Simulator;

/// A simulator at work. It stops when this is dropped; what it was doing goes on at the next start.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    threads: Vec<JoinHandle<()>>,
}

impl Simulator {
    /// Listens, and goes on with whatever an earlier run left unfinished.
    ///
    /// # Errors
    /// The port is taken, or what the folder remembers can't be read, or is in use.
    pub fn start(config: Config) -> Result<Running, SimError> {
        let listener = listen(config.port.unwrap_or(0))?;
        let address = listener.local_addr().map_err(SimError::Start)?;
        let runtime = runtime().map_err(SimError::Start)?;
        let Opened { journal, entries, writer } = Journal::open(&config.dir, config.audit.as_deref())?;
        let queue = Queue::replay(config.concurrency, entries);
        let origin = format!("http://{address}");
        let service =
            Arc::new(Service::new(config.catalog, origin, queue, journal, config.pace, config.faults));
        let (stop, stopped) = oneshot::channel();
        let work = move || {
            runtime.block_on(serve(listener, service, config.key, stopped));
            // An encoder in mid-video ends by itself; nothing waits for its picture any more.
            runtime.shutdown_background();
        };
        let server = thread::Builder::new().name("sim".to_owned()).spawn(work).map_err(SimError::Start)?;
        Ok(Running { address, stop: Some(stop), threads: vec![server, writer] })
    }
}

fn listen(port: u16) -> Result<TcpListener, SimError> {
    let failed = |source| SimError::Listen { port, source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    Ok(listener)
}

fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().max_blocking_threads(ENCODERS).build()
}

async fn serve(
    listener: TcpListener,
    service: Arc<Service>,
    key: Option<SecretString>,
    stopped: oneshot::Receiver<()>,
) {
    service.fill();
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    let app: Router = serve::router(service, key);
    // Without this a file's last packet would wait for the one before to be confirmed.
    let listener = listener.tap_io(|tcp| drop(tcp.set_nodelay(true)));
    tokio::select! {
        _ = axum::serve(listener, app) => {}
        _ = stopped => {}
    }
}

/// A panic elsewhere leaves nothing half-changed: every change under these locks is one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Running {
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// In place of `https://queue.fal.run`.
    #[must_use]
    pub fn queue_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// In place of `https://api.fal.ai`: the same origin.
    #[must_use]
    pub fn platform_url(&self) -> String {
        self.queue_url()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        for thread in self.threads.drain(..) {
            // A thread that panicked has nothing left to stop.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests;
