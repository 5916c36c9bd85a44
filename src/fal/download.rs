//! Fetching a file from wherever fal put it, piece by piece, and going on where an earlier try stopped.
//! Knows no key. Writes nothing and verifies nothing but the length that the server announced.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{CONTENT_RANGE, ETAG, IF_RANGE, LOCATION, RANGE};
use reqwest::{Response, StatusCode};
use tokio::time::timeout;
use url::Url;

use super::http::{Lost, Place, Wire, lost, root};
use super::key::Cleaner;
use crate::take::Trouble;

const MAX_REDIRECTS: usize = 5;
/// Fifteen seconds at 4K are some hundred megabytes; a server that sends on and on must not fill the disk.
const MAX_FILE: u64 = 4 << 30;

/// How much of the file is there already, and of which edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resume {
    /// Bytes; the next one is asked for.
    pub offset: u64,
    /// As the server gave it; without a strong one the file is fetched anew.
    pub etag: Option<String>,
}

/// Why a file, or the rest of it, did not come.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DownloadError {
    /// 403, 404 or 410: this address is dead; fal may know another.
    #[error("the file is gone (HTTP {status})")]
    Gone { status: u16 },
    /// Another try can help.
    #[error("the file did not come: {why}")]
    Transient { why: String },
    /// The address is one that is never fetched.
    #[error("the file's address is not fetched: {why}")]
    Forbidden { why: String },
    #[error("the file's server refuses it (HTTP {status})")]
    Refused { status: u16 },
}

impl DownloadError {
    /// What may be done about it.
    #[must_use]
    pub fn trouble(&self) -> Trouble {
        match self {
            Self::Gone { .. } => Trouble::Expired,
            Self::Transient { .. } => Trouble::Download,
            Self::Forbidden { .. } | Self::Refused { .. } => Trouble::Refused,
        }
    }
}

/// A file on its way.
#[derive(Debug)]
pub struct Download {
    response: Response,
    start: u64,
    /// Of the next byte.
    place: u64,
    total: Option<u64>,
    etag: Option<String>,
    patience: Duration,
    cleaner: Cleaner,
}

impl Download {
    /// The place of the first byte that comes: what was asked for, or 0 where the server starts anew.
    #[must_use]
    pub fn start(&self) -> u64 {
        self.start
    }

    /// Bytes of the whole file, where announced.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// For a later [`Resume`].
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }

    /// The next piece; none at the end, which is only where the server said.
    ///
    /// # Errors
    /// The connection broke or fell silent, or the file is longer or shorter than announced.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, DownloadError> {
        let next = timeout(self.patience, self.response.chunk()).await;
        let next = next.map_err(|_| transient("nothing came for too long"))?;
        let next = next.map_err(|error| transient(&self.cleaner.clean(&root(&error))))?;
        self.place += next.as_ref().map_or(0, |piece| piece.len() as u64);
        match self.total {
            _ if self.place > MAX_FILE => Err(endless()),
            Some(total) if self.place > total => Err(transient("it is longer than announced")),
            Some(total) if next.is_none() && self.place < total => {
                Err(transient(&format!("{} of {total} bytes are missing", total - self.place)))
            }
            _ => Ok(next),
        }
    }
}

fn transient(why: &str) -> DownloadError {
    DownloadError::Transient { why: why.to_owned() }
}

fn endless() -> DownloadError {
    DownloadError::Forbidden { why: "it is longer than any clip".to_owned() }
}

fn forbidden(why: &str, url: &Url) -> DownloadError {
    DownloadError::Forbidden {
        why: format!("{why} ({}://{})", url.scheme(), url.host_str().unwrap_or_default()),
    }
}

/// What files are fetched with.
#[derive(Clone, Debug)]
pub(super) struct Files {
    pub(super) wire: Wire,
    pub(super) cleaner: Cleaner,
    pub(super) patience: Duration,
    /// Files may be on this machine only where the queue is.
    pub(super) queue: Place,
}

impl Files {
    pub(super) async fn open(&self, url: Url, from: Option<&Resume>) -> Result<Download, DownloadError> {
        let from = from.filter(|from| from.offset > 0 && from.etag.as_deref().is_some_and(is_strong));
        let response = self.follow(url.clone(), from).await?;
        match (response.status(), from) {
            (StatusCode::OK, _) => self.download(response, 0),
            (StatusCode::PARTIAL_CONTENT, Some(from)) if goes_on(&response, from) => {
                self.download(response, from.offset)
            }
            (StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE, Some(_)) => {
                self.anew(url).await
            }
            (status, _) => Err(refusal(status)),
        }
    }

    async fn anew(&self, url: Url) -> Result<Download, DownloadError> {
        let response = self.follow(url, None).await?;
        match response.status() {
            StatusCode::OK => self.download(response, 0),
            status => Err(refusal(status)),
        }
    }

    fn download(&self, response: Response, start: u64) -> Result<Download, DownloadError> {
        let etag = header(&response, &ETAG).map(str::to_owned);
        let (patience, cleaner) = (self.patience, self.cleaner.clone());
        let total = if start == 0 { response.content_length() } else { whole_length(&response) };
        if total.is_some_and(|total| total > MAX_FILE) {
            return Err(endless());
        }
        Ok(Download { response, start, place: start, total, etag, patience, cleaner })
    }

    /// Every hop is checked before it is asked.
    async fn follow(&self, mut url: Url, from: Option<&Resume>) -> Result<Response, DownloadError> {
        for _ in 0..=MAX_REDIRECTS {
            self.check(&url)?;
            let response = self.get(&url, from).await?;
            if !response.status().is_redirection() {
                return Ok(response);
            }
            let target = header(&response, &LOCATION).and_then(|location| url.join(location).ok());
            let target = target.ok_or_else(|| transient("a redirect to nowhere"))?;
            if Place::of(&target) == Place::Here && Place::of(&url) == Place::Away {
                return Err(forbidden("a redirect into this machine", &target));
            }
            url = target;
        }
        Err(transient("too many redirects"))
    }

    fn check(&self, url: &Url) -> Result<(), DownloadError> {
        match url.scheme() {
            "https" | "http" if Place::of(url) == Place::Here && self.queue == Place::Away => {
                Err(forbidden("it is on this machine, and the queue is not", url))
            }
            "https" => Ok(()),
            "http" if Place::of(url) == Place::Here => Ok(()),
            "http" => Err(forbidden("plain http", url)),
            _ => Err(forbidden("neither https nor http", url)),
        }
    }

    async fn get(&self, url: &Url, from: Option<&Resume>) -> Result<Response, DownloadError> {
        let mut request = self.wire.to(url).get(url.clone());
        if let Some(Resume { offset, etag: Some(etag) }) = from {
            request = request.header(RANGE, format!("bytes={offset}-")).header(IF_RANGE, etag);
        }
        let answer = timeout(self.patience, request.send()).await;
        let answer = answer.map_err(|_| transient("no answer for too long"))?;
        answer.map_err(|error| match lost(&error, &self.cleaner) {
            Lost::NotSent(why) | Lost::Unanswered(why) => transient(&why),
        })
    }
}

fn header<'a>(response: &'a Response, name: &reqwest::header::HeaderName) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}

fn is_strong(etag: &str) -> bool {
    etag.starts_with('"') && etag.ends_with('"') && etag.len() > 2
}

/// The rest of the same edition, from the very byte that was asked for.
fn goes_on(response: &Response, from: &Resume) -> bool {
    let start = format!("bytes {}-", from.offset);
    let in_place = header(response, &CONTENT_RANGE).is_some_and(|range| range.starts_with(&start));
    in_place && header(response, &ETAG).is_none_or(|etag| Some(etag) == from.etag.as_deref())
}

/// The last number of `Content-Range: bytes 4-7/8`: a server may send less than the rest.
fn whole_length(response: &Response) -> Option<u64> {
    header(response, &CONTENT_RANGE)?.rsplit_once('/')?.1.parse().ok()
}

fn refusal(status: StatusCode) -> DownloadError {
    match status.as_u16() {
        status @ (403 | 404 | 410) => DownloadError::Gone { status },
        status @ (408 | 425 | 429 | 500..) => transient(&format!("HTTP {status}")),
        status => DownloadError::Refused { status },
    }
}
