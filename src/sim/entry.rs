//! What is worth remembering from one start to the next: the steps of requests, and changes of the account.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::account::Change;
use super::callback::Attempt;
use super::job::{Ending, Submission};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(super) enum Entry {
    Submitted(Submission),
    Ended {
        id: Uuid,
        ending: Ending,
    },
    /// The payloads of a request, and its files with them.
    Deleted {
        id: Uuid,
    },
    CalledBack(Attempt),
    Account(Change),
}
