//! A folder at a glance: every unfinished or unsettled take, the money, bills that are not as planned, and files that
//! are not as they landed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::item::{Item, sentence};
use super::json::{AccountJson, storyboards, to_line};
use super::ledger::{self, Entry, Row};
use super::state::{state, why};
use super::style::{Look, Style};
use super::table::account_line;
use crate::address::{Address, Id};
use crate::plan::{Account, Action, Held, Plan};
use crate::record::Holder;
use crate::take::{Charge, State, Take, Takes};
use crate::usd::Usd;

/// More bills than these that are not as planned are one matter, and the ledger's.
const MOST_DIFFERENCES: usize = 10;

/// What `status` shows.
#[derive(Clone, Copy, Debug)]
pub struct Status<'a> {
    pub takes: &'a Takes,
    /// The run that is at work in the folder now.
    pub holder: Option<&'a Holder>,
    /// Of everything that the project holds, for budgets and for what is still in use.
    pub plan: &'a Plan,
    /// What `--verify` found.
    pub wrong: &'a [Wrong],
}

/// A file that is not as it landed.
#[derive(Clone, Debug, Serialize)]
pub struct Wrong {
    pub address: Address,
    pub file: String,
    pub what: &'static str,
}

#[derive(Serialize)]
struct StatusJson<'a> {
    version: u32,
    holder: Option<&'a Holder>,
    totals: Totals,
    storyboards: Vec<AccountJson<'a>>,
    takes: Vec<TakeJson<'a>>,
    /// Takes that are of another length than planned, or that fal bills otherwise than they count; as in the ledger.
    differences: Vec<Row<'a>>,
    wrong_files: &'a [Wrong],
}

#[derive(Serialize)]
struct Totals {
    takes: usize,
    landed: usize,
    in_flight: usize,
    failed: usize,
    unknown: usize,
    spent_usd: Usd,
    reserved_usd: Usd,
}

#[derive(Serialize)]
struct TakeJson<'a> {
    address: &'a Address,
    nonce: String,
    fingerprint: String,
    state: &'static str,
    at: String,
    seconds: u32,
    usd: Usd,
    request_id: Option<&'a str>,
    why: Option<&'a str>,
}

impl Status<'_> {
    /// One object on one line.
    #[must_use]
    pub fn json(&self) -> String {
        let storyboards = storyboards(self.plan, self.accounts());
        let takes = self.open().map(|take| self.take_json(take)).collect();
        let (totals, wrong_files) = (self.totals(), self.wrong);
        let differences = self.differences().map(|entry| Row::of(&entry)).collect();
        let holder = self.holder;
        to_line(&StatusJson { version: 1, holder, totals, storyboards, takes, differences, wrong_files })
    }

    /// For people: what needs somebody first, then the money, then what it all comes to.
    #[must_use]
    pub fn text(&self, folder: &str, look: Look) -> String {
        let mut out = String::new();
        if let Some(holder) = self.holder {
            let _ = writeln!(out, "{}", sentence(None, &format!("{folder} is at work: {holder}"), look));
        }
        let mut open: Vec<&Take> = self.open().collect();
        open.sort_by_key(|take| self.urgency(take));
        for take in open {
            self.write_take(&mut out, take, look);
        }
        self.write_differences(&mut out, look);
        for wrong in self.wrong {
            let said = format!("{folder}/{} {}", wrong.file, wrong.what);
            put(&mut out, (Style::Bad, "wrong"), &wrong.address.to_string(), &said, look);
        }
        if !out.is_empty() {
            out.push('\n');
        }
        let accounts = self.accounts().iter().filter(|(_, account)| **account != Account::default());
        for (id, account) in accounts {
            let _ = writeln!(out, "{}", sentence(None, &account_line(id, account), look));
        }
        let _ = writeln!(out, "{}", sentence(Some(Style::Strong), &self.counted(folder), look));
        out
    }

    /// `renders: 8 takes: 7 landed, 1 failed; spent $12.60, reserved $0.00`
    fn counted(&self, folder: &str) -> String {
        let Totals { takes, landed, in_flight, failed, unknown, spent_usd, reserved_usd } = self.totals();
        let counts = [(landed, "landed"), (in_flight, "in flight"), (failed, "failed"), (unknown, "unknown")];
        let some = counts.into_iter().filter(|(count, _)| *count > 0);
        let some: Vec<String> = some.map(|(count, word)| format!("{count} {word}")).collect();
        let some = if some.is_empty() { String::new() } else { format!(": {}", some.join(", ")) };
        let what = if takes == 1 { "take" } else { "takes" };
        format!("{folder}: {takes} {what}{some}; spent {spent_usd}, reserved {reserved_usd}")
    }

    /// What a person has to settle comes before what settles itself.
    fn urgency(&self, take: &Take) -> u8 {
        match self.state(take).0 {
            "unknown" => 0,
            "failed" => 1,
            _ => 2,
        }
    }

    /// The one thing to do now.
    #[must_use]
    pub fn need(&self) -> Need {
        let any = |test: fn(&Action) -> bool| self.plan.actions().any(|action| test(&action));
        match () {
            () if self.has_unknown() => Need::Reconcile,
            // A run that is at work does the rest by itself.
            () if self.holder.is_some() => Need::Nothing,
            () if self.takes.unfinished().next().is_some() => Need::Follow,
            () if !self.wrong.is_empty() => Need::Fetch,
            () if any(|action| *action == Action::Buy) => Need::Plan,
            () if any(|action| matches!(action, Action::Hold(Held::Failed))) => Need::Mend,
            () => Need::Nothing,
        }
    }

    /// Is there anything of which nobody knows? What a run that is at work is just sending is no such thing.
    #[must_use]
    pub fn has_unknown(&self) -> bool {
        self.takes.unknown().any(|take| !self.is_being_sent(take))
    }

    fn is_being_sent(&self, take: &Take) -> bool {
        let began_it = |holder: &Holder| take.intent.at >= holder.since;
        take.state() == State::Intended && self.holder.is_some_and(began_it)
    }

    fn sending(&self) -> usize {
        self.takes.unknown().filter(|take| self.is_being_sent(take)).count()
    }

    fn state(&self, take: &Take) -> (&'static str, Style) {
        if self.is_being_sent(take) { ("sending", Style::Info) } else { state(take) }
    }

    fn take_json<'a>(&self, take: &'a Take) -> TakeJson<'a> {
        TakeJson {
            address: &take.intent.address,
            nonce: take.nonce.to_string(),
            fingerprint: take.fingerprint.to_string(),
            state: self.state(take).0,
            at: take.intent.at.to_string(),
            seconds: take.intent.seconds,
            usd: take.intent.usd,
            request_id: take.request_id(),
            why: why(take),
        }
    }

    fn write_take(&self, out: &mut String, take: &Take, look: Look) {
        let (word, style) = self.state(take);
        let intent = &take.intent;
        let id = take.request_id().map(|id| format!(", request {id}"));
        let why = why(take).map(|why| format!(": {why}"));
        let (id, why) = (id.unwrap_or_default(), why.unwrap_or_default());
        let said = format!("{} since {:.0}{id}{why}", intent.usd, intent.at);
        put(out, (style, word), &intent.address.to_string(), &said, look);
    }

    fn accounts(&self) -> &'_ BTreeMap<Id, Account> {
        &self.plan.accounts
    }

    /// Unfinished, unknown, or failed in a way that may be billed.
    fn open(&self) -> impl Iterator<Item = &Take> {
        self.takes.iter().filter(|take| !matches!(take.charge(), Charge::Free | Charge::Spent(_)))
    }

    fn differences(&self) -> impl Iterator<Item = Entry<'_>> {
        Entry::all(self.takes).filter(|entry| entry.bill.is_off())
    }

    fn write_differences(&self, out: &mut String, look: Look) {
        let verb = (Style::Warn, "differs");
        for Entry { take, bill, .. } in self.differences().take(MOST_DIFFERENCES) {
            let said = format!("{}, {}", ledger::in_words(&bill).join("; "), ledger::request(take));
            put(out, verb, &take.intent.address.to_string(), &said, look);
        }
        let more = self.differences().count().saturating_sub(MOST_DIFFERENCES);
        if more > 0 {
            put(out, verb, &format!("and {more} more, which the ledger shows"), "", look);
        }
    }

    fn totals(&self) -> Totals {
        let count = |test: fn(&Take) -> bool| self.takes.iter().filter(|take| test(take)).count();
        Totals {
            takes: self.takes.len(),
            landed: count(|take| take.state() == State::Landed),
            in_flight: count(Take::is_unfinished) + self.sending(),
            failed: count(|take| take.state() == State::Failed),
            unknown: count(Take::is_unknown) - self.sending(),
            spent_usd: self.accounts().values().map(|account| account.spent).sum(),
            reserved_usd: self.accounts().values().map(|account| account.reserved).sum(),
        }
    }
}

/// What somebody has to do about a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Nothing,
    /// Some purchases are unknown.
    Reconcile,
    /// fal has what was bought.
    Follow,
    /// Files are not as they landed.
    Fetch,
    /// Clips are not rendered yet, or changed.
    Plan,
    /// Clips are held, since they failed.
    Mend,
}

/// Columns of the longest word.
const WORD: usize = 9;

fn put(out: &mut String, (style, word): (Style, &str), name: &str, said: &str, look: Look) {
    Item { style, word, name, said }.write(out, WORD, look);
}
