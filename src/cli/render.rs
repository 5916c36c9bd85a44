//! `render`: does what the plan shows. Recovers and files what is paid for even where nothing may be bought.

mod after;
mod maker;
mod signals;

use std::time::Duration;

use jiff::Timestamp;

use super::args::{RenderArgs, SelectArgs};
use super::boards::{self, Boards};
use super::exit::{Exit, Failure};
use super::folder::{Files, Folder};
use super::plan as plan_command;
use super::terminal::{Answer, Format, Terminal};
use crate::fal::Client;
use crate::plan::{Action, Plan};
use crate::record::{Holder, LockError, LockWait, OpenError, Record};
use crate::render::{self, AcceptPrice, Buying, Crew, Event, Halt, OnFailure, Options, Quotes, Run};
use crate::report::progress::Progress;
use crate::report::table::{self, Shown};
use crate::take::{Take, Takes};
use crate::usd::Usd;
use after::After;
use maker::Maker;

pub(super) fn render(args: &RenderArgs, terminal: Terminal) -> Result<Exit, Failure> {
    if args.dry_run {
        let plan = plan_command::preview(&args.board, &args.select, &args.folder, terminal)?;
        return Ok(if plan.is_some() { Exit::Done } else { Exit::Problems });
    }
    let boards = boards::load_what_is_left(&args.board)?;
    terminal.problems(&boards.problems);
    boards.unread.iter().for_each(|why| terminal.error(why));
    let folder = Folder::new(&args.folder);
    if boards.has_errors() && !folder.read()?.iter().any(Take::is_unfinished) {
        return Ok(Exit::Problems);
    }
    let maker = Maker::new(&folder)?;
    let record = open(&folder, &maker.origin(), args)?;
    for notice in record.notices() {
        terminal.warn(&notice.to_string());
    }
    runtime()?.block_on(
        Session { args, terminal, folder: &folder, boards: &boards, record: &record, maker: &maker }.run(),
    )
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::broken)
}

fn open(folder: &Folder, origin: &str, args: &RenderArgs) -> Result<Record, Failure> {
    let wait = match args.lock_timeout {
        0 => LockWait::No,
        seconds => LockWait::For(Duration::from_secs(seconds)),
    };
    let me = Holder {
        pid: std::process::id(),
        host: gethostname::gethostname().to_string_lossy().into_owned(),
        since: Timestamp::now(),
        command: "shotlist render".to_owned(),
    };
    Record::open(&folder.dir, origin, &me, wait).map_err(|error| {
        let exit = match &error {
            OpenError::Lock(LockError::Held { .. }) | OpenError::Foreign { .. } => Exit::Stale,
            _ => Exit::Broken,
        };
        Failure::new(exit, error.to_string())
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
}

impl Session<'_> {
    async fn run(&self) -> Result<Exit, Failure> {
        let takes = self.record.with_takes(Takes::clone);
        let files = self.folder.files(&takes)?;
        for facts in &files.touched {
            self.record.append(facts.clone()).await.map_err(Failure::broken)?;
        }
        let plan = self.plan(&takes, &files)?;
        self.show(&plan);
        let run = if is_idle(&plan) { Run::default() } else { self.work(&plan).await? };
        self.record.finish().await.map_err(Failure::broken)?;
        let after = After {
            plan: &plan,
            run: &run,
            record: self.record,
            folder: self.folder,
            terminal: self.terminal,
        };
        let exit = after.wrap_up(self.events().as_ref())?;
        Ok(if self.boards.has_errors() { exit.max(Exit::Problems) } else { exit })
    }

    /// With problems in the storyboards only what the record has to settle is planned.
    fn plan(&self, takes: &Takes, files: &Files) -> Result<Plan, Failure> {
        let (none, all) = (Boards::none()?, SelectArgs::default());
        let (boards, select) =
            if self.boards.has_errors() { (&none, &all) } else { (self.boards, &self.args.select) };
        plan_command::make(boards, self.folder, takes, files, select, self.args.folder.budget)
    }

    fn show(&self, plan: &Plan) {
        if self.terminal.format == Format::Text {
            let pending = table::plan(plan, Shown::Pending, self.terminal.err_paint());
            if !pending.is_empty() {
                self.terminal.say(&pending);
            }
        }
    }

    async fn work(&self, plan: &Plan) -> Result<Run, Failure> {
        let server = self.maker.start(self.folder, &self.boards.catalog, self.args)?;
        let client = server.client()?;
        let buying = self.may_buy(plan, &client).await;
        let cap = self.cap(plan, &buying);
        let jobs = usize::from(self.args.jobs);
        let progress = Progress::new(
            pending(plan),
            jobs,
            cap,
            self.terminal.place(),
            self.terminal.err_paint(),
            self.terminal.detail,
        );
        let events = self.events();
        let watch = |event: &Event| {
            progress.see(event);
            if let Some(events) = &events {
                events.write(event);
            }
        };
        let pointer = |endpoint: &str| self.boards.catalog.model(endpoint).map(|model| model.video.clone());
        let crew = Crew { client: &client, record: self.record, video_pointer: &pointer, watch: &watch };
        let on_failure = if self.args.fail_fast { OnFailure::Stop } else { OnFailure::KeepGoing };
        let options = Options { jobs, cap, on_failure, buying };
        let interrupts = signals::interrupts(&progress).map_err(Failure::broken)?;
        let run = render::run(plan, crew, &options, Box::pin(interrupts)).await;
        progress.end();
        Ok(run)
    }

    /// With neither `--budget` nor a storyboard's budget, the plan as it was shown is the cap.
    fn cap(&self, plan: &Plan, buying: &Buying) -> Option<Usd> {
        let budgeted = plan.accounts.values().any(|account| account.budget.is_some());
        let shown = || match buying {
            Buying::Yes(quotes) => {
                plan.clips.iter().map(|clip| quotes.price(clip).times(clip.count(Action::Buy))).sum()
            }
            Buying::No(_) => plan.total(),
        };
        self.args.folder.budget.or_else(|| (!budgeted).then(shown))
    }

    async fn may_buy(&self, plan: &Plan, client: &Client) -> Buying {
        if plan.purchases() == 0 {
            return Buying::Yes(Quotes::default());
        }
        let quotes = match self.quotes(plan, client).await {
            Ok(quotes) => quotes,
            Err(refused) => return Buying::No(Some((Halt::Price, refused.to_string()))),
        };
        for warning in &quotes.warnings {
            self.terminal.warn(warning);
        }
        match self.ask(plan, &quotes) {
            Ok(Answer::Yes) => Buying::Yes(quotes),
            Ok(Answer::No) => Buying::No(Some((Halt::Declined, "nothing was bought".to_owned()))),
            Err(unasked) => Buying::No(Some((Halt::Unasked, unasked))),
        }
    }

    async fn quotes(&self, plan: &Plan, client: &Client) -> Result<Quotes, render::Refused> {
        let wanted = || plan.clips.iter().filter(|clip| clip.count(Action::Buy) > 0);
        let mut endpoints: Vec<&str> = wanted().map(|clip| clip.request.endpoint.as_str()).collect();
        endpoints.sort_unstable();
        endpoints.dedup();
        let live = crate::fal::persistently(2, || client.prices(&endpoints)).await;
        let accept = if self.args.accept_price { AcceptPrice::Any } else { AcceptPrice::Catalog };
        render::quotes(wanted(), &live, accept)
    }

    /// Money is asked for on a terminal and needs `--yes` without one; the simulator never asks.
    /// The error says that nobody could be asked.
    fn ask(&self, plan: &Plan, quotes: &Quotes) -> Result<Answer, String> {
        if self.args.yes || self.maker.is_free() {
            return Ok(Answer::Yes);
        }
        let usd: Usd = plan.clips.iter().map(|clip| quotes.price(clip).times(clip.count(Action::Buy))).sum();
        let clips = plan.purchases();
        let question = format!("Buy {clips} {} for {usd}?", if clips == 1 { "clip" } else { "clips" });
        self.terminal.ask(&question).ok_or_else(|| {
            format!("this would spend {usd}, and there is no terminal to ask; give --yes to spend it, or --sim to try it free")
        })
    }

    fn events(&self) -> Option<after::EventFile> {
        self.args.events.as_deref().map(after::EventFile::new)
    }
}

/// Nothing to fetch, to follow, to buy or to mark.
fn is_idle(plan: &Plan) -> bool {
    let wanted = plan.clips.iter().flat_map(|clip| clip.wanted.iter().map(|wanted| wanted.action));
    let strays = plan.strays.iter().map(|stray| stray.action);
    wanted.chain(strays).all(|action| matches!(action, Action::Reuse(_) | Action::Share | Action::Hold(_)))
}

/// How many takes the run has to settle.
fn pending(plan: &Plan) -> usize {
    let wanted = plan.clips.iter().flat_map(|clip| clip.wanted.iter().map(|wanted| wanted.action));
    let strays = plan.strays.iter().map(|stray| stray.action);
    let pending = |action: &Action| matches!(action, Action::Buy | Action::Download(_) | Action::Resume(_));
    wanted.chain(strays).filter(pending).count()
}
