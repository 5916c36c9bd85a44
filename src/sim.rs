//! fal on a loopback port: the queue, its files, its history and its prices, spoken to as the real one is, with
//! animatics for videos. Costs nothing, survives a kill, and knows the models only through the catalog.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use axum::Router;
use axum::serve::ListenerExt;
use secrecy::SecretString;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

pub use clock::{NotASpeed, Speed};
pub use config::{Config, Files, Size};
pub use fault::{BadEnd, Fault, NotAFault};
use journal::{Journal, JournalError, Opened};
pub use mix::{Faults, Kind, Mix};
use queue::Queue;
use service::{Origins, Service};

pub mod animatic;
mod answer;
mod audit;
mod clip;
mod clock;
mod config;
mod fault;
mod films;
mod input;
mod job;
mod journal;
mod mix;
mod queue;
mod serve;
mod service;

/// Encoders at work at once: one for each core of a small machine.
const ENCODERS: usize = 2;

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
    files: SocketAddr,
    /// Gone while it stops, since the journal is closed with its last user.
    service: Option<Arc<Service>>,
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
        let apart = match config.files {
            Files::Here => None,
            Files::Apart(port) => Some(listen(port.unwrap_or(0))?),
        };
        let address = listener.local_addr().map_err(SimError::Start)?;
        let files = apart.as_ref().map_or(Ok(address), TcpListener::local_addr).map_err(SimError::Start)?;
        let runtime = runtime().map_err(SimError::Start)?;
        let Opened { journal, entries, writer } = Journal::open(&config.dir, config.audit.as_deref())?;
        let queue = Queue::replay(config.concurrency, entries);
        let [queue_url, files_url] = [address, files].map(|address| format!("http://{address}"));
        let origins = Origins { queue: queue_url, files: files_url, elsewhere: config.elsewhere.clone() };
        let service = Arc::new(Service::new(&config, origins, queue, journal));
        let (stop, stopped) = oneshot::channel();
        let (all, key) = (Arc::clone(&service), config.key);
        let work = move || {
            runtime.block_on(serve(listener, apart, all, key, stopped));
            // An encoder in mid-video ends by itself; nothing waits for its picture any more.
            runtime.shutdown_background();
        };
        let server = thread::Builder::new().name("sim".to_owned()).spawn(work).map_err(SimError::Start)?;
        Ok(Running {
            address,
            files,
            service: Some(service),
            stop: Some(stop),
            threads: vec![server, writer],
        })
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
    apart: Option<TcpListener>,
    service: Arc<Service>,
    key: Option<SecretString>,
    stopped: oneshot::Receiver<()>,
) {
    service.fill();
    let files = async {
        match apart {
            Some(listener) => listen_to(listener, serve::files_router(Arc::clone(&service))).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = listen_to(listener, serve::router(Arc::clone(&service), key)) => {}
        () = files => {}
        _ = stopped => {}
    }
}

async fn listen_to(listener: TcpListener, app: Router) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    // Without this a file's last packet would wait for the one before to be confirmed.
    let listener = listener.tap_io(|tcp| drop(tcp.set_nodelay(true)));
    let _ = axum::serve(listener, app).await;
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

    /// Where the videos are.
    #[must_use]
    pub fn files_url(&self) -> String {
        format!("http://{}", self.files)
    }

    /// From now on nothing goes wrong by rule, but what was accepted to end badly still does.
    pub fn calm(&self) {
        if let Some(service) = &self.service {
            service.dice.calm();
        }
    }

    /// In place of `https://api.fal.ai`: the same origin.
    #[must_use]
    pub fn platform_url(&self) -> String {
        self.queue_url()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.service.take());
        drop(self.stop.take());
        for thread in self.threads.drain(..) {
            // A thread that panicked has nothing left to stop.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests;
