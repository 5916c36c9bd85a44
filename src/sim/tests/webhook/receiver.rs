//! Somebody who is called back: keeps what came, answers as told, and checks signatures by their own rule.

use std::sync::mpsc::{Receiver as Channel, channel};

use axum::Router;
use axum::body::Bytes;
use axum::http::{StatusCode, Uri};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::signature::{ED25519, UnparsedPublicKey};

use super::*;

/// Far longer than any callback takes.
const PATIENCE: Duration = Duration::from_mins(1);

pub(super) struct Receiver {
    address: SocketAddr,
    heard: Channel<Heard>,
    /// It ends with this.
    _stop: oneshot::Sender<()>,
}

#[derive(Clone, Debug)]
pub(super) struct Heard {
    /// Path and query.
    pub(super) target: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Receiver {
    /// Answers with these, and with the last of them from then on. A redirect leads to itself.
    pub(super) fn start(codes: impl IntoIterator<Item = u16>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, heard) = channel();
        let codes: Mutex<Vec<u16>> = Mutex::new(codes.into_iter().collect());
        let answer = move |uri: Uri, headers: HeaderMap, body: Bytes| {
            let _ = sender.send(Heard { target: uri.to_string(), headers, body: body.to_vec() });
            let mut codes = codes.lock().unwrap();
            let code = if codes.len() > 1 { codes.remove(0) } else { codes[0] };
            std::future::ready((StatusCode::from_u16(code).unwrap(), [("location", "/elsewhere")]))
        };
        let answer = Arc::new(answer);
        let app = Router::new().fallback(move |uri, headers, body| answer(uri, headers, body));
        let (stop, stopped) = oneshot::channel();
        thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                tokio::select! {
                    _ = axum::serve(listener, app).into_future() => {}
                    _ = stopped => {}
                }
            });
        });
        Self { address, heard, _stop: stop }
    }

    pub(super) fn url(&self, target: &str) -> String {
        format!("http://{}{target}", self.address)
    }

    /// Waits for the next callback.
    pub(super) fn next(&self) -> Heard {
        self.heard.recv_timeout(PATIENCE).unwrap()
    }

    /// What came and was not looked at yet.
    pub(super) fn rest(&self) -> Vec<Heard> {
        self.heard.try_iter().collect()
    }
}

impl Heard {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    /// As fal's webhooks page tells a receiver to verify it.
    pub(super) fn is_signed_by(&self, keys: &Value) -> bool {
        let hash = digest(&SHA256, &self.body)
            .as_ref()
            .iter()
            .fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        let named = |name| self.header(&format!("x-fal-webhook-{name}"));
        let message = [named("request-id"), named("user-id"), named("timestamp"), &hash].join("\n");
        let hex = named("signature");
        let signature: Vec<u8> =
            (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
        keys["keys"].as_array().unwrap().iter().any(|key| {
            let public = URL_SAFE_NO_PAD.decode(key["x"].as_str().unwrap()).unwrap();
            UnparsedPublicKey::new(&ED25519, public).verify(message.as_bytes(), &signature).is_ok()
        })
    }
}
