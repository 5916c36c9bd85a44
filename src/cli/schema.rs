//! `schema`: the storyboard language as a JSON Schema for editors, with the models of the project.

use std::path::Path;

use serde_json::json;

use super::args::SchemaArgs;
use super::boards;
use super::exit::{Exit, Failure};
use super::terminal::{Format, Terminal};
use crate::schema;

pub(super) fn schema(args: &SchemaArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let text = schema::text(&boards::catalog_here()?);
    match &args.output {
        None => terminal.data(&text),
        Some(file) => write(file, &text, terminal)?,
    }
    Ok(Exit::Done)
}

fn write(file: &Path, text: &str, terminal: Terminal) -> Result<(), Failure> {
    let name = file.display();
    let folder = file.parent().map_or(Ok(()), std::fs::create_dir_all);
    let written = folder.and_then(|()| std::fs::write(file, text));
    written.map_err(|error| Failure::broken(format!("cannot write {name}: {error}")))?;
    match terminal.format {
        Format::Json => terminal.data(&format!("{}\n", json!({ "version": 1, "file": name.to_string() }))),
        Format::Text => terminal.say(&format!("wrote {name}")),
    }
    Ok(())
}
