//! Asks fal what it remembers of endpoints and of single requests: each endpoint whole, or not at all.
//! Which of it is whose is decided elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::fal::{AskError, Client, PastRequest, Window};
use crate::take::Takes;

/// How far from its intent a request can have reached fal: two and a half minutes of connecting and sending,
/// and the rest for clocks that differ.
pub(super) const WINDOW: SignedDuration = SignedDuration::from_mins(10);

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

/// From as long before the first unknown intent of each endpoint as its request can be, until `now`: a request may
/// have waited in the queue since.
pub async fn history(client: &Client, takes: &Takes, now: Timestamp) -> History {
    let since = |first: Timestamp| first.checked_sub(WINDOW).unwrap_or(first);
    let firsts = firsts(takes).into_iter().map(|(endpoint, first)| (endpoint, since(first)));
    windows(client, firsts.collect(), now).await
}

/// Of these endpoints, everything that was sent since then.
pub async fn history_since(
    client: &Client,
    endpoints: &BTreeSet<&str>,
    since: Timestamp,
    now: Timestamp,
) -> History {
    windows(client, endpoints.iter().map(|endpoint| (*endpoint, since)).collect(), now).await
}

async fn windows(client: &Client, since: BTreeMap<&str, Timestamp>, now: Timestamp) -> History {
    let mut history = History::default();
    for (endpoint, since) in since {
        let listed = client.history(window(endpoint, since, now)).await;
        history.note(endpoint, listed);
    }
    history
}

/// These requests, at whichever of the endpoints.
pub async fn history_of(client: &Client, endpoints: &BTreeSet<&str>, ids: &[String]) -> History {
    let mut history = History::default();
    for endpoint in endpoints {
        history.note(endpoint, requests(client, endpoint, ids).await);
    }
    history
}

async fn requests(client: &Client, endpoint: &str, ids: &[String]) -> Result<Vec<PastRequest>, AskError> {
    let mut all = Vec::new();
    for id in ids {
        all.extend(client.past_request(endpoint, id).await?);
    }
    Ok(all)
}

impl History {
    fn note(&mut self, endpoint: &str, listed: Result<Vec<PastRequest>, AskError>) {
        let endpoint = endpoint.to_owned();
        match listed {
            Ok(requests) => drop(self.requests.insert(endpoint, requests)),
            Err(error) => self.unasked.push(Unasked { endpoint, error }),
        }
    }
}

/// In whole seconds, both ends rounded outwards.
fn window(endpoint: &str, since: Timestamp, now: Timestamp) -> Window<'_> {
    let second = |at: Timestamp, more: i64| Timestamp::from_second(at.as_second() + more).unwrap_or(at);
    Window { endpoint, from: second(since, 0), to: second(now, 1) }
}

/// The time of the first unknown intent of each endpoint.
fn firsts(takes: &Takes) -> BTreeMap<&str, Timestamp> {
    let mut firsts = BTreeMap::new();
    for take in takes.unknown() {
        firsts.entry(take.intent.request.endpoint.as_str()).or_insert(take.intent.at);
    }
    firsts
}
