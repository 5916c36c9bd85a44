//! From fal's receipt to its answer: looks at the status until it is COMPLETED, then fetches the result.
//! A take is never given up here: at worst it is left for the next run.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::desk::Desk;
use super::event::What;
use super::fetch;
use super::looks::{Begun, Looks, Saw};
use super::outcome::{Ended, Left};
use crate::crash::{self, Mark, Point};
use crate::fal::{AskError, Handle, Outcome, Status};
use crate::record::AppendError;
use crate::take::{Facts, Nonce, Take};

/// How long fal may give no usable answer before the take is left for the next run.
const PATIENCE: Duration = Duration::from_mins(10);
/// How long fal may refuse to say anything: right after a submit it may not know the id yet.
const REFUSALS: Duration = Duration::from_secs(20);

/// Follows a take that fal has, whatever run submitted it, to its end.
pub(super) async fn follow(desk: &Desk<'_>, nonce: Nonce, begun: Begun) -> Result<Ended, AppendError> {
    let Some(take) = desk.record().take(nonce) else { return Ok(missing("the record does not know it")) };
    if take.completed.is_some() {
        return fetch::fetch(desk, &take).await;
    }
    let Some(submitted) = &take.submitted else { return Ok(missing("it was never submitted")) };
    let handle = match desk.client().handle(&take.intent.request.endpoint, submitted) {
        Ok(handle) => handle,
        Err(error) => return Ok(missing(&error.to_string())),
    };
    crash::mark(Mark::Looking, &submitted.request_id);
    match wait(desk, &take, &handle, begun).await {
        Ok(outcome) => finished(desk, nonce, outcome).await,
        Err(left) => Ok(Ended::Left(left)),
    }
}

fn missing(why: &str) -> Ended {
    Ended::Left(Left::NotFound(why.to_owned()))
}

async fn wait(desk: &Desk<'_>, take: &Take, handle: &Handle, begun: Begun) -> Result<Outcome, Left> {
    let pointer = &take.intent.video;
    let mut looks = Looks::of(desk, take, begun);
    let (mut outage, mut said) = (Outage::default(), None);
    looks.first(desk).await;
    loop {
        let saw = match look(desk, handle, pointer).await {
            Ok(Looked::Over(outcome)) => return Ok(outcome),
            Ok(Looked::NotYet(status)) => {
                outage = Outage::default();
                tell_change(desk, take, &mut said, &status);
                Saw::NotYet
            }
            Err(error) => {
                outage.note(&error)?;
                Saw::Nothing(error.retry_after())
            }
        };
        crash::point(Point::BetweenLooks);
        looks.next(desk, saw).await;
    }
}

enum Looked {
    NotYet(Status),
    Over(Outcome),
}

async fn look(desk: &Desk<'_>, handle: &Handle, pointer: &str) -> Result<Looked, AskError> {
    match desk.client().status(handle).await? {
        Status::Completed(completion) => {
            crash::point(Point::CompletedSeen);
            desk.client().result(handle, &completion, pointer).await.map(Looked::Over)
        }
        status => Ok(Looked::NotYet(status)),
    }
}

/// Tells what is new; a status that stays the same is no event.
fn tell_change(desk: &Desk<'_>, take: &Take, said: &mut Option<Status>, status: &Status) {
    if said.as_ref() == Some(status) {
        return;
    }
    match status {
        Status::Queued { position } => desk.tell(take, What::Queued { position: *position }),
        Status::Running => desk.tell(take, What::Running),
        Status::Completed(_) => {}
    }
    *said = Some(status.clone());
}

async fn finished(desk: &Desk<'_>, nonce: Nonce, outcome: Outcome) -> Result<Ended, AppendError> {
    crash::point(Point::ResultRead);
    match outcome {
        Outcome::Failed(failure) => {
            let failed = failure.at(Timestamp::now());
            desk.record().append(Facts { failed: Some(failed.clone()), ..Facts::of(nonce) }).await?;
            Ok(Ended::Failed(failed))
        }
        Outcome::Video(video) => {
            let completed = video.at(Timestamp::now());
            desk.record().append(Facts { completed: Some(completed), ..Facts::of(nonce) }).await?;
            let Some(take) = desk.record().take(nonce) else {
                return Ok(missing("the record does not know it"));
            };
            desk.tell(&take, What::Completed);
            fetch::fetch(desk, &take).await
        }
    }
}

/// Since when fal's answers can't be used.
#[derive(Default)]
struct Outage {
    since: Option<Instant>,
}

impl Outage {
    fn note(&mut self, error: &AskError) -> Result<(), Left> {
        let lasts = self.since.get_or_insert_with(Instant::now).elapsed();
        match error {
            AskError::Refused { status: 401..=403, message } => Err(Left::Account(message.clone())),
            AskError::Refused { .. } if lasts > REFUSALS => Err(Left::NotFound(error.to_string())),
            AskError::Refused { .. } => Ok(()),
            _ if lasts > PATIENCE => Err(Left::Unreachable(error.to_string())),
            _ => Ok(()),
        }
    }
}
