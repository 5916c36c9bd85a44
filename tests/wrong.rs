//! One mistake a file, each with the whole message that its writer gets.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its files fails")]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use shotlist::report::problems::render;
use shotlist::report::style::Paint;
use shotlist::storyboard::{Source, read};

fn message(path: &Path) -> String {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let source = Arc::new(Source { name, text: std::fs::read_to_string(path).unwrap() });
    let fields = BTreeSet::from(["cfg_scale".to_owned(), "negative_prompt".to_owned()]);
    render(&read(&source, &fields).problems, Paint::Plain)
}

#[test]
fn every_mistake_gets_its_message() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wrong");
    let mut paths: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 45);
    for path in paths {
        let shown = message(&path);
        let name = path.file_stem().unwrap().to_string_lossy().replace(' ', "-").to_lowercase();
        assert!(!shown.is_empty(), "{name} has no problem");
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("wrong__{name}"), shown);
        });
    }
}
