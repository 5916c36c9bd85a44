//! What happens to a take, told as it happens. Shows nothing; reports do.

use jiff::Timestamp;

use crate::address::Address;
use crate::take::{Failed, Nonce};
use crate::usd::Usd;

/// One step of one take.
#[derive(Clone, Debug)]
pub struct Event {
    pub at: Timestamp,
    /// The clip as it was called when it was bought.
    pub address: Address,
    pub nonce: Nonce,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// About to be sent; its price is reserved.
    Intent {
        seconds: u32,
        usd: Usd,
    },
    Submitted {
        request_id: String,
    },
    /// Nobody knew of it, and fal has it: from its history, or from its callback. Nothing is sent for that.
    Found {
        request_id: String,
    },
    /// How many requests are in front of it, where fal says so.
    Queued {
        position: Option<u64>,
    },
    Running,
    /// fal has finished; the file comes now.
    Completed,
    /// Bytes of the file that are here, and of the whole where announced.
    Downloading {
        bytes: u64,
        total: Option<u64>,
    },
    Landed {
        file: String,
    },
    Failed {
        failed: Failed,
        request_id: Option<String>,
    },
    Unknown {
        why: String,
    },
    /// Its file is gone at fal.
    Lost,
    /// fal has it, and it is left for the next run.
    Left {
        why: String,
        request_id: Option<String>,
    },
    /// Certainly not sent; nothing is reserved for it any more.
    Unsent {
        why: String,
    },
}
