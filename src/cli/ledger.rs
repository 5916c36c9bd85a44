//! `ledger`: every purchase of a folder with its money. Reads only; needs no key, no network and no lock.

use jiff::Timestamp;

use super::args::LedgerArgs;
use super::boards;
use super::exit::{Exit, Failure};
use super::folder::Folder;
use super::terminal::{Format, Terminal};
use crate::address::{Address, Id, Pattern};
use crate::report::ledger::{self, Entry};
use crate::take::Take;

pub(super) fn ledger(args: &LedgerArgs, terminal: Terminal) -> Result<Exit, Failure> {
    if args.csv && terminal.format == Format::Json {
        return Err(Failure::usage("--csv and --json are two ways to print it; choose one"));
    }
    let folder = Folder::at(&args.place, &boards::root(&[], &args.place)?);
    let takes = folder.read()?;
    let since = args.since.map(|since| since.before(Timestamp::now()));
    let shown =
        |take: &Take| since.is_none_or(|since| take.intent.at >= since) && is_selected(take, &args.only);
    let entries: Vec<Entry> = Entry::all(&takes).filter(|entry| shown(entry.take)).collect();
    if entries.is_empty() && !takes.is_empty() {
        terminal.warn(&format!("none of the {} takes in {} is selected", takes.len(), folder.name()));
    }
    match terminal.format {
        Format::Json => terminal.data(&format!("{}\n", ledger::json(&entries))),
        Format::Text if args.csv => terminal.data(&ledger::csv(&entries)),
        Format::Text => terminal.data(&ledger::text(&entries, folder.spending(), terminal.out_paint())),
    }
    Ok(Exit::Done)
}

fn is_selected(take: &Take, only: &[Pattern]) -> bool {
    let first = &take.intent.address;
    let shot = |id: &Id| Address { shot: Some(id.clone()), ..first.clone() };
    let matches = |pattern: &Pattern| match first.shot {
        None => pattern.selects(first),
        // Any of its shots stands for the clip.
        Some(_) => take.intent.shots.iter().any(|id| pattern.selects(&shot(id))),
    };
    only.is_empty() || only.iter().any(matches)
}
