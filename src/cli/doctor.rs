//! `doctor`: whether everything is there that a render needs, one line each. Asks fal and the disk what costs nothing, buys
//! nothing, and leaves every file as it was.

mod account;
mod disk;
mod project;
mod tools;

use std::sync::Arc;

use super::args::DoctorArgs;
use super::boards;
use super::exit::{Exit, Failure};
use super::folder::Folder;
use super::terminal::{Format, Terminal};
use crate::catalog::Catalog;
use crate::report::doctor::{self as report, Check, Verdict};

pub(super) fn doctor(args: &DoctorArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let root = boards::root(&[], &args.place)?;
    let folder = Folder::at(&args.place, &root);
    let mut checks = vec![version()];
    checks.push(project::storyboards(&root));
    let catalog = match boards::catalog_here() {
        Ok(catalog) => Arc::new(catalog),
        Err(failure) => {
            checks.push(Check::new("models", Verdict::Problem, failure.message));
            Arc::new(Catalog::builtin().map_err(Failure::broken)?)
        }
    };
    let plan = project::plan(&folder);
    checks.extend(account::checks(&folder, &catalog, plan.as_ref())?);
    checks.extend(disk::checks(&folder, plan.as_ref()));
    checks.push(tools::ffmpeg(args.ffmpeg.as_deref())?);
    checks.push(tools::terminal(terminal));
    match terminal.format {
        Format::Json => terminal.data(&format!("{}\n", report::json(&checks))),
        Format::Text => terminal.data(&report::text(&checks, terminal.out_look())),
    }
    Ok(exit(report::verdict(&checks)))
}

fn version() -> Check {
    Check::new("version", Verdict::Ok, concat!("shotlist ", env!("CARGO_PKG_VERSION")))
}

fn exit(gravest: Verdict) -> Exit {
    match gravest {
        Verdict::Ok | Verdict::Warning => Exit::Done,
        Verdict::Problem => Exit::Broken,
        Verdict::Refused => Exit::Account,
    }
}
