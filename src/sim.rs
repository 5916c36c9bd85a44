//! fal on a loopback port: the queue, its files, its history and its prices, spoken to as the real one is, with
//! animatics for videos. Costs nothing, survives a kill, and knows the models only through the catalog.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use secrecy::SecretString;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use animatic::{FontError, Typefaces};
use callback::Callbacks;
pub use callback::KeyError;
pub use clock::{NotASpeed, Speed};
pub use config::{Config, Files, Size};
pub use faults::{Call, Faults, Kind, Param, Rule, What, WrongFaults};
pub use footage::NotFootage;
use footage::Stock;
use journal::{Journal, JournalError, Opened};
pub use latency::{Latency, NotASpread, Spread, WrongLatency};
use listen::Port;
use service::{Origins, Service};
use tls::Identity;
pub use tls::{Tls, TlsError};

mod account;
pub mod animatic;
mod answer;
mod audit;
mod callback;
mod clip;
mod clock;
mod config;
mod entry;
mod faults;
mod films;
mod footage;
mod input;
mod job;
mod journal;
mod latency;
mod listen;
mod nearest;
mod private;
mod queue;
mod serve;
mod service;
mod span;
mod tls;
mod tokens;
mod wishes;

/// Why the simulator does not start.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    #[error("the simulator cannot listen on 127.0.0.1:{port}: {source}; choose another port")]
    Listen { port: u16, source: io::Error },
    #[error("the simulator cannot start: {0}")]
    Start(#[source] io::Error),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Font(#[from] FontError),
    #[error(transparent)]
    Footage(#[from] NotFootage),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Starts simulators.
#[derive(Debug)]
pub struct Simulator;

/// A simulator at work. It stops when this is dropped; what it was doing goes on at the next start.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    origin: String,
    files: String,
    ca: Option<PathBuf>,
    /// Gone while it stops, since the journal is closed with its last user.
    service: Option<Arc<Service>>,
    stop: Option<oneshot::Sender<()>>,
    threads: Vec<JoinHandle<()>>,
}

impl Simulator {
    /// Listens, and goes on with whatever an earlier run left unfinished.
    ///
    /// # Errors
    /// The port is taken, the font or the footage can't be read, or what the folder remembers can't be, or is in use.
    pub fn start(config: Config) -> Result<Running, SimError> {
        let typefaces = Arc::new(Typefaces::find(config.font.as_deref())?);
        let stock =
            Stock { typefaces, footage: config.footage.as_deref().map(footage::footage).transpose()? };
        let port = Port::open(config.port)?;
        let apart = match config.files {
            Files::Here => None,
            Files::Apart(port) => Some(Port::open(port)?),
        };
        let address = port.address().map_err(SimError::Start)?;
        let files = apart.as_ref().map_or(Ok(address), Port::address).map_err(SimError::Start)?;
        let runtime = runtime().map_err(SimError::Start)?;
        let Opened { journal, entries, writer } = Journal::open(&config.dir, config.audit.as_deref())?;
        let identity = config.tls.identity(&config.dir)?;
        let ca = identity.as_ref().map(|identity| identity.ca.clone());
        let callbacks = Callbacks::new(&config.dir)?;
        let [origin, files] = [address, files].map(|address| config.tls.origin(address));
        let elsewhere = config.elsewhere.clone();
        let origins = Origins { queue: origin.clone(), files: files.clone(), elsewhere };
        let service = Arc::new(Service::new(&config, stock, origins, entries, journal, callbacks));
        let (stop, stopped) = oneshot::channel();
        let (all, key) = (Arc::clone(&service), config.key);
        let work = move || {
            runtime.block_on(serve(port, apart, identity, all, key, stopped));
            // An encoder in mid-video ends by itself; nothing waits for its picture any more.
            runtime.shutdown_background();
        };
        let server = thread::Builder::new().name("sim".to_owned()).spawn(work).map_err(SimError::Start)?;
        Ok(Running {
            address,
            origin,
            files,
            ca,
            service: Some(service),
            stop: Some(stop),
            threads: vec![server, writer],
        })
    }
}

fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

async fn serve(
    port: Port,
    apart: Option<Port>,
    identity: Option<Identity>,
    service: Arc<Service>,
    key: Option<SecretString>,
    stopped: oneshot::Receiver<()>,
) {
    service.resume();
    service.call_all_back();
    let identity = identity.as_ref();
    let files = async {
        match apart {
            Some(port) => port.serve(serve::files_router(Arc::clone(&service)), identity).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = port.serve(serve::router(Arc::clone(&service), key), identity) => {}
        () = files => {}
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

    /// What every address begins with that the simulator gives out, but those of files that are served apart:
    /// `http://127.0.0.1:…`, or `https://localhost:…` with TLS. Stands for `https://queue.fal.run` and `https://api.fal.ai`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The authority that clients must trust to accept the certificate. None without TLS.
    #[must_use]
    pub fn ca(&self) -> Option<&Path> {
        self.ca.as_deref()
    }

    /// Where the videos are.
    #[must_use]
    pub fn files_url(&self) -> String {
        self.files.clone()
    }

    /// From now on nothing goes wrong by rule, but what was accepted to end badly still does.
    pub fn calm(&self) {
        if let Some(service) = &self.service {
            service.dice.change(|_| Faults::default());
        }
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
