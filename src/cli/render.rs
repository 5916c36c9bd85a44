//! `render`: does what the plan shows. Recovers and files what is paid for even where nothing may be bought.

mod after;
mod hearing;
mod signals;

use std::time::Duration;

use futures::future::try_join_all;
use jiff::Timestamp;

use super::args::{RenderArgs, SelectArgs};
use super::boards::{self, Boards};
use super::exit::{self, Exit, Failure};
use super::folder::{Files, Folder};
use super::maker::{self, Maker, Server, Simulation};
use super::plan as plan_command;
use super::terminal::{Answer, Format, Terminal};
use crate::crash::{self, Point};
use crate::fal::{self, Client};
use crate::plan::{Action, Clip, Plan, RunCap};
use crate::record::{LockWait, Record};
use crate::render::{
    self, AcceptPrice, Buying, Crew, Event, Halt, OnFailure, Options, Quotes, Refused, Run, What,
};
use crate::report::progress::Progress;
use crate::report::table::{self, Shown};
use crate::take::{Submitted, Take, Takes};
use crate::webhook::Listener;
use after::{After, EventFile};

pub(super) fn render(args: &RenderArgs, terminal: Terminal) -> Result<Exit, Failure> {
    if args.dry_run {
        let plan =
            plan_command::preview(&args.board, &args.select, &args.folder, terminal.format.into(), terminal)?;
        return Ok(if plan.is_some() { Exit::Done } else { Exit::Problems });
    }
    let boards = boards::load_what_is_left(&args.board, terminal)?;
    exit::at_least(boards.exit(), session(args, terminal, &boards))
}

fn session(args: &RenderArgs, terminal: Terminal, boards: &Boards) -> Result<Exit, Failure> {
    let folder = Folder::new(&args.folder, &boards::root(&args.board.paths, &args.folder.place)?);
    if boards.has_errors() && !folder.read()?.iter().any(|take| take.is_unfinished() || take.is_unknown()) {
        return Ok(Exit::Problems);
    }
    let events = args.events.as_deref().map(EventFile::open).transpose()?;
    let maker = Maker::new(&folder)?;
    let wanted = hearing::wanted(args, &maker)?;
    let wait = match args.lock_timeout {
        0 => LockWait::No,
        seconds => LockWait::For(Duration::from_secs(seconds)),
    };
    let record = folder.open(&maker.origin(), "shotlist render", wait, terminal)?;
    let (folder, record, maker) = (&folder, &record, &maker);
    maker::runtime()?.block_on(async {
        let listener = hearing::listen(wanted, terminal).await?;
        Session { args, terminal, folder, boards, record, maker, events, listener }.run().await
    })
}

/// One run, with everything that it was given.
struct Session<'a> {
    args: &'a RenderArgs,
    terminal: Terminal,
    folder: &'a Folder,
    boards: &'a Boards,
    record: &'a Record,
    maker: &'a Maker,
    events: Option<EventFile>,
    listener: Option<Listener>,
}

impl Session<'_> {
    async fn run(&self) -> Result<Exit, Failure> {
        let found = self.find_unknown().await?;
        let takes = self.record.with_takes(Takes::clone);
        let files = self.folder.files(&takes)?;
        let noted = files.touched.iter().map(|facts| self.record.append(facts.clone()));
        try_join_all(noted).await.map_err(Failure::broken)?;
        let plan = self.plan(&takes, &files)?;
        crash::point(Point::PlanMade);
        let (plan, run) =
            if is_idle(&plan) { (plan, Run::default()) } else { self.work(plan, found).await? };
        let finished = self.record.finish().await;
        let exit = self.after(&plan, &run).wrap_up(self.events.as_ref())?;
        finished.map_err(Failure::broken).map(|()| exit)
    }

    fn after<'a>(&'a self, plan: &'a Plan, run: &'a Run) -> After<'a> {
        After { plan, run, record: self.record, folder: self.folder, terminal: self.terminal }
    }

    /// With problems in the storyboards only what the record has to settle is planned.
    fn plan(&self, takes: &Takes, files: &Files) -> Result<Plan, Failure> {
        let (none, all) = (Boards::none()?, SelectArgs::default());
        let (boards, select) =
            if self.boards.has_errors() { (&none, &all) } else { (self.boards, &self.args.select) };
        plan_command::make(boards, self.folder, takes, files, select, self.args.folder.limits())
    }

    /// What fal's history certainly has goes on from there, before anything new is thought of; what it can't tell
    /// stays unknown.
    async fn find_unknown(&self) -> Result<Option<Server>, Failure> {
        let is_known = self.record.with_takes(|takes| takes.unknown().next().is_none());
        if is_known || !self.maker.has_history() {
            return Ok(None);
        }
        let server = self.start()?;
        let crew = Crew { client: &server.client()?, record: self.record, watch: &|_| {}, hook: None };
        let found = render::search(crew, |_| true, |_| false).await.map_err(Failure::broken)?;
        for unasked in &found.unasked {
            self.terminal.warn(&format!("{unasked}; what is unknown stays unknown"));
        }
        found.takes.iter().for_each(|take| self.tell_found(take));
        Ok(Some(server))
    }

    fn tell_found(&self, take: &Take) {
        let Some(Submitted { at, request_id, .. }) = take.submitted.clone() else { return };
        let (nonce, address) = (take.nonce, take.intent.address.clone());
        self.terminal
            .say(&format!("{address} is in fal's history, as request {request_id}; it goes on from there"));
        if let Some(events) = &self.events {
            events.write(&Event { at, address, nonce, what: What::Found { request_id } });
        }
    }

    fn start(&self) -> Result<Server, Failure> {
        let RenderArgs { jobs, sim_pace, .. } = self.args;
        let simulation =
            Simulation { concurrency: usize::from(*jobs), pace: Duration::from_millis(*sim_pace) };
        self.maker.start(self.folder, &self.boards.catalog, simulation)
    }

    async fn work(&self, plan: Plan, server: Option<Server>) -> Result<(Plan, Run), Failure> {
        let server = server.map_or_else(|| self.start(), Ok)?;
        let client = server.client()?;
        let quotes = self.quotes(&plan, &client).await;
        let plan = quotes.iter().fold(plan, |plan, quotes| plan.repriced(|clip: &Clip| quotes.price(clip)));
        self.show(&plan);
        let options = self.options(&plan, self.leave(&plan, quotes));
        let run = self.execute(&plan, &client, &options).await?;
        Ok((plan, run))
    }

    fn show(&self, plan: &Plan) {
        let (spending, look) = (self.folder.spending(), self.terminal.err_look());
        let pending = table::plan(plan, Shown::Pending, spending, look);
        if self.terminal.format == Format::Text && !pending.is_empty() {
            self.terminal.say(&pending);
        }
    }

    fn options(&self, plan: &Plan, buying: Buying) -> Options {
        Options {
            jobs: usize::from(self.args.jobs),
            cap: self.cap(plan),
            on_failure: if self.args.fail_fast { OnFailure::Stop } else { OnFailure::KeepGoing },
            attempts: self.args.folder.limits().attempts,
            patience: self.can_find().then(|| Duration::from_secs(self.args.unknown_timeout)),
            buying,
        }
    }

    /// Does anybody say what became of a lost answer?
    fn can_find(&self) -> bool {
        self.maker.has_history() || self.listener.is_some()
    }

    /// Only who has said yes beforehand may spend more than the plan shows, up to `--budget`:
    /// money that comes back lets clips be bought that were held.
    fn cap(&self, plan: &Plan) -> RunCap {
        match self.args.folder.budget {
            Some(budget) if self.said_yes() => RunCap::Asked(budget),
            _ => RunCap::Shown(plan.total()),
        }
    }

    /// Beforehand, to whatever it may cost; in the simulator it costs nothing.
    fn said_yes(&self) -> bool {
        self.args.yes || self.maker.is_free()
    }

    async fn execute(&self, plan: &Plan, client: &Client, options: &Options) -> Result<Run, Failure> {
        let (place, look, detail) = (self.terminal.place(), self.terminal.err_look(), self.terminal.detail);
        let progress =
            Progress::new(pending(plan), options.jobs, self.args.folder.budget, place, look, detail);
        let watch = |event: &Event| {
            progress.see(event);
            if let Some(events) = &self.events {
                events.write(event);
            }
        };
        let hook = self.listener.as_ref().map(Listener::hook);
        let crew = Crew { client, record: self.record, watch: &watch, hook };
        let interrupts =
            signals::interrupts(&progress, Duration::from_secs(self.args.grace)).map_err(Failure::broken)?;
        self.places(plan).iter().for_each(|told| progress.say(told));
        let run = render::run(plan, crew, options, Box::pin(interrupts));
        let run = hearing::during(run, self.listener.as_ref(), crew, &progress).await;
        progress.end();
        self.listener.iter().for_each(|listener| self.terminal.say(&hearing::account(listener)));
        Ok(run)
    }

    /// Why fewer clips may be started at once than `--jobs` says.
    fn places(&self, plan: &Plan) -> Option<String> {
        let now = Timestamp::now();
        let lost = plan.actions().filter(|action| matches!(action, Action::Unknown(_)));
        let lost = lost.filter_map(|action| self.record.take(action.nonce()?));
        let count = lost.filter(|take| render::may_be_under_way(take, now)).count();
        let it = if count == 1 { "it takes" } else { "each takes" };
        (count > 0).then(|| {
            format!(
                "{count} unknown may be under way at fal: {it} one of {} --jobs until it is settled, an hour at the most",
                self.args.jobs
            )
        })
    }

    /// fal's prices of today, for everything that may be bought, held now or not.
    async fn quotes(&self, plan: &Plan, client: &Client) -> Result<Quotes, Refused> {
        let clips = || plan.clips.iter().filter(|clip| self.may_buy(plan, clip));
        let mut endpoints: Vec<&str> = clips().map(|clip| clip.request.endpoint.as_str()).collect();
        endpoints.sort_unstable();
        endpoints.dedup();
        if endpoints.is_empty() {
            return Ok(Quotes::default());
        }
        let live = fal::persistently(2, || client.prices(&endpoints)).await;
        let accept = if self.args.accept_price { AcceptPrice::Any } else { AcceptPrice::Catalog };
        render::quotes(clips(), &live, accept)
    }

    /// With leave, what is under way and fails for free is bought again in the same run.
    fn may_buy(&self, plan: &Plan, clip: &Clip) -> bool {
        let is_under_way = |action| matches!(action, Action::Resume(_) | Action::Unknown(_));
        let gets_leave = self.said_yes() || plan.purchases() > 0;
        let may = |action: Action| action.may_be_bought() || (gets_leave && is_under_way(action));
        clip.wanted.iter().any(|wanted| may(wanted.action))
    }

    /// Money is asked for on a terminal and needs `--yes` without one; the simulator never asks.
    fn leave(&self, plan: &Plan, quotes: Result<Quotes, Refused>) -> Buying {
        let (clips, usd) = (plan.purchases(), plan.total());
        let quotes = match quotes {
            Ok(quotes) => quotes,
            Err(_) if plan.buyable().next().is_none() => return Buying::Nothing,
            Err(refused) => return Buying::No(Halt::Price, refused.to_string()),
        };
        quotes.warnings.iter().for_each(|warning| self.terminal.warn(warning));
        if self.said_yes() {
            return Buying::Yes;
        }
        if clips == 0 {
            return Buying::Nothing;
        }
        let what = if clips == 1 { "clip" } else { "clips" };
        match self.terminal.ask(&format!("Buy {clips} {what} for {usd}?")) {
            Some(Answer::Yes) => Buying::Yes,
            Some(Answer::No) => Buying::No(Halt::Declined, "nothing was bought".to_owned()),
            None => Buying::No(
                Halt::Unasked,
                format!("this would spend {usd}; --yes spends it unasked, --sim tries it for free"),
            ),
        }
    }
}

/// Nothing to fetch, to follow, to buy or to mark.
fn is_idle(plan: &Plan) -> bool {
    plan.actions().all(|action| matches!(action, Action::Reuse(_) | Action::Share(_) | Action::Hold(_)))
}

/// How many takes the run has to settle.
fn pending(plan: &Plan) -> usize {
    let pending = |action: &Action| matches!(action, Action::Buy | Action::Download(_) | Action::Resume(_));
    plan.actions().filter(pending).count()
}
