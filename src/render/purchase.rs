//! One purchase, from its intent to fal's receipt. Each step is on disk before the next is taken,
//! and the request is sent once: only a connection that was never made may be tried again.

use std::time::Duration;

use jiff::Timestamp;

use super::desk::{Answer, Desk};
use super::event::What;
use super::follow;
use super::intent::intent;
use super::looks::Begun;
use super::outcome::{Ended, Unsent};
use crate::address::Id;
use crate::crash::{self, Mark, Point};
use crate::fal::{Receipt, SubmitError, Tags};
use crate::plan::Clip;
use crate::record::AppendError;
use crate::take::{Facts, Failed, FailureKind, Nonce, Token, Unknown};

/// Waits before each further try to connect; nothing has left this machine before any of them.
const RECONNECT: [Duration; 2] = [Duration::from_millis(300), Duration::from_millis(1500)];

/// How long to leave fal alone after a 429 at the least, times the number of them in a row.
const THROTTLED: Duration = Duration::from_secs(1);

/// Buys a take of the clip and follows it to its end.
pub(super) async fn buy<'a>(desk: &'a Desk<'a>, nonce: Nonce, clip: &Clip) -> Result<Ended, AppendError> {
    match submit_once(desk, nonce, clip).await? {
        Some(ended) => Ok(ended),
        None => follow::follow(desk, nonce, Begun::Now).await,
    }
}

/// From the intent to the recorded answer; nothing where that is a receipt, which is then to be followed.
/// Counts as a request that is out from before its intent is written: even one that is never sent has to say so.
async fn submit_once<'a>(
    desk: &'a Desk<'a>,
    nonce: Nonce,
    clip: &Clip,
) -> Result<Option<Ended>, AppendError> {
    let _out = desk.begin_submit(clip.fingerprint);
    let token = desk.hook().map(|_| Token::mint());
    let intent = intent(clip, desk.client().origins().recorded(), Timestamp::now());
    let intent = Facts { intent: Some(intent), token: token.clone(), ..Facts::of(nonce) };
    if let Err(error) = desk.record().append(intent).await {
        return Ok(Some(unsent(desk, nonce, Unsent::Unrecorded(error.to_string())).await));
    }
    tell(desk, nonce, What::Intent { seconds: clip.seconds, usd: clip.usd });
    match submit(desk, nonce, clip, token.as_ref()).await {
        Ok(Ok(receipt)) => Ok(received(desk, nonce, receipt).await),
        Ok(Err(error)) => refused(desk, nonce, &error).await.map(Some),
        Err(why) => Ok(Some(unsent(desk, nonce, why).await)),
    }
}

/// The outer error is certain that nothing was sent.
async fn submit(
    desk: &Desk<'_>,
    nonce: Nonce,
    clip: &Clip,
    token: Option<&Token>,
) -> Result<Result<Receipt, SubmitError>, Unsent> {
    let shots: Vec<&str> = clip.shots.iter().map(Id::as_str).collect();
    let tags = Tags::new(&clip.address.to_string(), &shots);
    let mut waits = RECONNECT.into_iter();
    loop {
        desk.record().unchanged().await.map_err(|changed| Unsent::Unrecorded(changed.to_string()))?;
        if desk.is_stopped() {
            return Err(Unsent::Stopped);
        }
        crash::mark(Mark::Sending, &nonce);
        let answer = tokio::select! {
            biased;
            answer = crash::unanswered(post(desk, clip, &tags, token)) => answer,
            // fal calls back about what it has, whatever became of its answer.
            request_id = desk.called(nonce) => Ok(Receipt::by_id(request_id)),
        };
        match (answer, waits.next()) {
            (Err(SubmitError::NotSent { .. }), Some(wait)) => desk.rest(wait).await,
            (answer, _) => return Ok(answer),
        }
    }
}

async fn post(
    desk: &Desk<'_>,
    clip: &Clip,
    tags: &Tags,
    token: Option<&Token>,
) -> Result<Receipt, SubmitError> {
    let (client, request) = (desk.client(), &clip.request);
    match desk.hook().zip(token) {
        Some((hook, token)) => {
            client.submit_with_webhook(request, Some(tags), &hook.return_address(token)).await
        }
        None => client.submit(request, Some(tags)).await,
    }
}

async fn received(desk: &Desk<'_>, nonce: Nonce, receipt: Receipt) -> Option<Ended> {
    crash::point(Point::ReceiptRead);
    let request_id = receipt.request_id.clone();
    let submitted = Facts { submitted: Some(receipt.at(Timestamp::now())), ..Facts::of(nonce) };
    if let Err(error) = desk.record().append(submitted).await {
        // The id may be nowhere but here by now, and it is what proves the purchase.
        return Some(Ended::Unrecorded(format!("{error}; fal has it as request {request_id}")));
    }
    desk.note_answer(Answer::Taken);
    tell(desk, nonce, What::Submitted { request_id });
    None
}

async fn refused(desk: &Desk<'_>, nonce: Nonce, error: &SubmitError) -> Result<Ended, AppendError> {
    let Some(failure) = error.failure() else {
        let unknown = Unknown { at: Timestamp::now(), why: error.to_string() };
        desk.record().append(Facts { unknown: Some(unknown), ..Facts::of(nonce) }).await?;
        desk.note_lost();
        return Ok(Ended::Unknown(error.to_string()));
    };
    let failed = failure.at(Timestamp::now());
    desk.record().append(Facts { failed: Some(failed.clone()), ..Facts::of(nonce) }).await?;
    if let SubmitError::Throttled { retry_after, .. } = error {
        let least = THROTTLED * desk.note_answer(Answer::Throttled);
        desk.rest(least.max(retry_after.unwrap_or_default())).await;
    }
    Ok(Ended::Failed(failed))
}

/// Takes the intent back. Where even that can't be written it is known in memory, and written at the run's end.
async fn unsent(desk: &Desk<'_>, nonce: Nonce, why: Unsent) -> Ended {
    let failed = Failed::new(Timestamp::now(), FailureKind::NotSent, why.to_string());
    let _ = desk.record().append(Facts { failed: Some(failed), ..Facts::of(nonce) }).await;
    Ended::Unsent(why)
}

fn tell(desk: &Desk, nonce: Nonce, what: What) {
    if let Some(take) = desk.record().take(nonce) {
        desk.tell(&take, what);
    }
}
