//! Asks fal what it remembers of the endpoints that unknown takes were sent to, one question each.
//! Which of it is whose is decided elsewhere.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::reconcile::WINDOW;
use crate::fal::{self, AskError, Client, PastRequest, Window};
use crate::take::Takes;

/// Tries for each question.
const TRIES: usize = 2;

/// What fal remembers, by endpoint.
#[derive(Clone, Debug, Default)]
pub struct History {
    pub requests: BTreeMap<String, Vec<PastRequest>>,
    /// Endpoints of which fal did not say.
    pub unasked: Vec<Unasked>,
}

/// An endpoint whose history can't be had, or not whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("fal's history of {endpoint} can't be read: {error}")]
pub struct Unasked {
    pub endpoint: String,
    pub error: AskError,
}

/// From before the first unknown intent of each endpoint until `now`: a request may have waited in the queue since.
pub async fn history(client: &Client, takes: &Takes, now: Timestamp) -> History {
    let mut history = History::default();
    for (endpoint, first) in firsts(takes) {
        let window = window(endpoint, first, now);
        match fal::persistently(TRIES, || client.history(window)).await {
            Ok(requests) => drop(history.requests.insert(endpoint.to_owned(), requests)),
            Err(error) => history.unasked.push(Unasked { endpoint: endpoint.to_owned(), error }),
        }
    }
    history
}

/// In whole seconds, both ends rounded outwards, and from as long before the intent as a request can be.
fn window(endpoint: &str, first: Timestamp, now: Timestamp) -> Window<'_> {
    let second = |at: Timestamp, more: i64| Timestamp::from_second(at.as_second() + more).unwrap_or(at);
    let from = first.checked_sub(WINDOW).unwrap_or(first);
    Window { endpoint, from: second(from, 0), to: second(now, 1) }
}

/// The time of the first unknown intent of each endpoint.
fn firsts(takes: &Takes) -> BTreeMap<&str, Timestamp> {
    let mut firsts = BTreeMap::new();
    for take in takes.unknown() {
        firsts.entry(take.intent.request.endpoint.as_str()).or_insert(take.intent.at);
    }
    firsts
}
