//! Answers as a faulty server gives them: none, half of one, another's, or fal's own with something odd in it.
//! Does not decide which call gets which.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use futures::stream;
use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{queue_error, reply};
use crate::sim::faults::Met;
use crate::sim::service::Service;

mod events;
mod follow;
mod submit;

pub(super) use events::stream;
pub(super) use follow::{file_entry, result, status};
pub(super) use submit::{answer, refusal};

const PIECE: usize = 64 << 10;
/// What is handed over together with a break is lost with it.
pub(super) const BEFORE_A_BREAK: Duration = Duration::from_millis(40);
/// More than any client should read of an answer.
const ENDLESS: usize = 64 << 20;

/// Tells the audit which fault an answer is, which its client does not see.
pub(super) fn under(met: impl Into<Option<Met>>, mut answer: Response) -> Response {
    met.into().map(|met| answer.extensions_mut().insert(met.kind));
    answer
}

/// Tells the audit which request an answer is about that does not say so, or not truly.
pub(super) fn about(id: Option<HeaderValue>, mut answer: Response) -> Response {
    id.map(|id| answer.extensions_mut().insert(id));
    answer
}

/// The head of an answer, and then the end of the connection.
pub(super) fn broken_off() -> Response {
    let cut = stream::once(async { Err::<Bytes, _>(io::Error::from(io::ErrorKind::ConnectionReset)) });
    ([(CONTENT_LENGTH, "512")], Body::from_stream(cut)).into_response()
}

/// A while of silence, and then the same.
pub(super) async fn hung(service: &Service, met: Met) -> Response {
    service.endure(met).await;
    broken_off()
}

fn status_of(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_GATEWAY)
}

/// What a proxy or a gateway says.
pub(super) fn page(code: u16) -> Response {
    let status = status_of(code);
    let html = format!("<html><head><title>{status}</title></head><body><hr>nginx</body></html>");
    (status, Html(html)).into_response()
}

/// An error that passes: in fal's shape, or as a page.
pub(super) fn busy(met: Met) -> Response {
    let code = met.code().unwrap_or(503);
    if met.one_of(&[true, false, true]) == Some(true) {
        return page(code);
    }
    let mut response = queue_error(status_of(code), "The simulator is asked to be busy");
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("0"));
    response
}

/// 200, and nothing that can be read.
pub(super) fn garbage(met: Met) -> Response {
    let forms: [fn() -> Response; 5] = [broken, empty, html, deep, endless];
    met.one_of(&forms).unwrap_or(empty)()
}

fn json_text(text: impl Into<Body>) -> Response {
    ([(CONTENT_TYPE, "application/json")], text.into()).into_response()
}

fn broken() -> Response {
    json_text(r#"{"status": "COMPLETED", "request_id": "019"#)
}

fn empty() -> Response {
    json_text("")
}

fn html() -> Response {
    page(200)
}

fn deep() -> Response {
    json_text("[".repeat(100_000))
}

fn endless() -> Response {
    let piece = Bytes::from(vec![b'x'; PIECE]);
    let start = stream::once(async { Ok::<_, Infallible>(Bytes::from_static(br#"{"status": ""#)) });
    let rest = stream::iter((0..ENDLESS / PIECE).map(move |_| Ok(piece.clone())));
    json_text(Body::from_stream(futures::StreamExt::chain(start, rest)))
}

/// Another place to go to, with the method kept.
pub(super) fn redirect(to: &str) -> Response {
    let headers = HeaderValue::from_str(to).map(|to| HeaderMap::from_iter([(LOCATION, to)]));
    (StatusCode::TEMPORARY_REDIRECT, headers.unwrap_or_default()).into_response()
}

/// `Retry-After` in the forms that servers give it, none of them long.
fn retry_after(met: Met) -> String {
    let date = |seconds| {
        let at = Timestamp::now() + SignedDuration::from_secs(seconds);
        rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&at).unwrap_or_default()
    };
    match met.one_of(&[0, 1, 2, 3, 4, 5, 6]) {
        Some(0) => "0".to_owned(),
        Some(1) => "1".to_owned(),
        Some(2) => date(1),
        Some(3) => date(-3600),
        Some(4) => "soon".to_owned(),
        Some(5) => "-5".to_owned(),
        _ => String::new(),
    }
}

/// The answer with addresses that lead to another host.
fn led_elsewhere(body: &mut Value, elsewhere: &str) {
    for name in ["status_url", "response_url", "cancel_url"] {
        body[name] = json!(format!("{elsewhere}/{name}"));
    }
}
