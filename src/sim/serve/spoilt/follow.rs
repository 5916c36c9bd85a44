//! What a faulty server says to whoever asks after a request. Changes nothing about the request.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::{PIECE, broken_off, busy, garbage, hung, led_elsewhere, queue_error, reply};
use crate::sim::faults::{Kind, Met};
use crate::sim::service::Service;

/// The usual status would be `body` with `code`.
pub(in crate::sim::serve) async fn status(
    service: &Service,
    met: Met,
    code: StatusCode,
    mut body: Value,
) -> Response {
    let code = match met.kind {
        Kind::StatusBusy => return busy(met),
        Kind::StatusNotFound => return unfound(met),
        Kind::StatusUnauthorized => return account(met),
        Kind::StatusReset => return broken_off(),
        Kind::StatusHang => return hung(service, met).await,
        Kind::StatusGarbage => return garbage(met),
        Kind::StatusFlap => flap(met, &mut body),
        Kind::StatusUnknownState => {
            body["status"] = json!("PAUSED");
            StatusCode::ACCEPTED
        }
        Kind::StatusOddLogs => {
            body["logs"] = met.one_of(&[0, 1, 2]).map_or(Value::Null, |form: u8| odd_logs(form));
            code
        }
        Kind::StatusOtherHost => {
            led_elsewhere(&mut body, &service.origins.elsewhere);
            code
        }
        _ => code,
    };
    reply(code, &body)
}

fn unfound(met: Met) -> Response {
    match met.code() {
        Some(404) => reply(StatusCode::NOT_FOUND, &json!({ "status": "NOT_FOUND" })),
        _ => queue_error(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed"),
    }
}

fn account(met: Met) -> Response {
    let detail = "User is locked. Reason: Exhausted balance.";
    match met.code() {
        Some(401) => queue_error(StatusCode::UNAUTHORIZED, "invalid key credentials"),
        _ => queue_error(StatusCode::FORBIDDEN, detail),
    }
}

/// Back into the queue, or to the end before it is there.
fn flap(met: Met, body: &mut Value) -> StatusCode {
    if met.one_of(&[true, false]) == Some(true) {
        body["status"] = json!("IN_QUEUE");
        body["queue_position"] = json!(-1);
        return StatusCode::ACCEPTED;
    }
    body["status"] = json!("COMPLETED");
    StatusCode::OK
}

fn odd_logs(form: u8) -> Value {
    match form {
        0 => Value::Null,
        1 => json!("none"),
        _ => json!([{ "message": null }, 7]),
    }
}

/// In place of a result; none where only details of it are odd.
pub(in crate::sim::serve) async fn result(service: &Service, met: Met) -> Option<Response> {
    match met.kind {
        Kind::ResultBusy => Some(busy(met)),
        Kind::ResultReset => Some(broken_off()),
        Kind::ResultHang => Some(hung(service, met).await),
        Kind::ResultGarbage => Some(garbage(met)),
        Kind::ResultNotReady => Some(queue_error(StatusCode::BAD_REQUEST, "Request is still in progress")),
        _ => None,
    }
}

/// Makes the entry of a file odd. What is odd must not keep anybody from the file.
pub(in crate::sim::serve) fn file_entry(met: Met, pointer: &str, output: &mut Value) {
    let entry = pointer.rsplit_once('/').and_then(|(entry, _)| output.pointer_mut(entry));
    let Some(entry) = entry.filter(|entry| entry.is_object()) else { return };
    match met.kind {
        Kind::ResultOddSize => {
            let sizes = [json!(-1), json!(u64::MAX), json!("12 MB"), Value::Null, json!(1.5), json!(1e300)];
            entry["file_size"] = met.one_of(&sizes.each_ref()).cloned().unwrap_or_default();
        }
        Kind::ResultHostileName => {
            let long = "x".repeat(PIECE);
            let names = ["../../../tmp/evil.mp4", "/etc/passwd", "a\u{0}b.mp4", "\u{1b}]0;evil\u{7}", &long];
            entry["file_name"] = json!(met.one_of(&names).unwrap_or_default());
        }
        _ => {}
    }
}
