//! From fal's answer to the file in the vault: streamed, verified, synced, renamed, recorded.
//! A broken transfer goes on where it stopped; an address that is dead is asked for anew, once.

use std::time::Duration;

use jiff::Timestamp;

use super::desk::Desk;
use super::event::What;
use super::outcome::{Ended, Left};
use crate::crash::{self, Mark, Point};
use crate::fal::{self, AskError, Completion, DownloadError, Outcome, Resume};
use crate::record::{AppendError, Arrived, DiskError, LandError, Landing};
use crate::take::{Again, Expired, Facts, Landed, Nonce, Stored, Take};

/// Waits between the tries for one file; after the last it is left for the next run.
const WAITS: [Duration; 6] = [
    Duration::from_millis(200),
    Duration::from_millis(400),
    Duration::from_millis(800),
    Duration::from_millis(1600),
    Duration::from_millis(3200),
    Duration::from_millis(6400),
];

/// Why a try to fetch came to nothing.
enum NotFetched {
    /// Try again.
    Passing(String),
    /// The address is dead, by this HTTP status.
    Gone(u16),
    /// Trying again will not help this run.
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
    let _turn = desk.fetch_turn().await;
    if let Some(found) = found(desk, take).await? {
        return landed(desk, take, found).await;
    }
    let Some(completed) = &take.completed else {
        return Ok(Ended::Left(Left::NotFound("fal's answer was never recorded".to_owned())));
    };
    match persist(desk, take, completed.video_url.clone()).await {
        Ok(file) => landed(desk, take, file).await,
        Err(NotFetched::Gone(_)) => {
            desk.record()
                .append(Facts { expired: Some(Expired { at: Timestamp::now() }), ..Facts::of(take.nonce) })
                .await?;
            Ok(Ended::Lost)
        }
        Err(NotFetched::Passing(why) | NotFetched::Lasting(why)) => Ok(Ended::Left(Left::File(why))),
        Err(NotFetched::Disk(error)) => Err(error.into()),
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
    crash::mark(Mark::Landed, &take.nonce);
    Ok(Ended::Landed)
}

async fn persist(desk: &Desk<'_>, take: &Take, mut url: String) -> Result<(Landed, Stored), NotFetched> {
    let (mut waits, mut renewed) = (WAITS.into_iter(), false);
    loop {
        match file(desk, take, &url).await {
            Err(NotFetched::Gone(_)) if !renewed => {
                renewed = true;
                url = renewed_address(desk, take).await?;
            }
            Err(NotFetched::Passing(why)) => match waits.next() {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Err(NotFetched::Passing(why)),
            },
            // Proxies and firewalls say 403 as well, and they say nothing about fal.
            Err(NotFetched::Gone(403)) => {
                return Err(NotFetched::Lasting("its address answers HTTP 403".to_owned()));
            }
            done => return done,
        }
    }
}

/// One file from one address, picked up again for as long as each piece brings it further.
async fn file(desk: &Desk<'_>, take: &Take, url: &str) -> Result<(Landed, Stored), NotFetched> {
    let mut landing = Landing::begin(&desk.record().vault(), take).map_err(NotFetched::Disk)?;
    let mut etag = None;
    loop {
        let before = landing.bytes();
        match piece(desk, take, url, &mut landing, &mut etag).await {
            Ok(()) => break,
            Err(NotFetched::Passing(_)) if landing.bytes() > before => {}
            Err(why) => return Err(why),
        }
    }
    let known = take.landed.as_ref().map(|landed| landed.hash.clone());
    let check = move |arrived: &Arrived| match known {
        Some(hash) if hash != arrived.hash => {
            Err("it is another file than the one that landed before".to_owned())
        }
        _ => Ok(()),
    };
    landing.finish(Timestamp::now(), check).await.map_err(NotFetched::from)
}

async fn piece(
    desk: &Desk<'_>,
    take: &Take,
    url: &str,
    landing: &mut Landing,
    etag: &mut Option<String>,
) -> Result<(), NotFetched> {
    let resume = Resume { offset: landing.bytes(), etag: etag.clone() };
    let mut download = desk.client().open(url, Some(&resume)).await?;
    if download.start() != landing.bytes() {
        landing.restart().map_err(NotFetched::Disk)?;
    }
    *etag = download.etag().map(str::to_owned);
    while let Some(chunk) = download.chunk().await? {
        landing.write(chunk.as_ref()).map_err(NotFetched::Disk)?;
        crash::point(Point::MidDownload);
        desk.tell(take, What::Downloading { bytes: landing.bytes(), total: download.total() });
    }
    Ok(())
}

/// Asks fal once more where the video of a finished take lies: addresses expire before results do.
/// Only fal's own word that it has none makes it gone.
async fn renewed_address(desk: &Desk<'_>, take: &Take) -> Result<String, NotFetched> {
    let submitted = take.submitted.as_ref().ok_or(NotFetched::Gone(404))?;
    let handle = desk.client().handle(&take.intent.request.endpoint, submitted);
    let handle = handle.map_err(|error| NotFetched::Lasting(error.to_string()))?;
    let completion = Completion::default();
    let ask = || desk.client().result(&handle, &completion, &take.intent.video);
    match fal::persistently(3, ask).await {
        Ok(Outcome::Video(video)) => Ok(video.url),
        Ok(Outcome::Failed(_)) => Err(NotFetched::Gone(404)),
        Err(AskError::Refused { status: status @ (404 | 410), .. }) => Err(NotFetched::Gone(status)),
        Err(error) => Err(NotFetched::Passing(error.to_string())),
    }
}

impl From<DownloadError> for NotFetched {
    fn from(error: DownloadError) -> Self {
        match (&error, error.trouble().again()) {
            (DownloadError::Gone { status }, _) => Self::Gone(*status),
            (_, Again::Unasked) => Self::Passing(error.to_string()),
            _ => Self::Lasting(error.to_string()),
        }
    }
}

impl From<LandError> for NotFetched {
    fn from(error: LandError) -> Self {
        match error {
            LandError::Disk(error) => Self::Disk(error),
            LandError::NotAVideo(_) | LandError::Unreadable { .. } | LandError::Refused(_) => {
                Self::Passing(error.to_string())
            }
            LandError::Occupied(_) => Self::Lasting(error.to_string()),
        }
    }
}
