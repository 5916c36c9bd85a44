//! The exit code: one meaning each, computed from what the record says after the run.

use crate::plan::Held;
use crate::render::{Halt, Outcome, Run, Settled};
use crate::take::Takes;

/// The codes of `--help`, the gravest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Exit {
    Done,
    /// `plan --detailed-exitcode`: something is to be done.
    ToDo,
    /// Some clips failed, or are held as failed or lost.
    Failed,
    Budget,
    Unknown,
    /// Disk, network, internal.
    Broken,
    /// Key, balance, permission.
    Account,
    /// Another run holds the folder, it belongs to another queue, or a price is stale.
    Stale,
    /// Usage, storyboards, templates.
    Problems,
    Interrupted,
}

impl Exit {
    pub(super) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Broken => 1,
            Self::Problems | Self::ToDo => 2,
            Self::Budget => 3,
            Self::Account => 4,
            Self::Failed => 5,
            Self::Unknown => 6,
            Self::Stale => 7,
            Self::Interrupted => 130,
        }
    }
}

/// Why a command could not do its work.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) exit: Exit,
    pub(super) message: String,
}

impl Failure {
    pub(super) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into() }
    }

    /// For `map_err`, which hands over the error itself.
    #[allow(clippy::needless_pass_by_value, reason = "so that it fits `map_err`")]
    pub(super) fn broken(error: impl ToString) -> Self {
        Self::new(Exit::Broken, error.to_string())
    }

    /// Likewise, for what the user can put right in what was typed or written.
    #[allow(clippy::needless_pass_by_value, reason = "so that it fits `map_err`")]
    pub(super) fn usage(error: impl ToString) -> Self {
        Self::new(Exit::Problems, error.to_string())
    }
}

/// What was done, with no lesser exit than this.
pub(super) fn at_least(least: Exit, done: Result<Exit, Failure>) -> Result<Exit, Failure> {
    let graver = |exit: Exit| exit.max(least);
    done.map(graver).map_err(|failure| Failure { exit: graver(failure.exit), ..failure })
}

/// The gravest of what stopped the run, what became of each take wanted, and what waits for a decision.
pub(super) fn of_run(run: &Run, settled: &[Settled], takes: &Takes) -> Exit {
    let halt = run.halt.map_or(Exit::Done, of_halt);
    let interrupted = if run.interrupts > 0 { Exit::Interrupted } else { Exit::Done };
    let unknown = if takes.unknown().next().is_some() { Exit::Unknown } else { Exit::Done };
    let left = if run.left.is_empty() { Exit::Done } else { Exit::Broken };
    settled
        .iter()
        .map(|one| of_outcome(one.outcome))
        .chain([halt, interrupted, unknown, left])
        .max()
        .unwrap_or(Exit::Done)
}

fn of_halt(halt: Halt) -> Exit {
    match halt {
        Halt::FailFast => Exit::Failed,
        Halt::Network | Halt::Record => Exit::Broken,
        Halt::Orphans => Exit::Unknown,
        Halt::Account | Halt::Throttled => Exit::Account,
        Halt::Price => Exit::Stale,
        Halt::Unasked => Exit::Problems,
        Halt::Declined | Halt::Interrupted => Exit::Interrupted,
    }
}

fn of_outcome(outcome: Outcome) -> Exit {
    match outcome {
        Outcome::Landed(_) | Outcome::Interrupted(_) => Exit::Done,
        Outcome::Failed(_) | Outcome::Held(Held::Failed | Held::Lost) => Exit::Failed,
        Outcome::Held(Held::Budget(_)) => Exit::Budget,
        Outcome::Unknown(_) => Exit::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Over;
    use crate::usd::Usd;

    fn settled(outcome: Outcome) -> Settled {
        Settled { clip: 0, number: 1, outcome }
    }

    #[test]
    fn of_several_the_gravest_counts() {
        let failed = settled(Outcome::Held(Held::Failed));
        let budget = settled(Outcome::Held(Held::Budget(Over::Run(Usd::ZERO))));
        let none = Takes::default();
        let run = |halt| Run { halt, ..Run::default() };
        let interrupted = Run { interrupts: 1, halt: Some(Halt::Account), ..Run::default() };
        assert_eq!(of_run(&interrupted, &[failed], &none).code(), 130);
        assert_eq!(of_run(&run(None), &[], &none).code(), 0);
        assert_eq!(of_run(&run(None), &[failed], &none).code(), 5);
        assert_eq!(of_run(&run(None), &[failed, budget], &none).code(), 3);
        assert_eq!(of_run(&run(Some(Halt::Record)), &[failed, budget], &none).code(), 1);
        assert_eq!(of_run(&run(Some(Halt::Account)), &[budget], &none).code(), 4);
    }
}
