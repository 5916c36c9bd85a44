//! What the summary says of one take: where it landed, why it failed and whether that costs money, why it is held.

use crate::plan::{Action, Held, Wanted};
use crate::report::item::Item;
use crate::report::style::{Look, Style};
use crate::take::Take;
use crate::usd::Usd;

/// Columns of the longest word.
const WORD: usize = 11;

/// A line of the summary.
pub(super) struct Told {
    pub(super) style: Style,
    pub(super) word: &'static str,
    pub(super) name: String,
    pub(super) said: String,
}

impl Told {
    pub(super) fn write(&self, out: &mut String, look: Look) {
        let Self { style, word, name, said } = self;
        Item { style: *style, word, name, said }.write(out, WORD, look);
    }
}

pub(super) fn stray(take: &Take) -> Told {
    let name = take.intent.address.to_string();
    Told { style: Style::Warn, word: "unknown", name, said: unknown(take) }
}

/// Characters of fal's own words, which may be long.
const MOST_WORDS: usize = 160;

pub(super) fn failed(take: &Take) -> String {
    let Some(failed) = take.failure() else { return String::new() };
    let said: String = failed.message.trim_end_matches('.').chars().take(MOST_WORDS).collect();
    let own = if said.is_empty() { String::new() } else { format!(": {said}") };
    let words = failed.kind.words();
    let billed = if failed.is_free() { "not billed" } else { "may be billed" };
    let billed = Some(billed).filter(|billed| !words.ends_with(billed)).map(str::to_owned);
    let id = take.request_id().map(|id| format!("request {id}"));
    let more: Vec<String> = billed.into_iter().chain(id).collect();
    if more.is_empty() { format!("{words}{own}") } else { format!("{words}{own} ({})", more.join(", ")) }
}

fn unknown(take: &Take) -> String {
    let why = take.unknown.as_ref().map_or("no answer was recorded", |unknown| &unknown.why);
    let intent = &take.intent;
    format!("{why}; {} stays reserved, sent at {:.0}", intent.usd, intent.at)
}

/// The plan's words where it held the take, and others where this run came to it.
pub(super) fn why(held: Held, wanted: &Wanted, usd: Usd) -> String {
    match held {
        Held::Budget(over) => format!("{usd}, {}", over.words()),
        held if wanted.action == Action::Hold(held) => wanted.words(),
        Held::Failed => "the same request failed in this run".to_owned(),
        Held::Lost => "bought, and its file is gone at fal".to_owned(),
    }
}
