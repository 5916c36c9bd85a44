//! Whether the simulator is reached over https, and under which name. How a certificate comes about and how hands are
//! shaken is decided further in.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use rustls::ServerConfig;

mod certificate;
mod secured;

pub use certificate::TlsError;
pub(super) use secured::Secured;

/// Whether clients reach the simulator over https.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tls {
    /// Plain http, on `127.0.0.1`.
    #[default]
    Off,
    /// https, on `localhost`, with a certificate made for the simulator's folder. Clients accept it once they trust the
    /// authority in that folder's `ca.pem`, which can vouch for nothing but this machine and whose key is thrown away.
    On,
}

/// What the simulator shows to a client that wants https.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    pub(super) config: Arc<ServerConfig>,
    /// The authority that clients are to trust, as a path that holds in any folder.
    pub(super) ca: PathBuf,
}

impl Tls {
    /// None where there is no https.
    pub(super) fn identity(self, dir: &Path) -> Result<Option<Identity>, TlsError> {
        match self {
            Self::Off => Ok(None),
            Self::On => certificate::identity(dir, Timestamp::now()).map(Some),
        }
    }

    /// What stands before the path of every address that is given out.
    pub(super) fn origin(self, address: SocketAddr) -> String {
        match self {
            Self::Off => format!("http://{address}"),
            Self::On => format!("https://localhost:{}", address.port()),
        }
    }
}
