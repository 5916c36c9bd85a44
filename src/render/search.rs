//! Looks in fal's history for what nobody knows of, and records what is certainly there.
//! Which request is whose is decided elsewhere; what is not found stays as it is.

use jiff::Timestamp;

use super::Crew;
use super::desk::Desk;
use super::event::What;
use super::history::{Unasked, history};
use super::outcome::Ended;
use super::pace;
use super::reconcile::{Step, Verdict, facts, verdicts};
use crate::record::AppendError;
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

/// Looks for every take that nobody knows of. `is_being_sent` names requests of which one is on its way at the moment:
/// what the history lists of them may be that one, so they are left for the next look.
///
/// # Errors
/// What was found could not be recorded.
pub async fn search(
    crew: Crew<'_>,
    is_being_sent: impl Fn(Fingerprint) -> bool,
) -> Result<Found, AppendError> {
    let snapshot = || crew.record.with_takes(Takes::clone);
    let history = history(crew.client, &snapshot(), Timestamp::now()).await;
    // As they stand after the answer: a receipt that came meanwhile has taken its request.
    let takes = snapshot();
    let mut found = Vec::new();
    for (nonce, verdict) in verdicts(&takes, &history) {
        let free = takes.get(nonce).is_some_and(|take| !is_being_sent(take.fingerprint));
        if let (Verdict::Found(id), true) = (verdict, free) {
            found.extend(adopt(crew, nonce, id).await?);
        }
    }
    Ok(Found { takes: found, unasked: history.unasked })
}

async fn adopt(crew: Crew<'_>, nonce: Nonce, id: String) -> Result<Option<Take>, AppendError> {
    let Some(facts) = facts(nonce, &Step::Adopt(id), Timestamp::now()) else { return Ok(None) };
    crew.record.append(facts).await?;
    Ok(crew.record.take(nonce))
}

/// One look of many within a run, after a rest; or what fal says itself, where it calls back meanwhile.
pub(super) async fn look(desk: &Desk<'_>) -> Result<Ended, AppendError> {
    let lost = lost(desk);
    let called = tokio::select! {
        biased;
        called = desk.called_about(&lost) => Some(called),
        () = desk.rest_unless(pace::look_back(desk.next_look()), Desk::is_interrupted) => None,
    };
    let found = match called {
        Some((nonce, id)) => adopt(desk.crew(), nonce, id).await?.into_iter().collect(),
        None if desk.is_interrupted() => {
            return Ok(Ended::Searched { found: Vec::new(), in_vain: true });
        }
        None => search(desk.crew(), |fingerprint| desk.is_sending(fingerprint)).await?.takes,
    };
    for take in &found {
        if let Some(submitted) = &take.submitted {
            desk.tell(take, What::Submitted { request_id: submitted.request_id.clone() });
        }
    }
    let found = found.iter().map(|take| take.nonce).collect();
    Ok(Ended::Searched { found, in_vain: desk.has_looked_long_enough() })
}

/// Takes of which nobody knows and fal was asked to call back about. One that is just being sent hears it itself.
fn lost(desk: &Desk) -> Vec<Nonce> {
    desk.record().with_takes(|takes| {
        let lost = takes.unknown().filter(|take| take.state() == State::Unknown && take.token.is_some());
        lost.map(|take| take.nonce).collect()
    })
}
