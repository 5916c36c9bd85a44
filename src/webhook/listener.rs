//! The HTTP face: one call, to the public address's path and a token, and nothing else. Every caller is a stranger:
//! what is read from one, for how long, and from how many at once is bounded.

use std::cell::RefCell;
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures::stream::{FuturesUnordered, StreamExt};
use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper::body::{Body, Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;
use tokio::time::{sleep, timeout};

use super::admission::{self, Admitted, News};
use super::hook::Hook;
use super::keyring::Keyring;
use super::signature::Signed;
use super::{Heard, PublicUrl, Tally};
use crate::fal::{Callback, Client, KeysAddress};
use crate::record::Record;
use crate::take::{Nonce, Token};

/// fal's callbacks are some kilobytes: a video's address, or its words for an error.
const MAX_BODY: usize = 256 << 10;
/// Of a request's head.
const MAX_HEAD: usize = 16 << 10;
/// From the connection to the end of the answer; fal waits 15 s for its first try (webhooks page of its documentation).
const LONGEST: Duration = Duration::from_secs(10);
/// More wait until one of these is done.
const MOST_CALLERS: usize = 64;
/// After a connection that could not be taken, as when there are no more open files.
const BREATH: Duration = Duration::from_millis(100);

/// Hears fal's callbacks once it is served.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    keys: KeysAddress,
    hook: Hook,
    tally: RefCell<Tally>,
}

/// Why nobody can be heard.
#[derive(Debug, thiserror::Error)]
#[error("webhooks can't be listened for on {address}: {source}; give another address with --listen")]
pub struct NotListening {
    address: SocketAddr,
    source: io::Error,
}

/// What the listener needs to believe a callback, and whom it tells.
#[derive(Clone, Copy)]
pub struct Needs<'a> {
    pub client: &'a Client,
    pub record: &'a Record,
    /// Told of every call, and of its purchase where it has one.
    pub watch: &'a dyn Fn(Heard, Option<Nonce>),
}

impl std::fmt::Debug for Needs<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Needs").field("record", &self.record.dir()).finish_non_exhaustive()
    }
}

/// While it is served.
struct Shift<'a> {
    listener: &'a Listener,
    needs: Needs<'a>,
    ring: RefCell<Keyring>,
    /// Held by the one who asks for keys.
    asking: Mutex<()>,
}

impl Listener {
    /// Takes the address; callers wait until [`serve`](Self::serve).
    ///
    /// # Errors
    /// The address is taken, or none of this machine's.
    pub async fn bind(
        address: SocketAddr,
        public: PublicUrl,
        keys: KeysAddress,
    ) -> Result<Self, NotListening> {
        let socket = TcpListener::bind(address).await;
        let socket = socket.map_err(|source| NotListening { address, source })?;
        Ok(Self { socket, keys, hook: Hook::new(public), tally: RefCell::default() })
    }

    /// Where it listens; the port that was chosen where any would do.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.socket.local_addr().ok()
    }

    #[must_use]
    pub fn hook(&self) -> &Hook {
        &self.hook
    }

    /// What has come so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.tally.borrow().clone()
    }

    /// Hears callers until it is dropped.
    pub async fn serve(&self, needs: Needs<'_>) -> Infallible {
        let shift = Shift { listener: self, needs, ring: RefCell::default(), asking: Mutex::new(()) };
        let mut callers = FuturesUnordered::new();
        loop {
            tokio::select! {
                Some(()) = callers.next() => {}
                accepted = self.socket.accept(), if callers.len() < MOST_CALLERS => match accepted {
                    Ok((stream, _)) => callers.push(shift.receive(stream)),
                    Err(_) => sleep(BREATH).await,
                },
            }
        }
    }
}

impl Shift<'_> {
    /// One request a connection. A caller that breaks off or takes too long is no matter.
    async fn receive(&self, stream: TcpStream) {
        let answer = service_fn(|request| async {
            let (heard, nonce) = self.hear(request).await.unwrap_or_else(|heard| (heard, None));
            self.listener.tally.borrow_mut().note(heard);
            (self.needs.watch)(heard, nonce);
            Ok::<_, Infallible>(empty(heard))
        });
        let mut http = http1::Builder::new();
        http.keep_alive(false).max_buf_size(MAX_HEAD);
        let _ = timeout(LONGEST, http.serve_connection(TokioIo::new(stream), answer)).await;
    }

    /// What is cheap comes first: without a token nothing is read, without a fresh signature nothing is looked up.
    async fn hear(&self, request: Request<Incoming>) -> Result<(Heard, Option<Nonce>), Heard> {
        let token = self.token(&request).ok_or(Heard::Elsewhere)?;
        let is_known = self.needs.record.with_takes(|takes| admission::find(takes, &token).is_some());
        if !is_known {
            return Err(Heard::UnknownToken);
        }
        let (head, body) = request.into_parts();
        let signed = Signed::read(&head.headers).ok_or(Heard::Unsigned)?;
        if !signed.is_fresh(Timestamp::now()) {
            return Err(Heard::Stale);
        }
        let body = read(body).await?;
        self.verify(&signed, &body).await?;
        let callback = Callback::read(&body).filter(|callback| callback.goes_by(signed.request_id));
        self.admit(&token, &callback.ok_or(Heard::Unreadable)?)
    }

    fn token(&self, request: &Request<Incoming>) -> Option<Token> {
        let is_callback = request.method() == Method::POST && request.uri().query().is_none();
        is_callback.then(|| self.listener.hook.public().token(request.uri().path())).flatten()
    }

    fn admit(&self, token: &Token, callback: &Callback) -> Result<(Heard, Option<Nonce>), Heard> {
        let id = &callback.request_id;
        let Admitted { nonce, news } =
            self.needs.record.with_takes(|takes| admission::admit(takes, token, id))?;
        let heard = match news {
            News::Yes => self.listener.hook.call(nonce, id),
            News::No => Heard::Repeated,
        };
        Ok((heard, Some(nonce)))
    }

    /// By the keys at hand; where none fits, by those that the queue publishes now.
    async fn verify(&self, signed: &Signed<'_>, body: &[u8]) -> Result<(), Heard> {
        if self.is_genuine(signed, body) {
            return Ok(());
        }
        let _asking = self.asking.lock().await;
        if self.is_genuine(signed, body) {
            return Ok(());
        }
        self.renew_keys().await;
        match self.is_genuine(signed, body) {
            true => Ok(()),
            false if self.ring.borrow().keys(Instant::now()).is_empty() => Err(Heard::Unverified),
            false => Err(Heard::BadSignature),
        }
    }

    fn is_genuine(&self, signed: &Signed<'_>, body: &[u8]) -> bool {
        signed.is_by(self.ring.borrow().keys(Instant::now()), body)
    }

    async fn renew_keys(&self) {
        let now = Instant::now();
        if !self.ring.borrow().may_ask(now) {
            return;
        }
        self.ring.borrow_mut().asking(now);
        if let Ok(keys) = self.needs.client.signing_keys(&self.listener.keys).await {
            self.ring.borrow_mut().got(keys, Instant::now());
        }
    }
}

async fn read(body: Incoming) -> Result<Bytes, Heard> {
    if body.size_hint().lower() > MAX_BODY as u64 {
        return Err(Heard::TooLong);
    }
    match Limited::new(body, MAX_BODY).collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Heard::TooLong),
        Err(_) => Err(Heard::CutOff),
    }
}

/// No body, whatever it is.
fn empty(heard: Heard) -> Response<Empty<Bytes>> {
    let mut response = Response::new(Empty::new());
    *response.status_mut() = StatusCode::from_u16(heard.status()).unwrap_or(StatusCode::NOT_FOUND);
    response
}
