//! Every purchase with its money: as lines for people, as one JSON object, or as CSV for a spreadsheet. Decides nothing.

mod csv;
mod text;

use jiff::Timestamp;
use serde::Serialize;

use super::json::to_line;
use super::state::{state, why};
use crate::address::{Address, Id};
use crate::record::Vault;
use crate::take::{Bill, Difference, State, Take, Takes};
use crate::usd::Usd;

pub use csv::csv;
pub use text::text;
pub(super) use text::{in_words, request};

/// One purchase, and which take of its request it is.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    pub take: &'a Take,
    /// From 1.
    pub number: usize,
    pub bill: Bill,
}

impl<'a> Entry<'a> {
    /// All purchases of a folder, in the order in which they were begun.
    pub fn all(takes: &'a Takes) -> impl Iterator<Item = Self> {
        takes.iter().map(|take| {
            let earlier = takes.of(take.fingerprint).take_while(|other| other.nonce != take.nonce);
            Self { take, number: earlier.count() + 1, bill: Bill::of(take) }
        })
    }
}

/// What the JSON and the CSV tell of a purchase, under these names.
#[derive(Debug, Serialize)]
pub(super) struct Row<'a> {
    /// When it was about to be sent.
    at: Timestamp,
    address: &'a Address,
    storyboard: &'a Id,
    /// Which take of its request it is, from 1.
    take: usize,
    /// `landed`, `failed`, `unknown`, `in flight`, `finished` or `lost`.
    state: &'static str,
    /// fal's, to be named in a dispute.
    request_id: Option<&'a str>,
    endpoint: &'a str,
    planned_seconds: u32,
    /// The picture's own length, to the millisecond.
    delivered_seconds: Option<String>,
    /// `X-Fal-Billable-Units`; none where fal has not told, or no number.
    billed_units: Option<String>,
    /// What was reserved for it.
    planned_usd: Usd,
    /// What it counts for against a budget now.
    counted_usd: Usd,
    /// The units at the price that was planned a second.
    billed_usd: Option<Usd>,
    /// `billed_usd` less `counted_usd`, with a minus where fal bills less.
    difference_usd: Option<String>,
    /// In the output folder.
    file: Option<String>,
    /// Of a failure or an unknown purchase: fal's words.
    why: Option<&'a str>,
}

#[derive(Serialize)]
struct LedgerJson<'a> {
    version: u32,
    totals: Totals,
    takes: Vec<Row<'a>>,
}

/// Sums over the purchases that are shown.
#[derive(Debug, Serialize)]
struct Totals {
    takes: usize,
    planned_usd: Usd,
    counted_usd: Usd,
    /// Purchases of which fal has told the units.
    billed_takes: usize,
    billed_usd: Usd,
    /// What fal bills more for some, and less for others.
    more_usd: Usd,
    less_usd: Usd,
}

/// One object on one line.
#[must_use]
pub fn json(entries: &[Entry]) -> String {
    let takes = entries.iter().map(Row::of).collect();
    to_line(&LedgerJson { version: 1, totals: Totals::of(entries), takes })
}

impl<'a> Row<'a> {
    pub(super) fn of(entry: &Entry<'a>) -> Self {
        let Entry { take, number, bill } = *entry;
        let intent = &take.intent;
        let is_landed = take.state() == State::Landed;
        Self {
            at: intent.at,
            address: &intent.address,
            storyboard: &intent.address.edition.storyboard,
            take: number,
            state: state(take).0,
            request_id: take.request_id(),
            endpoint: &intent.request.endpoint,
            planned_seconds: bill.planned,
            delivered_seconds: bill.delivered.map(seconds),
            billed_units: bill.units.map(|units| units.to_string()),
            planned_usd: bill.planned_usd,
            counted_usd: bill.counted,
            billed_usd: bill.billed,
            difference_usd: bill.difference().map(Difference::decimal),
            file: is_landed.then(|| Vault::relative_path(take)),
            why: why(take),
        }
    }
}

impl Totals {
    fn of(entries: &[Entry]) -> Self {
        let bills = || entries.iter().map(|entry| entry.bill);
        let differences = || bills().filter_map(|bill| bill.difference());
        let more = |difference| if let Difference::More(usd) = difference { usd } else { Usd::ZERO };
        let less = |difference| if let Difference::Less(usd) = difference { usd } else { Usd::ZERO };
        Self {
            takes: entries.len(),
            planned_usd: bills().map(|bill| bill.planned_usd).sum(),
            counted_usd: bills().map(|bill| bill.counted).sum(),
            billed_takes: bills().filter(|bill| bill.billed.is_some()).count(),
            billed_usd: bills().filter_map(|bill| bill.billed).sum(),
            more_usd: differences().map(more).sum(),
            less_usd: differences().map(less).sum(),
        }
    }
}

/// `5.041`
pub(super) fn seconds(millis: u64) -> String {
    format!("{}.{:03}", millis / 1000, millis % 1000)
}
