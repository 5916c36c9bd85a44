//! A video as a faulty file server gives it: not at all, in part, in drops, or as something else.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, stream};
use uuid::Uuid;

use super::super::queue_error;
use super::super::spoilt::{BEFORE_A_BREAK, broken_off, busy, page, redirect};
use super::Served;
use crate::sim::faults::{Kind, Met};
use crate::sim::films::Video;
use crate::sim::service::Service;

/// Bytes of a picture; fewer than a film has after its description, even in small.
const PICTURE: usize = 64;
/// A slow file comes in so many pieces.
const DROPS: u32 = 8;

/// None where nothing is wrong with the file.
pub(super) fn file(service: &Service, met: Met, id: Uuid, video: &Video) -> Option<Served> {
    let (bytes, length) = (&video.bytes, video.bytes.len());
    let nothing = |response| Some((response, 0));
    match met.kind {
        Kind::FileGone | Kind::FileForbidden => nothing(gone(met.code().unwrap_or(404))),
        Kind::FileBusy => nothing(busy(met)),
        Kind::FileReset => nothing(broken_off()),
        Kind::FilePage => nothing(page(200)),
        Kind::FileMoved => {
            nothing(redirect(&format!("{}/files/{id}/output.mp4?moved=1", service.origins.files)))
        }
        Kind::FileMovedAway => nothing(redirect("http://files.invalid/output.mp4")),
        Kind::FileTruncate => Some(broken(bytes.slice(..length / 2), length, Some(&video.etag))),
        Kind::FileTruncateNoRanges => Some(broken(bytes.slice(..length / 2), length, None)),
        Kind::FileOtherEdition => Some(broken(other(&bytes[..length / 2]), length, Some("\"another\""))),
        Kind::FileShort => Some(sent(Body::from(bytes.slice(..length - 1)), length - 1)),
        Kind::FileShortNoLength => {
            Some(sent(in_pieces(&bytes.slice(..length - 1), Duration::ZERO), length - 1))
        }
        Kind::FileNoLength => Some(sent(in_pieces(bytes, Duration::ZERO), length)),
        Kind::FileSlow => Some(sent(in_pieces(bytes, service.speed.real(met.lasts) / DROPS), length)),
        _ => None,
    }
}

fn gone(code: u16) -> Response {
    queue_error(StatusCode::from_u16(code).unwrap_or(StatusCode::NOT_FOUND), "Not Found")
}

/// As of another film of the same shape: what describes it, at the start, is the same, and its pictures are not.
fn other(bytes: &[u8]) -> Bytes {
    let same = bytes.len().saturating_sub(PICTURE);
    let other = bytes[same..].iter().map(|byte| byte ^ 0x55);
    bytes[..same].iter().copied().chain(other).collect()
}

fn sent(body: Body, length: usize) -> Served {
    (([(CONTENT_TYPE, "video/mp4")], body).into_response(), length as u64)
}

/// The first bytes of a file of this length, and then the end of the connection.
fn broken(first: Bytes, length: usize, etag: Option<&str>) -> Served {
    let bytes = first.len();
    let cut = stream::iter([Ok(first), Err(io::Error::from(io::ErrorKind::ConnectionReset))]);
    let cut = cut.then(|piece| async {
        tokio::time::sleep(BEFORE_A_BREAK).await;
        piece
    });
    let (mut response, sent) = sent(Body::from_stream(cut), bytes);
    let headers = response.headers_mut();
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    if let Some(etag) = etag.and_then(|etag| HeaderValue::from_str(etag).ok()) {
        headers.insert(ETAG, etag);
    }
    (response, sent)
}

/// Without a length.
fn in_pieces(bytes: &Bytes, pause: Duration) -> Body {
    let size = bytes.len().div_ceil(DROPS as usize).max(1);
    let pieces: Vec<Bytes> = bytes.chunks(size).map(Bytes::copy_from_slice).collect();
    Body::from_stream(stream::iter(pieces).then(move |piece| async move {
        tokio::time::sleep(pause).await;
        Ok::<_, io::Error>(piece)
    }))
}
