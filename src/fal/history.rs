//! What fal remembers of an endpoint's requests: how a purchase without a receipt is found again.
//! Which one a purchase was is decided elsewhere; a request that is missing here may have been bought all the same.

use jiff::Timestamp;
use serde_json::{Map, Value};
use url::Url;

use super::ask::AskError;
use super::handle::under;
use super::http::Answer;
use super::key::Cleaner;
use super::submit::is_sane;

/// fal gives up to a hundred; with what was sent and what came of it those could be longer than any answer that is read.
const PAGE: &str = "20";
/// Tries for each page.
pub(super) const TRIES: usize = 3;
/// Four thousand requests of one endpoint in one window.
pub(super) const MAX_PAGES: usize = 200;

/// A request as fal remembers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastRequest {
    pub request_id: String,
    pub sent_at: Timestamp,
    /// What was sent; none where fal has not kept it.
    pub input: Option<Map<String, Value>>,
    /// None while it runs.
    pub status_code: Option<u16>,
}

#[derive(Debug)]
pub(super) struct Page {
    pub(super) requests: Vec<PastRequest>,
    pub(super) next: Option<String>,
}

/// Requests of one endpoint, sent in a stretch of time, both ends included.
#[derive(Clone, Copy, Debug)]
pub struct Window<'a> {
    pub endpoint: &'a str,
    pub from: Timestamp,
    pub to: Timestamp,
}

pub(super) fn address(platform: &Url, window: Window<'_>, cursor: Option<&str>) -> Url {
    let (from, to) = (window.from.to_string(), window.to.to_string());
    listing(platform, &[("endpoint_id", window.endpoint), ("start", &from), ("end", &to)], cursor)
}

/// Without a window fal looks for a request by its id in the last 90 days.
pub(super) fn one(platform: &Url, endpoint: &str, id: &str, cursor: Option<&str>) -> Url {
    listing(platform, &[("endpoint_id", endpoint), ("request_id", id)], cursor)
}

fn listing(platform: &Url, of: &[(&str, &str)], cursor: Option<&str>) -> Url {
    let mut url = under(platform, &["v1", "models", "requests", "by-endpoint"]);
    url.query_pairs_mut()
        .extend_pairs(of)
        .append_pair("expand", "payloads")
        .append_pair("limit", PAGE)
        .extend_pairs(cursor.map(|cursor| ("cursor", cursor)));
    url
}

pub(super) fn judge(answer: &Answer, cleaner: &Cleaner) -> Result<Page, AskError> {
    if !answer.is_success() {
        return Err(AskError::of(answer, cleaner));
    }
    let body = answer.json().map_err(|why| AskError::unreadable(answer, &why, cleaner))?;
    page(&body).ok_or_else(|| AskError::unreadable(answer, "the answer is no list of requests", cleaner))
}

/// All or nothing: an entry that can't be read could be the one that is looked for.
fn page(body: &Value) -> Option<Page> {
    let requests = body.get("items")?.as_array()?.iter().map(past_request).collect::<Option<_>>()?;
    let has_more = body.get("has_more").and_then(Value::as_bool).unwrap_or_default();
    let next =
        body.get("next_cursor").and_then(Value::as_str).filter(|cursor| has_more && !cursor.is_empty());
    // More to come and no way to it would look like the end of the list.
    (next.is_some() || !has_more).then(|| Page { requests, next: next.map(str::to_owned) })
}

fn past_request(item: &Value) -> Option<PastRequest> {
    let text = |name: &str| item.get(name).and_then(Value::as_str);
    let sent_at = text("sent_at").or_else(|| text("started_at"))?;
    Some(PastRequest {
        request_id: text("request_id").filter(|id| is_sane(id))?.to_owned(),
        sent_at: sent_at.parse().ok()?,
        input: item.get("json_input").and_then(Value::as_object).cloned(),
        status_code: item
            .get("status_code")
            .and_then(Value::as_u64)
            .and_then(|code| u16::try_from(code).ok()),
    })
}
