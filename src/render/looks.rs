//! When to look at a clip: by the clock, or, where fal calls back, once it has called, with the clock as a safety net.
//! A callback is never believed further than that it is time to look.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::desk::Desk;
use super::pace;
use crate::take::{Nonce, Take};

/// When fal got it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begun {
    /// A moment ago, so that it can't be finished.
    Now,
    /// Earlier, perhaps by a run whose callbacks nobody heard.
    Earlier,
}

/// What came of a look that did not end the waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Saw {
    NotYet,
    /// No answer that makes sense; perhaps one that says how long to wait.
    Nothing(Option<Duration>),
}

/// The looks at one clip.
pub(super) struct Looks {
    nonce: Nonce,
    begun: Begun,
    since: Instant,
    awaits: Awaits,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Awaits {
    Call,
    Nothing,
}

impl Looks {
    pub(super) fn of(desk: &Desk, take: &Take, begun: Begun) -> Self {
        let is_called = desk.hook().is_some() && take.token.is_some();
        let awaits = if is_called { Awaits::Call } else { Awaits::Nothing };
        Self { nonce: take.nonce, begun, since: Instant::now(), awaits }
    }

    /// Without callbacks, and after a time in which some may have been lost, the first look is at once.
    pub(super) async fn first(&mut self, desk: &Desk<'_>) {
        if (self.begun, self.awaits) == (Begun::Now, Awaits::Call) {
            self.call_or(desk, pace::FIRST_UNCALLED).await;
        }
    }

    pub(super) async fn next(&mut self, desk: &Desk<'_>, saw: Saw) {
        match (saw, self.awaits) {
            (Saw::NotYet, Awaits::Call) => self.call_or(desk, pace::uncalled(fastrand::f64())).await,
            (Saw::NotYet, Awaits::Nothing) => desk.pause(self.since, None).await,
            (Saw::Nothing(at_least), _) => desk.pause(self.since, at_least).await,
        }
    }

    /// fal says that it is done, so from then on the clip is looked at as if it had just begun.
    async fn call_or(&mut self, desk: &Desk<'_>, longest: Duration) {
        tokio::select! {
            _ = desk.called(self.nonce) => (self.since, self.awaits) = (Instant::now(), Awaits::Nothing),
            () = sleep(longest) => {}
        }
    }
}
