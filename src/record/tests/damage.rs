//! Records that are torn, merged, edited or from the future.

use super::*;
use fold::{End, Folded, Kind, Source, fold};
use proptest::prelude::*;

fn folded(journal: &[u8], manifest: &[u8]) -> Result<Folded, Damage> {
    let source = |file, text, kind| Source { file: Path::new(file), text, kind };
    fold(&[source(read::JOURNAL, journal, Kind::Journal), source(read::MANIFEST, manifest, Kind::Manifest)])
}

fn takes(journal: &[u8], manifest: &[u8]) -> Takes {
    folded(journal, manifest).unwrap().takes
}

/// The takes of a few purchases, each told in one to five lines, with headers and empty lines between.
fn any_lines() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let life = (1..6_u32, 1..6_usize).prop_map(|(number, steps)| {
        let story = if number % 2 == 0 { vec![intent(number), unknown(number)] } else { life(number) };
        story.into_iter().take(steps).map(line::of_facts).collect::<Vec<_>>()
    });
    let others = vec![line::of_header("a word"), b"\n".to_vec(), b"  \r\n".to_vec()];
    prop::collection::vec(life, 0..5)
        .prop_map(move |lives| lives.into_iter().flatten().chain(others.clone()).collect())
}

proptest! {
    #[test]
    fn any_shuffle_of_two_records_tells_the_same_as_both(
        (ours, theirs, shuffled) in (any_lines(), any_lines()).prop_flat_map(|(ours, theirs)| {
            let all: Vec<_> = ours.iter().chain(&theirs).chain(&ours).cloned().collect();
            (Just(ours), Just(theirs), Just(all).prop_shuffle())
        })
    ) {
        let both = takes(&[ours.concat(), theirs.concat()].concat(), b"");
        prop_assert_eq!(&takes(&shuffled.concat(), b""), &both);
        // The manifest's word on this machine's files does not count, and that is all that is lost on the way.
        let moved = takes(&ours.concat(), &shuffled.concat());
        prop_assert_eq!(moved.len(), both.len());
        for (take, other) in moved.iter().zip(both.iter()) {
            prop_assert_eq!((take.nonce, take.state(), take.charge()), (other.nonce, other.state(), other.charge()));
        }
    }
}

#[test]
fn every_prefix_of_a_journal_loads_with_every_whole_line() {
    let facts: Vec<_> = life(1).into_iter().chain([intent(2), unknown(2), intent(3), failed(3)]).collect();
    let whole = [line::of_header("a word"), lines(&facts)].concat();
    for length in 0..=whole.len() {
        let folded = folded(&whole[..length], b"").unwrap();
        let ends: Vec<_> = (0..length).filter(|at| whole[*at] == b'\n').collect();
        let kept = ends.last().map_or(0, |at| at + 1);
        let expected = takes(&whole[..kept], b"");
        match folded.journal_end {
            End::Whole => assert_eq!((kept, &folded.takes), (length, &expected)),
            End::Torn { start, line } => {
                assert_eq!((start, line, &folded.takes), (kept, ends.len() + 1, &expected));
            }
            End::NoNewline => assert_eq!(whole[length], b'\n', "a part of a line was taken for a whole one"),
        }
    }
}

#[test]
fn every_prefix_of_a_manifest_loads_whole_or_is_refused_with_its_line() {
    let whole = lines(&[intent(1), failed(1), intent(2), unknown(2)]);
    for length in 0..=whole.len() {
        match folded(b"", &whole[..length]) {
            Ok(_) => assert!(length == 0 || whole[length - 1] == b'\n' || whole[length] == b'\n'),
            Err(Damage::BadLine { place, why: BadLine::Damaged(_) }) => {
                let before = whole[..length].split(|byte| *byte == b'\n').count() - 1;
                assert_eq!(place, Place { file: read::MANIFEST.into(), line: before + 1 });
            }
            Err(other) => panic!("{other}"),
        }
    }
}

#[test]
fn a_journal_cut_at_any_byte_opens_goes_on_and_loses_no_whole_line() {
    let whole = lines(&[intent(1), submitted(1, "r1"), intent(2)]);
    for length in (0..=whole.len()).step_by(7).chain([whole.len() - 1, whole.len()]) {
        let (_temp, dir) = folder_with(&whole[..length], b"");
        let record = open(&dir);
        let expected = takes(&whole[..length], b"");
        assert_eq!(record.with_takes(Clone::clone), expected);
        append(&record, [intent(3)]);
        assert!(read(&dir).unwrap().get(nonce(3)).is_some(), "cut at {length}");
        assert_eq!(read(&dir).unwrap().len(), expected.len() + 1);
        drop(record);
        assert_eq!(open(&dir).notices(), [], "a torn line is told of once");
    }
}

#[test]
fn a_torn_line_is_told_of_with_its_place() {
    let whole = lines(&[intent(1), submitted(1, "r1")]);
    let (_temp, dir) = folder_with(&whole[..whole.len() - 9], b"");
    let record = open(&dir);
    let [Notice::TornLine { place, bytes }] = record.notices() else { panic!() };
    assert_eq!((place.line, *bytes > 20), (2, true));
}

#[test]
fn zeros_at_the_end_of_a_journal_are_a_torn_line() {
    let (_temp, dir) = folder_with(&[lines(&[intent(1)]), vec![0; 4096]].concat(), b"");
    assert_eq!(open(&dir).notices().len(), 1);
    assert_eq!(journal(&dir), lines(&[intent(1)]));
}

fn refused(journal: &[u8], manifest: &[u8]) -> String {
    let (_temp, dir) = folder_with(journal, manifest);
    let error = Record::open(&dir, "sim", &me(), LockWait::No).unwrap_err();
    assert!(read(&dir).is_err());
    let mut left: Vec<_> = disk::list(&dir).unwrap().into_iter().map(|entry| entry.file_name()).collect();
    left.retain(|name| name != ".lock");
    for (name, text) in [(read::JOURNAL, journal), (read::MANIFEST, manifest)] {
        assert_eq!(fs::read(dir.join(name)).unwrap_or_default(), text, "{name} was touched");
        left.retain(|other| other != name);
    }
    assert!(left.is_empty(), "{left:?}");
    error.to_string()
}

#[test]
fn damage_in_the_middle_is_refused_with_its_line_and_nothing_is_touched() {
    let good = lines(&[intent(1)]);
    let bad = [&good[..], b"{\"v\":1,\"take\":\n", &lines(&[failed(1)])].concat();
    assert!(refused(&bad, b"").contains(".journal.jsonl:2: damaged"));
    assert!(refused(b"", &bad).contains("manifest.jsonl:2: damaged"));
    let invalid = [&good[..], b"\xff\xfe\n"].concat();
    assert!(refused(&invalid, b"").contains(".journal.jsonl:2"));
    assert!(refused(b"", &good[..good.len() - 5]).contains("manifest.jsonl:1"));
}

#[test]
fn unknown_fields_are_refused_because_they_may_say_something_that_matters() {
    let line = br#"{"v":1,"take":{"nonce":"00000000-0000-7000-8000-000000000001","refunded":true}}"#;
    assert!(refused(b"", &[&line[..], b"\n"].concat()).contains("refunded"));
    assert!(refused(b"", b"{\"v\":1}\n").contains("manifest.jsonl:1"));
}

#[test]
fn conflict_markers_have_their_own_message() {
    let (ours, theirs) = (lines(&[intent(1), failed(1)]), lines(&[intent(2), failed(2)]));
    let text = [b"<<<<<<< HEAD\n", &ours[..], b"=======\n", &theirs, b">>>>>>> other\n"].concat();
    let message = refused(b"", &text);
    assert!(message.contains("manifest.jsonl:1: git left a conflict marker"), "{message}");
    let rest = [&ours[..], b">>>>>>> other\n"].concat();
    assert!(refused(b"", &rest).contains("manifest.jsonl:3: git left"));
}

#[test]
fn a_newer_format_says_to_update() {
    let line = b"{\"v\":2,\"purchase\":{\"id\":7}}\n";
    assert!(refused(b"", line).contains("manifest.jsonl:1: written by a newer shotlist (format 2"));
    assert!(refused(&line[..line.len() - 1], b"").contains("newer shotlist"), "a whole line is not torn");
}

#[test]
fn contradicting_lines_are_both_shown_with_what_they_differ_in() {
    let journal = lines(&[intent(1), submitted(1, "r1"), intent(2)]);
    let manifest = lines(&[intent(1), submitted(1, "r2")]);
    let message = refused(&journal, &manifest);
    for part in [".journal.jsonl:2: ", "manifest.jsonl:2: ", r#""request_id":"r1""#, r#""request_id":"r2""#] {
        assert!(message.contains(part), "{message}");
    }
    assert!(!message.contains("prompt"), "{message}");
}

#[test]
fn a_line_whose_intent_is_gone_is_refused() {
    let message = refused(&lines(&[intent(1), submitted(2, "r2")]), b"");
    assert!(message.contains(".journal.jsonl:2") && message.contains(&nonce(2).to_string()), "{message}");
}

#[test]
fn a_union_merge_of_two_manifests_is_harmless() {
    let base = [line::of_header("a word"), lines(&[joined(&[intent(1), unknown(1)])])].concat();
    let ours = lines(&[joined(&[intent(1), submitted(1, "r1"), failed(1)]), joined(&life(3))]);
    let theirs = lines(&[joined(&[intent(1), unknown(1)]), joined(&[intent(2), failed(2)])]);
    let merged = [&base[..], &ours, &base, &theirs].concat();
    let known = takes(b"", &merged);
    assert_eq!(known.len(), 3);
    assert!(known.get(nonce(1)).unwrap().failure().is_some());
    let (_temp, dir) = folder_with(b"", &merged);
    let record = open(&dir);
    run(record.finish()).unwrap();
    let text = manifest(&dir);
    assert_eq!(text.split(|byte| *byte == b'\n').count() - 1, 1 + 3, "sorted, one line a take");
    assert_eq!(takes(b"", &text), known);
}

fn joined(facts: &[Facts]) -> Facts {
    take_of(facts).into()
}

#[test]
fn clips_without_a_record_are_not_bought_again() {
    let (_temp, dir) = folder();
    fs::create_dir_all(dir.join("takes")).unwrap();
    fs::write(dir.join("takes/0123456789abcdef-01234567.mp4"), "film").unwrap();
    let error = Record::open(&dir, "sim", &me(), LockWait::No).unwrap_err();
    assert!(error.to_string().contains("the record was lost"), "{error}");
    assert!(matches!(read(&dir), Err(RecordError::Lost { clips: 1, .. })));
}

#[test]
fn what_is_no_plain_file_is_refused_and_not_followed() {
    for name in [read::JOURNAL, read::MANIFEST, ".lock"] {
        let (temp, dir) = folder_with(b"", b"");
        let target = temp.path().join("elsewhere");
        fs::write(&target, "mine").unwrap();
        std::os::unix::fs::symlink(&target, dir.join(name)).unwrap();
        assert!(Record::open(&dir, "sim", &me(), LockWait::No).is_err(), "{name}");
        assert_eq!(fs::read(&target).unwrap(), b"mine");
        fs::remove_file(dir.join(name)).unwrap();
        fs::create_dir(dir.join(name)).unwrap();
        let error = Record::open(&dir, "sim", &me(), LockWait::No).unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
    }
    let (_temp, dir) = folder();
    fs::write(&dir, "a file where the folder should be").unwrap();
    assert!(Record::open(&dir, "sim", &me(), LockWait::No).is_err());
    assert!(read(&dir).is_err());
}

#[test]
fn a_reader_beside_a_busy_writer_always_sees_whole_takes_and_never_fewer() {
    let (_temp, dir) = folder();
    let record = open(&dir);
    let reader = {
        let dir = dir.clone();
        std::thread::spawn(move || {
            let mut seen = 0;
            while seen < 60 {
                let known = read(&dir).unwrap();
                assert!(known.len() >= seen);
                seen = known.len();
            }
        })
    };
    for number in 0..60 {
        append(&record, life(number));
        run(record.finish()).unwrap();
    }
    reader.join().unwrap();
}
