//! fal as a client sees it: the queue, the platform's prices and history, and the files that come of it.
//! Every call here is one try, but for the pages of a history. Questions may be repeated ([`persistently`]); a purchase
//! has one `POST` and no second.

mod ask;
mod download;
#[cfg(any(fuzzing, test))]
pub mod fuzzing;
mod glance;
mod handle;
mod history;
mod http;
mod key;
mod origin;
mod outcome;
mod prices;
mod status;
mod submit;
mod tags;
#[cfg(test)]
mod tests;
mod told;
mod webhook;

use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION};
use reqwest::{Method, RequestBuilder};
use url::Url;

use crate::request::Request;
use crate::take::Submitted;

use download::Files;
use http::{Answer, Keep, Lost, Place, Wire};
use key::Cleaner;

pub use ask::{AskError, persistently};
pub use download::{Download, DownloadError, Resume};
pub use glance::Glance;
pub use handle::{Handle, NoHandle};
pub use history::{PastRequest, Window};
pub use http::Timeouts;
pub use key::{Key, KeyError};
pub use origin::{OriginError, Origins, is_loopback};
pub use outcome::{Billed, Failure, Outcome, Video};
pub use prices::LivePrice;
pub use status::{Completion, Status};
pub use submit::{Receipt, Refusal, SubmitError};
pub use tags::Tags;
pub use webhook::{Callback, KeysAddress, NoKeysAddress, ReturnAddress, SigningKey};

/// A callback waits for its answer while the keys are fetched.
const SIGNING_KEYS: Duration = Duration::from_secs(5);

/// Makes the program's choice of cryptography known to the TLS library. Once is enough, and more do no harm.
pub fn install_crypto() {
    // An error means that it is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Why there is no client.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the HTTP client can't be built: {0}; check the system's certificates and the proxy variables")]
pub struct ClientError(String);

/// Speaks to one queue, with one key.
#[derive(Clone, Debug)]
pub struct Client {
    origins: Origins,
    key: Option<Key>,
    cleaner: Cleaner,
    timeouts: Timeouts,
    /// For purchases only.
    buyer: reqwest::Client,
    wire: Wire,
}

impl Client {
    /// The simulator needs no key; fal itself answers 401 without one.
    ///
    /// # Errors
    /// The system's certificates or proxy settings can't be used.
    pub fn new(origins: Origins, key: Option<Key>, timeouts: Timeouts) -> Result<Self, ClientError> {
        install_crypto();
        let wrong = |error: reqwest::Error| ClientError(http::root(&error));
        let buyer = http::client(Place::of(origins.queue()), Keep::Nothing, &timeouts).map_err(wrong)?;
        let wire = Wire::new(&timeouts).map_err(wrong)?;
        Ok(Self { origins, cleaner: Cleaner::new(key.clone()), key, timeouts, buyer, wire })
    }

    #[must_use]
    pub fn origins(&self) -> &Origins {
        &self.origins
    }

    /// Buys: one `POST`, on a connection of its own, never repeated.
    ///
    /// # Errors
    /// There is no receipt; the error says whether something may have been bought.
    pub async fn submit(&self, request: &Request, tags: Option<&Tags>) -> Result<Receipt, SubmitError> {
        self.buy(request, tags, None).await
    }

    /// The same, and fal calls back at the address once it is done.
    ///
    /// # Errors
    /// Likewise; no error tells the address.
    pub async fn submit_with_webhook(
        &self,
        request: &Request,
        tags: Option<&Tags>,
        back: &ReturnAddress,
    ) -> Result<Receipt, SubmitError> {
        self.buy(request, tags, Some(back)).await
    }

    async fn buy(
        &self,
        request: &Request,
        tags: Option<&Tags>,
        back: Option<&ReturnAddress>,
    ) -> Result<Receipt, SubmitError> {
        let segments: Vec<&str> = request.endpoint.split('/').collect();
        let mut url = handle::under(self.origins.queue(), &segments);
        if let Some(back) = back {
            back.add_to(&mut url);
        }
        let cleaner = self.cleaner.hiding(back.map(ReturnAddress::token));
        let mut post = self.to(&self.buyer, Method::POST, &url, self.timeouts.submit).json(&request.body);
        post = post.header("x-app-fal-disable-fallback", "true");
        if let Some(tags) = tags.and_then(Tags::header) {
            post = post.header("x-fal-tags", tags);
        }
        let answer = http::exchange(post, &cleaner).await?;
        submit::judge(&answer, &self.origins, &cleaner)
    }

    /// Where a recorded purchase is asked after.
    ///
    /// # Errors
    /// The record's id or endpoint could not be part of an address.
    pub fn handle(&self, endpoint: &str, submitted: &Submitted) -> Result<Handle, NoHandle> {
        handle::handle(&self.origins, endpoint, submitted)
    }

    /// # Errors
    /// No answer that makes sense; see [`AskError::is_transient`].
    pub async fn status(&self, purchase: &Handle) -> Result<Status, AskError> {
        let answer = self.ask(&purchase.status).await?;
        status::judge(&answer, &self.cleaner)
    }

    /// What came of a completed purchase. `video` is the model's JSON pointer to the file's address.
    ///
    /// # Errors
    /// No answer that makes sense, or none that must be fal's last word.
    pub async fn result(
        &self,
        purchase: &Handle,
        completion: &Completion,
        video: &str,
    ) -> Result<Outcome, AskError> {
        let answer = self.ask(&purchase.response).await?;
        let (origins, cleaner) = (&self.origins, &self.cleaner);
        outcome::judge(&answer, outcome::Context { completion, pointer: video, origins, cleaner })
    }

    /// Asks for the answer of a purchase once more, for what it says of the bill by now. Buys nothing.
    ///
    /// # Errors
    /// No answer.
    pub async fn billed(&self, purchase: &Handle) -> Result<Billed, AskError> {
        let answer = self.ask(&purchase.response).await?;
        Ok(outcome::billed(&answer, &self.cleaner))
    }

    /// fal's prices of today. What fal has no price for is missing from the answer.
    ///
    /// # Errors
    /// There is no platform, or no answer that can be read whole.
    pub async fn prices(&self, endpoints: &[&str]) -> Result<Vec<LivePrice>, AskError> {
        let platform = self.origins.platform().ok_or(AskError::NoPlatform)?;
        let mut all = Vec::new();
        for some in endpoints.chunks(prices::MAX_ENDPOINTS) {
            self.price_pages(platform, some, &mut all).await?;
        }
        Ok(all)
    }

    async fn price_pages(
        &self,
        platform: &Url,
        endpoints: &[&str],
        all: &mut Vec<LivePrice>,
    ) -> Result<(), AskError> {
        let mut cursor = None;
        for _ in 0..prices::MAX_PAGES {
            let url = prices::address(platform, endpoints, cursor.as_deref());
            let page = prices::judge(&self.ask(&url).await?, &self.cleaner)?;
            all.extend(page.prices);
            match page.next {
                Some(next) => cursor = Some(next),
                None => return Ok(()),
            }
        }
        Err(AskError::Unreadable { status: 200, why: "the list of prices has no end".to_owned() })
    }

    /// What fal remembers of a window, whole. A request that is missing from it may have been bought all the same.
    ///
    /// # Errors
    /// There is no platform, or no answer that can be read whole.
    pub async fn history(&self, window: Window<'_>) -> Result<Vec<PastRequest>, AskError> {
        self.past_pages(|platform, cursor| history::address(platform, window, cursor)).await
    }

    /// What fal remembers of one request; none where it is not listed for this endpoint.
    ///
    /// # Errors
    /// There is no platform, or no answer that can be read whole.
    pub async fn past_request(&self, endpoint: &str, id: &str) -> Result<Option<PastRequest>, AskError> {
        let address = |platform: &Url, cursor: Option<&str>| history::one(platform, endpoint, id, cursor);
        let listed = self.past_pages(address).await?;
        Ok(listed.into_iter().find(|past| past.request_id == id))
    }

    async fn past_pages(
        &self,
        address: impl Fn(&Url, Option<&str>) -> Url,
    ) -> Result<Vec<PastRequest>, AskError> {
        let platform = self.origins.platform().ok_or(AskError::NoPlatform)?;
        let (mut all, mut cursor) = (Vec::new(), None);
        for _ in 0..history::MAX_PAGES {
            let url = address(platform, cursor.as_deref());
            // Each page by itself: of a hundred pages one is soon lost, and the whole list would be asked for anew.
            let page = persistently(history::TRIES, || self.past_page(&url)).await?;
            all.extend(page.requests);
            cursor = page.next;
            if cursor.is_none() {
                return Ok(all);
            }
        }
        Err(AskError::Unreadable { status: 200, why: "the list of requests has no end".to_owned() })
    }

    async fn past_page(&self, url: &Url) -> Result<history::Page, AskError> {
        history::judge(&self.ask(url).await?, &self.cleaner)
    }

    /// Whether the queue is there, lets the key in, and has the same time: one question, which buys nothing.
    ///
    /// # Errors
    /// No answer.
    pub async fn glance(&self, endpoint: &str) -> Result<Glance, AskError> {
        let url = glance::address(&self.origins, endpoint);
        let url = url.ok_or_else(|| AskError::Unreachable(format!("`{endpoint}` is no address")))?;
        let asked = jiff::Timestamp::now();
        Ok(glance::judge(&self.ask(&url).await?, asked, &self.cleaner))
    }

    /// The keys that callbacks are signed with, asked for without the key to fal.
    ///
    /// # Errors
    /// No answer that makes sense, or one without a key.
    pub async fn signing_keys(&self, at: &KeysAddress) -> Result<Vec<SigningKey>, AskError> {
        let url = at.url(&self.origins);
        let request = self.wire.to(&url).get(url).timeout(self.timeouts.ask.min(SIGNING_KEYS));
        let answer = http::exchange(request.header(ACCEPT, "application/json"), &self.cleaner).await?;
        webhook::keys(&answer, &self.cleaner)
    }

    /// Opens a file as recorded, from its start or where an earlier try stopped. The key is not sent.
    ///
    /// # Errors
    /// The file is gone, did not come, or lies where nothing is fetched from.
    pub async fn open(&self, recorded: &str, from: Option<&Resume>) -> Result<Download, DownloadError> {
        let url = self.origins.resolve(recorded).ok_or_else(|| DownloadError::Forbidden {
            why: format!("`{}` is no address", self.cleaner.clean(recorded)),
        })?;
        self.files().open(url, from).await
    }

    fn files(&self) -> Files {
        Files {
            wire: self.wire.clone(),
            cleaner: self.cleaner.clone(),
            patience: self.timeouts.file,
            queue: Place::of(self.origins.queue()),
        }
    }

    async fn ask(&self, url: &Url) -> Result<Answer, Lost> {
        let request = self.to(self.wire.to(url), Method::GET, url, self.timeouts.ask);
        http::exchange(request, &self.cleaner).await
    }

    /// With the key, on the two origins that it is for.
    fn to(&self, client: &reqwest::Client, method: Method, url: &Url, timeout: Duration) -> RequestBuilder {
        let request = client.request(method, url.clone()).timeout(timeout);
        let request = request.header(ACCEPT, "application/json");
        match self.key.as_ref().filter(|_| self.origins.is_trusted(url)).and_then(Key::header) {
            Some(key) => request.header(AUTHORIZATION, key),
            None => request,
        }
    }
}
