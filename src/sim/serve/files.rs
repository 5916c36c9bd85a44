//! The videos: whole or a range of them, to anyone who has the address, as on fal's file host.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::header::{
    ACCEPT_RANGES, AUTHORIZATION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_RANGE, RANGE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::byte_range::{Part, part};
use super::{not_recorded, queue_error};
use crate::sim::audit::{Key, Sent};
use crate::sim::faults::{Call, Met};
use crate::sim::films::Video;
use crate::sim::job::Job;
use crate::sim::service::Service;

mod spoilt;

pub(super) async fn file(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    Query(params): Query<Vec<(String, String)>>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let Ok(id) = id.parse::<Uuid>() else { return queue_error(StatusCode::NOT_FOUND, "Not Found") };
    let video = match service.video(id).await {
        Some(Ok(video)) => video,
        Some(Err(why)) => return queue_error(StatusCode::INTERNAL_SERVER_ERROR, &why),
        None => return queue_error(StatusCode::NOT_FOUND, "Not Found"),
    };
    let met = met(&service, id, &params);
    let spoilt = met.and_then(|met| spoilt::file(&service, met, id, &video));
    let key = if headers.contains_key(AUTHORIZATION) { Key::Brought } else { Key::Absent };
    let (response, bytes) = spoilt.unwrap_or_else(|| whole(&video, &headers));
    let bytes = if method == Method::HEAD { 0 } else { bytes };
    let fault = met.map(|met| met.kind);
    let sent = Sent { status: response.status().as_u16(), bytes, key, fault };
    match service.served(id, &sent).await {
        Ok(()) => response,
        Err(error) => not_recorded(&error),
    }
}

/// An address that was given anew, or moved to, is never dead.
fn met(service: &Service, id: Uuid, params: &[(String, String)]) -> Option<Met> {
    let job: Option<Job> = service.queue().job(id).cloned();
    let met = service.meet(Call::File, &job?)?;
    let is_new = params.iter().any(|(name, _)| matches!(name.as_str(), "edition" | "moved"));
    match met.kind.is_a_dead_address() {
        true if is_new => return None,
        true => service.bury(id),
        false => {}
    }
    Some(met)
}

/// The answer, and how many bytes of the video it brings.
type Served = (Response, u64);

fn whole(video: &Video, headers: &HeaderMap) -> Served {
    let (status, body, range) = cut(video, headers);
    let bytes = body.len() as u64;
    (respond(video, status, body, range), bytes)
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
