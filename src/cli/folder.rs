//! The output folder as the flags mean it: where it is, whose queue it belongs to, and what is in it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::again::quoted;
use super::args::{FolderArgs, PlaceArgs};
use super::exit::{Exit, Failure};
use super::terminal::Terminal;
use crate::plan::Superseded;
use crate::record::{self, FileState, Holder, LockError, LockWait, OpenError, Record, Trust, Vault};
use crate::report::table::Spending;
use crate::take::{Facts, Nonce, Takes};

/// Where real clips go unless `--out` says otherwise.
const RENDERS: &str = "renders";
/// Where the simulator's go.
const ANIMATICS: &str = "animatics";

/// Who makes the clips.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Maker {
    Fal,
    Simulator,
}

/// An output folder and how to look at it.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    pub(super) dir: PathBuf,
    pub(super) maker: Maker,
    /// `--out` as it was typed.
    out: Option<PathBuf>,
    /// Where the project's real clips are.
    renders: PathBuf,
    fetch: Fetch,
}

/// Are files that are not here fetched again?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fetch {
    Missing,
    /// `--no-fetch`: what is recorded is current.
    Nothing,
}

/// Which landed takes have no file as it landed, and what to note of those that have.
#[derive(Clone, Debug, Default)]
pub(super) struct Files {
    pub(super) absent: BTreeSet<Nonce>,
    /// Right by their hash, though not by their time.
    pub(super) touched: Vec<Facts>,
}

impl Folder {
    /// `root`: the project's folder.
    pub(super) fn new(args: &FolderArgs, root: &Path) -> Self {
        let fetch = if args.no_fetch { Fetch::Nothing } else { Fetch::Missing };
        Self { fetch, ..Self::at(&args.place, root) }
    }

    /// The usual folder lies in the project, wherever the program was started: a second one would buy everything again.
    pub(super) fn at(args: &PlaceArgs, root: &Path) -> Self {
        let (maker, usual) = if args.sim { (Maker::Simulator, ANIMATICS) } else { (Maker::Fal, RENDERS) };
        let dir = args.out.clone().unwrap_or_else(|| root.join(usual));
        Self { dir, maker, out: args.out.clone(), renders: root.join(RENDERS), fetch: Fetch::Missing }
    }

    /// Whose money its clips cost.
    pub(super) fn spending(&self) -> Spending {
        match self.maker {
            Maker::Fal => Spending::Real,
            Maker::Simulator => Spending::Simulated,
        }
    }

    /// As messages call it.
    pub(super) fn name(&self) -> String {
        self.dir.display().to_string()
    }

    /// A command for this folder, to type next.
    pub(super) fn command(&self, name: &str) -> String {
        let sim = if self.maker == Maker::Simulator { " --sim" } else { "" };
        let out = self.out.as_ref().map(|out| format!(" --out {}", quoted(&out.display().to_string())));
        format!("shotlist {name}{sim}{}", out.unwrap_or_default())
    }

    /// The record, locked for as long as it lives; says what was put right in it. `command` tells others who holds it.
    pub(super) fn open(
        &self,
        origin: &str,
        command: &str,
        wait: LockWait,
        terminal: Terminal,
    ) -> Result<Record, Failure> {
        let me = Holder {
            pid: std::process::id(),
            host: gethostname::gethostname().to_string_lossy().into_owned(),
            since: Timestamp::now(),
            command: command.to_owned(),
        };
        let record = Record::open(&self.dir, origin, &me, wait).map_err(|error| {
            let exit = match &error {
                OpenError::Lock(LockError::Held { .. }) | OpenError::Foreign { .. } => Exit::Stale,
                _ => Exit::Broken,
            };
            Failure::new(exit, error.to_string())
        })?;
        record.notices().iter().for_each(|notice| terminal.warn(&notice.to_string()));
        Ok(record)
    }

    /// All takes, without a lock.
    pub(super) fn read(&self) -> Result<Takes, Failure> {
        record::read(&self.dir).map_err(Failure::broken)
    }

    /// What counts as owned when shots are grouped, where that is not what this folder holds:
    /// an animatic is cut like the real thing.
    pub(super) fn grouping(&self) -> Result<Option<Takes>, Failure> {
        if self.maker == Maker::Fal {
            return Ok(None);
        }
        let takes = record::read(&self.renders).map_err(Failure::broken)?;
        Ok((!takes.is_empty()).then_some(takes))
    }

    /// In the simulator what no clip uses any more has cost nothing.
    pub(super) fn superseded(&self) -> Superseded {
        match self.maker {
            Maker::Fal => Superseded::Count,
            Maker::Simulator => Superseded::Free,
        }
    }

    /// Looks at the file of every landed take.
    pub(super) fn files(&self, takes: &Takes) -> Result<Files, Failure> {
        let (vault, now) = (Vault::of(&self.dir), Timestamp::now());
        let mut files = Files::default();
        for take in takes.iter().filter(|take| self.fetch == Fetch::Missing && take.landed.is_some()) {
            match vault.state(take, Trust::SizeAndTime, now).map_err(Failure::broken)? {
                FileState::Present => {}
                FileState::Touched(stored) => {
                    files.touched.push(Facts { stored: Some(stored), ..Facts::of(take.nonce) });
                }
                _ => drop(files.absent.insert(take.nonce)),
            }
        }
        Ok(files)
    }
}
