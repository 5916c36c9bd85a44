//! What a faulty server says to a submit: a refusal, or something in place of the receipt. Accepts nothing itself.

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use super::{broken, broken_off, deep, empty, endless, html, hung, led_elsewhere, page, redirect};
use super::{queue_error, reply, retry_after, status_of};
use crate::sim::faults::{Kind, Met};
use crate::sim::service::Service;

/// fal's two names for the same hint.
const RETRY_HINTS: [&str; 2] = ["x-fal-needs-retry", "x-fal-retryable"];

/// The code and the answer where the request is not accepted; none where it is.
pub(in crate::sim::serve) fn refusal(met: Met) -> Option<(u16, Response)> {
    let code = met.code()?;
    let in_shape = || queue_error(status_of(code), "The simulator was asked to refuse this");
    match met.kind {
        Kind::SubmitRefused => Some((code, in_shape())),
        Kind::SubmitRefusedByPage | Kind::SubmitNeverArrived => Some((code, page(code))),
        Kind::SubmitThrottled => Some((code, throttled(met, in_shape()))),
        _ => None,
    }
}

fn throttled(met: Met, mut response: Response) -> Response {
    let headers = response.headers_mut();
    if let Some(hint) = met.one_of(&RETRY_HINTS) {
        headers.insert(HeaderName::from_static(hint), HeaderValue::from_static("1"));
    }
    if let Ok(wait) = HeaderValue::from_str(&retry_after(met)) {
        headers.insert(RETRY_AFTER, wait);
    }
    response
}

/// What the client gets in place of the receipt of a request that was accepted, or the receipt. `receipt` is the
/// body of the usual answer.
pub(in crate::sim::serve) async fn answer(
    service: &Service,
    met: Met,
    receipt: Value,
    usual: Response,
) -> Response {
    match met.kind {
        Kind::SubmitLost => broken_off(),
        Kind::SubmitHang => hung(service, met).await,
        Kind::SubmitGateway => page(met.code().unwrap_or(502)),
        Kind::SubmitGatewayTimeout => {
            service.endure(met).await;
            page(504)
        }
        Kind::SubmitNoRequestId => changed(receipt, |body| body["request_id"] = Value::Null),
        Kind::SubmitBrokenJson => broken(),
        Kind::SubmitEmpty => empty(),
        Kind::SubmitPage => html(),
        Kind::SubmitDeepJson => deep(),
        Kind::SubmitEndless => endless(),
        Kind::SubmitRedirect => redirect(&format!("{}/redirected", service.origins.elsewhere)),
        Kind::SubmitHostileId => changed(receipt, |body| body["request_id"] = evil_id(met)),
        Kind::SubmitOtherHost => changed(receipt, |body| led_elsewhere(body, &service.origins.elsewhere)),
        _ => usual,
    }
}

fn changed(mut body: Value, change: impl FnOnce(&mut Value)) -> Response {
    change(&mut body);
    reply(StatusCode::OK, &body)
}

fn evil_id(met: Met) -> Value {
    let ids = ["../../etc/passwd", "a/b", "a\r\nX-Evil: 1", "", "\u{1b}[2J", "?x=1"];
    match met.one_of(&[0, 1, 2, 3, 4, 5, 6, 7]) {
        Some(6) => json!("x".repeat(900_000)),
        Some(7) => json!(7),
        index => json!(index.and_then(|index: usize| ids.get(index)).copied().unwrap_or_default()),
    }
}
