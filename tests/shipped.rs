//! The storyboards that come with the program: no problem, and the requests and fingerprints that they always had.
//! A fingerprint that changes here would buy every user's clips again.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its files fails")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn storyboards() -> Vec<PathBuf> {
    let entries = root().join("storyboards").read_dir().unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = entries.filter(|path| path.is_file()).collect();
    paths.sort();
    paths
}

fn shotlist(args: &[&str]) -> Output {
    let empty = root().join("target/no-such-folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_shotlist"));
    command.args(args).current_dir(root()).env_clear().env("SHOTLIST_OUT", empty).output().unwrap()
}

#[test]
fn none_has_a_problem_with_any_profile() {
    let done = shotlist(&["check"]);
    assert_eq!(String::from_utf8(done.stderr).unwrap(), "no problems\n");
    assert!(done.status.success());
}

#[test]
fn each_plans_the_requests_it_always_did() {
    let paths = storyboards();
    assert_eq!(paths.len(), 6);
    for path in paths {
        let done = shotlist(&["plan", "--json", path.to_str().unwrap()]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let plan: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        insta::assert_snapshot!(name, serde_json::to_string_pretty(&plan).unwrap());
    }
}

#[test]
fn a_plan_is_the_same_bytes_twice() {
    assert_eq!(shotlist(&["plan", "--json"]).stdout, shotlist(&["plan", "--json"]).stdout);
    assert_eq!(shotlist(&["plan"]).stdout, shotlist(&["plan"]).stdout);
}

#[test]
fn the_whole_plan_reads_well_at_eighty_columns() {
    let text = String::from_utf8(shotlist(&["plan"]).stdout).unwrap();
    let longest = text.lines().map(|line| line.chars().count()).max();
    assert!(longest <= Some(80), "{longest:?}");
    insta::assert_snapshot!("plan", text);
}
