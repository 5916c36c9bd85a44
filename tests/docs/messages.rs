//! The messages that a user looks up are messages of the program.

use std::fs;
use std::path::Path;

/// All of the program's own text, on one line.
fn source() -> String {
    let mut all = String::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    // A text that goes on in the next line of the source.
    all.replace("\\\n", " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn collect(folder: &Path, all: &mut String) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, all);
        } else if let Ok(text) = fs::read_to_string(&path) {
            all.push_str(&text);
        }
    }
}

/// What stands in backticks in the headings, cut where something differs every time or two texts are put together.
fn messages(document: &str) -> Vec<&str> {
    let headings = document.lines().filter(|line| line.starts_with("**`"));
    let quoted = headings.flat_map(|line| line.split('`').skip(1).step_by(2));
    let pieces = quoted.flat_map(|message| message.split('…')).flat_map(|piece| piece.split(": "));
    pieces.flat_map(|piece| piece.split("; ")).map(str::trim).filter(|piece| piece.len() > 3).collect()
}

#[test]
fn every_message_to_look_up_is_one_of_the_programs() {
    let source = source();
    let messages = messages(include_str!("../../docs/troubleshooting.md"));
    assert!(messages.len() > 30, "{}", messages.len());
    let strange: Vec<&str> = messages.into_iter().filter(|message| !source.contains(message)).collect();
    assert!(strange.is_empty(), "{strange:#?}");
}
