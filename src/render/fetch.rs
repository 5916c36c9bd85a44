//! From fal's answer to the file in the vault: streamed, verified, synced, renamed, recorded.
//! A broken transfer goes on where it stopped; an address that is dead is asked for anew, once.

use std::time::Instant;

use jiff::Timestamp;

use super::desk::Desk;
use super::event::What;
use super::outcome::{Ended, Left};
use crate::fal::{self, Completion, DownloadError, Outcome, Resume};
use crate::record::{AppendError, DiskError, LandError, Landing};
use crate::take::{Expired, Facts, Landed, Nonce, Stored, Take};

/// How often one file is tried before it is left for the next run.
const TRIES: u32 = 6;

/// Why a try to fetch came to nothing.
enum Trouble {
    /// Try again.
    Passing(String),
    /// The address is dead.
    Gone,
    /// Trying again will not help.
    Lasting(String),
    Disk(DiskError),
}

/// Fetches a landed take's file once more.
pub(super) async fn again(desk: &Desk<'_>, nonce: Nonce) -> Result<Ended, AppendError> {
    let Some(take) = desk.record().take(nonce) else {
        return Ok(Ended::Left(Left::NotFound("the record does not know it".to_owned())));
    };
    desk.record().vault().set_aside(&take)?;
    fetch(desk, &take).await
}

/// Fetches the file of a completed take.
pub(super) async fn fetch(desk: &Desk<'_>, take: &Take) -> Result<Ended, AppendError> {
    if let Some(found) = found(desk, take).await? {
        return landed(desk, take, found).await;
    }
    let Some(completed) = &take.completed else {
        return Ok(Ended::Left(Left::NotFound("fal's answer was never recorded".to_owned())));
    };
    match persist(desk, take, completed.video_url.clone()).await {
        Ok(file) => landed(desk, take, file).await,
        Err(Trouble::Gone) => {
            desk.record()
                .append(Facts { expired: Some(Expired { at: Timestamp::now() }), ..Facts::of(take.nonce) })
                .await?;
            Ok(Ended::Lost)
        }
        Err(Trouble::Passing(why) | Trouble::Lasting(why)) => Ok(Ended::Left(Left::File(why))),
        Err(Trouble::Disk(error)) => Err(error.into()),
    }
}

/// A file that an earlier run had in place and could not record any more.
async fn found(desk: &Desk<'_>, take: &Take) -> Result<Option<(Landed, Stored)>, DiskError> {
    if take.landed.is_some() {
        return Ok(None);
    }
    let (vault, now, take) = (desk.record().vault(), Timestamp::now(), take.clone());
    tokio::task::spawn_blocking(move || vault.found(&take, now)).await.unwrap_or(Ok(None))
}

async fn landed(
    desk: &Desk<'_>,
    take: &Take,
    (landed, stored): (Landed, Stored),
) -> Result<Ended, AppendError> {
    let facts = Facts { landed: Some(landed), stored: Some(stored), ..Facts::of(take.nonce) };
    desk.record().append(facts).await?;
    Ok(Ended::Landed)
}

async fn persist(desk: &Desk<'_>, take: &Take, mut url: String) -> Result<(Landed, Stored), Trouble> {
    let (started, mut asked_again) = (Instant::now(), false);
    let mut last = Trouble::Gone;
    for _ in 0..TRIES {
        match file(desk, take, &url).await {
            Ok(file) => return Ok(file),
            Err(Trouble::Gone) if !asked_again => {
                asked_again = true;
                url = ask_again(desk, take).await.ok_or(Trouble::Gone)?;
            }
            Err(Trouble::Passing(why)) => {
                last = Trouble::Passing(why);
                desk.pause(started, None).await;
            }
            Err(trouble) => return Err(trouble),
        }
    }
    Err(last)
}

/// One file from one address, picked up again for as long as each piece brings it further.
async fn file(desk: &Desk<'_>, take: &Take, url: &str) -> Result<(Landed, Stored), Trouble> {
    let mut landing = Landing::begin(&desk.record().vault(), take).map_err(Trouble::Disk)?;
    let mut etag = None;
    loop {
        let before = landing.bytes();
        match piece(desk, take, url, &mut landing, &mut etag).await {
            Ok(()) => break,
            Err(Trouble::Passing(_)) if landing.bytes() > before => {}
            Err(trouble) => return Err(trouble),
        }
    }
    let bytes = take.landed.as_ref().map(|landed| landed.bytes);
    let check = move |arrived: &crate::record::Arrived| match bytes {
        Some(bytes) if bytes != arrived.bytes => Err(format!("{} bytes instead of {bytes}", arrived.bytes)),
        _ => Ok(()),
    };
    landing.finish(Timestamp::now(), check).await.map_err(Trouble::from)
}

async fn piece(
    desk: &Desk<'_>,
    take: &Take,
    url: &str,
    landing: &mut Landing,
    etag: &mut Option<String>,
) -> Result<(), Trouble> {
    let resume = Resume { offset: landing.bytes(), etag: etag.clone() };
    let mut download = desk.client().open(url, Some(&resume)).await?;
    if download.start() != landing.bytes() {
        landing.restart().map_err(Trouble::Disk)?;
    }
    *etag = download.etag().map(str::to_owned);
    while let Some(chunk) = download.chunk().await? {
        landing.write(chunk.as_ref()).map_err(Trouble::Disk)?;
        desk.tell(take, What::Downloading { bytes: landing.bytes(), total: download.total() });
    }
    Ok(())
}

/// Asks fal once more where the video of a finished take lies: addresses expire before results do.
async fn ask_again(desk: &Desk<'_>, take: &Take) -> Option<String> {
    let handle = desk.client().handle(&take.intent.request.endpoint, take.submitted.as_ref()?).ok()?;
    let (pointer, completion) = (desk.video_pointer(take), Completion::default());
    let ask = || desk.client().result(&handle, &completion, &pointer);
    match fal::persistently(3, ask).await {
        Ok(Outcome::Video(video)) => Some(video.url),
        Ok(Outcome::Failed(_)) | Err(_) => None,
    }
}

impl From<DownloadError> for Trouble {
    fn from(error: DownloadError) -> Self {
        match error {
            DownloadError::Gone { .. } => Self::Gone,
            DownloadError::Transient { .. } => Self::Passing(error.to_string()),
            DownloadError::Forbidden { .. } | DownloadError::Refused { .. } => {
                Self::Lasting(error.to_string())
            }
        }
    }
}

impl From<LandError> for Trouble {
    fn from(error: LandError) -> Self {
        match error {
            LandError::Disk(error) => Self::Disk(error),
            LandError::NotAVideo(_) | LandError::Refused(_) => Self::Passing(error.to_string()),
            LandError::Occupied(_) => Self::Lasting(error.to_string()),
        }
    }
}
