//! The command line: what was typed, turned into the other rooms' words and run. One file per command,
//! each the same picture cut at a different place; nothing is decided here that a room decides.

mod adopt;
mod again;
mod args;
mod boards;
mod check;
mod completions;
mod cut;
mod doctor;
mod exit;
mod explain;
mod export;
mod films;
mod folder;
mod init;
mod ledger;
mod maker;
mod models;
mod output;
mod past;
mod plan;
mod prices;
mod reconcile;
mod render;
mod report;
mod repository;
mod schema;
mod sim;
mod since;
mod status;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};
use exit::Failure;
use terminal::Terminal;

/// Runs the command that was typed.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let terminal = Terminal::new(&cli.output);
    let done = match cli.command {
        Command::Check(args) => check::check(&args, terminal),
        Command::Plan(args) => plan::plan(&args, terminal),
        Command::Render(args) => render::render(&args, terminal),
        Command::Status(args) => status::status(&args, terminal),
        Command::Explain(args) => explain::explain(&args, terminal),
        Command::Report(args) => report::report(&args, terminal),
        Command::Export(args) => export::export(&args, terminal),
        Command::Cut(args) => cut::cut(&args, terminal),
        Command::Reconcile(args) => reconcile::reconcile(&args, terminal),
        Command::Ledger(args) => ledger::ledger(&args, terminal),
        Command::Adopt(args) => adopt::adopt(&args, terminal),
        Command::Sim(args) => sim::sim(&args, terminal),
        Command::Models(args) => models::models(&args, terminal),
        Command::Prices(args) => prices::prices(&args, terminal),
        Command::Schema(args) => schema::schema(&args, terminal),
        Command::Completions(args) => completions::completions(&args, terminal),
        Command::Doctor(args) => doctor::doctor(&args, terminal),
        Command::Init(args) => init::init(&args, terminal),
    };
    let exit = done.unwrap_or_else(|Failure { exit, message }| {
        terminal.error(&message);
        exit
    });
    ExitCode::from(exit.code())
}
