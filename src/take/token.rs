//! The secret in the address that fal is asked to call back at: it says which purchase a callback is about.
//! Shown nowhere; only who has to send it or to look it up asks for its text.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// 32 hex digits, 122 bits of them random: nobody guesses one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Token(String);

/// A text is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no token")]
pub struct NotAToken;

impl Token {
    /// From the system's randomness.
    #[must_use]
    pub fn mint() -> Self {
        Self(Uuid::new_v4().simple().to_string())
    }

    /// The secret itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Are they the same? Compared as hashes are, which takes as long whatever they have in common.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.bytes().zip(other.bytes()).is_some_and(|(one, other)| one == other)
    }

    fn bytes(&self) -> Option<blake3::Hash> {
        <[u8; 32]>::try_from(self.0.as_bytes()).ok().map(blake3::Hash::from_bytes)
    }
}

impl FromStr for Token {
    type Err = NotAToken;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_token = text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_token { Ok(Self(text.to_owned())) } else { Err(NotAToken) }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_and_matches_itself_alone() {
        let (one, other) = (Token::mint(), Token::mint());
        assert!(one.matches(&one.expose().parse().unwrap()));
        assert!(!one.matches(&other));
        for text in ["", "../x", &"g".repeat(32), &"a".repeat(31), &"a".repeat(33), &"A".repeat(32)] {
            assert_eq!(text.parse::<Token>(), Err(NotAToken), "{text}");
        }
    }

    #[test]
    fn a_token_does_not_show_itself() {
        let token = Token::mint();
        assert!(!format!("{token:?} {:?}", Some(&token)).contains(token.expose()));
    }
}
