//! Temporary tokens, with which a page calls a model without knowing the key. They live in memory and in real time.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::lock;

#[derive(Debug, Default)]
pub(super) struct Tokens(Mutex<BTreeMap<String, Token>>);

#[derive(Debug)]
struct Token {
    /// Without their owners.
    apps: Vec<String>,
    until: Instant,
}

impl Tokens {
    pub(super) fn give(&self, apps: Vec<String>, lasting: Duration) -> String {
        let (token, now) = (Uuid::new_v4().simple().to_string(), Instant::now());
        let mut given = lock(&self.0);
        given.retain(|_, token| token.until > now);
        given.insert(token.clone(), Token { apps, until: now + lasting });
        token
    }

    /// Does it open this path, `/owner/app/…` or the same below `/run`?
    pub(super) fn opens(&self, token: &str, path: &str) -> bool {
        let app =
            path.strip_prefix("/run").filter(|rest| rest.starts_with('/')).unwrap_or(path).split('/').nth(2);
        let given = lock(&self.0);
        let token = given.get(token).filter(|token| token.until > Instant::now());
        token.is_some_and(|token| token.apps.iter().any(|one| Some(one.as_str()) == app))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_its_apps_until_it_expires() {
        let tokens = Tokens::default();
        let token = tokens.give(vec!["kling-video".to_owned()], Duration::from_mins(2));
        for (path, opens) in [
            ("/fal-ai/kling-video/v3/x", true),
            ("/run/fal-ai/kling-video/v3/x", true),
            ("/fal-ai/other", false),
            ("/v1/models", false),
            ("/_sim/account", false),
        ] {
            assert_eq!(tokens.opens(&token, path), opens, "{path}");
        }
        assert!(!tokens.opens("guessed", "/fal-ai/kling-video"));
        let late = tokens.give(vec!["kling-video".to_owned()], Duration::ZERO);
        assert!(!tokens.opens(&late, "/fal-ai/kling-video"));
    }
}
