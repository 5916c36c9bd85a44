//! fal's key: where it comes from, the header it goes into, and how any text is cleaned of it.
//! Reads no environment.

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::take::Token;

/// As much of a foreign text as a person reads.
const MAX_CHARS: usize = 400;
/// As much of a foreign text as is looked at to find those.
const MAX_READ: usize = 8_192;
/// Shorter pieces would hit innocent words.
const MIN_SECRET: usize = 6;
const REDACTED: &str = "[key]";

/// The key to fal. Its `Debug` never shows it.
#[derive(Clone, Debug)]
pub struct Key(SecretString);

/// Why there is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error(
        "no key to fal; set FAL_KEY, or FAL_KEY_ID and FAL_KEY_SECRET (keys: https://fal.ai/dashboard/keys)"
    )]
    Missing,
    #[error("only one of FAL_KEY_ID and FAL_KEY_SECRET is set; set both, or FAL_KEY")]
    Half,
    #[error(
        "the key to fal holds a character that no key has; copy it again from https://fal.ai/dashboard/keys"
    )]
    Malformed,
}

impl Key {
    /// From the values of `FAL_KEY`, `FAL_KEY_ID` and `FAL_KEY_SECRET`; the first outranks the others.
    ///
    /// # Errors
    /// Nothing, or half a key, is set, or it can't be one.
    pub fn from_values(key: Option<&str>, id: Option<&str>, secret: Option<&str>) -> Result<Self, KeyError> {
        let set = |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let text = match (set(key), set(id), set(secret)) {
            (Some(key), _, _) => key,
            (None, Some(id), Some(secret)) => format!("{id}:{secret}"),
            (None, None, None) => return Err(KeyError::Missing),
            (None, _, _) => return Err(KeyError::Half),
        };
        let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        if plain { Ok(Self(text.into())) } else { Err(KeyError::Malformed) }
    }

    /// Has it fal's shape, an id and a secret with a colon between them?
    #[must_use]
    pub fn is_a_pair(&self) -> bool {
        let pair = self.0.expose_secret().split_once(':');
        pair.is_some_and(|(id, secret)| !id.is_empty() && !secret.is_empty())
    }

    /// `Key …`, as fal wants it; never `Bearer`.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::from_str(&format!("Key {}", self.0.expose_secret())).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// The whole, then its parts, so that an echo of any is found.
    fn pieces(&self) -> impl Iterator<Item = &str> {
        let whole = self.0.expose_secret();
        let parts = whole.split_once(':').map_or([whole, whole], |(id, secret)| [secret, id]);
        std::iter::once(whole).chain(parts).filter(|piece| piece.len() >= MIN_SECRET)
    }
}

/// Makes foreign texts fit to be shown and kept: one line, no key, no token, no terminal escapes, not long.
#[derive(Clone, Debug)]
pub(super) struct Cleaner {
    key: Option<Key>,
    token: Option<Token>,
}

impl Cleaner {
    pub(super) fn new(key: Option<Key>) -> Self {
        Self { key, token: None }
    }

    /// One that hides a purchase's token as well.
    pub(super) fn hiding(&self, token: Option<&Token>) -> Self {
        Self { key: self.key.clone(), token: token.cloned() }
    }

    /// Escapes go first: they could stand in the middle of the key.
    pub(super) fn clean(&self, text: &str) -> String {
        let mut clean = one_line(text);
        for piece in self.secrets() {
            clean = clean.replace(piece, REDACTED);
        }
        cap(clean)
    }

    /// Holds no piece of the key, so that it may be kept as it is.
    pub(super) fn is_clean(&self, text: &str) -> bool {
        !self.secrets().any(|piece| text.contains(piece))
    }

    fn secrets(&self) -> impl Iterator<Item = &str> {
        self.key.iter().flat_map(Key::pieces).chain(self.token.iter().map(Token::expose))
    }
}

fn cap(text: String) -> String {
    match text.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn one_line(text: &str) -> String {
    let mut chars = text.chars().take(MAX_READ);
    let mut line = String::new();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => skip_escape(&mut chars),
            '\n' | '\r' | '\t' | ' ' if line.ends_with(' ') => {}
            '\n' | '\r' | '\t' => line.push(' '),
            _ if is_unseen(c) => {}
            _ => line.push(c),
        }
    }
    line.trim().to_owned()
}

/// Passes the rest of a terminal escape: `[` up to its final letter, `]` up to the bell, else one character.
fn skip_escape(chars: &mut impl Iterator<Item = char>) {
    match chars.next() {
        Some('[') => while chars.next().is_some_and(|c| !('@'..='~').contains(&c)) {},
        Some(']') => while chars.next().is_some_and(|c| c != '\u{7}' && c != '\u{1b}') {},
        _ => {}
    }
}

/// Control characters, and those that reorder or hide what is next to them.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANARY: &str = "11111111-canary:22222222-canary";

    fn cleaner() -> Cleaner {
        Cleaner::new(Some(Key::from_values(Some(CANARY), None, None).unwrap()))
    }

    #[test]
    fn one_value_outranks_two_and_half_a_key_is_none() {
        let of =
            |key, id, secret| Key::from_values(key, id, secret).map(|key| key.0.expose_secret().to_owned());
        assert_eq!(of(Some(" a:b\n"), Some("c"), Some("d")), Ok("a:b".to_owned()));
        assert_eq!(of(None, Some("c"), Some("d")), Ok("c:d".to_owned()));
        assert_eq!(of(Some(""), None, None), Err(KeyError::Missing));
        assert_eq!(of(None, None, Some("d")), Err(KeyError::Half));
        assert_eq!(of(Some("a b"), None, None), Err(KeyError::Malformed));
        assert_eq!(of(Some("schlüssel"), None, None), Err(KeyError::Malformed));
    }

    #[test]
    fn no_debug_text_shows_the_key() {
        let key = Key::from_values(Some(CANARY), None, None).unwrap();
        assert!(!format!("{key:?} {:?} {:?}", key.header(), cleaner()).contains("canary"));
    }

    #[test]
    fn an_echo_of_the_key_or_of_a_part_of_it_is_redacted() {
        let clean = cleaner().clean(&format!("bad key {CANARY}, secret 22222222-canary of 11111111-canary"));
        assert_eq!(clean, "bad key [key], secret [key] of [key]");
        let split = CANARY.replace("-canary:", "-can\u{1b}[31mary:\u{200b}");
        assert_eq!(cleaner().clean(&split), "[key]");
        assert!(!cleaner().is_clean("https://x/?k=22222222-canary") && cleaner().is_clean("https://x"));
    }

    #[test]
    fn escapes_and_controls_are_stripped_and_lines_are_joined() {
        let text = "a\u{1b}[2J\u{1b}[1;31mred\u{1b}]0;title\u{7}\r\n\t b\u{0}\u{202e}c\u{9b}d\u{1b}";
        assert_eq!(cleaner().clean(text), "ared bcd");
    }

    #[test]
    fn a_long_text_is_cut_and_no_key_is_cut_free_at_its_end() {
        let clean = cleaner().clean(&"é".repeat(100_000));
        assert_eq!(clean.chars().count(), MAX_CHARS + 1);
        for start in 380..401 {
            let text = "x".repeat(start) + CANARY;
            assert!(!cleaner().clean(&text).contains("2222"), "{start}");
        }
    }
}
