//! The part of fal that calls back: signs as its documentation says, publishes its keys, and can be told to lie.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ring::digest::{SHA256, digest};
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::json;

use super::project::{Invocation, Running};
use super::queue::Bought;
use super::server::{Asked, Reply, Server};
use super::until;

/// What the program is told of the public address; a proxy leads from there to where it listens.
pub(crate) const PUBLIC: &str = "https://hooks.example/shot/list";

pub(crate) struct Caller {
    keys: Server,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// A callback as it is sent.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: &'static str,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// Which of the key pairs; the first two are published.
pub(crate) fn pair(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

fn published(seed: u8) -> serde_json::Value {
    json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "x": URL_SAFE_NO_PAD.encode(pair(seed).public_key())})
}

impl Caller {
    pub(crate) fn start() -> Self {
        Self::publishing(200, &json!({"keys": [published(1), published(2)]}).to_string())
    }

    pub(crate) fn publishing(status: u16, set: &str) -> Self {
        let (asked, set) = (Arc::new(Mutex::new(Vec::new())), set.to_owned());
        let all = Arc::clone(&asked);
        let keys = Server::start(0, move |one| {
            all.lock().unwrap().push(one.clone());
            super::server::Answer::Reply(Reply::new(status, "application/json", set.clone()))
        });
        Self { keys, asked }
    }

    /// The questions for the keys.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// A render that is called back.
    pub(crate) fn hooks(&self, invocation: Invocation) -> Invocation {
        let keys = format!("{}/.well-known/jwks.json", self.keys.origin());
        invocation
            .env("SHOTLIST_JWKS_URL", &keys)
            .env("SHOTLIST_WEBHOOK", PUBLIC)
            .env("SHOTLIST_LISTEN", "127.0.0.1:0")
    }
}

/// Where a run listens, once it says so.
pub(crate) fn ear(run: &Running) -> SocketAddr {
    let says = || {
        let said = run.says();
        let (_, rest) = said.split_once("listening on ")?;
        rest.split_once(' ')?.0.parse().ok()
    };
    until("it listens", || says().is_some());
    says().unwrap()
}

impl Call {
    /// What fal sends when a purchase is done.
    pub(crate) fn about(bought: &Bought) -> Self {
        Self::to(bought, &bought.id)
    }

    /// To the purchase's address, about any request.
    pub(crate) fn to(bought: &Bought, id: &str) -> Self {
        let body = json!({"request_id": id, "gateway_request_id": id, "status": "OK", "payload": {"video": {"url": "https://evil.example/x.mp4"}}});
        let target = url::Url::parse(bought.webhook.as_ref().unwrap()).unwrap().path().to_owned();
        let call = Self { method: "POST", target, headers: Vec::new(), body: body.to_string().into_bytes() };
        call.signed(1, 0, id)
    }

    /// Signed anew, as it now is, by a key and at a time so many seconds from now.
    pub(crate) fn signed(mut self, seed: u8, seconds: i64, id: &str) -> Self {
        let at = (Timestamp::now().as_second() + seconds).to_string();
        let message = format!("{id}\nuser-1\n{at}\n{}", hex(digest(&SHA256, &self.body).as_ref()));
        let signature = hex(pair(seed).sign(message.as_bytes()).as_ref());
        let header = |name: &str, value: &str| (format!("X-Fal-Webhook-{name}"), value.to_owned());
        self.headers = vec![
            header("Request-Id", id),
            header("User-Id", "user-1"),
            header("Timestamp", &at),
            header("Signature", &signature),
        ];
        self
    }

    pub(crate) fn with_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) fn at(mut self, target: &str) -> Self {
        target.clone_into(&mut self.target);
        self
    }

    pub(crate) fn by(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    /// The status and the body of the answer; 0 where the connection ends without one.
    pub(crate) fn send(&self, ear: SocketAddr) -> (u16, String) {
        let mut stream = TcpStream::connect(ear).unwrap();
        stream.set_read_timeout(Some(super::PATIENCE)).unwrap();
        stream.set_write_timeout(Some(Duration::from_secs(10))).unwrap();
        // Who is refused may be cut off before all is sent.
        let _ = stream.write_all(&self.bytes());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        (status, answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
    }

    /// Only the status.
    pub(crate) fn status(&self, ear: SocketAddr) -> u16 {
        self.send(ear).0
    }

    /// The whole request.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let Self { method, target, headers, body } = self;
        let lines: String =
            headers.iter().map(|(name, value)| [name, ": ", value, "\r\n"].concat()).collect();
        let head = format!(
            "{method} {target} HTTP/1.1\r\nHost: hooks.example\r\nContent-Type: application/json\r\n{lines}Content-Length: {}\r\n\r\n",
            body.len()
        );
        [head.into_bytes(), body.clone()].concat()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
