//! `schema`: the storyboard language as a JSON Schema for editors, with the models of the project.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::args::SchemaArgs;
use super::boards;
use super::exit::{Exit, Failure};
use super::output;
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
    output::is_of_kind_or_new(file, "json")?;
    let folder = output::folder_of(file);
    fs::create_dir_all(folder).map_err(|error| output::unwritten(file, &error))?;
    output::write(file, text.as_bytes())?;
    let name = file.display().to_string();
    match terminal.format {
        Format::Json => terminal.data(&format!("{}\n", json!({ "version": 1, "file": name }))),
        Format::Text => terminal.say(&format!("wrote {name}")),
    }
    Ok(())
}
