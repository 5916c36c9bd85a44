//! The record's loader. An input is the journal, then the manifest behind a line of `%`; its length says where the
//! journal is cut once more.

#![no_main]

use libfuzzer_sys::fuzz_target;
use shotlist::record::Damage;
use shotlist::record::fuzzing::{fold, journal, manifest};
use shotlist::take::{Stored, Take, Takes};

fuzz_target!(|input: &[u8]| {
    let (one, other) = halves(input);
    let takes = match fold(one, other) {
        Ok(takes) => takes,
        Err(damage) => return names_a_line(&damage, one, other),
    };
    takes.iter().for_each(can_be_told);
    loads_as_written(&takes);
    loads_in_any_order(one, other, &takes);
    loads_when_cut(one, input.len());
});

fn halves(input: &[u8]) -> (&[u8], &[u8]) {
    let at = input.windows(3).position(|three| three == b"\n%\n");
    at.map_or((input, b""), |at| (&input[..=at], &input[at + 3..]))
}

fn names_a_line(damage: &Damage, one: &[u8], other: &[u8]) {
    let lines = |text: &[u8]| text.split(|byte| *byte == b'\n').count();
    let most = lines(one).max(lines(other));
    let places = match damage {
        Damage::BadLine { place, .. } | Damage::NoIntent { place, .. } => vec![place],
        Damage::Contradiction { sides, .. } => sides.iter().map(|side| &side.place).collect(),
    };
    assert!(places.into_iter().all(|place| (1..=most).contains(&place.line)), "{damage:?}");
    assert!(!damage.to_string().is_empty());
}

/// Whatever is asked of a take has an answer.
fn can_be_told(take: &Take) {
    let _ = (take.state(), take.charge().usd(), take.rank(), take.is_owned());
    assert!(!(take.is_unknown() && take.is_unfinished()));
    let name = take.file_name();
    assert!(
        name.len() == 29 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
    );
}

/// What is written back tells the same, as a journal and, but for this machine's own files, as a manifest.
fn loads_as_written(takes: &Takes) {
    let text = journal(takes);
    assert_eq!(fold(&text, b"").as_ref(), Ok(takes));
    assert_eq!(fold(&text, &text).as_ref(), Ok(takes));
    assert_eq!(journal(&fold(&text, b"").unwrap()), text);
    let stored = |stored: Option<Stored>| move |take: &Take| Take { stored, ..take.clone() };
    let travelled: Takes = takes.iter().map(stored(None)).collect();
    assert_eq!(fold(b"", &manifest(takes)), Ok(travelled));
}

/// Neither the order of the lines nor one that stands there twice tells anything.
fn loads_in_any_order(one: &[u8], other: &[u8], takes: &Takes) {
    if !(one.is_empty() || one.ends_with(b"\n")) {
        return;
    }
    let mut lines: Vec<&[u8]> = one.split_inclusive(|byte| *byte == b'\n').collect();
    lines.reverse();
    assert_eq!(fold(&lines.concat(), other).as_ref(), Ok(takes));
    let middle = lines.len() / 2;
    lines.rotate_left(middle);
    let twice = [lines.concat(), one.to_owned()].concat();
    assert_eq!(fold(&twice, other).as_ref(), Ok(takes));
}

/// The start of a journal that loads is one that loads, unless the line that begins a purchase is not in it.
fn loads_when_cut(one: &[u8], at: usize) {
    let Ok(whole) = fold(one, b"") else { return };
    match fold(&one[..at % (one.len() + 1)], b"") {
        Ok(part) => assert!(part.iter().all(|take| whole.get(take.nonce).is_some())),
        Err(damage) => assert!(matches!(damage, Damage::NoIntent { .. }), "{damage:?}"),
    }
}
