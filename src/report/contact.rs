//! The contact sheet: everything of a folder's films on one page that needs nothing but the clips beside it.
//! What is shown, in which words and with which money is decided here; the page only lays it out, plays and filters.

mod clip;
mod data;
mod leftover;
mod money;
mod page;
mod state;
mod take;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;

use super::json::to_line;
use super::table::Spending;
use crate::plan::Plan;
use crate::take::{Nonce, Takes};
use crate::timeline::Timeline;
use crate::usd::Usd;
use data::Data;
use state::State;

/// What a sheet is made of.
#[derive(Clone, Copy, Debug)]
pub struct Sheet<'a> {
    /// Those of `plan`.
    pub timelines: &'a [Timeline<'a>],
    pub plan: &'a Plan,
    pub scope: Scope,
    /// All of the output folder.
    pub takes: &'a Takes,
    /// Landed takes whose file is not there as it landed.
    pub absent: &'a BTreeSet<Nonce>,
    pub spending: Spending,
    pub at: Timestamp,
    /// What the project is called.
    pub project: &'a str,
    /// The output folder as the user calls it.
    pub folder: &'a str,
    /// The way from the page to the output folder as the start of an address: empty, or ending in `/`.
    pub base: &'a str,
    pub commands: &'a Commands,
}

/// Which storyboards are on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All that there are: what was bought for another is in use nowhere.
    Project,
    /// Some: nobody knows what others use.
    Part,
}

/// Commands for this folder as they are typed, to which a clip's address is added.
#[derive(Clone, Debug)]
pub struct Commands {
    pub render: String,
    pub reconcile: String,
    pub explain: String,
}

#[derive(Serialize)]
struct Made<'a> {
    version: u32,
    file: &'a str,
    totals: Totals,
}

/// Counts of clips by what is to be done about them, and the money, of the storyboards on the page.
#[derive(Serialize)]
struct Totals {
    storyboards: usize,
    editions: usize,
    clips: usize,
    seconds: u32,
    current: usize,
    to_buy: usize,
    in_flight: usize,
    to_fetch: usize,
    held: usize,
    failed: usize,
    lost: usize,
    unknown: usize,
    spent_usd: Usd,
    superseded_usd: Usd,
    reserved_usd: Usd,
    usd: Usd,
}

impl Sheet<'_> {
    /// The whole page.
    #[must_use]
    pub fn page(&self) -> String {
        let data = Data::of(self);
        page::html(data.title(), &to_line(&data))
    }

    /// One object on one line, about the page at `file`.
    #[must_use]
    pub fn json(&self, file: &str) -> String {
        to_line(&Made { version: 1, file, totals: self.totals() })
    }

    fn totals(&self) -> Totals {
        let states: Vec<State> = self.plan.clips.iter().map(State::of).collect();
        let count = |state| states.iter().filter(|other| **other == state).count();
        let accounts = || money::planned(self.plan).into_values();
        Totals {
            storyboards: accounts().count(),
            editions: self.timelines.len(),
            clips: states.len(),
            seconds: self.timelines.iter().map(Timeline::seconds).sum(),
            current: count(State::Current),
            to_buy: count(State::ToBuy),
            in_flight: count(State::InFlight),
            to_fetch: count(State::ToFetch),
            held: count(State::Held),
            failed: count(State::Failed),
            lost: count(State::Lost),
            unknown: count(State::Unknown),
            spent_usd: accounts().map(|account| account.spent).sum(),
            superseded_usd: accounts().map(|account| account.superseded).sum(),
            reserved_usd: accounts().map(|account| account.reserved).sum(),
            usd: self.plan.total(),
        }
    }
}
