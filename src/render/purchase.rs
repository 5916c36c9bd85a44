//! One purchase, from its intent to fal's receipt. Each step is on disk before the next is taken,
//! and the request is sent once: only a connection that was never made may be tried again.

use std::time::Duration;

use jiff::Timestamp;

use super::desk::Desk;
use super::event::What;
use super::follow;
use super::outcome::Ended;
use crate::fal::{Receipt, SubmitError, Tags};
use crate::plan::Clip;
use crate::record::AppendError;
use crate::take::{Facts, Failed, FailureKind, Intent, Nonce, Unknown};
use crate::usd::Usd;

/// Waits before each further try to connect; nothing has left this machine before any of them.
const RECONNECT: [Duration; 2] = [Duration::from_millis(300), Duration::from_millis(1500)];

/// Buys a take of the clip and follows it to its end.
pub(super) async fn buy(desk: &Desk<'_>, nonce: Nonce, clip: &Clip, usd: Usd) -> Result<Ended, AppendError> {
    desk.record().append(Facts { intent: Some(intent(desk, clip, usd)), ..Facts::of(nonce) }).await?;
    tell(desk, nonce, What::Intent { seconds: clip.seconds, usd });
    if let Err(changed) = desk.record().unchanged().await {
        not_sent(desk, nonce, changed.to_string()).await?;
        return Ok(Ended::Unrecorded(changed.to_string()));
    }
    match submit(desk, clip).await {
        Ok(receipt) => received(desk, nonce, receipt).await,
        Err(error) => refused(desk, nonce, &error).await,
    }
}

fn intent(desk: &Desk<'_>, clip: &Clip, usd: Usd) -> Intent {
    Intent {
        at: Timestamp::now(),
        origin: desk.client().origins().recorded(),
        address: clip.address.clone(),
        shots: clip.shots.clone(),
        request: (*clip.request).clone(),
        seconds: clip.seconds,
        usd,
    }
}

async fn submit(desk: &Desk<'_>, clip: &Clip) -> Result<Receipt, SubmitError> {
    let shots: Vec<&str> = clip.shots.iter().map(crate::address::Id::as_str).collect();
    let tags = Tags::new(&clip.address.to_string(), &shots);
    let _out = desk.begin_submit();
    for wait in RECONNECT {
        match desk.client().submit(&clip.request, Some(&tags)).await {
            Err(SubmitError::NotSent { .. }) => tokio::time::sleep(wait).await,
            answer => return answer,
        }
    }
    desk.client().submit(&clip.request, Some(&tags)).await
}

async fn received(desk: &Desk<'_>, nonce: Nonce, receipt: Receipt) -> Result<Ended, AppendError> {
    let request_id = receipt.request_id.clone();
    desk.record().append(Facts { submitted: Some(receipt.at(Timestamp::now())), ..Facts::of(nonce) }).await?;
    tell(desk, nonce, What::Submitted { request_id });
    follow::follow(desk, nonce).await
}

async fn refused(desk: &Desk<'_>, nonce: Nonce, error: &SubmitError) -> Result<Ended, AppendError> {
    let Some(failure) = error.failure() else {
        let unknown = Unknown { at: Timestamp::now(), why: error.to_string() };
        desk.record().append(Facts { unknown: Some(unknown), ..Facts::of(nonce) }).await?;
        return Ok(Ended::Unknown(error.to_string()));
    };
    let failed = failure.at(Timestamp::now());
    desk.record().append(Facts { failed: Some(failed.clone()), ..Facts::of(nonce) }).await?;
    Ok(Ended::Failed(failed))
}

/// The intent is written, and it is certain that nothing was sent.
async fn not_sent(desk: &Desk<'_>, nonce: Nonce, message: String) -> Result<(), AppendError> {
    let kind = FailureKind::NotSent;
    let failed = Failed {
        at: Timestamp::now(),
        kind,
        message,
        error_type: None,
        http_status: None,
        billable_units: None,
    };
    desk.record().append(Facts { failed: Some(failed), ..Facts::of(nonce) }).await
}

fn tell(desk: &Desk<'_>, nonce: Nonce, what: What) {
    if let Some(take) = desk.record().take(nonce) {
        desk.tell(&take, what);
    }
}
