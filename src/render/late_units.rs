//! Asks fal what it bills for takes whose answer did not say so: that may come seconds later than the answer itself.
//! Beside everything else and a few times only; nothing waits for it but, shortly, the end of the run.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;

use futures::stream::{self, StreamExt};
use jiff::{SignedDuration, Timestamp};
use tokio::time::{sleep, timeout};

use super::desk::Desk;
use crate::take::{Completed, Facts, Failed, Nonce, Take, Units};

/// Between two rounds, each of which asks for all that is owed.
const ROUND: Duration = Duration::from_secs(2);
/// How often a take is asked for in one run. What fal has not told by then it may never tell.
const TRIES: u32 = 3;
/// Questions at once.
const AT_ONCE: usize = 4;
/// Takes of earlier runs are asked for as well, for as long as fal keeps every answer: an hour, if no longer.
const KEPT: SignedDuration = SignedDuration::from_hours(1);
/// What the last take of a run is given to be billed, and how long the end of the run waits in all.
const BREATH: Duration = Duration::from_secs(1);
const GRACE: Duration = Duration::from_secs(3);

pub(super) struct LateUnits<'a> {
    desk: &'a Desk<'a>,
    /// How often each take was asked for in this run.
    asked: BTreeMap<Nonce, u32>,
}

impl<'a> LateUnits<'a> {
    pub(super) fn new(desk: &'a Desk<'a>) -> Self {
        Self { desk, asked: BTreeMap::new() }
    }

    /// Asks round after round, until it is dropped.
    pub(super) async fn keep_asking(&mut self) -> Infallible {
        loop {
            sleep(ROUND).await;
            self.round().await;
        }
    }

    /// One last round for what ended just now, unless the run was stopped, or until the user wants it over.
    pub(super) async fn ask_once_more(&mut self, interrupted: impl Future<Output = Option<()>>) {
        if self.desk.is_stopped() || self.owed().is_empty() {
            return;
        }
        let last = timeout(GRACE, async {
            sleep(BREATH).await;
            self.round().await;
        });
        tokio::select! {
            _ = last => {}
            Some(()) = interrupted => {}
        }
    }

    async fn round(&mut self) {
        let owed = self.owed();
        for take in &owed {
            *self.asked.entry(take.nonce).or_default() += 1;
        }
        stream::iter(owed).for_each_concurrent(AT_ONCE, |take| ask(self.desk, take)).await;
    }

    fn owed(&self) -> Vec<Take> {
        let now = Timestamp::now();
        let is_due = |take: &&Take| {
            take.awaits_units()
                && ended(take).is_some_and(|at| now.duration_since(at) < KEPT)
                && self.asked.get(&take.nonce).is_none_or(|tries| *tries < TRIES)
        };
        self.desk.record().with_takes(|takes| takes.iter().filter(is_due).cloned().collect())
    }
}

fn ended(take: &Take) -> Option<Timestamp> {
    let failed = take.failure().map(|failed| failed.at);
    failed.or_else(|| take.landed.as_ref().map(|landed| landed.at))
}

/// What can't be asked or recorded is left unknown: no purchase depends on it, and a record that can't be written
/// is noticed by those that do.
async fn ask(desk: &Desk<'_>, take: Take) {
    let Some(submitted) = &take.submitted else { return };
    let Ok(handle) = desk.client().handle(&take.intent.request.endpoint, submitted) else { return };
    let Ok(billed) = desk.client().billed(&handle).await else { return };
    let told = billed.units.filter(|units| Units::told(units).is_some());
    if let Some(facts) = told.and_then(|units| facts(&take, billed.status, units)) {
        let _ = desk.record().append(facts).await;
    }
}

/// The take's end told once more, now with the units. None where this is another answer than the one that was
/// recorded: of a result that is gone fal may say that it bills nothing.
fn facts(take: &Take, status: u16, units: String) -> Option<Facts> {
    let billable_units = Some(units);
    if let Some(failed) = take.failure() {
        let failed = Failed { billable_units, ..failed.clone() };
        return (failed.http_status == Some(status))
            .then(|| Facts { failed: Some(failed), ..Facts::of(take.nonce) });
    }
    let completed = take.completed.clone().filter(|_| (200..300).contains(&status))?;
    let completed = Completed { billable_units, ..completed };
    Some(Facts { completed: Some(completed), ..Facts::of(take.nonce) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::take::{Charge, FailureKind, testing};

    /// The take as it is known after this answer.
    fn after(take: &Take, status: u16, units: &str) -> Option<Take> {
        let mut known = Facts::from(take.clone());
        known.join(facts(take, status, units.to_owned())?).unwrap();
        known.into_take()
    }

    #[test]
    fn the_same_answer_told_once_more_brings_the_units() {
        let take = testing::landed_take(5, "2.10", None, 5040);
        let after = after(&take, 200, "5.0").unwrap();
        assert!(!after.awaits_units());
        assert_eq!((after.units(), after.landed), (Units::told("5"), take.landed));
    }

    #[test]
    fn a_failure_that_fal_bills_nothing_for_becomes_free() {
        let take = testing::failed_take(FailureKind::Policy, 5, "2.10", None);
        assert_eq!(after(&take, 422, "0").unwrap().charge(), Charge::Free);
        assert_eq!(after(&take, 422, "5").unwrap().charge(), Charge::MaybeBilled("2.10".parse().unwrap()));
    }

    #[test]
    fn another_answer_says_nothing_about_the_bill() {
        let landed = testing::landed_take(5, "2.10", None, 5040);
        let failed = testing::failed_take(FailureKind::Policy, 5, "2.10", None);
        for status in [401, 404, 410, 500, 503] {
            assert_eq!(after(&landed, status, "0"), None);
            assert_eq!(after(&failed, status, "0"), None);
        }
        assert_eq!(after(&failed, 200, "0"), None);
    }
}
