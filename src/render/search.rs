//! Looks in fal's history for what nobody knows of, and records what is certainly there.
//! Which request is whose is decided elsewhere; what is not found stays as it is.

use jiff::Timestamp;

use super::Crew;
use super::briefing;
use super::desk::Desk;
use super::event::What;
use super::history::{History, Unasked, history};
use super::outcome::Ended;
use super::pace;
use super::reconcile::{Step, Verdict, facts, verdicts};
use crate::record::{AppendError, Record};
use crate::request::Fingerprint;
use crate::take::{Nonce, State, Take, Takes};

/// What a look in the history brought.
#[derive(Debug)]
pub struct Found {
    /// Takes that fal has, as they are recorded now.
    pub takes: Vec<Take>,
    /// Endpoints of which fal did not say.
    pub unasked: Vec<Unasked>,
}

/// Looks for takes that nobody knows of, as far back as the first that `is_sought`. `is_being_sent` names requests of
/// which one is on its way at the moment: what the history lists of them may be that one, so they are left for the
/// next look.
///
/// # Errors
/// What was found could not be recorded.
pub async fn search(
    crew: Crew<'_>,
    is_sought: impl Fn(&Take) -> bool,
    is_being_sent: impl Fn(Fingerprint) -> bool,
) -> Result<Found, AppendError> {
    let sought = |takes: &Takes| takes.unknown().filter(|take| is_sought(take)).cloned().collect();
    let takes: Takes = crew.record.with_takes(sought);
    let history = history(crew.client, &takes, Timestamp::now()).await;
    Ok(Found { takes: take_in(crew.record, &history, is_being_sent).await?, unasked: history.unasked })
}

/// Records what is certainly there.
async fn take_in(
    record: &Record,
    history: &History,
    is_being_sent: impl Fn(Fingerprint) -> bool,
) -> Result<Vec<Take>, AppendError> {
    let mut found = Vec::new();
    for (nonce, id) in certain(record, history, is_being_sent) {
        found.extend(adopt(record, nonce, id).await?);
    }
    Ok(found)
}

/// All at one moment, as the takes stand after the answer: a receipt that came meanwhile has taken its request,
/// and one that comes while these are recorded must not leave its request to another.
fn certain(
    record: &Record,
    history: &History,
    is_being_sent: impl Fn(Fingerprint) -> bool,
) -> Vec<(Nonce, String)> {
    let takes = record.with_takes(Takes::clone);
    let is_out = |nonce| takes.get(nonce).is_none_or(|take| is_being_sent(take.fingerprint));
    let found = verdicts(&takes, history).into_iter().filter_map(|(nonce, verdict)| match verdict {
        Verdict::Found(id) => Some((nonce, id)),
        Verdict::NotFound | Verdict::Ambiguous(_) => None,
    });
    found.filter(|(nonce, _)| !is_out(*nonce)).collect()
}

async fn adopt(record: &Record, nonce: Nonce, id: String) -> Result<Option<Take>, AppendError> {
    let Some(facts) = facts(nonce, &Step::Adopt(id), Timestamp::now()) else { return Ok(None) };
    record.append(facts).await?;
    Ok(record.take(nonce))
}

/// One look of many within a run, after a rest; or what fal says itself, where it calls back meanwhile.
pub(super) async fn look(desk: &Desk<'_>) -> Result<Ended, AppendError> {
    let lost = lost(desk);
    let called = tokio::select! {
        biased;
        called = desk.called_about(|nonce, id| lost.contains(&nonce) && !is_taken(desk, id)) => Some(called),
        () = desk.rest_unless(pace::look_back(desk.next_look()), Desk::is_interrupted) => None,
    };
    let found = match called {
        Some((nonce, id)) => adopt(desk.record(), nonce, id).await?.into_iter().collect(),
        None if desk.is_interrupted() => {
            return Ok(Ended::Searched { found: Vec::new(), in_vain: true });
        }
        None => {
            let now = Timestamp::now();
            // What is older was looked for before the run began: months of history for every look would find no more.
            let is_sought = |take: &Take| briefing::may_be_under_way(take, now);
            search(desk.crew(), is_sought, |fingerprint| desk.is_sending(fingerprint)).await?.takes
        }
    };
    for take in &found {
        if let Some(id) = take.request_id() {
            desk.tell(take, What::Found { request_id: id.to_owned() });
        }
    }
    let found = found.iter().map(|take| take.nonce).collect();
    Ok(Ended::Searched { found, in_vain: desk.has_looked_long_enough() })
}

/// A callback that came during a look may be about a request that the look gave to an equal take.
/// The two are the same; the other one's request is still to be listed.
fn is_taken(desk: &Desk, request_id: &str) -> bool {
    desk.record().with_takes(|takes| takes.with_request(request_id).is_some())
}

/// Takes of which nobody knows and fal was asked to call back about. One that is just being sent hears it itself.
fn lost(desk: &Desk) -> Vec<Nonce> {
    desk.record().with_takes(|takes| {
        let lost = takes.unknown().filter(|take| take.state() == State::Unknown && take.token.is_some());
        lost.map(|take| take.nonce).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fal::PastRequest;
    use crate::record::{Holder, LockWait};
    use crate::request::Request;
    use crate::take::{Facts, Intent};
    use serde_json::{Map, json};

    fn input(prompt: &str) -> Map<String, serde_json::Value> {
        Map::from_iter([("prompt".to_owned(), json!(prompt))])
    }

    fn begun(prompt: &str) -> Facts {
        let address: crate::address::Address = "neon/rooftop/skyline".parse().unwrap();
        let intent = Intent {
            at: Timestamp::now(),
            origin: "sim".to_owned(),
            shots: vec![address.shot_name().clone()],
            address,
            request: Request { endpoint: "fal-ai/x".to_owned(), body: input(prompt) },
            video: "/video/url".to_owned(),
            seconds: 5,
            usd: "2.10".parse().unwrap(),
        };
        Facts { intent: Some(intent), ..Facts::of(Nonce::mint()) }
    }

    fn past(id: &str, prompt: &str) -> PastRequest {
        let (request_id, input) = (id.to_owned(), Some(input(prompt)));
        PastRequest { request_id, sent_at: Timestamp::now(), input, status_code: None }
    }

    #[tokio::test]
    async fn what_was_being_sent_at_the_answer_keeps_its_request_though_it_is_over_before_all_is_recorded() {
        let dir = tempfile::tempdir().unwrap();
        let (pid, host) = (1, "here".to_owned());
        let me = Holder { pid, host, since: Timestamp::now(), command: "render".to_owned() };
        let record = Record::open(dir.path(), "sim", &me, LockWait::No).unwrap();
        let [other, lost, sent] = ["other", "equal", "equal"].map(begun);
        let (first, equal) = (other.nonce, lost.intent.clone().unwrap().request.fingerprint());
        for facts in [other, lost, sent] {
            record.append(facts).await.unwrap();
        }
        let requests = [("fal-ai/x".to_owned(), vec![past("r-1", "other"), past("r-2", "equal")])].into();
        let history = History { requests, unasked: Vec::new() };
        // The one that is out gets its answer while the first that is found is being recorded.
        let is_out = || record.take(first).unwrap().submitted.is_none();
        let found = take_in(&record, &history, |request| request == equal && is_out()).await.unwrap();
        assert_eq!(found.iter().map(|take| take.nonce).collect::<Vec<_>>(), [first]);
    }
}
