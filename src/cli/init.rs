//! `init`: a project that renders at once, from the storyboards and templates that come with the program.

mod examples;

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

use serde_json::json;

use super::again::quoted;
use super::args::InitArgs;
use super::exit::{Exit, Failure};
use super::terminal::{Format, Terminal};
use crate::report::examples as report;
use crate::report::style::Look;
use examples::{Example, Shipped};

/// What a new project holds besides its storyboards.
const ALWAYS: [Shipped; 6] = [
    examples::SHOT,
    examples::SCHEMA,
    Shipped { path: "Makefile", text: include_str!("init/Makefile") },
    Shipped { path: ".gitignore", text: include_str!("init/gitignore") },
    Shipped { path: ".gitattributes", text: include_str!("init/gitattributes") },
    Shipped { path: "README.md", text: include_str!("init/README.md") },
];

pub(super) fn init(args: &InitArgs, terminal: Terminal) -> Result<Exit, Failure> {
    if args.list {
        return list(terminal);
    }
    let chosen = examples::named(&args.examples).or_else(|name| Err(unknown(&name)?))?;
    make(&args.dir, &chosen, terminal)
}

fn list(terminal: Terminal) -> Result<Exit, Failure> {
    let shown = examples::shown()?;
    match terminal.format {
        Format::Json => terminal.data(&format!("{}\n", report::json(&shown))),
        Format::Text => {
            terminal.data(&report::text(&shown, terminal.out_look()));
            terminal.say("next: shotlist init DIR --example NAME   (several: NAME,NAME or all)");
        }
    }
    Ok(Exit::Done)
}

/// A name that none has, with those that there are.
fn unknown(name: &str) -> Result<Failure, Failure> {
    let there = report::text(&examples::shown()?, Look::PLAIN);
    Ok(Failure::usage(format!("there is no example `{name}`; there are `all` and\n{}", there.trim_end())))
}

fn make(dir: &Path, chosen: &[Example], terminal: Terminal) -> Result<Exit, Failure> {
    let (mut made, mut there) = (Vec::new(), Vec::new());
    for Shipped { path, text } in files(chosen) {
        let path = dir.join(path);
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
    terminal.say(&next(dir));
    Ok(Exit::Done)
}

/// The storyboards, then what they need, then the rest, each once.
fn files(chosen: &[Example]) -> Vec<Shipped> {
    let storyboards = chosen.iter().map(|example| example.storyboard);
    let needs = chosen.iter().flat_map(|example| example.needs.iter().copied());
    let mut files: Vec<Shipped> = Vec::new();
    for file in storyboards.chain(needs).chain(ALWAYS) {
        if files.iter().all(|other| other.path != file.path) {
            files.push(file);
        }
    }
    files
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
