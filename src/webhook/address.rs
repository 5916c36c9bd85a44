//! The public address that fal calls back at, and which token a called path brings. Opens no connection.

use std::fmt;
use std::str::FromStr;

use url::Url;

use crate::fal::{self, ReturnAddress};
use crate::take::Token;

/// Where fal reaches the listener, through whatever proxy or tunnel: `https://hooks.example/path`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(Url);

/// Why fal can't call back there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotPublic {
    #[error("write an address such as https://hooks.example/shotlist")]
    NotAnAddress,
    #[error("plain http is for this machine only; write https://")]
    PlainHttp,
    #[error("it must hold no user, no `?` and no `#`; each purchase's token is added to its path")]
    NotBare,
}

impl FromStr for PublicUrl {
    type Err = NotPublic;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text.trim()).map_err(|_| NotPublic::NotAnAddress)?;
        let is_bare = url.query().is_none() && url.fragment().is_none();
        let is_anonymous = url.username().is_empty() && url.password().is_none();
        match url.scheme() {
            "https" | "http" if !is_bare || !is_anonymous => Err(NotPublic::NotBare),
            // fal itself calls no such address, but a queue of the user's own may.
            "http" if !fal::is_loopback(&url) => Err(NotPublic::PlainHttp),
            "https" | "http" => Ok(Self(url)),
            _ => Err(NotPublic::NotAnAddress),
        }
    }
}

impl PublicUrl {
    /// Where fal is to call back about the purchase with this token.
    #[must_use]
    pub fn return_address(&self, token: &Token) -> ReturnAddress {
        ReturnAddress::new(&self.0, token)
    }

    /// The token at the end of a called path; none where it is any other path.
    pub(super) fn token(&self, path: &str) -> Option<Token> {
        let base = self.0.path().trim_end_matches('/');
        path.strip_prefix(base)?.strip_prefix('/')?.parse().ok()
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_address_is_https_or_on_this_machine_and_bare() {
        for text in [
            "https://hooks.example",
            "https://hooks.example:8443/a/b/",
            "http://127.0.0.1:1/x",
            "http://[::1]/",
            "http://localhost:9",
        ] {
            assert!(text.parse::<PublicUrl>().is_ok(), "{text}");
        }
        for (text, error) in [
            ("", NotPublic::NotAnAddress),
            ("hooks.example", NotPublic::NotAnAddress),
            ("ftp://hooks.example", NotPublic::NotAnAddress),
            ("data:text/plain,x", NotPublic::NotAnAddress),
            ("http://hooks.example", NotPublic::PlainHttp),
            ("http://10.0.0.1", NotPublic::PlainHttp),
            ("https://u:p@hooks.example", NotPublic::NotBare),
            ("https://u@hooks.example", NotPublic::NotBare),
            ("https://hooks.example/?a=1", NotPublic::NotBare),
            ("https://hooks.example/#a", NotPublic::NotBare),
        ] {
            assert_eq!(text.parse::<PublicUrl>(), Err(error), "{text}");
        }
    }

    #[test]
    fn only_the_own_path_with_a_token_behind_it_is_one() {
        let token = Token::mint();
        let secret = token.expose();
        for (public, path) in [
            ("https://a.example", format!("/{secret}")),
            ("https://a.example/in", format!("/in/{secret}")),
            ("https://a.example/in/", format!("/in/{secret}")),
            ("https://a.example/in/deep", format!("/in/deep/{secret}")),
        ] {
            let public: PublicUrl = public.parse().unwrap();
            assert_eq!(public.token(&path), Some(token.clone()), "{public} {path}");
            for other in [
                "/".to_owned(),
                format!("{path}/"),
                format!("/x{path}"),
                format!("/{path}"),
                path.replace('/', ""),
                format!("{path}0"),
                path.to_uppercase(),
                path[..path.len() - 1].to_owned(),
            ] {
                assert_eq!(public.token(&other), None, "{public} {other}");
            }
        }
    }
}
