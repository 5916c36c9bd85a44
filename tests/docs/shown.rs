//! What the documents show: their files are written as they stand, and their commands print what they say.
//! `SHOTLIST_UPDATE_DOCS=1 cargo test --test docs` writes down what they print now.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::blocks::{Block, Kind, blocks};
use crate::home;

/// Runs what a document shows in a folder that holds what `prepare` puts there, and compares.
fn check(name: &str, prepare: impl FnOnce(&Path)) {
    let folder = tempfile::tempdir().unwrap();
    prepare(folder.path());
    let file = home().join(name);
    let document = fs::read_to_string(&file).unwrap();
    let now = played(&document, folder.path());
    if std::env::var_os("SHOTLIST_UPDATE_DOCS").is_some() {
        fs::write(file, now).unwrap();
    } else {
        same(name, &document, &now);
    }
}

/// The document with what its commands print now.
fn played(document: &str, folder: &Path) -> String {
    let all = blocks(document);
    let runs: Vec<(&Block, String)> =
        all.iter().filter_map(|block| Some((block, run(block, folder)?))).collect();
    assert!(!runs.is_empty(), "no command is shown");
    let mut now = document.to_owned();
    // From the last one, so that what stands before stays where it is.
    for (block, text) in runs.iter().rev() {
        now.replace_range(block.start..block.start + block.text.len(), text);
    }
    now
}

/// Shows the lines from the first one that differs.
fn same(name: &str, document: &str, now: &str) {
    let first = document.lines().zip(now.lines()).position(|(one, other)| one != other).unwrap_or_default();
    let from = |text: &str| text.lines().skip(first).take(12).collect::<Vec<_>>().join("\n");
    assert!(document == now, "{name} shows\n\n{}\n\nand now it is\n\n{}", from(document), from(now));
}

/// What a block with commands ought to show; files are written on the way.
fn run(block: &Block, folder: &Path) -> Option<String> {
    match block.kind() {
        Kind::Run => {
            let shown = block
                .commands()
                .into_iter()
                .map(|command| format!("$ {command}\n{}", print(command, folder)));
            Some(shown.collect::<Vec<_>>().concat())
        }
        Kind::File(path) => {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, block.text).unwrap();
            None
        }
        Kind::Other => None,
    }
}

/// Both outputs in the order in which a terminal has them.
fn print(command: &str, folder: &Path) -> String {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_shotlist"));
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("exec 2>&1\n{command}")]).current_dir(folder);
    let output = shell.env_clear().env("PATH", path).env("HOME", folder).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_languages_page_shows_what_is() {
    check("docs/language.md", |_| {});
}

#[test]
fn the_spreadsheets_page_shows_what_is() {
    check("docs/spreadsheet.md", |_| {});
}

/// What the front page assumes: the shipped storyboards, of which one was rendered on the simulator and then edited, and one
/// that is broken.
fn shipped(folder: &Path) {
    for from in ["storyboards", "templates"] {
        print(&format!("cp -r '{}' .", home().join(from).display()), folder);
    }
    print("shotlist render --sim --sim-pace 0 storyboards/last-letter.yaml", folder);
    let edited = folder.join("storyboards/last-letter.yaml");
    let text = fs::read_to_string(&edited).unwrap();
    assert!(text.contains(", streetlamps passing"));
    fs::write(edited, text.replace(", streetlamps passing", ", lamps passing")).unwrap();
    fs::write(folder.join("storyboards/broken.yaml"), BROKEN).unwrap();
}

const BROKEN: &str = r#"storyboard: broken
model: kling-o3-4k
styel: anime, cel-shaded
scenes:
  - id: rooftop
    shots:
      - id: landing
        duration: 4s
        subject: a mecha lands
        details: "{{ lens }}, slow push-in"
"#;

#[test]
fn the_front_page_shows_what_is() {
    check("README.md", shipped);
}
