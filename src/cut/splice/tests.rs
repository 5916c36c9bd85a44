//! What is copied, what is encoded, and what ffmpeg is told of each clip.

use super::*;
use crate::cut::stock::testing::{clip, film};
use crate::record::{Sound as Track, Timing};

fn splice(stock: &[Stock], letterbox: Letterbox) -> Splice {
    Splice::new(stock, Rate::FILM, letterbox).unwrap()
}

fn filters(splice: &Splice, clip: &Stock) -> String {
    let args = splice.picture_args(clip, "in.mp4", "out.mp4");
    args.iter().position(|arg| arg == "-vf").map(|at| args[at + 1].clone()).unwrap_or_default()
}

#[test]
fn clips_that_are_alike_and_as_planned_are_copied() {
    let stock = film(&[clip("a", 72), clip("b", 120)]);
    let splice = splice(&stock, Letterbox::No);
    assert_eq!((&splice.picture, splice.sound, splice.frames), (&Picture::Copied, Sound::None, 192));
    assert_eq!(
        splice.picture_args(&stock[0], "in.mp4", "out.mp4").join(" "),
        "-i in.mp4 -map 0:v:0 -an -map_metadata -1 -c:v copy out.mp4"
    );
}

#[test]
fn a_clip_that_is_shorter_than_planned_is_copied_as_it_is() {
    let mut short = clip("b", 100);
    short.planned = 120;
    assert_eq!(splice(&film(&[clip("a", 72), short]), Letterbox::No).picture, Picture::Copied);
}

#[test]
fn one_clip_that_is_different_has_all_of_them_encoded_and_is_named() {
    let other = |change: &dyn Fn(&mut Stock)| {
        let mut other = clip("b", 120);
        change(&mut other);
        splice(&film(&[clip("a", 72), other]), Letterbox::No).picture
    };
    let timing = |frames, rate: &str| Some(Timing { frames, rate: rate.parse().unwrap() });
    let name = || "x/b".to_owned();
    assert_eq!(other(&|_| ()), Picture::Copied);
    let longer = |clip: &mut Stock| {
        clip.footage.timing = timing(121, "24");
        clip.footage.picture.millis = 5042;
    };
    assert_eq!(other(&longer), Picture::Encoded(Why::Longer(name())));
    assert_eq!(other(&|clip| clip.footage.timing = timing(150, "30")), Picture::Encoded(Why::Rate(name())));
    assert_eq!(other(&|clip| clip.footage.picture.millis = 6000), Picture::Encoded(Why::Rate(name())));
    assert_eq!(other(&|clip| clip.footage.coding = None), Picture::Encoded(Why::Coding(name())));
}

#[test]
fn several_shapes_are_refused_each_with_its_clips() {
    let mut tall = clip("b", 240);
    (tall.footage.picture.width, tall.footage.picture.height) = (9, 16);
    let stock = film(&[clip("a", 72), tall, clip("c", 72)]);
    let Mixed(shapes) = Splice::new(&stock, Rate::FILM, Letterbox::No).unwrap_err();
    let shapes: Vec<_> =
        shapes.into_iter().map(|(shape, clips)| (shape.to_string(), clips.join(" "))).collect();
    assert_eq!(shapes, [("9x16".to_owned(), "x/b".to_owned()), ("16x9".to_owned(), "x/a x/c".to_owned())]);
}

#[test]
fn framed_they_take_the_shape_that_is_seen_longest() {
    let mut tall = clip("b", 240);
    (tall.footage.picture.width, tall.footage.picture.height) = (9, 16);
    let stock = film(&[clip("a", 72), tall.clone(), clip("c", 72)]);
    let boxed = splice(&stock, Letterbox::Yes);
    assert_eq!(
        (boxed.shape.to_string().as_str(), &boxed.picture),
        ("9x16", &Picture::Encoded(Why::Shape("x/a".to_owned())))
    );
    assert!(filters(&boxed, &stock[0]).contains(",scale=9:16:"));
    assert!(!filters(&boxed, &stock[1]).contains("scale"));
    tall.span.frames = 72;
    let equal = splice(&film(&[clip("a", 72), tall]), Letterbox::Yes);
    assert_eq!(equal.shape.to_string(), "16x9", "the first of two");
}

#[test]
fn a_clip_is_cut_to_the_frame_and_its_sound_to_the_sample() {
    let mut loud = clip("b", 120);
    loud.footage.sound = Track::Track;
    loud.footage.timing = Some(Timing { frames: 121, rate: Rate::FILM });
    let stock = film(&[clip("a", 72), loud]);
    let splice = splice(&stock, Letterbox::No);
    assert_eq!(splice.sound, Sound::Encoded);
    assert!(filters(&splice, &stock[1]).contains("trim=end_frame=120,"));
    let sound = |clip| splice.sound_args(clip, "in.mp4", "out.wav").join(" ");
    assert!(
        sound(&stock[0]).starts_with("-f lavfi -i anullsrc=")
            && sound(&stock[0]).contains("end_sample=144000 ")
    );
    assert!(
        sound(&stock[1]).starts_with("-i in.mp4 -map 0:a:0 ")
            && sound(&stock[1]).contains("end_sample=240000 ")
    );
}

#[test]
fn samples_add_up_to_the_film_at_any_rate() {
    let rate: Rate = "29.97".parse().unwrap();
    let stock = film(&[clip("a", 90), clip("b", 91), clip("c", 89)]);
    let splice = Splice::new(&stock, rate, Letterbox::No).unwrap();
    let samples = |clip: &Stock| -> u64 {
        let args = splice.sound_args(clip, "in.mp4", "out.wav").join(" ");
        args.split("end_sample=").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap()
    };
    assert_eq!(stock.iter().map(samples).sum::<u64>(), rate.units(270, 48_000));
}
