//! Whole clips: read back, decoded, and held against what was asked for.

use openh264::decoder::Decoder;
use openh264::formats::YUVSource;
use re_mp4::Mp4;

use super::*;

fn shot(name: &str, seconds: u32) -> Shot {
    let prompt =
        "Scene: a rooftop, heavy rain\nSubject: a mecha lands\nIn-scene line: \"I'm here.\"".to_owned();
    Shot { name: name.to_owned(), prompt, seconds }
}

fn clip(aspect: Aspect, lengths: &[u32]) -> Clip {
    let names = ["skyline", "landing", "close-up"];
    let shots = names.iter().zip(lengths).map(|(name, seconds)| shot(name, *seconds)).collect();
    Clip { storyboard: "neon-harbor".to_owned(), scene: "rooftop".to_owned(), shots, aspect }
}

fn mp4(clip: &Clip) -> (Mp4, Vec<u8>) {
    let bytes = encode(clip, &Typefaces::none()).unwrap();
    (Mp4::read_bytes(&bytes).unwrap(), bytes)
}

/// The brightness and the colours of the upper left pixel, where only the ground is, at the given frames.
fn ground(film: &stream::Film, frames: &[usize]) -> Vec<(u8, u8, u8)> {
    let mut decoder = Decoder::new().unwrap();
    let start = [0, 0, 0, 1];
    let head = [&start[..], &film.sps, &start[..], &film.pps].concat();
    decoder.decode(&head).unwrap();
    let mut seen = Vec::new();
    for (index, sample) in film.samples.iter().enumerate() {
        let unit = [&start[..], &sample.bytes[4..]].concat();
        let picture = decoder.decode(&unit).unwrap().unwrap();
        if frames.contains(&index) {
            seen.push((picture.y()[0], picture.u()[0], picture.v()[0]));
        }
    }
    seen
}

#[test]
fn every_aspect_has_its_size() {
    for (text, width, height) in [("16:9", 1280, 720), ("9:16", 720, 1280), ("1:1", 720, 720)] {
        let (mp4, _) = mp4(&clip(text.parse().unwrap(), &[1]));
        let track = mp4.tracks().values().next().unwrap();
        assert_eq!((track.width, track.height), (width, height));
    }
}

#[test]
fn other_aspects_are_refused_by_name() {
    let error = "4:3".parse::<Aspect>().unwrap_err();
    assert_eq!(error.to_string(), "no animatic has the aspect ratio `4:3`; use 16:9, 9:16 or 1:1");
}

#[test]
fn the_length_is_exactly_that_of_the_shots() {
    let (mp4, _) = mp4(&clip(Aspect::Square, &[2, 1]));
    assert_eq!(mp4.moov.mvhd.duration, 3 * u64::from(mp4.moov.mvhd.timescale));
    let track = mp4.tracks().values().next().unwrap();
    assert_eq!(track.duration, 3 * track.timescale);
    assert_eq!(track.samples.len(), 3 * 24);
    assert!(track.samples.iter().all(|sample| sample.duration * 24 == track.timescale));
}

#[test]
fn a_keyframe_stands_at_every_cut_and_nowhere_else() {
    let (mp4, _) = mp4(&clip(Aspect::Square, &[2, 1, 1]));
    let track = mp4.tracks().values().next().unwrap();
    let keys: Vec<_> = (0..track.samples.len()).filter(|at| track.samples[*at].is_sync).collect();
    assert_eq!(keys, [0, 48, 72]);
}

#[test]
fn the_index_comes_before_the_pictures() {
    let (_, bytes) = mp4(&clip(Aspect::Square, &[1]));
    let at = |name: &[u8]| bytes.windows(4).position(|window| window == name).unwrap();
    assert!(at(b"moov") < at(b"mdat"));
    assert!(at(b"nclx") < at(b"mdat"));
}

#[test]
fn the_same_clip_gives_the_same_bytes() {
    let one = clip(Aspect::Square, &[1, 1]);
    assert_eq!(encode(&one, &Typefaces::none()).unwrap(), encode(&one, &Typefaces::none()).unwrap());
}

#[test]
fn a_cut_is_seen_and_the_ground_stays_between_cuts() {
    let film = film(&clip(Aspect::Square, &[1, 1]), &Typefaces::none()).unwrap();
    let ground = ground(&film, &[0, 23, 24, 47]);
    assert_eq!((ground[0], ground[2]), (ground[1], ground[3]));
    assert!(ground[0].0.abs_diff(ground[2].0) > 8, "{ground:?}");
}

#[test]
fn differences_are_small() {
    let film = film(&clip(Aspect::Wide, &[1]), &Typefaces::none()).unwrap();
    let largest = film.samples[1..].iter().map(|sample| sample.bytes.len()).max().unwrap();
    assert!(largest < 4096, "{largest}");
}

#[test]
fn a_clip_of_nothing_is_refused() {
    let refused = |lengths: &[u32]| encode(&clip(Aspect::Wide, lengths), &Typefaces::none()).unwrap_err();
    assert!(matches!(refused(&[]), EncodeError::NoShots));
    assert!(matches!(refused(&[1, 0]), EncodeError::EmptyShot(name) if name == "landing"));
    assert!(matches!(refused(&[600, u32::MAX]), EncodeError::TooLong(_)));
}
