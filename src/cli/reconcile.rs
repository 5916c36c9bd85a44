//! `reconcile`: settles purchases of which nobody knows whether they were made, from fal's request history.
//! Records what is certain; lets money go only where it is told to.

use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};

use super::again::quoted;
use super::args::ReconcileArgs;
use super::boards::{self, Boards};
use super::exit::{Exit, Failure};
use super::folder::Folder;
use super::maker::{self, Maker};
use super::past;
use super::terminal::{Answer, Format, Terminal};
use crate::record::{LockWait, Record};
use crate::render::{self, History, Leave, Step, Told, Unfound, Verdict};
use crate::report::reconcile::{self as report, Entry, Stage};
use crate::take::{Take, Takes};

pub(super) fn reconcile(args: &ReconcileArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let folder = Folder::at(&args.place, &boards::root(&[], &args.place)?);
    let maker = Maker::new(&folder)?;
    let record = folder.open(&maker.origin(), "shotlist reconcile", LockWait::No, terminal)?;
    let takes = record.with_takes(Takes::clone);
    let named = render::named_takes(&takes, &args.release).map_err(Failure::usage)?;
    if takes.unknown().next().is_none() {
        show(&[], Stage::Recorded, terminal);
        terminal.say(&format!("nothing is unknown in {}/", folder.name()));
        return Ok(Exit::Done);
    }
    maker::runtime()?.block_on(async {
        let history = ask(&maker, &folder, &takes).await?;
        let leave = Leave { unfound: unfound(args), named };
        let session = Session { args, terminal, folder: &folder, record: &record, leave };
        session.settle(&takes, maker.has_history().then_some(&history)).await?;
        record.with_takes(|takes| verdict(takes, &maker, &history))
    })
}

async fn ask(maker: &Maker, folder: &Folder, takes: &Takes) -> Result<History, Failure> {
    if !maker.has_history() {
        return Ok(History::default());
    }
    let server = maker.start(folder, &Boards::none()?.catalog, past::SIMULATION)?;
    Ok(render::history(&server.client()?, takes, Timestamp::now()).await)
}

/// What is still unknown, or why it could not be known.
fn verdict(takes: &Takes, maker: &Maker, history: &History) -> Result<Exit, Failure> {
    if takes.unknown().next().is_none() {
        return Ok(Exit::Done);
    }
    if !maker.has_history() {
        return Err(Failure::new(Exit::Unknown, past::NO_HISTORY));
    }
    past::unasked(history).map_or(Ok(Exit::Unknown), Err)
}

fn unfound(args: &ReconcileArgs) -> Unfound {
    if args.release_unfound {
        Unfound::Release(SignedDuration::from_mins(i64::from(args.margin)))
    } else {
        Unfound::Keep
    }
}

struct Session<'a> {
    args: &'a ReconcileArgs,
    terminal: Terminal,
    folder: &'a Folder,
    record: &'a Record,
    leave: Leave,
}

impl Session<'_> {
    /// `history`: none where there is nobody to ask.
    async fn settle(&self, takes: &Takes, history: Option<&History>) -> Result<(), Failure> {
        let now = Timestamp::now();
        let entries = entries(takes, history, &self.leave, now);
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

    /// As it was typed.
    fn release(&self) -> String {
        let unfound = match self.leave.unfound {
            Unfound::Release(_) => format!(" --release-unfound --margin {}", self.args.margin),
            Unfound::Keep => String::new(),
        };
        let named = self.args.release.iter().map(|name| [" --release ", &quoted(name)].concat());
        named.fold(unfound, |line, name| line + &name)
    }

    fn may_record(&self, entries: &[Entry]) -> bool {
        let adopted = entries.iter().filter(|entry| matches!(entry.step, Step::Adopt(_))).count();
        let released = entries.iter().filter(|entry| matches!(entry.step, Step::Release(_))).count();
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
        let certain = entries.iter().any(|entry| matches!(entry.step, Step::Adopt(_) | Step::Release(_)));
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
                    "next: {again}, some time later; once you are sure that fal never had it, {again} --release-unfound"
                ));
            }
            Stage::Proposed => {}
        }
        if entries.iter().any(Entry::is_for_a_person) {
            let (adopt, release) = (self.folder.command("adopt"), "--release TAKE");
            self.terminal.say(&format!(
                "{adopt} REQUEST says which request one is; {again} {release} lets one go that you know was not bought"
            ));
        }
    }
}

/// One for every unknown take, in the order in which they were begun.
fn entries<'a>(takes: &'a Takes, history: Option<&History>, leave: &Leave, now: Timestamp) -> Vec<Entry<'a>> {
    let mut verdicts = history.map(|history| render::verdicts(takes, history)).unwrap_or_default();
    let entry = |take: &'a Take| {
        let verdict = verdicts.remove(&take.nonce);
        let told = match &verdict {
            Some(verdict) => Told::Verdict(verdict),
            None if history.is_some() => Told::Unread,
            None => Told::Nothing,
        };
        let step = render::step(take, told, leave, now);
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
