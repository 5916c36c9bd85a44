//! A stream of events as a faulty server gives it: refused, cut, or silent.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, stream};
use serde_json::Value;

use super::{BEFORE_A_BREAK, busy};
use crate::sim::faults::{Kind, Met};
use crate::sim::service::Service;

/// In place of a stream whose first event would be this.
pub(in crate::sim::serve) fn stream(service: &Service, met: Met, event: &Value) -> Response {
    match met.kind {
        Kind::StreamRefused => busy(met),
        Kind::StreamSilent => broken_off(None, service.speed.real(met.lasts)),
        _ => broken_off(Some(format!("data: {event}\n\n").into()), BEFORE_A_BREAK),
    }
}

/// At most one event, a while of nothing, and the end of the connection.
fn broken_off(event: Option<Bytes>, wait: Duration) -> Response {
    let cut = stream::once(async move {
        tokio::time::sleep(wait).await;
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    });
    let body = Body::from_stream(stream::iter(event.map(Ok)).chain(cut));
    ([(CONTENT_TYPE, "text/event-stream")], body).into_response()
}
