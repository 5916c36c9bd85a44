//! The files that the scripted queue serves: one small film, marked so that no two requests get the same bytes.

use std::sync::OnceLock;

use shotlist::sim::animatic::{Aspect, Clip, Shot, encode};

/// A playable file that belongs to one request.
pub(crate) fn of(request_id: &str) -> Vec<u8> {
    static FILM: OnceLock<Vec<u8>> = OnceLock::new();
    let mut bytes = FILM.get_or_init(film).clone();
    // A box that players skip.
    let length = u32::try_from(8 + request_id.len()).unwrap();
    bytes.extend(length.to_be_bytes());
    bytes.extend(b"free");
    bytes.extend(request_id.as_bytes());
    bytes
}

fn film() -> Vec<u8> {
    let shot = Shot { name: "lantern".to_owned(), prompt: "a lantern".to_owned(), seconds: 1 };
    let (storyboard, scene) = ("x".to_owned(), "one".to_owned());
    encode(&Clip { storyboard, scene, shots: vec![shot], aspect: Aspect::Square }).unwrap()
}
