//! The videos: whole or a range of them, to anyone who has the address, as on fal's file host.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header::{ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_RANGE, RANGE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::byte_range::{Part, part};
use super::{not_recorded, queue_error};
use crate::sim::films::Video;
use crate::sim::service::Service;

pub(super) async fn file(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let Ok(id) = id.parse::<Uuid>() else { return queue_error(StatusCode::NOT_FOUND, "Not Found") };
    let video = match service.video(id).await {
        Some(Ok(video)) => video,
        Some(Err(why)) => return queue_error(StatusCode::INTERNAL_SERVER_ERROR, &why),
        None => return queue_error(StatusCode::NOT_FOUND, "Not Found"),
    };
    let (status, body, extra) = cut(&video, &headers);
    let bytes = if method == Method::HEAD { 0 } else { body.len() as u64 };
    if let Err(error) = service.served(id, status.as_u16(), bytes).await {
        return not_recorded(&error);
    }
    respond(&video, status, body, extra)
}

type Cut = (StatusCode, Bytes, Option<String>);

/// What goes out, and its `Content-Range`.
fn cut(video: &Video, headers: &HeaderMap) -> Cut {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let length = video.bytes.len() as u64;
    // A range of another version than the client has would make a file of two halves.
    let same = text(IF_RANGE).is_none_or(|etag| etag == video.etag);
    match part(text(RANGE).filter(|_| same), length) {
        Part::Whole => (StatusCode::OK, video.bytes.clone(), None),
        Part::Range { first, last } => {
            let range = format!("bytes {first}-{last}/{length}");
            let (first, last) = (usize::try_from(first), usize::try_from(last));
            let bytes = video.bytes.slice(first.unwrap_or(0)..=last.unwrap_or(0));
            (StatusCode::PARTIAL_CONTENT, bytes, Some(range))
        }
        Part::Beyond => (StatusCode::RANGE_NOT_SATISFIABLE, Bytes::new(), Some(format!("bytes */{length}"))),
    }
}

fn respond(video: &Video, status: StatusCode, body: Bytes, range: Option<String>) -> Response {
    let length = HeaderValue::from(body.len());
    let mut response = (status, Body::from(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("video/mp4"));
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(CONTENT_LENGTH, length);
    let range = range.map(|range| (CONTENT_RANGE, range));
    for (name, value) in [(ETAG, video.etag.clone())].into_iter().chain(range) {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    response
}
