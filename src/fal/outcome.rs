//! What came of a purchase, as its result says: a video, a failure for good, or ask again.
//! In doubt it asks again: the clip is paid for.

use jiff::Timestamp;
use serde_json::Value;
use url::Url;

use super::ask::{AskError, in_short};
use super::http::Answer;
use super::key::Cleaner;
use super::origin::Origins;
use super::status::Completion;
use super::told::{Told, mentions_policy, told};
use crate::take::{Completed, Failed, FailureKind};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Video(Video),
    Failed(Failure),
}

/// Where the file lies, ready for the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Video {
    pub url: String,
    /// Bytes, where fal announces a number that can be one.
    pub file_size: Option<u64>,
    /// `X-Fal-Billable-Units`, as sent; it may come late.
    pub billable_units: Option<String>,
}

/// A failure for good: all of [`Failed`] but its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub kind: FailureKind,
    pub message: String,
    pub error_type: Option<String>,
    pub http_status: Option<u16>,
    pub billable_units: Option<String>,
    pub retryable: Option<bool>,
}

/// What an answer that was given before says of the bill by now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Billed {
    /// fal repeats an answer with its HTTP status; under another it is about something else.
    pub status: u16,
    /// `X-Fal-Billable-Units`, as sent.
    pub units: Option<String>,
}

impl Video {
    #[must_use]
    pub fn at(self, at: Timestamp) -> Completed {
        let Self { url: video_url, file_size, billable_units } = self;
        Completed { at, video_url, file_size, billable_units }
    }
}

impl Failure {
    #[must_use]
    pub fn at(self, at: Timestamp) -> Failed {
        let Self { kind, message, error_type, http_status, billable_units, retryable } = self;
        Failed { at, kind, message, error_type, http_status, billable_units, retryable }
    }
}

/// What the result is judged by, besides itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context<'a> {
    pub(super) completion: &'a Completion,
    /// JSON pointer to the video's address.
    pub(super) pointer: &'a str,
    pub(super) origins: &'a Origins,
    pub(super) cleaner: &'a Cleaner,
}

pub(super) fn billed(answer: &Answer, cleaner: &Cleaner) -> Billed {
    Billed { status: answer.status, units: billable_units(answer, cleaner) }
}

pub(super) fn judge(answer: &Answer, context: Context<'_>) -> Result<Outcome, AskError> {
    if answer.is_success() { of_success(answer, context) } else { of_failure(answer, context) }
}

fn of_success(answer: &Answer, context: Context<'_>) -> Result<Outcome, AskError> {
    let cleaner = context.cleaner;
    let body = answer.json().map_err(|why| AskError::unreadable(answer, &why, cleaner))?;
    let at_pointer = body.pointer(context.pointer).and_then(Value::as_str);
    if at_pointer.is_none() && is_unfinished(answer, &body) {
        return Err(AskError::NotReady);
    }
    let url = at_pointer.filter(|text| is_fetchable(text, context));
    let Some(url) = url else {
        let said = at_pointer.map_or_else(
            || context.completion.error.clone().unwrap_or_else(|| no_video(answer, cleaner)),
            |text| format!("the answer's video has an address that is none: {text}"),
        );
        return Ok(Outcome::Failed(failure(FailureKind::NoVideo, cleaner.clean(&said), answer, context)));
    };
    Ok(Outcome::Video(Video {
        url: context.origins.portable(url),
        file_size: file_size(&body, context.pointer),
        billable_units: billable_units(answer, cleaner),
    }))
}

fn no_video(answer: &Answer, cleaner: &Cleaner) -> String {
    format!("the answer has no video: {}", in_short(answer, cleaner))
}

/// An answer of the status's kind in the place of the result.
fn is_unfinished(answer: &Answer, body: &Value) -> bool {
    let state = body.get("status").and_then(Value::as_str);
    answer.status == 202 || matches!(state, Some("IN_QUEUE" | "IN_PROGRESS"))
}

fn is_fetchable(text: &str, context: Context<'_>) -> bool {
    let url = Url::parse(text).ok().or_else(|| context.origins.resolve(text));
    url.is_some_and(|url| matches!(url.scheme(), "https" | "http")) && context.cleaner.is_clean(text)
}

/// `file_size` beside the address. Anything that is no positive whole number is as good as nothing.
fn file_size(body: &Value, pointer: &str) -> Option<u64> {
    let (file, _) = pointer.rsplit_once('/')?;
    body.pointer(file)?.get("file_size")?.as_u64().filter(|&size| size > 0)
}

fn billable_units(answer: &Answer, cleaner: &Cleaner) -> Option<String> {
    let units = answer.header("x-fal-billable-units").map(|text| cleaner.clean(text))?;
    Some(units.chars().take(40).collect())
}

fn of_failure(answer: &Answer, context: Context<'_>) -> Result<Outcome, AskError> {
    let told = told(answer, context.cleaner);
    if answer.status == 400 && told.as_ref().is_some_and(|told| told.message.contains("still in progress")) {
        return Err(AskError::NotReady);
    }
    let kind = kind(answer.status, told.as_ref(), context.completion);
    let kind = kind.ok_or_else(|| AskError::of(answer, context.cleaner))?;
    let message =
        told.as_ref().map_or_else(|| in_short(answer, context.cleaner), |told| told.message.clone());
    let mut failure = failure(kind, message, answer, context);
    failure.error_type = told.and_then(|told| told.error_type).or(failure.error_type);
    Ok(Outcome::Failed(failure))
}

/// None where the answer need not be the outcome, since it may come from something in between.
fn kind(status: u16, told: Option<&Told>, completion: &Completion) -> Option<FailureKind> {
    let stated = completion.is_failure();
    let names_type = told.is_some_and(|told| told.names_type);
    let in_shape = told.is_some_and(|told| told.error_type.is_some());
    let policy = told.is_some_and(|told| told.is_policy)
        || completion.error_type.as_deref().is_some_and(mentions_policy);
    match status {
        400 | 409 | 413 | 415 if !(stated || in_shape) => None,
        422 if !stated && told.is_none() => None,
        400 | 409 | 413 | 415 | 422 if policy => Some(FailureKind::Policy),
        400 | 409 | 413 | 415 | 422 => Some(FailureKind::Validation),
        499 => Some(FailureKind::Cancelled),
        500.. if stated || names_type => Some(FailureKind::Server),
        _ => None,
    }
}

fn failure(kind: FailureKind, message: String, answer: &Answer, context: Context<'_>) -> Failure {
    Failure {
        kind,
        message,
        error_type: context.completion.error_type.clone(),
        http_status: Some(answer.status),
        billable_units: billable_units(answer, context.cleaner),
        retryable: retryable(answer),
    }
}

/// fal's hint, under both of its names. A deadline for the start, which only a client sets, is none of fal's errors:
/// another try would meet it again.
fn retryable(answer: &Answer) -> Option<bool> {
    if answer.header("x-fal-request-timeout-type").is_some() {
        return Some(false);
    }
    let hint = answer.header("x-fal-retryable").or_else(|| answer.header("x-fal-needs-retry"))?;
    match hint.trim().to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" => Some(true),
        "0" | "false" | "no" => Some(false),
        _ => None,
    }
}
