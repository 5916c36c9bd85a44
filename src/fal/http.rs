//! One exchange with a server: at most one answer, its body capped, or the reason why there is none.
//! Repeats nothing, follows nothing, and judges no answer.

use std::error::Error;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::HeaderMap;
use reqwest::{Client, RequestBuilder, redirect, retry};
use serde_json::Value;
use url::Url;

use super::key::Cleaner;
use super::origin::is_loopback;

/// fal's longest answers are some kilobytes.
const MAX_BODY: usize = 1 << 20;
/// A connection that many questions share must not be waited on after the other side is gone, as after a sleep.
const PING: Duration = Duration::from_secs(20);
const USER_AGENT: &str = concat!("shotlist/", env!("CARGO_PKG_VERSION"));

/// How long an exchange may take.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// Until a connection stands.
    pub connect: Duration,
    /// From the start of a submit to the end of its answer.
    pub submit: Duration,
    /// The same for every other call to fal.
    pub ask: Duration,
    /// Between two pieces of a file.
    pub file: Duration,
}

impl Default for Timeouts {
    /// A submit gets the two minutes that fal's own Python client gives it.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            submit: Duration::from_mins(2),
            ask: Duration::from_secs(30),
            file: Duration::from_mins(1),
        }
    }
}

/// A client that never leaves this machine, or one that may go through the environment's proxies.
pub(super) fn client(to: Place, keep: Keep, timeouts: &Timeouts) -> Result<Client, reqwest::Error> {
    let builder = Client::builder()
        .user_agent(USER_AGENT)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .connect_timeout(timeouts.connect);
    let builder = match to {
        Place::Here => builder.no_proxy(),
        Place::Away => builder,
    };
    match keep {
        Keep::Nothing => builder.pool_max_idle_per_host(0).build(),
        Keep::Connections => builder.http2_keep_alive_interval(PING).http2_keep_alive_timeout(PING).build(),
    }
}

/// Where a server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Here,
    Away,
}

impl Place {
    pub(super) fn of(url: &Url) -> Self {
        if is_loopback(url) { Self::Here } else { Self::Away }
    }
}

/// What is kept from one exchange for the next.
#[derive(Clone, Copy, Debug)]
pub(super) enum Keep {
    /// A purchase must never go out on a connection that the other side may have left.
    Nothing,
    Connections,
}

/// A way to this machine and a way to all others.
#[derive(Clone, Debug)]
pub(super) struct Wire {
    here: Client,
    away: Client,
}

impl Wire {
    pub(super) fn new(timeouts: &Timeouts) -> Result<Self, reqwest::Error> {
        let client = |place| client(place, Keep::Connections, timeouts);
        Ok(Self { here: client(Place::Here)?, away: client(Place::Away)? })
    }

    pub(super) fn to(&self, url: &Url) -> &Client {
        match Place::of(url) {
            Place::Here => &self.here,
            Place::Away => &self.away,
        }
    }
}

/// What a server said. The body may be lost though the head came.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) received: Timestamp,
    pub(super) body: Result<Vec<u8>, String>,
}

/// No answer, in words.
#[derive(Debug)]
pub(super) enum Lost {
    /// The connection was never made, so nothing was sent.
    NotSent(String),
    Unanswered(String),
}

impl Answer {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// # Errors
    /// In words, why the body is no JSON.
    pub(super) fn json(&self) -> Result<Value, String> {
        let body = self.body.as_ref().map_err(Clone::clone)?;
        if body.trim_ascii().is_empty() {
            return Err("the answer is empty".to_owned());
        }
        serde_json::from_slice(body).map_err(|error| format!("the answer is no JSON ({error})"))
    }
}

pub(super) async fn exchange(request: RequestBuilder, cleaner: &Cleaner) -> Result<Answer, Lost> {
    let mut response = request.send().await.map_err(|error| lost(&error, cleaner))?;
    let (status, headers) = (response.status().as_u16(), std::mem::take(response.headers_mut()));
    let received = Timestamp::now();
    let body = read(response).await.map_err(|words| cleaner.clean(&words));
    Ok(Answer { status, headers, received, body })
}

async fn read(mut response: reqwest::Response) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| cut(&error))? {
        if body.len() + chunk.len() > MAX_BODY {
            return Err("the answer is longer than any of fal's".to_owned());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn cut(error: &reqwest::Error) -> String {
    format!("the answer broke off ({})", root(error))
}

pub(super) fn lost(error: &reqwest::Error, cleaner: &Cleaner) -> Lost {
    let words = cleaner.clean(&root(error));
    if error.is_connect() { Lost::NotSent(words) } else { Lost::Unanswered(words) }
}

/// The first cause, which is the one that people understand.
pub(super) fn root(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "timed out".to_owned();
    }
    let mut cause: &dyn Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
