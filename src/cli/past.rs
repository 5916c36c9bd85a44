//! What the commands share that ask fal what it remembers: why it could not be asked, and with which exit.

use std::time::Duration;

use super::exit::{self, Exit, Failure};
use super::maker::Simulation;
use crate::fal::AskError;
use crate::render::{History, Unasked};

/// The simulator only answers for what it has.
pub(super) const SIMULATION: Simulation = Simulation { concurrency: 2, pace: Duration::from_millis(40) };

pub(super) const NO_HISTORY: &str = "there is no history to ask: none is known for a queue of your own \
    (SHOTLIST_QUEUE_URL); set SHOTLIST_API_URL if it has one";

/// Of a question that fal did not answer.
pub(super) fn exit(error: &AskError) -> Exit {
    match error {
        AskError::Refused { status: 401..=403, .. } => Exit::Account,
        _ => Exit::Broken,
    }
}

/// The endpoints of which fal did not say all; none where there are none.
pub(super) fn unasked(history: &History) -> Option<Failure> {
    let exit = history.unasked.iter().map(|unasked| self::exit(&unasked.error)).max()?;
    let why: Vec<String> = history.unasked.iter().map(Unasked::to_string).collect();
    Some(Failure::new(exit, why.join("\n")))
}

/// What was done, and what fal did not say: the graver exit.
pub(super) fn along(done: Result<Exit, Failure>, history: &History) -> Result<Exit, Failure> {
    match done {
        Ok(exit) => unasked(history).map_or(Ok(exit), Err),
        Err(failure) => {
            let exit = failure.exit;
            exit::at_least(exit, Err(because(failure, history)))
        }
    }
}

/// Where fal did not say all, that may be why.
pub(super) fn because(failure: Failure, history: &History) -> Failure {
    match unasked(history) {
        None => failure,
        Some(unasked) => Failure { message: format!("{}\n{}", unasked.message, failure.message), ..unasked },
    }
}
