//! Runs a plan: recovers what earlier runs left, fetches what is paid for, then buys what the plan says.
//! Gathers what happens into one kind of event and lets the director decide; decides nothing itself.

mod desk;
mod director;
mod event;
mod fetch;
mod follow;
mod history;
mod outcome;
mod pace;
mod price;
mod purchase;
mod reconcile;
mod settle;

use std::collections::BTreeSet;
use std::time::Duration;

use futures::stream::{FuturesUnordered, Stream, StreamExt};
use jiff::Timestamp;
use tokio::time::timeout;

use crate::fal::Client;
use crate::plan::{Action, Budget, Plan, RunCap};
use crate::record::{AppendError, Record};
use crate::take::{Facts, Nonce, State, Unknown};

use desk::Desk;
use director::{Director, Job, Next, Purchase, Resume};

pub use event::{Event, What};
pub use history::{History, Unasked, history};
pub use outcome::{Ended, Halt, Left, OnFailure};
pub use price::{AcceptPrice, Quotes, Refused, quotes};
pub use reconcile::{Step, Unfound, Verdict, facts, step, verdicts};
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
    pub buying: Buying,
}

/// May the run buy anything?
#[derive(Clone, Debug)]
pub enum Buying {
    Yes,
    /// What is paid for is followed and filed; nothing is bought, for this reason.
    No(Halt, String),
}

/// One thing that happened.
enum Happened {
    Ended(Job, Nonce, Ended),
    Interrupted,
}

/// Runs the plan to its end, or to the second interrupt.
pub async fn run(
    plan: &Plan,
    crew: Crew<'_>,
    options: &Options,
    mut interrupts: impl Stream<Item = ()> + Unpin,
) -> Run {
    let (desk, mut run) = (Desk::new(crew, options.jobs), Run::default());
    let mut director = staff(plan, options, &desk);
    if let Err(error) = mark_unanswered(&desk).await {
        halt(&mut run, &mut director, Halt::Record, Some(error.to_string()));
    }
    if let Buying::No(why, reason) = &options.buying {
        halt(&mut run, &mut director, *why, Some(reason.clone()));
    }
    conduct(plan, &desk, &mut director, &mut run, &mut interrupts).await;
    run.held = director.held().iter().map(|(purchase, over)| (purchase.key(), *over)).collect();
    run.spoiled = director.spoiled().iter().map(Purchase::key).collect();
    run
}

/// Gathers what happens, and starts what the director says, until nothing is left or the user has had enough.
async fn conduct(
    plan: &Plan,
    desk: &Desk<'_>,
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
                Happened::Ended(job, nonce, ended) => {
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

/// Everything that the plan wants done.
fn staff(plan: &Plan, options: &Options, desk: &Desk<'_>) -> Director {
    let budget = Budget::new(options.cap, &plan.accounts);
    let mut director = Director::new(options.jobs, budget, options.on_failure);
    let mut recovered = BTreeSet::new();
    for action in plan.actions() {
        match action {
            Action::Resume(nonce) if recovered.insert(nonce) => {
                desk.record().take(nonce).iter().for_each(|take| director.add(Job::Resume(Resume::of(take))));
            }
            Action::Download(nonce) if recovered.insert(nonce) => director.add(Job::Download(nonce)),
            _ => {}
        }
    }
    if let Buying::Yes = options.buying {
        purchases(plan).for_each(|purchase| director.add(Job::Buy(purchase)));
    }
    director
}

fn purchases(plan: &Plan) -> impl Iterator<Item = Purchase> + '_ {
    plan.clips.iter().enumerate().flat_map(|(at, clip)| {
        let wanted = clip.wanted.iter().filter(|wanted| wanted.action.may_be_bought());
        wanted.map(move |wanted| Purchase {
            clip: at,
            number: wanted.number,
            fingerprint: clip.fingerprint,
            storyboard: clip.address.edition.storyboard.clone(),
            usd: clip.usd,
        })
    })
}

/// A purchase counts as begun before its first step, so that no interruption forgets it.
fn begin(run: &mut Run, job: &Job) -> Nonce {
    match job {
        Job::Download(nonce) => *nonce,
        Job::Resume(resume) => resume.nonce,
        Job::Buy(purchase) => {
            let nonce = Nonce::mint();
            run.bought.insert(purchase.key(), nonce);
            nonce
        }
    }
}

async fn carry(desk: &Desk<'_>, plan: &Plan, job: Job, nonce: Nonce) -> (Job, Nonce, Ended) {
    let ended = match &job {
        Job::Download(_) => fetch::again(desk, nonce).await,
        Job::Resume(_) => follow::follow(desk, nonce).await,
        Job::Buy(purchase) => purchase::buy(desk, nonce, &plan.clips[purchase.clip]).await,
    };
    let ended = ended.unwrap_or_else(|error| Ended::Unrecorded(error.to_string()));
    desk.tell_end(nonce, &ended);
    (job, nonce, ended)
}

async fn happened(
    active: &mut FuturesUnordered<impl Future<Output = (Job, Nonce, Ended)>>,
    interrupts: &mut (impl Stream<Item = ()> + Unpin),
) -> Happened {
    tokio::select! {
        biased;
        Some(()) = interrupts.next() => Happened::Interrupted,
        Some((job, nonce, ended)) = active.next() => Happened::Ended(job, nonce, ended),
        else => Happened::Interrupted,
    }
}

fn note(run: &mut Run, director: &mut Director, job: &Job, nonce: Nonce, ended: &Ended) {
    let before = director.halt();
    director.ended(job, ended);
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
    desk.stop();
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
async fn last_word(
    desk: &Desk<'_>,
    active: &mut FuturesUnordered<impl Future<Output = (Job, Nonce, Ended)>>,
) {
    let answered = async { while desk.submitting() > 0 && active.next().await.is_some() {} };
    let _ = timeout(LAST_WORD, answered).await;
}
