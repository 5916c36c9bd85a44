//! The key pair that callbacks are signed with: kept from one start to the next, and its public half published.

use std::io;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::{KeyPair, PKCS_ED25519};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::{Value, json};

use crate::sim::private;

const NAME: &str = "webhook-key.pem";

/// Why callbacks can't be signed.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("the simulator cannot write the key of its webhooks to {}: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("the simulator cannot make a key for its webhooks")]
    Make,
}

#[derive(Debug)]
pub(super) struct Signer(pub(super) Ed25519KeyPair);

impl Signer {
    /// The one in the folder; a new one where there is none, or none that can be read.
    pub(super) fn kept(dir: &Path) -> Result<Self, KeyError> {
        let path = dir.join(NAME);
        if let Some(kept) = read(&path) {
            return Ok(kept);
        }
        let made = KeyPair::generate_for(&PKCS_ED25519).map_err(|_| KeyError::Make)?;
        private::write(&path, &made.serialize_pem())
            .map_err(|source| KeyError::Write { path: path.clone(), source })?;
        read(&path).ok_or(KeyError::Make)
    }

    /// A set of keys as of RFC 8037, section 2, with this one in it.
    pub(super) fn key_set(&self) -> Value {
        let x = URL_SAFE_NO_PAD.encode(self.0.public_key());
        json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "x": x }] })
    }
}

fn read(path: &Path) -> Option<Signer> {
    let key = PrivatePkcs8KeyDer::from_pem_file(path).ok()?;
    Ed25519KeyPair::from_pkcs8_maybe_unchecked(key.secret_pkcs8_der()).ok().map(Signer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_kept_and_one_that_cannot_be_read_is_made_anew() {
        let dir = tempfile::tempdir().unwrap();
        let set = || Signer::kept(dir.path()).unwrap().key_set();
        let first = set();
        assert_eq!(set(), first);
        let path = dir.path().join(NAME);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, &text[..60]).unwrap();
        let second = set();
        assert!(second != first && second == set());
    }

    #[cfg(unix)]
    #[test]
    fn the_key_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        Signer::kept(dir.path()).unwrap();
        let mode = dir.path().join(NAME).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
