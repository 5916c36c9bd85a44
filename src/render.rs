//! Runs a plan: recovers what earlier runs left, fetches what is paid for, then buys what the plan says.
//! Gathers what happens into one kind of event and lets the director decide; decides nothing itself.

mod briefing;
mod desk;
mod director;
mod event;
mod fetch;
mod follow;
mod history;
mod intent;
mod late_units;
mod looks;
mod outcome;
mod pace;
mod price;
mod purchase;
mod reconcile;
mod search;
mod settle;

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use futures::stream::{FuturesUnordered, Stream, StreamExt};
use jiff::Timestamp;
use tokio::time::timeout;

use crate::fal::Client;
use crate::plan::{Plan, RunCap};
use crate::record::{AppendError, Record};
use crate::take::{Facts, Nonce, State, Unknown};
use crate::webhook::Hook;

use desk::Desk;
use director::{Director, Job, Next, Purchase};
use late_units::LateUnits;
use looks::Begun;

pub use briefing::may_be_under_way;
pub use event::{Event, What};
pub use history::{History, Unasked, history, history_of, history_since};
pub use outcome::{Ended, Halt, Left, OnFailure};
pub use price::{AcceptPrice, Quotes, Refused, quotes};
pub use reconcile::{
    Adoption, Elsewhere, Evidence, Fate, Leave, Named, Nearest, NotOne, NotTaken, Place, Release, Rival,
    Step, Told, Unfound, Unplaced, Verdict, adopted, adoptions, facts, named, named_endpoints, named_takes,
    step, verdicts, wanted_endpoints,
};
pub use search::{Found, search};
pub use settle::{Outcome, Run, Settled, settle};

/// How long a second interrupt still waits for an answer to a request that is out: with it the purchase is known.
const LAST_WORD: Duration = Duration::from_millis(800);

/// What a run needs besides its plan.
#[derive(Clone, Copy)]
pub struct Crew<'a> {
    pub client: &'a Client,
    pub record: &'a Record,
    /// Told of every step as it is taken.
    pub watch: &'a dyn Fn(&Event),
    /// Tells of fal's callbacks, where fal is asked for them.
    pub hook: Option<&'a Hook>,
}

impl std::fmt::Debug for Crew<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Crew").field("record", &self.record.dir()).finish_non_exhaustive()
    }
}

/// How a run is to go.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many purchases may be outstanding at fal.
    pub jobs: usize,
    /// The most that this run may newly spend.
    pub cap: RunCap,
    pub on_failure: OnFailure,
    /// How often a request that ends in a server error is bought over its life.
    pub attempts: usize,
    /// How long a run that has nothing else to do looks in fal's history for a purchase whose answer was lost;
    /// none where there is no history.
    pub patience: Option<Duration>,
    pub buying: Buying,
}

/// May the run buy anything?
#[derive(Clone, Debug)]
pub enum Buying {
    Yes,
    /// Nothing beyond what the caps have room for already: nobody was asked, so what fails is not bought again.
    Nothing,
    /// What is paid for is followed and filed; nothing is bought, for this reason.
    No(Halt, String),
}

/// A job, the purchase that it was about, and how it ended.
type Done = (Job, Nonce, Ended);

/// One thing that happened.
enum Happened {
    Ended(Box<Done>),
    Interrupted,
}

/// Runs the plan to its end, or to the second interrupt.
pub async fn run(
    plan: &Plan,
    crew: Crew<'_>,
    options: &Options,
    mut interrupts: impl Stream<Item = ()> + Unpin,
) -> Run {
    let (desk, mut run) = (Desk::new(crew, options), Run::default());
    let mut director = briefing::director(plan, options, crew.record, Timestamp::now());
    if let Err(error) = mark_unanswered(&desk).await {
        halt(&mut run, &mut director, Halt::Record, Some(error.to_string()));
    }
    if let Buying::No(why, reason) = &options.buying {
        halt(&mut run, &mut director, *why, Some(reason.clone()));
    }
    let mut late_units = LateUnits::new(&desk);
    tokio::select! {
        biased;
        () = conduct(plan, &desk, &mut director, &mut run, &mut interrupts) => {}
        never = late_units.keep_asking() => match never {},
    }
    if run.halt != director.halt() {
        (run.halt, run.halt_reason) = (director.halt(), None);
    }
    late_units.ask_once_more(interrupts.next()).await;
    run.held = director.held().iter().map(|(purchase, over)| (purchase.key(), *over)).collect();
    run.spoiled = director.spoiled().iter().map(Purchase::key).collect();
    run
}

/// Gathers what happens, and starts what the director says, until nothing is left or the user has had enough.
async fn conduct<'a>(
    plan: &'a Plan,
    desk: &'a Desk<'a>,
    director: &mut Director,
    run: &mut Run,
    interrupts: &mut (impl Stream<Item = ()> + Unpin),
) {
    let mut active = FuturesUnordered::new();
    while run.interrupts < 2 {
        match director.next() {
            Next::Start(job) => {
                let nonce = begin(run, &job);
                active.push(carry(desk, plan, job, nonce));
            }
            Next::Wait => match happened(&mut active, interrupts).await {
                Happened::Ended(done) => {
                    let (job, nonce, ended) = *done;
                    director.taken(desk.taken());
                    note(run, director, &job, nonce, &ended);
                    director.halt().iter().for_each(|_| desk.stop());
                }
                Happened::Interrupted => interrupt(run, director, desk),
            },
            Next::Done => break,
        }
    }
    last_word(desk, &mut active).await;
}

/// An intent that no answer followed: whether it was sent, nobody knows.
async fn mark_unanswered(desk: &Desk<'_>) -> Result<(), AppendError> {
    let intended = desk.record().with_takes(|takes| {
        let intended = takes.unknown().filter(|take| take.state() == State::Intended);
        intended.map(|take| take.nonce).collect::<Vec<_>>()
    });
    for nonce in intended {
        let why = "a run ended between its intent and fal's answer".to_owned();
        let unknown = Unknown { at: Timestamp::now(), why };
        desk.record().append(Facts { unknown: Some(unknown), ..Facts::of(nonce) }).await?;
    }
    Ok(())
}

/// A purchase counts as begun before its first step, so that no interruption forgets it.
fn begin(run: &mut Run, job: &Job) -> Nonce {
    match job {
        Job::Download(nonce) => *nonce,
        Job::Resume(resume) => resume.nonce,
        Job::Search => Nonce::mint(),
        Job::Buy(purchase) => {
            let nonce = Nonce::mint();
            run.bought.insert(purchase.key(), nonce);
            nonce
        }
    }
}

/// One job to its end, whatever that is: a fault of this program in one take must not end the others.
async fn carry<'a>(desk: &'a Desk<'a>, plan: &'a Plan, job: Job, nonce: Nonce) -> Done {
    let ended = match AssertUnwindSafe(work(desk, plan, &job, nonce)).catch_unwind().await {
        Ok(ended) => ended.unwrap_or_else(|error| Ended::Unrecorded(error.to_string())),
        Err(panic) => Ended::Broken(words(panic.as_ref())),
    };
    desk.tell_end(nonce, &ended);
    (job, nonce, ended)
}

async fn work<'a>(desk: &'a Desk<'a>, plan: &'a Plan, job: &Job, nonce: Nonce) -> Result<Ended, AppendError> {
    match job {
        Job::Download(_) => fetch::again(desk, nonce).await,
        Job::Resume(_) => follow::follow(desk, nonce, Begun::Earlier).await,
        Job::Buy(purchase) => purchase::buy(desk, nonce, &plan.clips[purchase.clip]).await,
        Job::Search => search::look(desk).await,
    }
}

/// A panic's own words, where it has any.
fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no words".to_owned())
}

async fn happened(
    active: &mut FuturesUnordered<impl Future<Output = Done>>,
    interrupts: &mut (impl Stream<Item = ()> + Unpin),
) -> Happened {
    tokio::select! {
        biased;
        Some(()) = interrupts.next() => Happened::Interrupted,
        Some(done) = active.next() => Happened::Ended(Box::new(done)),
        else => Happened::Interrupted,
    }
}

fn note(run: &mut Run, director: &mut Director, job: &Job, nonce: Nonce, ended: &Ended) {
    let before = director.halt();
    director.ended(job, nonce, ended);
    match (job, ended) {
        (Job::Buy(purchase), ended) if ended.bought_nothing_yet() => drop(run.bought.remove(&purchase.key())),
        (Job::Download(_), Ended::Landed) => drop(run.fetched.insert(nonce)),
        _ => {}
    }
    if let Some(why) = ended.left_for_next_run() {
        run.left.insert(nonce, why);
    }
    if director.halt() != before {
        (run.halt, run.halt_reason) = (director.halt(), ended.reason());
    }
}

fn interrupt(run: &mut Run, director: &mut Director, desk: &Desk) {
    run.interrupts += 1;
    desk.interrupt();
    director.stop(Halt::Interrupted);
}

fn halt(run: &mut Run, director: &mut Director, why: Halt, reason: Option<String>) {
    let before = director.halt();
    director.stop(why);
    if director.halt() != before {
        (run.halt, run.halt_reason) = (director.halt(), reason);
    }
}

/// Lets requests that are out get their answer, shortly; everything else is left to the next run.
async fn last_word(desk: &Desk<'_>, active: &mut FuturesUnordered<impl Future<Output = Done>>) {
    let answered = async { while desk.submitting() > 0 && active.next().await.is_some() {} };
    let _ = timeout(LAST_WORD, answered).await;
}
