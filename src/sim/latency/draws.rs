//! Draws how long each request and each answer takes. Waits for nothing itself.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::{Latency, Stage};
use crate::request::Fingerprint;
use crate::sim::lock;

#[derive(Debug)]
pub(in crate::sim) struct Draws {
    seed: u64,
    latency: Latency,
    calls: AtomicU64,
    /// How often a request came to a stage whose length differs.
    visits: Mutex<BTreeMap<(Stage, Fingerprint), u32>>,
}

impl Draws {
    pub(in crate::sim) fn new(seed: u64, latency: Latency) -> Self {
        Self { seed, latency, calls: AtomicU64::new(0), visits: Mutex::default() }
    }

    /// For the request that now comes to this stage.
    pub(in crate::sim) fn of(&self, stage: Stage, payload: Fingerprint) -> Duration {
        self.draw(stage, || {
            let mut visits = lock(&self.visits);
            let visit = visits.entry((stage, payload)).or_insert(0);
            *visit = visit.saturating_add(1);
            format!("{payload} {visit}")
        })
    }

    /// For the call that now comes in.
    pub(in crate::sim) fn of_call(&self) -> Duration {
        self.draw(Stage::Http, || self.calls.fetch_add(1, Ordering::Relaxed).to_string())
    }

    fn draw(&self, stage: Stage, what: impl FnOnce() -> String) -> Duration {
        let spread = self.latency.of(stage);
        spread.always().unwrap_or_else(|| {
            let hash = blake3::hash(format!("{} {} {}", self.seed, stage.name(), what()).as_bytes());
            spread.draw([even(&hash.as_bytes()[..4]), even(&hash.as_bytes()[4..8])])
        })
    }
}

/// Four bytes as a number from 0 up to, but not including, 1.
fn even(bytes: &[u8]) -> f64 {
    bytes.iter().rev().fold(0.0, |rest, byte| (rest + f64::from(*byte)) / 256.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::job::payload;
    use serde_json::json;

    fn runs(seed: u64) -> Vec<Duration> {
        let draws = Draws::new(seed, Latency::parse(["run=1s..2m"]).unwrap());
        let requests = (0..50).map(|number| payload("a/b", &json!({"prompt": number})));
        requests.chain([payload("a/b", &json!({"prompt": 7}))]).map(|id| draws.of(Stage::Run, id)).collect()
    }

    #[test]
    fn the_same_request_takes_the_same_time_and_sent_again_another() {
        assert_eq!(runs(1), runs(1));
        assert_ne!(runs(1), runs(2));
        assert_ne!(runs(1)[50], runs(1)[7]);
    }

    #[test]
    fn calls_differ_and_what_is_fixed_is_counted_nowhere() {
        let draws = Draws::new(1, Latency::parse(["http=1ms..1s"]).unwrap());
        assert_ne!(draws.of_call(), draws.of_call());
        assert_eq!(draws.of(Stage::Run, payload("a/b", &json!({}))), Duration::from_millis(40));
        assert!(lock(&draws.visits).is_empty());
    }
}
