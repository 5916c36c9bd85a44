//! That the judge sees what it is there for: each thing that must not happen, on its own.

use super::*;
use serde_json::{Value, json};

const HASH: &str = "of nothing";

fn submitted(second: u32, id: &str, prompt: &str) -> Value {
    json!({"at": at(second), "event": "submitted", "request_id": id, "endpoint": "a/b", "input": {"prompt": prompt}})
}

fn completed(second: u32, id: &str, usd: &str) -> Value {
    let (status, blake3) = if usd == "0.00" { (500, None) } else { (200, Some(HASH)) };
    json!({"at": at(second), "event": "completed", "request_id": id, "status_code": status, "usd": usd, "blake3": blake3})
}

fn at(second: u32) -> String {
    format!("2026-11-20T12:00:{second:02}Z")
}

/// What is said of these lines and these files, where one take of `b0-a` and of `b0-b` is wanted.
fn judged(lines: &[Value], files: &[&str], check: fn(&Audit, &Path, &Rules) -> Complaints) -> String {
    let dir = tempfile::tempdir().unwrap();
    let text: String = lines.iter().flat_map(|line| [line.to_string(), "\n".to_owned()]).collect();
    fs::write(dir.path().join("audit"), text).unwrap();
    for (number, bytes) in files.iter().enumerate() {
        fs::write(dir.path().join(format!("{number}.mp4")), bytes).unwrap();
    }
    let wanted = BTreeMap::from([("b0-a".to_owned(), 1), ("b0-b".to_owned(), 1)]);
    let budgets = BTreeMap::from([("b0".to_owned(), 2 * PRICE)]);
    let rules = Rules { wanted: &wanted, jobs: 1, budgets, cap: None };
    check(&Audit::read(&dir.path().join("audit")), dir.path(), &rules).join("; ")
}

fn unsafe_in(lines: &[Value]) -> String {
    judged(lines, &[], safety)
}

#[test]
fn one_after_the_other_is_well_and_so_is_another_try_after_one_that_cost_nothing() {
    let lines = [
        submitted(1, "x", "b0-a"),
        completed(2, "x", "0.00"),
        submitted(2, "y", "b0-a"),
        completed(3, "y", "1.26"),
        submitted(4, "z", "b0-b"),
        completed(5, "z", "1.26"),
    ];
    assert_eq!(unsafe_in(&lines), "");
}

#[test]
fn paying_twice_is_seen_and_so_is_sending_while_the_first_may_still_be_billed() {
    let (one, other) = (submitted(1, "x", "b0-a"), submitted(3, "y", "b0-a"));
    let twice = [one.clone(), completed(2, "x", "1.26"), other.clone(), completed(4, "y", "1.26")];
    assert!(unsafe_in(&twice).contains("paid 2 times"));
    let early = [one, other, completed(4, "x", "0.00"), completed(5, "y", "1.26")];
    assert!(unsafe_in(&early).contains("sent while 1 were paid or under way"));
}

#[test]
fn too_many_at_once_and_too_much_money_are_seen() {
    let both = [submitted(1, "x", "b0-a"), submitted(2, "y", "b0-b")];
    assert!(unsafe_in(&both).contains("2 were outstanding at once"));
    let dear = [submitted(1, "x", "b0-a"), completed(2, "x", "2.53")];
    assert!(unsafe_in(&dear).contains("b0 stood at 2530000"));
    assert!(unsafe_in(&[submitted(1, "x", "b0-c")]).contains("nobody wanted"));
}

#[test]
fn a_key_that_came_with_a_file_is_seen() {
    let line = json!({"at": at(1), "event": "served", "request_id": "x", "status_code": 200, "bytes": 1, "key": true});
    assert!(unsafe_in(&[line]).contains("the key came with 1 files"));
}

#[test]
fn a_wrong_file_a_lost_file_and_a_clip_that_was_never_made_are_seen() {
    let lines = [submitted(1, "x", "b0-a"), completed(2, "x", "1.26")];
    assert!(judged(&lines, &["wrong"], safety).contains("0.mp4 is no file that was ever made"));
    let end = judged(&lines, &[], liveness);
    assert!(end.contains("1 files that were paid for are not here"), "{end}");
    assert!(end.contains("0 of 1 takes of \"b0-b\" were made"), "{end}");
}
