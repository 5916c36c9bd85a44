//! `adopt`: takes in clips that were bought elsewhere with the same request, so that they are not bought again.
//! Shows what it found, and records it only with leave; buys nothing.

mod wish;

use std::sync::Arc;

use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};

use super::again::{Typed, quoted};
use super::args::{AdoptArgs, BoardArgs, Limits, SelectArgs};
use super::boards::{self, Boards};
use super::exit::{self, Exit, Failure};
use super::folder::Folder;
use super::maker::{self, Maker};
use super::since::Since;
use super::terminal::{Answer, Format, Terminal};
use super::{past, plan as plan_command};
use crate::catalog::Catalog;
use crate::plan::Plan;
use crate::record::{LockWait, Record};
use crate::render::{self, Adoption, Elsewhere, Evidence, Named, NotTaken, Place};
use crate::report::adopt::Adoptions;
use crate::report::reconcile::Stage;
use crate::take::{Nonce, Takes};
use wish::Wish;

/// How far back to look unless told.
const SINCE: Since = Since::Ago(SignedDuration::from_hours(24));

pub(super) fn adopt(args: &AdoptArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let Wish { paths, ids } = Wish::of(args)?;
    let board = BoardArgs { paths, edition: args.edition.clone() };
    let boards = boards::load_what_is_left(&board, terminal)?;
    let folder = Folder::at(&args.place, &boards::root(&board.paths, &args.place)?);
    let maker = Maker::new(&folder)?;
    let record = folder.open(&maker.origin(), "shotlist adopt", LockWait::No, terminal)?;
    let session = Session { args, terminal, folder: &folder, record: &record, maker: &maker, board: &board };
    exit::at_least(boards.exit(), session.run(&ids, &boards))
}

struct Session<'a> {
    args: &'a AdoptArgs,
    terminal: Terminal,
    folder: &'a Folder,
    record: &'a Record,
    maker: &'a Maker,
    board: &'a BoardArgs,
}

/// What is held against fal's history.
struct Ground {
    takes: Takes,
    plan: Plan,
    catalog: Arc<Catalog>,
}

impl Session<'_> {
    fn run(&self, ids: &[String], boards: &Boards) -> Result<Exit, Failure> {
        let takes = self.record.with_takes(Takes::clone);
        // What settles an unknown take needs no storyboard.
        if boards.has_errors() && (ids.is_empty() || takes.unknown().next().is_none()) {
            return Ok(Exit::Problems);
        }
        if !self.maker.has_history() {
            return Err(Failure::new(Exit::Problems, past::NO_HISTORY));
        }
        let plan = self.plan(boards, &takes)?;
        let ground = Ground { takes, plan, catalog: Arc::clone(&boards.catalog) };
        maker::runtime()?.block_on(async {
            if ids.is_empty() { self.look_back(&ground).await } else { self.look_for(ids, &ground).await }
        })
    }

    /// As a render would plan it, without a cap of its own. Nothing where the storyboards have problems.
    fn plan(&self, boards: &Boards, takes: &Takes) -> Result<Plan, Failure> {
        let (none, files) = (Boards::none()?, self.folder.files(takes)?);
        let boards = if boards.has_errors() { &none } else { boards };
        let (select, limits) = (SelectArgs::default(), Limits::default());
        plan_command::make(boards, self.folder, takes, &files, &select, limits)
    }

    /// Everything in a stretch of time that is a clip.
    async fn look_back(&self, Ground { takes, plan, catalog }: &Ground) -> Result<Exit, Failure> {
        let endpoints = render::wanted_endpoints(plan);
        if endpoints.is_empty() {
            self.show(&Elsewhere::default(), &[], Stage::Recorded);
            self.terminal.say("nothing to take in: no clip is left to buy");
            return Ok(Exit::Done);
        }
        let server = self.maker.start(self.folder, catalog, past::SIMULATION)?;
        let now = Timestamp::now();
        let from = self.args.since.unwrap_or(SINCE).before(now);
        let history = render::history_since(&server.client()?, &endpoints, from, now).await;
        let found = render::adoptions(plan, takes, &history);
        if found.adoptions.is_empty() && found.left.is_empty() && history.unasked.is_empty() {
            self.say_nothing_is_there(from);
        }
        let done = self.settle(&found, now).await;
        self.say_what_is_left(&found);
        past::along(done, &history)
    }

    /// Just these requests, all or none.
    async fn look_for(&self, ids: &[String], ground: &Ground) -> Result<Exit, Failure> {
        let Ground { takes, plan, catalog } = ground;
        let server = self.maker.start(self.folder, catalog, past::SIMULATION)?;
        let endpoints = render::named_endpoints(plan, takes);
        let history = render::history_of(&server.client()?, &endpoints, ids).await;
        let named = render::named(ids, Evidence { plan, takes, history: &history })
            .map_err(|unplaced| past::because(wish::refused(&unplaced), &history))?;
        let mut found = Elsewhere::default();
        for named in named {
            match named {
                Named::Adopt(adoption) => found.adoptions.push(adoption),
                Named::Known(take) => {
                    self.terminal.say(&format!("{} has that request already", take.intent.address));
                }
            }
        }
        self.settle(&found, Timestamp::now()).await
    }

    async fn settle(&self, found: &Elsewhere<'_>, now: Timestamp) -> Result<Exit, Failure> {
        let takes: Vec<(Adoption, Nonce)> = found.adoptions.iter().map(|one| (*one, take(one))).collect();
        if self.terminal.format == Format::Text {
            self.show(found, &takes, Stage::Proposed);
        }
        let leave = self.leave(found, &takes);
        let stage = if leave == Leave::Given { Stage::Recorded } else { Stage::Proposed };
        if stage == Stage::Recorded {
            let origin = self.maker.origin();
            let facts = takes.iter().map(|(one, nonce)| render::adopted(one, &origin, *nonce, now));
            try_join_all(facts.map(|facts| self.record.append(facts))).await.map_err(Failure::broken)?;
        }
        self.record.finish().await.map_err(Failure::broken)?;
        if self.terminal.format == Format::Json {
            self.show(found, &takes, stage);
        }
        self.end(leave, takes.len())
    }

    fn show(&self, found: &Elsewhere, takes: &[(Adoption, Nonce)], stage: Stage) {
        let adoptions = report(found, takes);
        match self.terminal.format {
            Format::Json => self.terminal.data(&format!("{}\n", adoptions.json(stage))),
            Format::Text => self.terminal.data(&adoptions.text(self.terminal.out_paint())),
        }
    }

    fn leave(&self, found: &Elsewhere, takes: &[(Adoption, Nonce)]) -> Leave {
        let (clips, usd) = (clips(takes.len()), report(found, takes).usd());
        if takes.is_empty() {
            return Leave::Idle;
        }
        if self.args.yes {
            return Leave::Given;
        }
        match self.terminal.ask(&format!("Take in {clips}, which cost {usd} elsewhere? Nothing is bought.")) {
            Some(Answer::Yes) => Leave::Given,
            Some(Answer::No) => Leave::Declined,
            None => Leave::Unasked,
        }
    }

    fn end(&self, leave: Leave, number: usize) -> Result<Exit, Failure> {
        match leave {
            Leave::Idle => Ok(Exit::Done),
            Leave::Given => {
                let (clips, render) = (clips(number), self.render());
                let them = if number == 1 { "it" } else { "them" };
                let asks = if self.maker.is_free() { "" } else { " and asks before it buys anything" };
                self.terminal.say(&format!("took in {clips}; next: {render}, which files {them}{asks}"));
                Ok(Exit::Done)
            }
            Leave::Declined => Err(Failure::new(Exit::Interrupted, "nothing was recorded")),
            Leave::Unasked => {
                let again = Typed::here().with("--yes");
                Err(Failure::usage(format!("nobody could be asked, and nothing was recorded; next: {again}")))
            }
        }
    }

    fn say_nothing_is_there(&self, from: Timestamp) {
        let further = if self.args.since.is_none() { "; --since 7d looks further back" } else { "" };
        self.terminal.say(&format!(
            "fal's history since {from:.0} has no request for a clip that is left to buy{further}"
        ));
    }

    fn say_what_is_left(&self, found: &Elsewhere) {
        if found.unkept > 0 {
            let number = found.unkept;
            self.terminal.say(&format!(
                "{number} more in fal's history can't be compared: fal no longer has what was sent"
            ));
        }
        if found.left.iter().any(|left: &NotTaken| left.unsettled > 0) {
            let reconcile = self.folder.command("reconcile");
            self.terminal.say(&format!("what may be an unknown purchase is left to {reconcile}"));
        }
    }

    /// With the same storyboards, so that nothing else is bought along with it.
    fn render(&self) -> String {
        let BoardArgs { paths, edition } = self.board;
        let paths = paths.iter().map(|path| path.display().to_string());
        let vars =
            edition.vars.iter().flat_map(|(name, value)| ["--var".to_owned(), format!("{name}={value}")]);
        let profile = edition.profile.iter().flat_map(|id| ["--profile".to_owned(), id.to_string()]);
        let words = paths.chain(vars).chain(profile).map(|word| format!(" {}", quoted(&word)));
        self.folder.command("render") + &words.collect::<String>()
    }
}

/// May it be recorded?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leave {
    /// There is nothing to record.
    Idle,
    Given,
    Declined,
    /// Nobody was there to be asked.
    Unasked,
}

fn report<'a>(found: &'a Elsewhere, takes: &'a [(Adoption<'a>, Nonce)]) -> Adoptions<'a> {
    Adoptions { all: takes, left: &found.left, unkept: found.unkept, wanted: found.wanted }
}

/// The take that it becomes.
fn take(adoption: &Adoption) -> Nonce {
    match adoption.place {
        Place::Clip(_) => Nonce::mint(),
        Place::Unknown(take) => take.nonce,
    }
}

fn clips(number: usize) -> String {
    if number == 1 { "1 clip".to_owned() } else { format!("{number} clips") }
}
