//! The files that the scripted queue serves: one small film, marked so that no two requests get the same bytes.

use std::sync::OnceLock;

use shotlist::sim::animatic::{Aspect, Clip, Shot, Typefaces, encode};

/// A playable file that belongs to one request, and says that it is so long.
pub(crate) fn of(request_id: &str, millis: u32) -> Vec<u8> {
    static FILM: OnceLock<Vec<u8>> = OnceLock::new();
    let mut bytes = FILM.get_or_init(film).clone();
    lengthen(&mut bytes, millis);
    // A box that players skip.
    let length = u32::try_from(8 + request_id.len()).unwrap();
    bytes.extend(length.to_be_bytes());
    bytes.extend(b"free");
    bytes.extend(request_id.as_bytes());
    bytes
}

/// The track's header (of version 1) tells time in units of its own, so many a second: flags and two dates stand before.
fn lengthen(bytes: &mut [u8], millis: u32) {
    let at = bytes.windows(4).position(|window| window == b"mdhd").unwrap() + 4;
    assert_eq!(bytes[at], 1, "numbers of 64 bits");
    bytes[at + 20..at + 24].copy_from_slice(&1000_u32.to_be_bytes());
    bytes[at + 24..at + 32].copy_from_slice(&u64::from(millis).to_be_bytes());
}

fn film() -> Vec<u8> {
    let shot = Shot { name: "lantern".to_owned(), prompt: "a lantern".to_owned(), seconds: 1 };
    let (storyboard, scene) = ("x".to_owned(), "one".to_owned());
    let clip = Clip { storyboard, scene, shots: vec![shot], aspect: Aspect::Square };
    encode(&clip, &Typefaces::none()).unwrap()
}
