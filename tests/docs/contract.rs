//! What the documents say of the tests: each fact of the simulator's contract names one that is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The facts of the contract end with this heading.
const FACTS: (&str, &str) = ("## What it does as fal does", "## Where it differs");

/// Every test's name in the tree: of a Rust function, a Python method, or a JavaScript title.
fn tests() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for folder in ["src", "tests"] {
        collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut names);
    }
    names
}

fn collect(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, names);
        } else if let Ok(text) = fs::read_to_string(&path) {
            names.extend(text.lines().filter_map(name).map(str::to_owned));
        }
    }
}

fn name(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let after = |start: &str| line.strip_prefix(start);
    let function = after("async fn ").or_else(|| after("fn "));
    let method = after("async def ").or_else(|| after("def "));
    match function.or(method) {
        Some(rest) => rest.split_once('(').map(|(name, _)| name),
        None => after("test(\"")?.split_once('"').map(|(name, _)| name),
    }
}

/// What stands between backticks in the last column of the tables of a part.
fn named(part: &str) -> Vec<&str> {
    let rows = part.lines().filter(|line| line.starts_with("| ") && !line.starts_with("|--"));
    let last = rows.filter_map(|row| row.trim_end_matches(" |").rsplit_once(" | ").map(|(_, last)| last));
    last.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect()
}

#[test]
fn every_fact_of_the_simulators_contract_names_a_test_that_is_there() {
    let document = include_str!("../../docs/simulator.md");
    let (_, rest) = document.split_once(FACTS.0).unwrap();
    let (part, _) = rest.split_once(FACTS.1).unwrap();
    let (named, tests) = (named(part), tests());
    assert!(named.len() > 50, "{} tests are named", named.len());
    let missing: Vec<&str> = named.into_iter().filter(|name| !tests.contains(*name)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}
