//! Webhooks: what is called back about a request that has ended, how it is signed, how often it is tried, and the sending.
//! Which requests have ended, and what of it is remembered, is the service's.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use url::Url;
use uuid::Uuid;

mod attempt;
mod body;
mod keys;
mod schedule;
mod sender;
mod signature;

pub(super) use attempt::{Answer, Attempt};
pub(super) use body::{Payload, body};
pub use keys::KeyError;
use keys::Signer;
pub(super) use schedule::{Due, due};
use sender::{Post, Sender};
pub(super) use signature::Stamp;

/// A callback that is not signed yet.
#[derive(Clone, Debug)]
pub(super) struct Letter {
    pub(super) id: Uuid,
    pub(super) to: Url,
    pub(super) body: Value,
    pub(super) stamp: Stamp,
}

/// Signs and sends.
#[derive(Debug)]
pub(super) struct Callbacks {
    signer: Signer,
    sender: Sender,
}

impl Callbacks {
    /// With the key in this folder.
    pub(super) fn new(dir: &Path) -> Result<Self, KeyError> {
        Ok(Self { signer: Signer::kept(dir)?, sender: Sender::new() })
    }

    /// The keys that signatures can be verified with.
    pub(super) fn key_set(&self) -> Value {
        self.signer.key_set()
    }

    /// Once, and waits for the answer no longer than this.
    pub(super) async fn send(&self, letter: &Letter, patience: Duration) -> Answer {
        let body = letter.body.to_string().into_bytes();
        let sign = || {
            let headers = letter.stamp.headers(&self.signer, letter.id, Timestamp::now(), &body);
            Post { to: letter.to.clone(), headers, body: body.clone() }
        };
        self.sender.send(patience, sign).await
    }
}
