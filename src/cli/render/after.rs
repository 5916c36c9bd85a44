//! After a run: the view, the summary, the machine output, and the exit code from what the record then says.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

use crate::cli::again::Typed;
use crate::cli::exit::{self, Exit, Failure};
use crate::cli::folder::Folder;
use crate::cli::terminal::{Format, Terminal};
use crate::plan::{Clip, Plan, PlannedEdition};
use crate::record::Record;
use crate::record::view::{self, Film};
use crate::render::{Event, Run, Settled, settle};
use crate::report::json::Done;
use crate::report::summary::Summary;
use crate::report::{events, json};
use crate::take::Takes;
use crate::timeline;

/// A finished run.
pub(super) struct After<'a> {
    pub(super) plan: &'a Plan,
    pub(super) run: &'a Run,
    pub(super) record: &'a Record,
    pub(super) folder: &'a Folder,
    pub(super) terminal: Terminal,
}

impl After<'_> {
    pub(super) fn wrap_up(&self, events: Option<&EventFile>) -> Result<Exit, Failure> {
        self.record.with_takes(|takes| {
            let rebuilt = view::rebuild(&self.folder.dir, takes, &films(self.plan, takes));
            for path in rebuilt.iter().flat_map(|rebuilt| &rebuilt.in_the_way) {
                self.terminal.warn(&format!(
                    "{} is not of the record and in the way of a clip; move it away",
                    path.display()
                ));
            }
            let settled = settle(self.plan, self.run, takes);
            let exit = exit::of_run(self.run, &settled, takes);
            self.tell(&settled, takes);
            if let Some(events) = events {
                events.wrap(self.plan, &settled, exit);
            }
            rebuilt.map_err(Failure::broken).map(|_| exit)
        })
    }

    fn tell(&self, settled: &[Settled], takes: &Takes) {
        let accounts = self.plan.accounts_after(takes);
        match self.terminal.format {
            Format::Json => {
                let done = Done { settled, takes, accounts: &accounts };
                self.terminal.data(&format!("{}\n", json::plan(self.plan, Some(done))));
            }
            Format::Text => {
                let spending = self.folder.spending();
                let (plan, run) = (self.plan, self.run);
                let reconcile = &self.folder.command("reconcile");
                let (accounts, files) = (&accounts, &self.files(takes));
                let summary = Summary { plan, run, settled, takes, accounts, spending, reconcile, files };
                let typed = Typed::here();
                let (folder, again) = (self.folder.name(), |flag: Option<&str>| typed.rerun(flag));
                self.terminal.say(&summary.text(&folder, &again, self.terminal.err_look()));
            }
        }
        if let Some(stopped) = self.run.stopped() {
            self.terminal.error(&stopped);
        }
    }
}

impl After<'_> {
    /// Where each clip of the plan is in story order, if it is there.
    fn files(&self, takes: &Takes) -> Vec<Option<String>> {
        let file = |film: &Film, at: usize| {
            let name = view::file_name(at, film.clips.len(), &film.clips[at]);
            let path = self.folder.dir.join(view::folder_name(&film.edition)).join(name);
            path.exists().then(|| path.display().to_string())
        };
        let films = films(self.plan, takes);
        films.iter().flat_map(|film| (0..film.clips.len()).map(move |at| file(film, at))).collect()
    }
}

/// Every edition with the chosen take of each clip.
fn films(plan: &Plan, takes: &Takes) -> Vec<Film> {
    let film = |(edition, clips): (&PlannedEdition, &[Clip])| Film {
        edition: edition.edition.clone(),
        clips: clips.iter().map(|clip| shown(clip, takes)).collect(),
    };
    plan.films().map(film).collect()
}

fn shown(clip: &Clip, takes: &Takes) -> view::Clip {
    let last = clip.shots.last().filter(|_| clip.address.shot.is_some()).cloned();
    view::Clip {
        first: clip.address.clone(),
        last: crate::address::Address { shot: last, ..clip.address.clone() },
        take: timeline::chosen(takes, clip.fingerprint).map(|take| take.nonce),
    }
}

/// `--events`: appended to as things happen.
pub(super) struct EventFile(File);

impl EventFile {
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let file = OpenOptions::new().create(true).append(true).open(path);
        file.map(Self)
            .map_err(|error| Failure::usage(format!("--events can't write {}: {error}", path.display())))
    }

    pub(super) fn write(&self, event: &Event) {
        if let Some(line) = events::line(event) {
            self.append(&line);
        }
    }

    fn wrap(&self, plan: &Plan, settled: &[Settled], exit: Exit) {
        let at = jiff::Timestamp::now();
        for line in events::held(at, plan, settled) {
            self.append(&line);
        }
        self.append(&events::wrapped(at, exit.code()));
    }

    /// Events are for watching; a disk that fills up is noticed by the record, which is what counts.
    fn append(&self, line: &str) {
        let _ = (&self.0).write_all(format!("{line}\n").as_bytes());
    }
}
