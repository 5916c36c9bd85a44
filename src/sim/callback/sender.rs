//! Posts one callback and says what came of it. Follows nothing, repeats nothing, and reads no more than the status.

use std::error::Error;
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, redirect, retry};
use tokio::sync::Semaphore;
use url::Url;

use super::Answer;
use super::signature::Headers;

/// Calls under way at once, so that receivers which say nothing take no more descriptors than these.
const AT_ONCE: usize = 64;
const USER_AGENT: &str = concat!("shotlist-simulator/", env!("CARGO_PKG_VERSION"));

#[derive(Debug)]
pub(super) struct Sender {
    /// Made for the first callback: most simulators never send one, and reading the system's certificates takes a while.
    client: OnceLock<Result<Client, String>>,
    places: Semaphore,
}

/// A callback as it goes out.
#[derive(Debug)]
pub(super) struct Post {
    pub(super) to: Url,
    pub(super) headers: Headers,
    pub(super) body: Vec<u8>,
}

impl Sender {
    pub(super) fn new() -> Self {
        Self { client: OnceLock::new(), places: Semaphore::new(AT_ONCE) }
    }

    /// Signs only once there is a place, since a signature is good for some minutes.
    pub(super) async fn send(&self, patience: Duration, post: impl FnOnce() -> Post) -> Answer {
        let _place = self.places.acquire().await;
        let client = match self.client.get_or_init(|| client().map_err(|error| root(&error))) {
            Ok(client) => client,
            Err(why) => return Answer::Error(why.clone()),
        };
        let Post { to, headers, body } = post();
        let request = client.post(to).timeout(patience).header(CONTENT_TYPE, "application/json").body(body);
        let request = headers.into_iter().fold(request, |request, (name, value)| request.header(name, value));
        match request.send().await.map_err(reqwest::Error::without_url) {
            Ok(response) => Answer::StatusCode(response.status().as_u16()),
            Err(error) => Answer::Error(root(&error)),
        }
    }
}

/// Straight to wherever it is, by no proxy: receivers are on this machine more often than not.
fn client() -> Result<Client, reqwest::Error> {
    // An error means that it is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder().user_agent(USER_AGENT).redirect(redirect::Policy::none());
    builder.retry(retry::never()).referer(false).no_proxy().pool_max_idle_per_host(0).build()
}

/// The first cause, which is the one that people understand.
fn root(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "timed out".to_owned();
    }
    let mut cause: &dyn Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
