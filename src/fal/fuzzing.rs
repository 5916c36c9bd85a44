//! Each of fal's answers judged by itself, for the fuzzer: built for it and for tests, and part of no program.
//! Opens no connection.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use super::http::Answer;
use super::key::Cleaner;
use super::outcome::{self, Context};
use super::{
    AskError, Completion, Key, LivePrice, NoHandle, Origins, Outcome, PastRequest, Receipt, Status,
    SubmitError, ask, handle, history as past, prices as priced, status as state, submit as bought,
};
use crate::take::Submitted;

/// No answer may lead to a text with a part of it.
pub const KEY: &str = "canary0id-1234:canary0secret-5678";
pub const LONGEST_WAIT: Duration = ask::MAX_WAIT;

/// An answer as it came.
#[derive(Debug)]
pub struct Given {
    pub status: u16,
    answer: Answer,
}

impl Given {
    /// The status, a line for each header, an empty line, the body. What can't be a header is left out.
    #[must_use]
    pub fn read(input: &[u8]) -> Self {
        let at = input.windows(2).position(|two| two == b"\n\n");
        let (head, body) = at.map_or((input, &b""[..]), |at| (&input[..at], &input[at + 2..]));
        let mut lines = head.split(|byte| *byte == b'\n');
        let first = lines.next().and_then(|line| std::str::from_utf8(line).ok()?.trim().parse().ok());
        let status = first.unwrap_or(200).clamp(100, 999);
        let headers: HeaderMap = lines.filter_map(header).collect();
        let answer = Answer { status, headers, received: Timestamp::UNIX_EPOCH, body: Ok(body.to_owned()) };
        Self { status, answer }
    }

    /// The body, where it is JSON.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        self.answer.json().ok()
    }

    #[must_use]
    pub fn has(&self, header: &str) -> bool {
        self.answer.headers.contains_key(header)
    }
}

fn header(line: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    let at = line.iter().position(|byte| *byte == b':')?;
    let name = HeaderName::from_bytes(line[..at].trim_ascii()).ok()?;
    Some((name, HeaderValue::from_bytes(line[at + 1..].trim_ascii()).ok()?))
}

fn cleaner() -> Cleaner {
    Cleaner::new(Key::from_values(Some(KEY), None, None).ok())
}

/// fal's own; nothing is overridden, so nothing can be wrong with them.
fn origins() -> Origins {
    Origins::new(None, None).unwrap_or_else(|error| unreachable!("{error}"))
}

/// # Errors
/// There is no receipt.
pub fn submit(given: &Given) -> Result<Receipt, SubmitError> {
    bought::judge(&given.answer, &origins(), &cleaner())
}

/// # Errors
/// It is no answer to this question.
pub fn status(given: &Given) -> Result<Status, AskError> {
    state::judge(&given.answer, &cleaner())
}

/// # Errors
/// It is no answer to this question, or need not be fal's last word.
pub fn result(given: &Given, completion: &Completion) -> Result<Outcome, AskError> {
    let (origins, cleaner) = (origins(), cleaner());
    outcome::judge(
        &given.answer,
        Context { completion, pointer: "/video/url", origins: &origins, cleaner: &cleaner },
    )
}

/// One page of prices, and the cursor of the next.
///
/// # Errors
/// It is no answer to this question.
pub fn prices(given: &Given) -> Result<(Vec<LivePrice>, Option<String>), AskError> {
    priced::judge(&given.answer, &cleaner()).map(|page| (page.prices, page.next))
}

/// One page of the history, and the cursor of the next.
///
/// # Errors
/// It is no answer to this question.
pub fn history(given: &Given) -> Result<(Vec<PastRequest>, Option<String>), AskError> {
    past::judge(&given.answer, &cleaner()).map(|page| (page.requests, page.next))
}

/// Where the key would go to ask after a purchase: its status, its result.
///
/// # Errors
/// The record's id or endpoint could not be part of an address.
pub fn addresses(endpoint: &str, submitted: &Submitted) -> Result<[String; 2], NoHandle> {
    let purchase = handle::handle(&origins(), endpoint, submitted)?;
    Ok([purchase.status, purchase.response].map(String::from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn seed(name: &str) -> Given {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/seeds/answers").join(name);
        Given::read(&std::fs::read(path).unwrap())
    }

    #[test]
    fn what_the_fuzzer_starts_from_is_what_its_name_says() {
        assert_eq!(submit(&seed("receipt")).unwrap().request_id, "r-1");
        assert!(matches!(submit(&seed("refused")), Err(SubmitError::Refused(_))));
        assert!(matches!(submit(&seed("locked")), Err(SubmitError::Account(_))));
        assert!(matches!(submit(&seed("throttled")), Err(SubmitError::Throttled { .. })));
        assert!(matches!(submit(&seed("page")), Err(SubmitError::Ambiguous { .. })));
        assert!(matches!(status(&seed("queued")), Ok(Status::Queued { position: Some(7) })));
        assert!(matches!(status(&seed("completed")), Ok(Status::Completed(done)) if done.is_failure()));
        let went_well = Completion::default();
        assert!(matches!(result(&seed("video"), &went_well), Ok(Outcome::Video(_))));
        assert!(matches!(result(&seed("policy"), &went_well), Ok(Outcome::Failed(_))));
        assert_eq!(result(&seed("early"), &went_well), Err(AskError::NotReady));
        assert_eq!(prices(&seed("prices")).unwrap().0.len(), 2);
        assert_eq!(history(&seed("history")).unwrap().0.len(), 1);
        assert!(seed("echo").has("x-fal-error-type") && seed("echo").json().is_some());
        let receipt = submit(&seed("astray")).unwrap().at(Timestamp::UNIX_EPOCH);
        assert!(
            addresses("fal-ai/x", &receipt)
                .unwrap()
                .iter()
                .all(|url| url.starts_with("https://queue.fal.run/"))
        );
    }
}
