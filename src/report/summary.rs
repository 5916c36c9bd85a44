//! The end of a render in story order: what needs a look, the money, and the next command to type.

mod told;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::item::sentence;
use super::style::{Look, Style};
use super::table::{Spending, account_line};
use crate::address::Id;
use crate::plan::{Account, Held, Over, Plan};
use crate::record::Vault;
use crate::render::{Halt, Outcome, Run, Settled};
use crate::take::{Again, Charge, Take, Takes};
use crate::timeline;
use crate::usd::Usd;
use told::{Told, failed, stray, why};

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
    /// Of each clip of the plan, where it is in story order, as the user calls it; none where it is not.
    pub files: &'a [Option<String>],
}

/// More landed clips than these are counted only: who rendered a hundred looks into the folder.
const MOST_LANDED: usize = 40;

impl Summary<'_> {
    /// `folder`: the output folder as the user calls it; `again`: the render to type next, with a flag.
    #[must_use]
    pub fn text(&self, folder: &str, again: &dyn Fn(Option<&str>) -> String, look: Look) -> String {
        let mut out = String::new();
        let mut landed = 0;
        for told in self.settled.iter().filter_map(|one| self.told(one)).chain(self.strays().map(stray)) {
            landed += usize::from(told.word == "landed");
            if told.word != "landed" || landed <= MOST_LANDED {
                told.write(&mut out, look);
            }
        }
        if !out.is_empty() {
            // Apart from what was said while it went on.
            out.insert(0, '\n');
        }
        if landed > MOST_LANDED {
            let _ = writeln!(out, "  and {} more landed in {folder}/", landed - MOST_LANDED);
        }
        if let Some(unstarted) = self.unstarted() {
            let _ = writeln!(out, "{}", sentence(None, &unstarted, look));
        }
        if self.spending == Spending::Real {
            for (id, account) in self.spenders() {
                let _ = writeln!(out, "{}", sentence(None, &account_line(id, account), look));
            }
        }
        let _ = writeln!(out, "{}", sentence(Some(Style::Strong), &self.count(folder), look));
        if let Some(next) = self.next(again) {
            // As one line, so that it can be copied whole.
            let _ = writeln!(out, "next: {next}");
        }
        out.trim_end().to_owned()
    }

    /// What became of a take in this run; what was there before needs no word.
    fn told(&self, one: &Settled) -> Option<Told> {
        let clip = &self.plan.clips[one.clip];
        let wanted = clip.wanted.iter().find(|wanted| wanted.number == one.number)?;
        let number = if one.number > 1 { format!(" take {}", one.number) } else { String::new() };
        let address = format!("{}{number}", clip.address);
        let take = |nonce| self.takes.get(nonce);
        let told = |style, word, said| Some(Told { style, word, name: address, said });
        match one.outcome {
            Outcome::Landed(_) if wanted.action.is_current() => None,
            Outcome::Landed(nonce) => told(Style::Good, "landed", self.landed(one.clip, take(nonce)?)),
            // What was never started is counted in one line at the end.
            Outcome::Interrupted(None) => None,
            Outcome::Failed(nonce) => told(Style::Bad, "failed", failed(take(nonce)?)),
            Outcome::Held(held) => told(Style::Warn, "held", why(held, wanted, clip.usd)),
            Outcome::Unknown(nonce) => Some(stray(take(nonce)?)),
            Outcome::Interrupted(Some(nonce)) => told(Style::Warn, "interrupted", self.left(take(nonce)?)),
        }
    }

    /// Its file in story order; of several takes that is the newest one.
    fn landed(&self, clip: usize, take: &Take) -> String {
        let shown = timeline::chosen(self.takes, take.fingerprint).is_some_and(|own| own.nonce == take.nonce);
        let file = self.files.get(clip).filter(|_| shown).cloned().flatten();
        file.unwrap_or_else(|| Vault::relative_path(take))
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
