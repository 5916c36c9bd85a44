//! The tags that fal shows beside a purchase in its billing reports. fal drops invalid ones silently, so they are
//! checked here; a purchase never fails by them.

use reqwest::header::HeaderValue;

/// fal's limits, from its documentation of request tags.
const MAX_VALUE: usize = 256;
const MAX_ALL: usize = 1_024;

/// `clip=…,shots=a.b.c`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tags(Vec<String>);

impl Tags {
    /// For a clip's address and the names of its shots. What fal would not take is left out.
    #[must_use]
    pub fn new(clip: &str, shots: &[&str]) -> Self {
        let all = [("clip", clip.to_owned()), ("shots", shots.join("."))];
        Self(
            all.into_iter()
                .filter(|(_, value)| is_valid(value))
                .map(|(key, value)| format!("{key}={value}"))
                .collect(),
        )
    }

    pub(super) fn header(&self) -> Option<HeaderValue> {
        let text = self.0.join(",");
        let fits = !text.is_empty() && text.len() <= MAX_ALL;
        fits.then(|| HeaderValue::from_str(&text).ok()).flatten()
    }
}

fn is_valid(value: &str) -> bool {
    let printable = |byte: u8| byte.is_ascii_graphic() && byte != b',';
    !value.is_empty() && value.len() <= MAX_VALUE && value.bytes().all(printable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(clip: &str, shots: &[&str]) -> Option<String> {
        Tags::new(clip, shots).header().map(|value| value.to_str().unwrap().to_owned())
    }

    #[test]
    fn what_fal_would_drop_is_not_sent() {
        assert_eq!(header("a@9x16/b/c", &["c", "d"]).as_deref(), Some("clip=a@9x16/b/c,shots=c.d"));
        assert_eq!(header("a,b", &["c"]).as_deref(), Some("shots=c"));
        assert_eq!(header("a\r\nb", &["é"]), None);
        assert_eq!(header(&"x".repeat(257), &[]), None);
    }
}
