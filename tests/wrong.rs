//! One mistake a file, each with the whole message that its writer gets from `shotlist check`.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its files fails")]

use std::path::{Path, PathBuf};
use std::process::Command;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wrong")
}

/// Standard error and the exit code.
fn check(paths: &[&Path]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shotlist"));
    let done = command.arg("check").args(paths).current_dir(folder()).env_clear().output().unwrap();
    assert!(done.stdout.is_empty(), "data on standard output");
    let code = done.status.code().unwrap();
    format!("{}\nexit code {code}", String::from_utf8(done.stderr).unwrap().trim_end())
}

fn storyboards() -> Vec<PathBuf> {
    let entries = folder().read_dir().unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|kind| kind == "yaml")).collect();
    paths.sort();
    paths
}

#[test]
fn every_mistake_gets_its_message() {
    let paths = storyboards();
    assert!(paths.len() >= 150);
    for path in paths {
        let file = Path::new(path.file_name().unwrap());
        let name = path.file_stem().unwrap().to_string_lossy().replace(' ', "-").to_lowercase();
        let shown = check(&[file]);
        assert!(!shown.starts_with("no problems"), "{name} has no problem");
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("wrong__{name}"), shown);
        });
    }
}

#[test]
fn two_storyboards_of_one_id_are_told_together() {
    let (one, other) = (Path::new("duration-with-unit.yaml"), Path::new("data/twin.yaml"));
    insta::assert_snapshot!("two-files", check(&[one, other]));
}
