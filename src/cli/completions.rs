//! `completions`: what a shell needs to complete commands and flags.

use clap::CommandFactory;
use serde_json::json;

use super::args::{Cli, CompletionsArgs};
use super::exit::{Exit, Failure};
use super::terminal::{Format, Terminal};

pub(super) fn completions(args: &CompletionsArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "shotlist", &mut script);
    let script = String::from_utf8(script).map_err(Failure::broken)?;
    match terminal.format {
        Format::Json => {
            let shell = args.shell.to_string();
            terminal.data(&format!("{}\n", json!({ "version": 1, "shell": shell, "script": script })));
        }
        Format::Text => terminal.data(&script),
    }
    Ok(Exit::Done)
}
