//! `reconcile`: settles purchases of which nobody knows whether they were made, from fal's request history.
//! Records what is certain; lets money go only where it is told to.

use std::time::Duration;

use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};

use super::args::ReconcileArgs;
use super::boards::{self, Boards};
use super::exit::{Exit, Failure};
use super::folder::Folder;
use super::maker::{self, Maker, Simulation};
use super::terminal::{Answer, Format, Terminal};
use crate::fal::AskError;
use crate::record::{LockWait, Record};
use crate::render::{self, History, Step, Unasked, Unfound, Verdict};
use crate::report::reconcile::{self as report, Entry, Stage};
use crate::take::{Take, Takes};

/// The simulator only answers for what it has.
const SIMULATION: Simulation = Simulation { concurrency: 2, pace: Duration::from_millis(40) };

pub(super) fn reconcile(args: &ReconcileArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let folder = Folder::at(&args.place, &boards::root(&[], &args.place)?);
    let maker = Maker::new(&folder)?;
    let record = folder.open(&maker.origin(), "shotlist reconcile", LockWait::No)?;
    for notice in record.notices() {
        terminal.warn(&notice.to_string());
    }
    let takes = record.with_takes(Takes::clone);
    if takes.unknown().next().is_none() {
        show(&[], Stage::Recorded, terminal);
        terminal.say(&format!("nothing is unknown in {}/", folder.name()));
        return Ok(Exit::Done);
    }
    maker::runtime()?.block_on(async {
        let history = ask(&maker, &folder, &takes).await?;
        Session { args, terminal, folder: &folder, record: &record }.settle(&takes, &history).await?;
        record.with_takes(|takes| verdict(takes, &maker, &history))
    })
}

async fn ask(maker: &Maker, folder: &Folder, takes: &Takes) -> Result<History, Failure> {
    if !maker.has_history() {
        return Ok(History::default());
    }
    let server = maker.start(folder, &Boards::none()?.catalog, SIMULATION)?;
    Ok(render::history(&server.client()?, takes, Timestamp::now()).await)
}

/// What is still unknown, or why it could not be known.
fn verdict(takes: &Takes, maker: &Maker, history: &History) -> Result<Exit, Failure> {
    if takes.unknown().next().is_none() {
        return Ok(Exit::Done);
    }
    if !maker.has_history() {
        return Err(Failure::new(Exit::Unknown, NO_HISTORY));
    }
    let of = |unasked: &Unasked| match unasked.error {
        AskError::Refused { status: 401..=403, .. } => Exit::Account,
        _ => Exit::Broken,
    };
    match history.unasked.iter().map(of).max() {
        None => Ok(Exit::Unknown),
        Some(exit) => {
            let why: Vec<String> = history.unasked.iter().map(Unasked::to_string).collect();
            Err(Failure::new(exit, why.join("\n")))
        }
    }
}

const NO_HISTORY: &str = "there is no history to ask: none is known for a queue of your own (SHOTLIST_QUEUE_URL); \
    set SHOTLIST_API_URL if it has one";

struct Session<'a> {
    args: &'a ReconcileArgs,
    terminal: Terminal,
    folder: &'a Folder,
    record: &'a Record,
}

impl Session<'_> {
    async fn settle(&self, takes: &Takes, history: &History) -> Result<(), Failure> {
        let now = Timestamp::now();
        let entries = entries(takes, history, self.unfound(), now);
        if self.terminal.format == Format::Text {
            show(&entries, Stage::Proposed, self.terminal);
        }
        let stage = if self.may_record(&entries) { Stage::Recorded } else { Stage::Proposed };
        if stage == Stage::Recorded {
            let facts = entries.iter().filter_map(|one| render::facts(one.take.nonce, &one.step, now));
            try_join_all(facts.map(|facts| self.record.append(facts))).await.map_err(Failure::broken)?;
        }
        self.record.finish().await.map_err(Failure::broken)?;
        if self.terminal.format == Format::Json {
            show(&entries, stage, self.terminal);
        }
        let unknown = self.record.with_takes(|takes| takes.unknown().count());
        self.say_next(&entries, stage, unknown);
        Ok(())
    }

    fn unfound(&self) -> Unfound {
        if self.args.release_unfound {
            Unfound::Release(SignedDuration::from_mins(i64::from(self.args.margin)))
        } else {
            Unfound::Keep
        }
    }

    /// As it was typed.
    fn release(&self) -> String {
        if self.args.release_unfound {
            format!(" --release-unfound --margin {}", self.args.margin)
        } else {
            String::new()
        }
    }

    fn may_record(&self, entries: &[Entry]) -> bool {
        let adopted = entries.iter().filter(|entry| matches!(entry.step, Step::Adopt(_))).count();
        let released = entries.iter().filter(|entry| entry.step == Step::Release).count();
        let question = match (adopted, released) {
            (0, 0) => return false,
            (adopted, 0) => format!("Go on with {adopted} that fal has?"),
            (0, released) => format!("Let go of {released} that may be bought again?"),
            _ => format!(
                "Go on with {adopted} that fal has, and let go of {released} that may be bought again?"
            ),
        };
        self.args.yes || self.terminal.ask(&question) == Some(Answer::Yes)
    }

    fn say_next(&self, entries: &[Entry], stage: Stage, unknown: usize) {
        let certain = entries.iter().any(|entry| matches!(entry.step, Step::Adopt(_) | Step::Release));
        let unfound = entries.iter().any(|entry| entry.verdict == Some(Verdict::NotFound));
        let again = self.folder.command("reconcile");
        if unknown > 0 {
            self.terminal.say(&format!("{unknown} unknown, reserved in full"));
        }
        match stage {
            Stage::Recorded => {
                let adopted = entries.iter().any(|entry| matches!(entry.step, Step::Adopt(_)));
                let what = if adopted { "follows and files what fal has" } else { "may buy it again" };
                self.terminal.say(&format!("next: {}, which {what}", self.folder.command("render")));
            }
            Stage::Proposed if certain => {
                self.terminal.say(&format!("nothing was recorded; next: {again}{} --yes", self.release()));
            }
            Stage::Proposed if unfound && !self.args.release_unfound => {
                self.terminal.say(&format!(
                    "next: {again} again later; once you are sure that fal never had it, with --release-unfound"
                ));
            }
            Stage::Proposed => {}
        }
    }
}

/// One for every unknown take, in the order in which they were begun.
fn entries<'a>(takes: &'a Takes, history: &History, unfound: Unfound, now: Timestamp) -> Vec<Entry<'a>> {
    let mut verdicts = render::verdicts(takes, history);
    let entry = |take: &'a Take| {
        let verdict = verdicts.remove(&take.nonce);
        let step = verdict.as_ref().map_or(Step::Keep, |verdict| render::step(take, verdict, unfound, now));
        Entry { take, verdict, step }
    };
    takes.unknown().map(entry).collect()
}

fn show(entries: &[Entry], stage: Stage, terminal: Terminal) {
    match terminal.format {
        Format::Json => terminal.data(&format!("{}\n", report::json(entries, stage))),
        Format::Text => terminal.data(&report::text(entries, terminal.out_paint())),
    }
}
