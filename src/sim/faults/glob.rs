//! A pattern for endpoint ids: `*` stands for any run of characters, `/` included.

use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Glob(String);

impl Glob {
    /// None where it could name nothing, or would not survive in a rule.
    pub(super) fn new(text: &str) -> Option<Self> {
        let fits = !text.is_empty() && !text.contains(|c: char| c == ',' || c.is_whitespace());
        fits.then(|| Self(text.to_owned()))
    }

    pub(super) fn matches(&self, endpoint: &str) -> bool {
        let mut pieces = self.0.split('*');
        let first = pieces.next().unwrap_or_default();
        let Some(mut rest) = endpoint.strip_prefix(first) else { return false };
        let Some(last) = pieces.next_back() else { return rest.is_empty() };
        for piece in pieces {
            let Some((_, after)) = rest.split_once(piece) else { return false };
            rest = after;
        }
        rest.ends_with(last)
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_run_of_characters() {
        let matches = |glob: &str, id: &str| Glob::new(glob).unwrap().matches(id);
        for glob in ["*", "a/b/c", "a/*", "*/c", "a*c", "a/*/*", "a/b/c*", "*b*", "**"] {
            assert!(matches(glob, "a/b/c"), "{glob}");
        }
        for glob in ["a/b", "b/*", "*/b", "a/b/c/*", "*c*b*", "a/b/*/c", "*d*", "a/b/cc*c"] {
            assert!(!matches(glob, "a/b/c"), "{glob}");
        }
        assert!(!matches("ab*b", "ab"), "no character is both of the first piece and of the last");
        assert!(["", "a,b", "a b"].iter().all(|text| Glob::new(text).is_none()));
    }
}
