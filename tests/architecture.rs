//! Which room may name which: reads every `crate::` path of the source and holds the table.

#![allow(clippy::unwrap_used, reason = "a test that cannot read the source fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Every room, and the rooms that it may name.
const TABLE: [(&str, &[&str]); 23] = [
    ("crash", &[]),
    ("usd", &[]),
    ("timecode", &[]),
    ("address", &[]),
    ("request", &[]),
    ("take", &["address", "request", "usd"]),
    ("catalog", &["usd"]),
    ("storyboard", &["address", "usd"]),
    ("schema", &["catalog", "storyboard"]),
    ("expand", &["address", "catalog", "storyboard", "usd"]),
    ("project", &["expand", "storyboard"]),
    ("plan", &["address", "catalog", "expand", "request", "storyboard", "take", "usd"]),
    ("timeline", &["address", "expand", "plan", "request", "storyboard", "take"]),
    ("fal", &["request", "take", "usd"]),
    ("record", &["address", "crash", "take", "timecode"]),
    ("webhook", &["fal", "record", "take"]),
    (
        "render",
        &["address", "catalog", "crash", "fal", "plan", "record", "request", "take", "usd", "webhook"],
    ),
    ("sim", &["catalog", "request", "usd"]),
    (
        "report",
        &[
            "address",
            "catalog",
            "expand",
            "plan",
            "record",
            "render",
            "request",
            "storyboard",
            "take",
            "timeline",
            "usd",
        ],
    ),
    ("edit", &["record", "take", "timecode", "timeline"]),
    ("cut", &["edit", "record", "timecode"]),
    ("export", &["edit", "expand", "record", "report", "take", "timecode", "timeline", "usd"]),
    (
        "cli",
        &[
            "address",
            "catalog",
            "crash",
            "cut",
            "edit",
            "expand",
            "export",
            "fal",
            "plan",
            "project",
            "record",
            "render",
            "report",
            "schema",
            "sim",
            "storyboard",
            "take",
            "timecode",
            "timeline",
            "usd",
            "webhook",
        ],
    ),
];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The room that a file belongs to: its first folder, or its own name.
fn room(path: &Path) -> String {
    let relative = path.strip_prefix(source()).unwrap();
    let first = relative.components().next().unwrap().as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

fn is_test(path: &Path) -> bool {
    let text = path.to_string_lossy();
    text.contains("/tests/") || text.ends_with("tests.rs") || text.ends_with("testing.rs")
}

/// The rooms that a text names by `crate::…`, tests at the end of a file left out.
fn named(text: &str) -> BTreeSet<String> {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let after = lines.flat_map(|line| line.split("crate::").skip(1));
    after.map(|rest| rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect()).collect()
}

fn imports() -> BTreeMap<String, BTreeMap<String, PathBuf>> {
    let mut all: BTreeMap<String, BTreeMap<String, PathBuf>> = BTreeMap::new();
    for path in rust_files(&source()).into_iter().filter(|path| !is_test(path)) {
        let own = room(&path);
        if own == "lib" || own == "main" {
            continue;
        }
        for other in named(&fs::read_to_string(&path).unwrap()).into_iter().filter(|other| *other != own) {
            all.entry(own.clone()).or_default().entry(other).or_insert_with(|| path.clone());
        }
    }
    all
}

#[test]
fn every_room_names_only_the_rooms_that_the_table_allows() {
    let table: BTreeMap<&str, &[&str]> = TABLE.into_iter().collect();
    let mut wrong = Vec::new();
    for (room, others) in imports() {
        let allowed = table.get(room.as_str()).unwrap_or_else(|| panic!("the table lacks the room `{room}`"));
        for (other, path) in others.iter().filter(|(other, _)| !allowed.contains(&other.as_str())) {
            wrong.push(format!("{room} names {other}, in {}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_allows_no_circle_and_nothing_that_is_not_used() {
    let imports = imports();
    let mut above: Vec<&str> = Vec::new();
    for (room, allowed) in TABLE {
        let later = allowed.iter().find(|other| !above.contains(other));
        assert_eq!(later, None, "{room} may name a room that stands after it");
        let used = imports.get(room);
        let idle = allowed.iter().find(|other| used.is_none_or(|used| !used.contains_key(**other)));
        assert_eq!(idle, None, "{room} never names it");
        above.push(room);
    }
}

#[test]
fn the_code_that_reads_the_catalog_names_no_model() {
    for path in rust_files(&source()).into_iter().filter(|path| !is_test(path)) {
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let names = code.iter().find(|line| line.contains("kling") && !line.contains(".yaml\""));
        assert_eq!(names, None, "{}", path.display());
    }
}

#[test]
fn no_money_passes_through_a_float() {
    let rooms = ["usd", "request", "take", "catalog", "plan", "record"];
    let counts = |path: &PathBuf| rooms.contains(&room(path).as_str()) || path.ends_with("fal/prices.rs");
    for path in rust_files(&source()).into_iter().filter(counts) {
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("f64") && !text.contains("f32"), "{}", path.display());
    }
}

#[test]
fn every_file_says_what_it_is_and_leaves_nothing_to_do() {
    for path in rust_files(&source()) {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//!"), "{} has no module comment", path.display());
        for word in ["TODO", "FIXME", "todo!(", "unimplemented!(", "dbg!("] {
            assert!(!text.contains(word), "{} holds {word}", path.display());
        }
    }
}
