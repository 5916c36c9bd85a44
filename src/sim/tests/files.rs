//! Files with ranges, and the videos in them.

use super::*;

fn video(bench: &Bench) -> (String, Answer) {
    let id = bench.finish(O3, &short());
    let url = bench.video_url(&id);
    let whole = bench.get(&url);
    (url, whole)
}

#[test]
fn a_file_has_its_length_and_a_tag_and_takes_ranges() {
    let bench = Bench::new();
    let (url, whole) = video(&bench);
    assert_eq!(whole.status, 200);
    assert_eq!(whole.header("content-length"), Some(whole.bytes.len().to_string().as_str()));
    assert_eq!(whole.header("content-type"), Some("video/mp4"));
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    let etag = whole.header("etag").unwrap();
    assert!(etag.starts_with('"') && etag.ends_with('"'));
    assert_eq!(bench.get(&url).header("etag"), Some(etag));
}

#[test]
fn the_head_says_the_length_and_sends_nothing() {
    let bench = Bench::new();
    let (url, whole) = video(&bench);
    let head = bench.send(Method::HEAD, &url, &[], String::new());
    assert_eq!((head.status, head.bytes.len()), (200, 0));
    assert_eq!(head.header("content-length"), whole.header("content-length"));
    assert_eq!(head.header("etag"), whole.header("etag"));
}

#[test]
fn a_range_gives_the_rest_if_the_file_is_still_the_same() {
    let bench = Bench::new();
    let (url, whole) = video(&bench);
    let ranged = |headers: &[(&str, &str)]| bench.send(Method::GET, &url, headers, String::new());
    let length = whole.bytes.len();
    let rest = ranged(&[("range", "bytes=10-"), ("if-range", whole.header("etag").unwrap())]);
    assert_eq!((rest.status, &rest.bytes[..]), (206, &whole.bytes[10..]));
    assert_eq!(rest.header("content-range"), Some(format!("bytes 10-{}/{length}", length - 1).as_str()));
    assert_eq!(rest.header("content-length"), Some((length - 10).to_string().as_str()));
    assert_eq!(ranged(&[("range", "bytes=3-5")]).bytes, whole.bytes[3..=5]);
    let other = ranged(&[("range", "bytes=10-"), ("if-range", "\"other\"")]);
    assert_eq!((other.status, other.bytes), (200, whole.bytes));
    let beyond = ranged(&[("range", &format!("bytes={length}-"))]);
    assert_eq!((beyond.status, beyond.bytes.len()), (416, 0));
    assert_eq!(beyond.header("content-range"), Some(format!("bytes */{length}").as_str()));
}

#[test]
fn the_audit_counts_what_was_served() {
    let bench = Bench::new();
    let (url, whole) = video(&bench);
    bench.send(Method::GET, &url, &[("range", "bytes=0-9")], String::new());
    let served = bench.audited("served");
    let bytes: Vec<u64> = served.iter().map(|line| line["bytes"].as_u64().unwrap()).collect();
    assert_eq!(bytes, [whole.bytes.len() as u64, 10]);
}

#[test]
fn an_unknown_file_is_not_found() {
    let bench = Bench::new();
    for id in ["none", "00000000-0000-0000-0000-000000000000"] {
        assert_eq!(bench.get(&bench.url(&format!("files/{id}/output.mp4"))).status, 404);
    }
}

#[test]
fn tags_name_what_the_picture_shows() {
    let bench = Bench::with(|config| Config { size: Size::Full, ..config });
    let tags = "clip=neon/rooftop/skyline,shots=skyline";
    let shown = |tags: &str| {
        let answer = bench.send(Method::POST, &bench.url(O3), &[("x-fal-tags", tags)], short().to_string());
        let id = answer.json()["request_id"].as_str().unwrap().to_owned();
        bench.wait(&id);
        bench.get(&bench.video_url(&id)).bytes
    };
    assert_eq!(shown(tags), shown(tags));
    assert_ne!(shown(tags), shown("clip=neon/rooftop/landing,shots=landing"));
    assert_eq!(bench.audited("submitted")[0]["tags"], tags);
}

#[test]
fn the_video_is_as_long_and_as_wide_as_was_asked() {
    let bench = Bench::new();
    let shots = json!([{"prompt": "a", "duration": "1"}, {"prompt": "b", "duration": "2"}]);
    let id = bench.finish(O3, &json!({"multi_prompt": shots, "aspect_ratio": "9:16"}));
    let bytes = bench.get(&bench.video_url(&id)).bytes;
    let film = re_mp4::Mp4::read_bytes(&bytes).unwrap();
    let track = film.tracks().values().next().unwrap();
    assert_eq!(track.duration, 3 * track.timescale);
    assert!(track.height > track.width);
}
