//! The end of a render in story order: what needs a look, the money, and the next command to type.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::style::{Paint, Style};
use super::table::{Spending, account_line};
use crate::address::Id;
use crate::plan::{Account, Action, Held, Over, Plan, Wanted};
use crate::render::{Halt, Outcome, Run, Settled};
use crate::take::{Again, Charge, Take, Takes};
use crate::usd::Usd;

/// What became of a purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Became {
    Landed,
    Failed,
    InFlight,
    Unknown,
}

impl Became {
    fn of(take: &Take) -> Option<Self> {
        match take.charge() {
            Charge::Free => take.failure().filter(|_| take.submitted.is_some()).map(|_| Self::Failed),
            Charge::Spent(_) => Some(Self::Landed),
            Charge::MaybeBilled(_) => Some(Self::Failed),
            Charge::Reserved(_) if take.is_unknown() => Some(Self::Unknown),
            Charge::Reserved(_) => Some(Self::InFlight),
        }
    }
}

/// What a finished run has to say.
#[derive(Clone, Copy, Debug)]
pub struct Summary<'a> {
    pub plan: &'a Plan,
    pub run: &'a Run,
    pub settled: &'a [Settled],
    pub takes: &'a Takes,
    pub accounts: &'a BTreeMap<Id, Account>,
    pub spending: Spending,
    /// The command that settles what is unknown.
    pub reconcile: &'a str,
}

impl Summary<'_> {
    /// `folder`: the output folder as the user calls it; `again`: the render to type next, with a flag.
    #[must_use]
    pub fn text(&self, folder: &str, again: &dyn Fn(Option<&str>) -> String, paint: Paint) -> String {
        let mut out = String::new();
        self.settled.iter().filter_map(|one| self.told(one)).for_each(|(style, word, text)| {
            let _ = writeln!(out, "  {} {text}", paint.style(style, &format!("{word:<11}")));
        });
        self.strays().for_each(|take| {
            let _ = writeln!(
                out,
                "  {} {}",
                paint.style(Style::Warn, &format!("{:<11}", "unknown")),
                unknown(take)
            );
        });
        if let Some(unstarted) = self.unstarted() {
            let _ = writeln!(out, "{unstarted}");
        }
        if self.spending == Spending::Real {
            self.spenders().for_each(|(id, account)| {
                let _ = writeln!(out, "{}", account_line(id, account));
            });
        }
        let _ = writeln!(out, "{}", paint.style(Style::Strong, &self.count(folder)));
        if let Some(next) = self.next(again) {
            let _ = writeln!(out, "next: {next}");
        }
        out.trim_end().to_owned()
    }

    /// What needs a look; what landed needs none.
    fn told(&self, one: &Settled) -> Option<(Style, &'static str, String)> {
        let clip = &self.plan.clips[one.clip];
        let wanted = clip.wanted.iter().find(|wanted| wanted.number == one.number)?;
        let number = if one.number > 1 { format!(" take {}", one.number) } else { String::new() };
        let address = format!("{}{number}", clip.address);
        let take = |nonce| self.takes.get(nonce);
        Some(match one.outcome {
            // What was never started is counted in one line at the end.
            Outcome::Landed(_) | Outcome::Interrupted(None) => return None,
            Outcome::Failed(nonce) => {
                (Style::Bad, "failed", format!("{address}  {}", take(nonce).map(failed)?))
            }
            Outcome::Held(held) => {
                (Style::Warn, "held", format!("{address}  {}", why(held, wanted, clip.usd)))
            }
            Outcome::Unknown(nonce) => (Style::Warn, "unknown", take(nonce).map(unknown)?),
            Outcome::Interrupted(Some(nonce)) => {
                (Style::Warn, "interrupted", format!("{address}  {}", self.left(take(nonce)?)))
            }
        })
    }

    fn left(&self, take: &Take) -> String {
        let why = self.run.left.get(&take.nonce).map_or("left to the next run", String::as_str);
        let id = take.request_id().unwrap_or("not known yet");
        let money = if matches!(take.charge(), Charge::Spent(_)) { "was paid" } else { "is reserved" };
        format!("{why}; {} {money} for it, request {id}", take.intent.usd)
    }

    /// What the run never came to.
    fn unstarted(&self) -> Option<String> {
        let unstarted = |one: &&Settled| one.outcome == Outcome::Interrupted(None);
        match self.settled.iter().filter(unstarted).count() {
            0 => None,
            1 => Some("1 clip was not started; nothing was spent on it".to_owned()),
            count => Some(format!("{count} clips were not started; nothing was spent on them")),
        }
    }

    /// Unknown takes that no clip of the plan stands for.
    fn strays(&self) -> impl Iterator<Item = &Take> {
        let strays = self.plan.strays.iter().filter_map(|stray| self.takes.get(stray.take.nonce));
        strays.filter(|take| take.is_unknown())
    }

    /// The storyboards that this run bought for.
    fn spenders(&self) -> impl Iterator<Item = (&Id, &Account)> {
        let bought = |id: &Id| {
            let mut clips = self.run.bought.keys().map(|(clip, _)| &self.plan.clips[*clip]);
            clips.any(|clip| clip.address.edition.storyboard == *id)
        };
        self.accounts.iter().filter(move |(id, _)| bought(id))
    }

    /// What is current, and what became of this run's purchases, each with its money.
    fn count(&self, folder: &str) -> String {
        let landed = self.settled.iter().filter(|one| matches!(one.outcome, Outcome::Landed(_))).count();
        let current = match self.settled.len() {
            0 => "no clip was asked for".to_owned(),
            1 => format!("{landed} of 1 clip is current in {folder}/"),
            clips if clips == landed => format!("all {clips} clips are current in {folder}/"),
            clips => format!("{landed} of {clips} clips are current in {folder}/"),
        };
        let became: Vec<String> = [Became::Landed, Became::Failed, Became::InFlight, Became::Unknown]
            .into_iter()
            .filter_map(|became| self.became(became))
            .collect();
        match (became.is_empty(), landed == self.settled.len()) {
            (true, true) => format!("nothing to buy: {current}"),
            (true, false) => format!("{current}; nothing was bought"),
            (false, _) => format!("{current}; {}", became.join(", ")),
        }
    }

    /// How many of this run's purchases came to this, and their money.
    fn became(&self, became: Became) -> Option<String> {
        let all = self.run.bought.values().filter_map(|nonce| self.takes.get(*nonce));
        let (mut count, mut usd) = (0_usize, Usd::ZERO);
        for take in all.filter(|take| Became::of(take) == Some(became)) {
            count += 1;
            usd += take.charge().usd();
        }
        let words = match (became, self.spending) {
            (Became::Landed, Spending::Real) => format!("{count} bought for {usd}"),
            (Became::Landed, Spending::Simulated) => format!("{count} simulated for free, {usd} at fal"),
            (Became::Failed, _) if usd == Usd::ZERO => format!("{count} failed, not billed"),
            (Became::Failed, _) => format!("{count} failed, up to {usd} may be billed"),
            (Became::InFlight, _) => format!("{count} left in flight, {usd} reserved"),
            (Became::Unknown, _) => format!("{count} unknown, {usd} reserved"),
        };
        (count > 0).then_some(words)
    }

    /// The first clip whose file is lost.
    fn lost(&self) -> Option<String> {
        let lost = self.settled.iter().find(|one| one.outcome == Outcome::Held(Held::Lost));
        lost.map(|one| self.plan.clips[one.clip].address.to_string())
    }

    /// A failure that no further run repeats by itself.
    fn waits_to_be_asked(&self, outcome: Outcome) -> bool {
        let failure = |nonce| self.takes.get(nonce).and_then(Take::failure);
        match outcome {
            Outcome::Held(Held::Failed) => true,
            Outcome::Failed(nonce) => failure(nonce).is_some_and(|failed| failed.again() == Again::WhenAsked),
            _ => false,
        }
    }

    /// The next command, for the gravest of what is left.
    fn next(&self, again: &dyn Fn(Option<&str>) -> String) -> Option<String> {
        let any = |test: fn(&Outcome) -> bool| self.settled.iter().any(|one| test(&one.outcome));
        // An interrupted run goes on by itself with what is unknown, too.
        let is_over = self.run.halt != Some(Halt::Interrupted);
        if is_over
            && (any(|outcome| matches!(outcome, Outcome::Unknown(_))) || self.strays().next().is_some())
        {
            return Some(format!("{}, which asks fal's history for what is unknown", self.reconcile));
        }
        match self.run.halt {
            Some(Halt::Account) => Some(format!("put the key or the account right, then {}", again(None))),
            Some(Halt::Network | Halt::Throttled) => {
                Some(format!("{}, once fal can be reached", again(None)))
            }
            // The user's own word, or a reason that says itself what to do.
            Some(Halt::Declined | Halt::Price) => None,
            Some(Halt::Unasked) => Some(again(Some("--yes"))),
            _ if any(|outcome| matches!(outcome, Outcome::Interrupted(_))) => {
                Some(format!("{}, which goes on from here and buys nothing twice", again(None)))
            }
            _ if any(|outcome| matches!(outcome, Outcome::Held(Held::Budget(Over::Storyboard(_))))) => {
                Some(format!("raise `budget:` in the storyboard, then {}", again(None)))
            }
            _ if any(|outcome| matches!(outcome, Outcome::Held(Held::Budget(Over::Run(_))))) => {
                Some(format!("{}, which may spend as much again", again(None)))
            }
            _ if any(|outcome| matches!(outcome, Outcome::Held(Held::Budget(Over::Shown(_))))) => {
                Some(format!("{}, which shows its plan anew", again(None)))
            }
            _ if self.settled.iter().any(|one| self.waits_to_be_asked(one.outcome)) => {
                Some(format!("change what failed, or buy it again as it is: {}", again(Some("--failed"))))
            }
            _ if any(|outcome| matches!(outcome, Outcome::Failed(_))) => {
                Some(format!("{}, which tries again what failed and cost nothing", again(None)))
            }
            _ => self
                .lost()
                .map(|address| format!("{} buys it again", again(Some(&format!("--force {address}"))))),
        }
    }
}

fn failed(take: &Take) -> String {
    let Some(failed) = take.failure() else { return String::new() };
    let words = failed.kind.words();
    let billed = if failed.is_free() { "not billed" } else { "may be billed" };
    let billed = Some(billed).filter(|billed| !words.ends_with(billed)).map(str::to_owned);
    let id = take.request_id().map(|id| format!("request {id}"));
    let more: Vec<String> = billed.into_iter().chain(id).collect();
    if more.is_empty() { words.to_owned() } else { format!("{words} ({})", more.join(", ")) }
}

fn unknown(take: &Take) -> String {
    let why = take.unknown.as_ref().map_or("no answer was recorded", |unknown| &unknown.why);
    let intent = &take.intent;
    format!("{}  {why}; {} stays reserved, sent at {:.0}", intent.address, intent.usd, intent.at)
}

/// The plan's words where it held the take, and others where this run came to it.
fn why(held: Held, wanted: &Wanted, usd: Usd) -> String {
    match held {
        Held::Budget(over) => format!("{usd}, {}", over.words()),
        held if wanted.action == Action::Hold(held) => wanted.words(),
        Held::Failed => "the same request failed in this run".to_owned(),
        Held::Lost => "bought, and its file is gone at fal".to_owned(),
    }
}
