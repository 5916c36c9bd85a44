//! The headers of a callback, and the signature among them, as fal's webhooks page describes them. Pure.

use jiff::{SignedDuration, Timestamp};
use ring::digest::{SHA256, digest};
use uuid::Uuid;

use super::keys::Signer;

/// Whose requests they are; fal's own ids of users look different and mean nothing here.
const USER_ID: &str = "shotlist-simulator";

/// Names and values.
pub(super) type Headers = [(&'static str, String); 4];

/// What a receiver is to make of a callback's signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) enum Stamp {
    Genuine,
    /// Of another body.
    Forged,
    /// Genuine, and too old to be believed: receivers are to refuse what is more than five minutes off.
    Stale,
}

const STALE: SignedDuration = SignedDuration::from_hours(1);

impl Stamp {
    /// For this body, sent now. The receiver holds the time against its own clock, so it is never a simulated one.
    pub(super) fn headers(self, signer: &Signer, id: Uuid, now: Timestamp, body: &[u8]) -> Headers {
        let (body, at) = match self {
            Self::Genuine => (body, now),
            Self::Forged => (b"forged".as_slice(), now),
            Self::Stale => (body, now - STALE),
        };
        let (id, at) = (id.to_string(), at.as_second().to_string());
        let hash = hex(digest(&SHA256, body).as_ref());
        let signature = signer.0.sign([&id, USER_ID, &at, &hash].join("\n").as_bytes());
        [
            ("x-fal-webhook-request-id", id),
            ("x-fal-webhook-user-id", USER_ID.to_owned()),
            ("x-fal-webhook-timestamp", at),
            ("x-fal-webhook-signature", hex(signature.as_ref())),
        ]
    }
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}
