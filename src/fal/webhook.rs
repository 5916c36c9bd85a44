//! fal's webhooks as far as they are a contract: the address that a submit names, what a callback's body says,
//! and the keys that callbacks are signed with. Verifies nothing, and serves nothing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::ask::AskError;
use super::handle::under;
use super::http::Answer;
use super::key::Cleaner;
use super::origin::{Origins, is_loopback};
use super::submit::is_sane;
use crate::take::Token;

/// Where fal publishes its keys (webhooks page of its documentation).
const KEYS: &str = "https://rest.fal.ai/.well-known/jwks.json";
/// Where a queue has its keys that publishes them itself.
const KEYS_PATH: &str = "/.well-known/jwks.json";
/// fal has a few; more would only cost time on every callback.
const MAX_KEYS: usize = 32;

/// The address that one purchase's callback goes to. Holds the purchase's secret, so it shows itself nowhere.
#[derive(Clone, Debug)]
pub struct ReturnAddress {
    public: Url,
    token: Token,
}

impl ReturnAddress {
    /// `public`, with the token as last part of its path.
    #[must_use]
    pub fn new(public: &Url, token: &Token) -> Self {
        Self { public: public.clone(), token: token.clone() }
    }

    pub(super) fn token(&self) -> &Token {
        &self.token
    }

    /// As a submit names it.
    pub(super) fn add_to(&self, submit: &mut Url) {
        let url = under(&self.public, &[self.token.expose()]);
        submit.query_pairs_mut().append_pair("fal_webhook", url.as_str());
    }
}

/// What a callback is about. The rest of its body is not read: what came of a purchase only the queue is asked.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Callback {
    pub request_id: String,
    /// The id of the last attempt, where the platform made several.
    #[serde(default)]
    gateway_request_id: Option<String>,
}

impl Callback {
    /// None where the body is none of fal's, or its id can't be one.
    #[must_use]
    pub fn read(body: &[u8]) -> Option<Self> {
        serde_json::from_slice::<Self>(body).ok().filter(|callback| is_sane(&callback.request_id))
    }

    /// Is it the one that an id in its headers means?
    #[must_use]
    pub fn goes_by(&self, id: &str) -> bool {
        self.request_id == id || self.gateway_request_id.as_deref() == Some(id)
    }
}

/// An ED25519 public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SigningKey(pub [u8; 32]);

/// Where a queue publishes the keys that it signs with. They are asked for without the key to fal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeysAddress(At);

#[derive(Clone, Debug, PartialEq, Eq)]
enum At {
    Known(Url),
    OnTheQueue,
}

/// Why nobody can be asked for the keys.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoKeysAddress {
    #[error("`{0}` is no address of signing keys; write one such as {KEYS}")]
    NotAnAddress(String),
    #[error("`{0}` is plain http, which is for this machine only; write https://")]
    PlainHttp(String),
    #[error(
        "SHOTLIST_QUEUE_URL is set, so fal's keys need not be the queue's; set SHOTLIST_JWKS_URL to where it \
         publishes the keys that it signs webhooks with, such as {KEYS}"
    )]
    Unknown,
}

impl KeysAddress {
    /// Where nothing is given, fal's own; a queue of the user's own has to come with one.
    ///
    /// # Errors
    /// The text is no `https://` address, nor plain http to this machine; or there is none.
    pub fn new(text: Option<&str>, origins: &Origins) -> Result<Self, NoKeysAddress> {
        match text.map(str::trim).filter(|text| !text.is_empty()) {
            Some(text) => address(text).map(At::Known).map(Self),
            None if origins.is_fals_own() => address(KEYS).map(At::Known).map(Self),
            None => Err(NoKeysAddress::Unknown),
        }
    }

    /// On the queue itself, wherever that will be: at the path of fal's own, as the simulator has them.
    #[must_use]
    pub fn on_the_queue() -> Self {
        Self(At::OnTheQueue)
    }

    pub(super) fn url(&self, origins: &Origins) -> Url {
        match &self.0 {
            At::Known(url) => url.clone(),
            At::OnTheQueue => {
                let mut url = origins.queue().clone();
                url.set_path(KEYS_PATH);
                url
            }
        }
    }
}

fn address(text: &str) -> Result<Url, NoKeysAddress> {
    let not = || NoKeysAddress::NotAnAddress(text.to_owned());
    let url = Url::parse(text).map_err(|_| not())?;
    let anonymous = url.username().is_empty() && url.password().is_none();
    match url.scheme() {
        _ if !anonymous || url.host().is_none() || url.fragment().is_some() => Err(not()),
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(NoKeysAddress::PlainHttp(text.to_owned())),
        _ => Err(not()),
    }
}

/// The keys in a published set. Entries of other kinds are left out.
pub(super) fn keys(answer: &Answer, cleaner: &Cleaner) -> Result<Vec<SigningKey>, AskError> {
    if !answer.is_success() {
        return Err(AskError::of(answer, cleaner));
    }
    let body = answer.json().map_err(|why| AskError::unreadable(answer, &why, cleaner))?;
    let entries = body.get("keys").and_then(Value::as_array).into_iter().flatten();
    let keys: Vec<SigningKey> = entries.filter_map(key).take(MAX_KEYS).collect();
    if keys.is_empty() {
        return Err(AskError::unreadable(answer, "it holds no ED25519 key", cleaner));
    }
    Ok(keys)
}

/// `{"kty":"OKP","crv":"Ed25519","x":"…"}`; only `x` is documented to be there.
fn key(entry: &Value) -> Option<SigningKey> {
    let says = |name: &str, value: &str| {
        entry.get(name).is_none_or(|said| said.as_str().is_some_and(|said| said.eq_ignore_ascii_case(value)))
    };
    let text = entry.get("x")?.as_str().filter(|_| says("kty", "OKP") && says("crv", "Ed25519"))?;
    let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()?;
    bytes.try_into().ok().map(SigningKey)
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderMap;

    fn read(status: u16, body: &str) -> Result<Vec<SigningKey>, AskError> {
        let (received, headers) = (jiff::Timestamp::UNIX_EPOCH, HeaderMap::new());
        let answer = Answer { status, headers, received, body: Ok(body.as_bytes().to_vec()) };
        keys(&answer, &Cleaner::new(None))
    }

    #[test]
    fn keys_are_read_as_published_and_others_are_left_out() {
        // RFC 8037, appendix A.2.
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let set = format!(
            r#"{{"keys":[{{"kty":"RSA","n":"AQAB","e":"AQAB"}},{{"kty":"OKP","crv":"Ed25519","x":"{x}","kid":"a"}},
            {{"x":"{x}="}},{{"kty":"OKP","crv":"X25519","x":"{x}"}},{{"x":"AAAA"}},{{"x":7}},7]}}"#
        );
        let keys = read(200, &set).unwrap();
        assert_eq!(keys.len(), 2);
        assert_eq!(keys[0].0[..4], [0xd7, 0x5a, 0x98, 0x01]);
        for body in ["", "{}", "[]", r#"{"keys":[]}"#, r#"{"keys":[{"x":"AAAA"}]}"#, "<html>"] {
            assert!(matches!(read(200, body), Err(AskError::Unreadable { .. })), "{body}");
        }
        assert!(read(500, &set).is_err());
    }

    #[test]
    fn the_keys_are_looked_for_over_https_or_on_this_machine() {
        let (fal, own) =
            (Origins::new(None, None).unwrap(), Origins::new(Some("http://127.0.0.1:1"), None).unwrap());
        let new = |text: Option<&str>, origins| {
            KeysAddress::new(text, origins).map(|at| at.url(origins).to_string())
        };
        assert_eq!(new(None, &fal).as_deref(), Ok(KEYS));
        assert_eq!(new(Some(" "), &own), Err(NoKeysAddress::Unknown));
        for text in ["https://a.example/k?x=1", "http://127.0.0.1:7/k", "http://[::1]:7/k"] {
            assert_eq!(new(Some(text), &own).as_deref(), Ok(text));
        }
        for text in
            ["http://a.example/k", "ftp://a.example/k", "https://u:p@a.example/k", "a.example", "https://"]
        {
            assert!(new(Some(text), &fal).is_err(), "{text}");
        }
        let beside = KeysAddress::on_the_queue().url(&own).to_string();
        assert_eq!(beside, "http://127.0.0.1:1/.well-known/jwks.json");
    }

    #[test]
    fn of_a_body_only_a_sane_id_is_read() {
        let ok = br#"{"request_id":"r-1","gateway_request_id":"g-1","status":"OK","payload":{"video":null}}"#;
        let callback = Callback::read(ok).unwrap();
        assert_eq!(callback.request_id, "r-1");
        assert!(callback.goes_by("r-1") && callback.goes_by("g-1") && !callback.goes_by("r-2"));
        assert!(!callback.goes_by(""));
        let error = br#"{"request_id":"r-1","gateway_request_id":null,"status":"ERROR","error":"Invalid status code: 422","payload":null,"payload_error":"x"}"#;
        assert!(Callback::read(error).is_some());
        let deep = format!(r#"{{"request_id":"r-1","payload":{}{}}}"#, "[".repeat(5_000), "]".repeat(5_000));
        assert!(Callback::read(deep.as_bytes()).is_some());
        for body in
            ["", "[]", "{}", r#"{"request_id":7}"#, r#"{"request_id":"../x"}"#, r#"{"request_id":""}"#]
        {
            assert_eq!(Callback::read(body.as_bytes()), None, "{body}");
        }
    }

    #[test]
    fn a_return_address_names_the_token_and_hides_it() {
        let token = Token::mint();
        let public = Url::parse("https://hooks.example/a/b/").unwrap();
        let mut submit = Url::parse("https://queue.fal.run/x/y").unwrap();
        let back = ReturnAddress::new(&public, &token);
        back.add_to(&mut submit);
        let query: Vec<(String, String)> = submit.query_pairs().into_owned().collect();
        assert_eq!(
            query,
            [("fal_webhook".to_owned(), format!("https://hooks.example/a/b/{}", token.expose()))]
        );
        assert!(!format!("{back:?}").contains(token.expose()));
    }
}
