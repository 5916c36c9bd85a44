//! A take as the page shows it: what became of it, where its file is, what it cost.

use serde::Serialize;

use super::Sheet;
use crate::record::Vault;
use crate::report::ledger::in_words;
use crate::report::state::{state, why};
use crate::take::{Bill, Charge, Nonce, Take};
use crate::timeline::Clip;

#[derive(Serialize)]
pub(super) struct TakeData<'a> {
    #[serde(skip)]
    pub(super) nonce: Nonce,
    /// `take 2`, or `earlier, 1` under another request.
    label: String,
    word: &'static str,
    why: Option<&'a str>,
    /// Its address for the page; none where no file of it is here.
    file: Option<String>,
    /// Width and height of the picture.
    shape: Option<(u32, u32)>,
    seconds: String,
    cost: String,
    /// Where fal bills otherwise than was planned.
    bill: Option<String>,
    request: Option<&'a str>,
    endpoint: &'a str,
    at: String,
}

impl<'a> TakeData<'a> {
    /// Those of the request as it is now, then those of what it was.
    pub(super) fn all(sheet: &Sheet<'a>, clip: &Clip<'a>) -> Vec<Self> {
        let now = clip.takes.iter().zip(1..).map(|(take, number)| (*take, format!("take {number}")));
        let earlier =
            clip.earlier.iter().zip(1..).map(|(take, number)| (*take, format!("earlier, {number}")));
        now.chain(earlier).map(|(take, label)| Self::of(sheet, take, label)).collect()
    }

    pub(super) fn of(sheet: &Sheet<'a>, take: &'a Take, label: String) -> Self {
        let bill = Bill::of(take);
        Self {
            nonce: take.nonce,
            label,
            word: state(take).0,
            why: why(take),
            file: file(sheet, take),
            shape: take.landed.as_ref().map(|landed| (landed.width, landed.height)),
            seconds: seconds(&bill),
            cost: cost(take),
            bill: bill.is_off().then(|| in_words(&bill).join("; ")),
            request: take.request_id(),
            endpoint: &take.intent.request.endpoint,
            at: take.intent.at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        }
    }
}

/// Names in the vault are hex digits, which an address holds as they are.
fn file(sheet: &Sheet, take: &Take) -> Option<String> {
    let is_here = take.landed.is_some() && !sheet.absent.contains(&take.nonce);
    is_here.then(|| format!("{}{}", sheet.base, Vault::relative_path(take)))
}

fn seconds(bill: &Bill) -> String {
    let planned = format!("{} s planned", bill.planned);
    let real = bill.delivered.map(|millis| format!(", {}.{:02} s real", millis / 1000, millis % 1000 / 10));
    planned + &real.unwrap_or_default()
}

fn cost(take: &Take) -> String {
    match take.charge() {
        Charge::Free => "not billed".to_owned(),
        Charge::Reserved(usd) => format!("{usd} reserved"),
        Charge::MaybeBilled(usd) => format!("up to {usd}, may be billed"),
        Charge::Spent(usd) => format!("{usd} spent"),
    }
}
