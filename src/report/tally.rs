//! A run's numbers as its events tell them: clips done, money spent and reserved, and when it may end. Pure.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::render::{Event, What};
use crate::take::{FailureKind, Nonce};
use crate::usd::Usd;

/// Where a run stands.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    /// Takes that the run has to settle.
    total: usize,
    jobs: usize,
    cap: Option<Usd>,
    pub(super) done: usize,
    pub(super) failed: usize,
    spent: Usd,
    reserved: Usd,
    open: BTreeMap<Nonce, Open>,
    lasted: Vec<Duration>,
}

/// A take on its way.
#[derive(Clone, Debug)]
pub(super) struct Open {
    since: Duration,
    pub(super) usd: Usd,
}

impl Tally {
    pub(super) fn new(total: usize, jobs: usize, cap: Option<Usd>) -> Self {
        let (spent, reserved) = (Usd::ZERO, Usd::ZERO);
        Self {
            total,
            jobs,
            cap,
            done: 0,
            failed: 0,
            spent,
            reserved,
            open: BTreeMap::new(),
            lasted: Vec::new(),
        }
    }

    /// Takes note of an event, `now` after the run began.
    pub(super) fn note(&mut self, event: &Event, now: Duration) {
        let open = self.open.entry(event.nonce).or_insert(Open { since: now, usd: Usd::ZERO });
        match &event.what {
            What::Intent { usd, .. } => {
                open.usd = *usd;
                self.reserved += *usd;
            }
            What::Landed { .. } => self.close(event.nonce, now, Usd::MAX),
            What::Failed { failed, .. } if failed.kind == FailureKind::Throttled => {
                self.give_back(event.nonce);
            }
            What::Failed { failed, .. } => {
                self.failed += 1;
                self.close(event.nonce, now, if failed.is_free() { Usd::ZERO } else { Usd::MAX });
            }
            What::Unsent { .. } => self.give_back(event.nonce),
            What::Unknown { .. } | What::Lost | What::Left { .. } => drop(self.open.remove(&event.nonce)),
            _ => {}
        }
    }

    fn give_back(&mut self, nonce: Nonce) {
        if let Some(open) = self.open.remove(&nonce) {
            self.reserved = self.reserved.minus(open.usd);
        }
    }

    fn close(&mut self, nonce: Nonce, now: Duration, billed: Usd) {
        let Some(open) = self.open.remove(&nonce) else { return };
        self.done += 1;
        self.reserved = self.reserved.minus(open.usd);
        self.spent += open.usd.min(billed);
        self.lasted.push(now.saturating_sub(open.since));
    }

    pub(super) fn open(&self, nonce: Nonce) -> Option<&Open> {
        self.open.get(&nonce)
    }

    /// `3/8 clips · $4.62 spent · $2.10 reserved · cap $25.00 · about 2 min left`
    pub(super) fn line(&self) -> String {
        let mut parts = vec![format!("{}/{} clips", self.done, self.total), format!("{} spent", self.spent)];
        parts.push(format!("{} reserved", self.reserved));
        parts.extend(self.cap.map(|cap| format!("cap {cap}")));
        parts.extend(self.failed().then(|| format!("{} failed", self.failed)));
        parts.extend(self.left().map(|left| format!("about {} left", rough(left))));
        parts.join(" · ")
    }

    fn failed(&self) -> bool {
        self.failed > 0
    }

    /// What is left, at the pace of the takes that have ended.
    fn left(&self) -> Option<Duration> {
        let ended = u32::try_from(self.lasted.len()).ok().filter(|&ended| ended > 0)?;
        let mean = self.lasted.iter().sum::<Duration>() / ended;
        let rounds = self.total.saturating_sub(self.done).div_ceil(self.jobs.max(1));
        u32::try_from(rounds).ok().filter(|&rounds| rounds > 0).map(|rounds| mean * rounds)
    }
}

/// To the minute above two minutes, to the second below.
pub(super) fn rough(duration: Duration) -> String {
    match duration.as_secs() {
        seconds if seconds >= 120 => format!("{} min", seconds.div_ceil(60)),
        seconds => format!("{} s", seconds.max(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::take::Failed;
    use jiff::Timestamp;

    fn event(number: u32, what: What) -> Event {
        let nonce = format!("01939f7e-0000-7000-8000-{number:012x}").parse().unwrap();
        Event { at: Timestamp::UNIX_EPOCH, address: "a/b".parse().unwrap(), nonce, what }
    }

    fn intent(number: u32) -> Event {
        event(number, What::Intent { seconds: 5, usd: "2.10".parse().unwrap() })
    }

    #[test]
    fn the_line_tells_money_and_when_it_may_end() {
        let mut tally = Tally::new(4, 2, Some("10".parse().unwrap()));
        let at = Duration::from_secs;
        tally.note(&intent(1), at(0));
        tally.note(&intent(2), at(0));
        assert_eq!(tally.line(), "0/4 clips · $0.00 spent · $4.20 reserved · cap $10.00");
        tally.note(&event(1, What::Landed { file: String::new() }), at(30));
        let failed = Failed::new(Timestamp::UNIX_EPOCH, FailureKind::Server, String::new());
        let failed = What::Failed { failed, request_id: None };
        tally.note(&event(2, failed), at(30));
        assert_eq!(
            tally.line(),
            "2/4 clips · $2.10 spent · $0.00 reserved · cap $10.00 · 1 failed · about 30 s left"
        );
    }
}
