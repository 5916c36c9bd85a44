//! What is remembered after a restart, a kill or damage.

use super::*;
use crate::sim::wishes::Wishes;
use jiff::Timestamp;
use uuid::Uuid;

fn entry(id: u128) -> Entry {
    let at = Timestamp::UNIX_EPOCH;
    let id = Uuid::from_u128(id);
    let endpoint = "a/b/c".to_owned();
    Entry::Submitted(Submission {
        id,
        at,
        endpoint,
        tags: None,
        input: Value::Null,
        bad_end: None,
        webhook: None,
        wishes: Wishes::default(),
    })
}

fn open(dir: &Path) -> Result<Opened, JournalError> {
    Journal::open(dir, Some(&dir.join("audit.jsonl")))
}

/// What an opened journal holds.
fn held(opened: Opened) -> Vec<Entry> {
    opened.entries.into_iter().map(|(_, entry)| entry).collect()
}

fn close(opened: Opened) {
    drop(opened.journal);
    opened.writer.join().unwrap();
}

fn record(opened: &Opened, ids: impl IntoIterator<Item = u128>) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for id in ids {
        runtime.block_on(opened.journal.record(entry(id))).unwrap();
    }
}

#[test]
fn what_was_recorded_is_there_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let opened = open(dir.path()).unwrap();
    record(&opened, [1, 2]);
    close(opened);
    assert_eq!(held(open(dir.path()).unwrap()), [entry(1), entry(2)]);
}

#[test]
fn a_submission_is_read_whole_while_others_are_written() {
    let dir = tempfile::tempdir().unwrap();
    let opened = open(dir.path()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let place = runtime.block_on(opened.journal.record(entry(1))).unwrap();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| record(&opened, 2..300));
        while !writer.is_finished() {
            let read = opened.journal.submission(place).map(Entry::Submitted);
            assert_eq!(read, Some(entry(1)));
        }
    });
}

#[test]
fn a_line_torn_at_any_byte_is_dropped_and_the_next_one_starts_clean() {
    let mut line = serde_json::to_vec(&entry(2)).unwrap();
    line.push(b'\n');
    for cut in 0..line.len() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(NAME);
        let mut bytes = Vec::new();
        push_line(&mut bytes, &entry(1)).unwrap();
        bytes.extend(&line[..cut]);
        std::fs::write(&path, &bytes).unwrap();
        let opened = open(dir.path()).unwrap();
        let kept: Vec<&Entry> = opened.entries.iter().map(|(_, entry)| entry).collect();
        assert_eq!(kept, [&entry(1)], "cut at {cut}");
        record(&opened, [3]);
        close(opened);
        assert_eq!(held(open(dir.path()).unwrap()), [entry(1), entry(3)], "cut at {cut}");
    }
}

#[test]
fn damage_inside_stops_with_its_line_and_touches_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let text = "{}\ntorn";
    std::fs::write(dir.path().join(NAME), text).unwrap();
    let error = open(dir.path()).unwrap_err();
    assert!(matches!(&error, JournalError::Damaged { line: 1, .. }), "{error}");
    assert_eq!(std::fs::read_to_string(dir.path().join(NAME)).unwrap(), text);
}

#[cfg(unix)]
#[test]
fn what_is_remembered_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    close(open(dir.path()).unwrap());
    let mode = dir.path().join(NAME).metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_folder_has_one_simulator_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let first = open(dir.path()).unwrap();
    assert!(matches!(open(dir.path()), Err(JournalError::Busy(_))));
    close(first);
    assert!(open(dir.path()).is_ok());
}

#[test]
fn the_audit_gets_what_a_kill_kept_from_it_and_nothing_twice() {
    let dir = tempfile::tempdir().unwrap();
    let opened = open(dir.path()).unwrap();
    record(&opened, [1, 2]);
    close(opened);
    let audit = dir.path().join("audit.jsonl");
    let all = std::fs::read_to_string(&audit).unwrap();
    let cut = all.len() - 7;
    std::fs::write(&audit, &all[..cut]).unwrap();
    close(open(dir.path()).unwrap());
    close(open(dir.path()).unwrap());
    assert_eq!(std::fs::read_to_string(&audit).unwrap(), all);
}

#[test]
fn a_file_that_is_no_audit_is_refused_and_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let audit = dir.path().join("audit.jsonl");
    for film in [b"\0\0\0\x18ftypisom\nrain".as_slice(), b"Notes\nwithout an end"] {
        std::fs::write(&audit, film).unwrap();
        let error = open(dir.path()).unwrap_err().to_string();
        assert!(error.contains("audit.jsonl: it is no audit; choose another file"), "{error}");
        assert_eq!(std::fs::read(&audit).unwrap(), film);
    }
}

#[test]
fn an_audit_into_a_device_is_refused_since_a_terminal_would_be_read_for_ever() {
    let dir = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/dev/null", dir.path().join("audit.jsonl")).unwrap();
    let error = open(dir.path()).unwrap_err().to_string();
    assert!(error.contains("audit.jsonl: it is no regular file"), "{error}");
}

#[test]
fn a_line_of_the_audit_that_nobody_can_read_stays_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let audit = dir.path().join("audit.jsonl");
    let odd = b"{\"at\":\"\xff\xfe\xfd\"}\n";
    std::fs::write(&audit, odd).unwrap();
    let opened = open(dir.path()).unwrap();
    record(&opened, [1]);
    close(opened);
    let after = std::fs::read(&audit).unwrap();
    assert!(after.starts_with(odd) && after[odd.len()..].starts_with(b"{"), "{after:?}");
}

#[test]
fn a_submission_is_read_again_from_where_it_lies() {
    let dir = tempfile::tempdir().unwrap();
    let opened = open(dir.path()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let places = [1, 2].map(|id| runtime.block_on(opened.journal.record(entry(id))).unwrap());
    let ids = |journal: &Journal| places.map(|place| journal.submission(place).unwrap().id.as_u128());
    assert_eq!(ids(&opened.journal), [1, 2]);
    close(opened);
    let opened = open(dir.path()).unwrap();
    assert_eq!(ids(&opened.journal), [1, 2]);
    assert_eq!(opened.entries.iter().map(|(place, _)| *place).collect::<Vec<_>>(), places);
    assert_eq!(opened.journal.submission(Place::default()), None);
}
