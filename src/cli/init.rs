//! `init`: a project that renders at once, from the storyboards and templates that come with the program.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

use serde_json::json;

use super::again::quoted;
use super::args::InitArgs;
use super::exit::{Exit, Failure};
use super::terminal::{Format, Terminal};

/// What a new project holds.
const FILES: [(&str, &str); 9] = [
    ("storyboards/neon-harbor.yaml", include_str!("../../storyboards/neon-harbor.yaml")),
    ("storyboards/last-letter.yaml", include_str!("../../storyboards/last-letter.yaml")),
    ("storyboards/shared/cast.yaml", include_str!("../../storyboards/shared/cast.yaml")),
    ("templates/shot.j2", include_str!("../../templates/shot.j2")),
    ("schema/storyboard.schema.json", include_str!("../../schema/storyboard.schema.json")),
    ("Makefile", include_str!("init/Makefile")),
    (".gitignore", include_str!("init/gitignore")),
    (".gitattributes", include_str!("init/gitattributes")),
    ("README.md", include_str!("init/README.md")),
];

pub(super) fn init(args: &InitArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let (mut made, mut there) = (Vec::new(), Vec::new());
    for (name, text) in FILES {
        let path = args.dir.join(name);
        match write_new(&path, text) {
            Ok(()) => made.push(path.display().to_string()),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => there.push(path.display().to_string()),
            Err(error) => return Err(Failure::broken(format!("cannot write {}: {error}", path.display()))),
        }
    }
    if terminal.format == Format::Json {
        terminal.data(&format!("{}\n", json!({ "version": 1, "made": made, "there": there })));
    }
    for path in &made {
        terminal.say(&format!("  made   {path}"));
    }
    for path in &there {
        terminal.say(&format!("  there  {path} (left as it is)"));
    }
    terminal.say(&next(&args.dir));
    Ok(Exit::Done)
}

/// Never replaces a file.
fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())
}

fn next(dir: &Path) -> String {
    let enter = if dir == Path::new(".") {
        String::new()
    } else {
        format!("cd {} && ", quoted(&dir.display().to_string()))
    };
    format!("next: {enter}shotlist render --sim   (free: it makes animatics)")
}
