//! Runs a plan: recovers what earlier runs left, fetches what is paid for, then buys what the plan says.
//! Gathers what happens into one kind of event and lets the director decide; decides nothing itself.

mod desk;
mod director;
mod event;
mod fetch;
mod follow;
mod outcome;
mod pace;
mod price;
mod purchase;
mod settle;

use std::collections::BTreeSet;
use std::time::Duration;

use futures::stream::{FuturesUnordered, Stream, StreamExt};
use jiff::Timestamp;
use tokio::time::timeout;

use crate::fal::Client;
use crate::plan::{Action, Budget, Held, Plan};
use crate::record::{AppendError, Record};
use crate::take::{Facts, Nonce, State, Unknown};
use crate::usd::Usd;

use desk::Desk;
use director::{Director, Job, Next, Purchase};

pub use event::{Event, What};
pub use outcome::{Ended, Halt, Left, OnFailure};
pub use price::{AcceptPrice, Quotes, Refused, quotes};
pub use settle::{Outcome, Run, Settled, outcome_of, settle};

/// How long a second interrupt still waits for an answer to a request that is out: with it the purchase is known.
const LAST_WORD: Duration = Duration::from_millis(800);

/// What a run needs besides its plan.
#[derive(Clone, Copy)]
pub struct Crew<'a> {
    pub client: &'a Client,
    pub record: &'a Record,
    /// JSON pointer to the video in an endpoint's answer; none where the catalog does not know the endpoint any more.
    pub video_pointer: &'a dyn Fn(&str) -> Option<String>,
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
    pub cap: Option<Usd>,
    pub on_failure: OnFailure,
    pub buying: Buying,
}

/// May the run buy anything?
#[derive(Clone, Debug)]
pub enum Buying {
    /// At these prices.
    Yes(Quotes),
    /// What is paid for is followed and filed; nothing is bought, for this reason.
    No(Option<(Halt, String)>),
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
    let desk = Desk::new(crew);
    let mut run = Run::default();
    if let Err(error) = mark_unanswered(&desk).await {
        return Run { halt: Some(Halt::Record), halt_reason: Some(error.to_string()), ..run };
    }
    let mut director = staff(plan, options);
    if let Buying::No(Some((halt, reason))) = &options.buying {
        note_halt(&mut run, &mut director, *halt, reason);
    }
    let mut active = FuturesUnordered::new();
    loop {
        match director.next() {
            Next::Start(job) => active.push(start(&desk, plan, job)),
            Next::Done => break,
            Next::Wait => match happened(&mut active, &mut interrupts).await {
                Happened::Ended(job, nonce, ended) => note(&mut run, &mut director, &job, nonce, &ended),
                Happened::Interrupted if run.halt == Some(Halt::Interrupted) => break,
                Happened::Interrupted => note_halt(&mut run, &mut director, Halt::Interrupted, "interrupted"),
            },
        }
    }
    last_word(&desk, &mut active, &mut run).await;
    drop(active);
    run.held = director.held().iter().map(|(purchase, over)| (purchase.key(), *over)).collect();
    run
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
fn staff(plan: &Plan, options: &Options) -> Director {
    let mut director =
        Director::new(options.jobs, Budget::new(options.cap, &plan.accounts), options.on_failure);
    let mut recovered = BTreeSet::new();
    let strays = plan.strays.iter().map(|stray| stray.action);
    let wanted = plan.clips.iter().flat_map(|clip| clip.wanted.iter().map(|wanted| wanted.action));
    for action in wanted.chain(strays) {
        match action {
            Action::Resume(nonce) if recovered.insert(nonce) => director.add(Job::Resume(nonce)),
            Action::Download(nonce) if recovered.insert(nonce) => director.add(Job::Download(nonce)),
            _ => {}
        }
    }
    if let Buying::Yes(quotes) = &options.buying {
        purchases(plan, quotes).for_each(|purchase| director.add(Job::Buy(purchase)));
    }
    director
}

/// What is to be bought, and what a cap held when the plan was made: it may have room by then.
fn purchases<'a>(plan: &'a Plan, quotes: &'a Quotes) -> impl Iterator<Item = Purchase> + 'a {
    plan.clips.iter().enumerate().flat_map(move |(at, clip)| {
        let wanted = clip
            .wanted
            .iter()
            .filter(|wanted| matches!(wanted.action, Action::Buy | Action::Hold(Held::Budget(_))));
        wanted.map(move |wanted| Purchase {
            clip: at,
            number: wanted.number,
            storyboard: clip.address.edition.storyboard.clone(),
            usd: quotes.price(clip),
        })
    })
}

async fn start(desk: &Desk<'_>, plan: &Plan, job: Job) -> (Job, Nonce, Ended) {
    let (nonce, ended) = match &job {
        Job::Download(nonce) => (*nonce, fetch::again(desk, *nonce).await),
        Job::Resume(nonce) => (*nonce, follow::follow(desk, *nonce).await),
        Job::Buy(purchase) => {
            let nonce = Nonce::mint();
            (nonce, purchase::buy(desk, nonce, &plan.clips[purchase.clip], purchase.usd).await)
        }
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
    director.ended(job, ended);
    if let Job::Buy(purchase) = job {
        run.bought.insert(purchase.key(), nonce);
    }
    if let Some(why) = ended.left_for_next_run() {
        run.left.insert(nonce, why);
    }
    if let Some(halt) = director.halt().filter(|halt| Some(*halt) > run.halt) {
        run.halt = Some(halt);
        run.halt_reason = ended.reason();
    }
}

fn note_halt(run: &mut Run, director: &mut Director, halt: Halt, reason: &str) {
    director.stop(halt);
    if Some(halt) > run.halt {
        run.halt = Some(halt);
        run.halt_reason = Some(reason.to_owned());
    }
}

/// Lets requests that are out get their answer, shortly; everything else is left to the next run.
async fn last_word(
    desk: &Desk<'_>,
    active: &mut FuturesUnordered<impl Future<Output = (Job, Nonce, Ended)>>,
    run: &mut Run,
) {
    let answered = async {
        while desk.submitting() > 0 {
            let Some((job, nonce, _)) = active.next().await else { break };
            if let Job::Buy(purchase) = &job {
                run.bought.insert(purchase.key(), nonce);
            }
        }
    };
    let _ = timeout(LAST_WORD, answered).await;
}
