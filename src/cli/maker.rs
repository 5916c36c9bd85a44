//! Who makes the clips of this run: fal, with the key from the environment, or the simulator, started here.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use super::exit::{Exit, Failure};
use super::folder::{self, Folder};
use crate::catalog::Catalog;
use crate::fal::{Client, Key, KeyError, KeysAddress, Origins, Timeouts};
use crate::sim::{Config, Latency, Running, Simulator};

/// What the record calls the simulator.
const SIM: &str = "sim";

/// Known before anything is started.
pub(super) enum Maker {
    Fal(Box<Origins>),
    Simulator,
}

/// How the simulator works, where it is the one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Simulation {
    /// Clips at once.
    pub(super) concurrency: usize,
    /// How long a clip takes at least.
    pub(super) pace: Duration,
}

/// Ready to be spoken to.
pub(super) struct Server {
    origins: Origins,
    key: Option<Key>,
    /// Stops with this.
    _simulator: Option<Running>,
}

impl Maker {
    pub(super) fn new(folder: &Folder) -> Result<Self, Failure> {
        Self::of(folder.maker)
    }

    pub(super) fn of(who: folder::Maker) -> Result<Self, Failure> {
        if who == folder::Maker::Simulator {
            return Ok(Self::Simulator);
        }
        let (queue, platform) = (variable("SHOTLIST_QUEUE_URL"), variable("SHOTLIST_API_URL"));
        let origins = Origins::new(queue.as_deref(), platform.as_deref()).map_err(Failure::usage)?;
        Ok(Self::Fal(Box::new(origins)))
    }

    pub(super) fn origin(&self) -> String {
        match self {
            Self::Fal(origins) => origins.recorded(),
            Self::Simulator => SIM.to_owned(),
        }
    }

    /// Is there anybody to ask what was bought?
    pub(super) fn has_history(&self) -> bool {
        match self {
            Self::Fal(origins) => origins.has_platform(),
            Self::Simulator => true,
        }
    }

    /// Where the keys lie that its callbacks are signed with.
    pub(super) fn callback_keys(&self) -> Result<KeysAddress, Failure> {
        match self {
            Self::Fal(origins) => {
                KeysAddress::new(variable("SHOTLIST_JWKS_URL").as_deref(), origins).map_err(Failure::usage)
            }
            Self::Simulator => Ok(KeysAddress::on_the_queue()),
        }
    }

    pub(super) fn is_free(&self) -> bool {
        matches!(self, Self::Simulator)
    }

    pub(super) fn start(
        &self,
        folder: &Folder,
        catalog: &Arc<Catalog>,
        simulation: Simulation,
    ) -> Result<Server, Failure> {
        self.start_in(&folder.dir.join(".sim"), catalog, simulation)
    }

    /// `memory`: where the simulator keeps what it was asked.
    pub(super) fn start_in(
        &self,
        memory: &Path,
        catalog: &Arc<Catalog>,
        simulation: Simulation,
    ) -> Result<Server, Failure> {
        match self {
            Self::Fal(_) => self.start_with(Some(key()?), memory, catalog, simulation),
            Self::Simulator => self.start_with(None, memory, catalog, simulation),
        }
    }

    /// The same with this key, or with none: to see whether anybody is there.
    pub(super) fn start_with(
        &self,
        key: Option<Key>,
        memory: &Path,
        catalog: &Arc<Catalog>,
        simulation: Simulation,
    ) -> Result<Server, Failure> {
        match self {
            Self::Fal(origins) => Ok(Server { origins: (**origins).clone(), key, _simulator: None }),
            Self::Simulator => simulate(memory, catalog, simulation),
        }
    }
}

/// What everything that speaks to a maker runs on: one thread, so that takes share what they need without locks.
pub(super) fn runtime() -> Result<Runtime, Failure> {
    Builder::new_current_thread().enable_all().build().map_err(Failure::broken)
}

fn simulate(memory: &Path, catalog: &Arc<Catalog>, simulation: Simulation) -> Result<Server, Failure> {
    let Simulation { concurrency, pace } = simulation;
    let config = Config {
        concurrency,
        latency: Latency::running(pace),
        ..Config::new(memory.to_owned(), Arc::clone(catalog))
    };
    let simulator = Simulator::start(config).map_err(Failure::broken)?;
    let origins = Origins::simulator(simulator.origin()).map_err(Failure::broken)?;
    Ok(Server { origins, key: None, _simulator: Some(simulator) })
}

impl Server {
    pub(super) fn client(&self) -> Result<Client, Failure> {
        self.client_within(Timeouts::default())
    }

    pub(super) fn client_within(&self, timeouts: Timeouts) -> Result<Client, Failure> {
        Client::new(self.origins.clone(), self.key.clone(), timeouts).map_err(Failure::broken)
    }
}

/// Read only once there is something to do: a plan that is current needs none.
fn key() -> Result<Key, Failure> {
    key_of_environment()
        .map_err(|error| Failure::new(Exit::Account, format!("{error}; or try it free with --sim")))
}

pub(super) fn key_of_environment() -> Result<Key, KeyError> {
    let (key, id, secret) = (variable("FAL_KEY"), variable("FAL_KEY_ID"), variable("FAL_KEY_SECRET"));
    Key::from_values(key.as_deref(), id.as_deref(), secret.as_deref())
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
