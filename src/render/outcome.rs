//! How a take's journey through this run ended, and what that means for the rest of the run.

use crate::take::{Failed, FailureKind, Nonce};

/// How one job ended. A failed take is data; only what stops the whole run is a [`Halt`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Its file is in the vault.
    Landed,
    Failed(Failed),
    /// Nobody knows whether it was bought.
    Unknown(String),
    /// Bought, and its file is gone at fal.
    Lost,
    /// Bought and not yet here: fal, the network or the user stopped the waiting. The next run goes on.
    Left(Left),
    /// Certainly not sent: the run was stopped, or its intent could not be recorded.
    Unsent(Unsent),
    /// fal has it, and a step of it could not be recorded.
    Unrecorded(String),
    /// This program failed while it carried the take, and only that one. The record says how far it came.
    Broken(String),
    /// No take's end: what was found of those that nobody knew of, and whether the patience for it is used up.
    Searched {
        found: Vec<Nonce>,
        in_vain: bool,
    },
}

/// Why nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsent {
    #[error("the run was stopped before it was sent")]
    Stopped,
    #[error("not sent: {0}")]
    Unrecorded(String),
}

/// Why a paid take was left for the next run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Left {
    /// Or it answered nothing usable.
    #[error("fal was out of reach for too long: {0}")]
    Unreachable(String),
    #[error("fal refuses the key: {0}")]
    Account(String),
    /// Which says nothing about its bill.
    #[error("fal does not say what became of it: {0}")]
    NotFound(String),
    #[error("its file did not arrive whole: {0}")]
    File(String),
}

/// Which failures end the buying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFailure {
    KeepGoing,
    /// `--fail-fast`: what is paid for is followed, nothing new is bought.
    Stop,
}

/// Why the buying stopped; a later one is graver and replaces the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Halt {
    /// `--fail-fast`.
    FailFast,
    /// Asked whether to spend, the user said no.
    Declined,
    Interrupted,
    Network,
    /// What nobody knows of may be under way at fal, and keeps every slot.
    Orphans,
    /// 429, again and again.
    Throttled,
    Account,
    /// fal asks more than the catalog says, or nothing that can be trusted.
    Price,
    /// Nobody was there to be asked whether to spend.
    Unasked,
    Record,
}

impl Ended {
    /// Short for tests and for failures that have no more to say.
    #[cfg(test)]
    pub(super) fn failed(kind: FailureKind) -> Self {
        Self::Failed(Failed::new(jiff::Timestamp::UNIX_EPOCH, kind, String::new()))
    }

    /// Nothing came of it, and it may be begun again: neither the bill nor the request has anything to say.
    pub(super) fn bought_nothing_yet(&self) -> bool {
        match self {
            Self::Unsent(_) => true,
            Self::Failed(failed) => failed.kind == FailureKind::Throttled,
            _ => false,
        }
    }

    /// Why it waits for the next run although it is paid for.
    pub(super) fn left_for_next_run(&self) -> Option<String> {
        matches!(self, Self::Left(_) | Self::Unrecorded(_) | Self::Broken(_)).then(|| self.reason()).flatten()
    }

    /// In words; none where there is nothing to explain.
    pub(super) fn reason(&self) -> Option<String> {
        match self {
            Self::Landed | Self::Searched { .. } => None,
            Self::Broken(why) => Some(format!("a fault in shotlist itself: {why}")),
            Self::Failed(failed) => Some(failed.message.clone()),
            Self::Unknown(why) | Self::Unrecorded(why) => Some(why.clone()),
            Self::Unsent(unsent) => Some(unsent.to_string()),
            Self::Lost => Some("its file is gone at fal".to_owned()),
            Self::Left(left) => Some(left.to_string()),
        }
    }

    /// Does this end stop the buying?
    pub(super) fn halt(&self) -> Option<Halt> {
        match self {
            Self::Failed(failed) => halt_of(failed.kind),
            Self::Left(Left::Account(_)) => Some(Halt::Account),
            Self::Left(Left::Unreachable(_)) => Some(Halt::Network),
            Self::Unrecorded(_) | Self::Unsent(Unsent::Unrecorded(_)) => Some(Halt::Record),
            _ => None,
        }
    }
}

fn halt_of(kind: FailureKind) -> Option<Halt> {
    match kind {
        FailureKind::Account => Some(Halt::Account),
        FailureKind::NotSent => Some(Halt::Network),
        _ => None,
    }
}
