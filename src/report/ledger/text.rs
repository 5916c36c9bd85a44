//! The ledger for people, at 80 columns: one line a purchase under its day, and more only where its bill is not as planned.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Entry, Totals, seconds};
use crate::report::state::state;
use crate::report::style::{Paint, Style};
use crate::report::table::Spending;
use crate::take::{Bill, Difference, Take};
use crate::usd::Usd;

/// What is left of 80 columns for a clip's name beside everything else.
const NAME: usize = 46;
/// As far in as the names begin.
const INDENT: usize = 9;

/// A table with its totals.
#[must_use]
pub fn text(entries: &[Entry], spending: Spending, paint: Paint) -> String {
    let mut out = String::new();
    let width = entries.iter().map(|entry| name(entry).chars().count()).filter(|width| *width <= NAME).max();
    let width = width.unwrap_or_default().max(HEADER[1].len());
    let [time, clip, state, asked, counted] = HEADER;
    let header = format!("  {time:5}  {clip:width$}  {state:9} {asked:>5}  {counted:>8}");
    if !entries.is_empty() {
        let _ = writeln!(out, "{}", paint.style(Style::Dim, &header));
    }
    for (day, entries) in by_day(entries) {
        let _ = writeln!(out, "{day}");
        for entry in entries {
            write_entry(&mut out, entry, width, paint);
        }
    }
    write_totals(&mut out, entries, spending, paint);
    out
}

const HEADER: [&str; 5] = ["UTC", "clip", "state", "asked", "counted"];

/// They come in order of time.
fn by_day<'a, 'b>(entries: &'a [Entry<'b>]) -> impl Iterator<Item = (String, &'a [Entry<'b>])> {
    let day = |entry: &Entry| entry.take.intent.at.strftime("%Y-%m-%d").to_string();
    let days = entries.chunk_by(move |one, other| day(one) == day(other));
    days.filter_map(move |entries| Some((day(entries.first()?), entries)))
}

fn write_entry(out: &mut String, entry: &Entry, width: usize, paint: Paint) {
    let Entry { take, bill, .. } = entry;
    let (word, style) = state(take);
    let (name, at) = (name(entry), take.intent.at.strftime("%H:%M"));
    let gap =
        if name.chars().count() > width { format!("\n{:1$}", "", INDENT + width) } else { String::new() };
    let verb = paint.style(style, &format!("{word:<9}"));
    let asked = format!("{} s", bill.planned);
    let _ = writeln!(out, "  {at}  {name:<width$}{gap}  {verb} {asked:>5}  {:>8}", bill.counted);
    if bill.is_off() {
        for line in in_words(bill).into_iter().chain([request(take)]) {
            let _ = writeln!(out, "{:INDENT$}{}", "", paint.style(Style::Warn, &line));
        }
    }
}

fn name(entry: &Entry) -> String {
    let take = if entry.number > 1 { format!(" take {}", entry.number) } else { String::new() };
    format!("{}{take}", entry.take.intent.address)
}

/// What is not as planned: `1.041 s came of 5 s`, `fal bills 6 units, $2.52: $0.42 more`.
pub(in crate::report) fn in_words(bill: &Bill) -> Vec<String> {
    let length = bill.delivered.filter(|_| bill.is_off_length());
    let length = length.map(|millis| format!("{} s came of {} s", seconds(millis), bill.planned));
    let price = bill.difference().map(|difference| billed(bill, difference));
    length.into_iter().chain(price).collect()
}

fn billed(bill: &Bill, difference: Difference) -> String {
    let units = bill.units.map(|units| units.to_string()).unwrap_or_default();
    let what = if units == "1" { "unit" } else { "units" };
    let stands = match difference {
        Difference::More(usd) if bill.is_off_price() => format!("{usd} more"),
        Difference::Less(usd) if bill.is_off_price() => format!("{usd} less"),
        _ => "as counted".to_owned(),
    };
    format!("fal bills {units} {what}, {}: {stands}", bill.billed.unwrap_or_default())
}

pub(in crate::report) fn request(take: &Take) -> String {
    take.request_id().map_or_else(|| "no request".to_owned(), |id| format!("request {id}"))
}

fn write_totals(out: &mut String, entries: &[Entry], spending: Spending, paint: Paint) {
    let totals = Totals::of(entries);
    let mut states: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in entries {
        *states.entry(state(entry.take).0).or_default() += 1;
    }
    let states: Vec<String> = states.iter().map(|(state, count)| format!("{count} {state}")).collect();
    let takes = format!("{} {}", totals.takes, if totals.takes == 1 { "take" } else { "takes" });
    let simulated = if spending == Spending::Simulated { ", simulated: nobody pays it" } else { "" };
    let counted = format!("counted {}{simulated}", totals.counted_usd);
    let line = if states.is_empty() { takes } else { format!("{takes}: {}; {counted}", states.join(", ")) };
    let _ = writeln!(out, "{}", paint.style(Style::Strong, &line));
    if totals.billed_takes > 0 {
        let _ = writeln!(out, "{}", bills(&totals, spending));
    }
}

/// `by its units fal bills $29.82 for 5 of them: $0.42 more`
fn bills(totals: &Totals, spending: Spending) -> String {
    let Totals { takes, billed_takes, billed_usd, more_usd, less_usd, .. } = totals;
    let who = if spending == Spending::Real { "fal" } else { "the simulator" };
    let whom = if billed_takes == takes { "all".to_owned() } else { format!("{billed_takes} of them") };
    let parts = [(more_usd, "more"), (less_usd, "less")].into_iter().filter(|(usd, _)| **usd > Usd::ZERO);
    let parts: Vec<String> = parts.map(|(usd, word)| format!("{usd} {word}")).collect();
    let stands = if parts.is_empty() { "as counted".to_owned() } else { parts.join(", ") };
    format!("by its units {who} bills {billed_usd} for {whom}: {stands}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::take::{FailureKind, testing};

    fn shown(takes: &[Take]) -> String {
        let entries: Vec<Entry> =
            takes.iter().map(|take| Entry { take, number: 1, bill: Bill::of(take) }).collect();
        text(&entries, Spending::Real, Paint::Plain)
    }

    #[test]
    fn a_bill_that_is_as_planned_is_one_line_and_another_says_what_is_wrong_with_it() {
        let takes = [
            testing::landed_take(15, "6.30", Some("15"), 15_041),
            testing::landed_take(5, "2.10", Some("6"), 5041),
            testing::landed_take(5, "2.10", Some("5"), 1041),
            testing::landed_take(5, "2.10", None, 5041),
            testing::failed_take(FailureKind::Policy, 5, "2.10", Some("0")),
        ];
        insta::assert_snapshot!(shown(&takes), @r"
          UTC    clip                  state     asked   counted
        1970-01-01
          00:00  neon/rooftop/skyline  landed     15 s     $6.30
          00:00  neon/rooftop/skyline  landed      5 s     $2.10
                 fal bills 6 units, $2.52: $0.42 more
                 request 00000001-1111-4222-8333-444444444444
          00:00  neon/rooftop/skyline  landed      5 s     $2.10
                 1.041 s came of 5 s
                 fal bills 5 units, $2.10: as counted
                 request 00000001-1111-4222-8333-444444444444
          00:00  neon/rooftop/skyline  landed      5 s     $2.10
          00:00  neon/rooftop/skyline  failed      5 s     $0.00
        5 takes: 1 failed, 4 landed; counted $12.60
        by its units fal bills $10.92 for 4 of them: $0.42 more
        ");
    }

    #[test]
    fn no_line_is_wider_than_a_terminal() {
        let takes = [testing::landed_take(15, "12345.30", Some("15.041667"), 150_410)];
        assert!(shown(&takes).lines().all(|line| line.chars().count() <= 80), "{}", shown(&takes));
    }

    #[test]
    fn a_name_too_long_for_its_column_has_a_line_of_its_own() {
        let mut long = testing::landed_take(5, "2.10", Some("5"), 5041);
        let name = format!("{}/rooftop/skyline", "n".repeat(40));
        long.intent.address = name.parse().unwrap();
        let text = shown(&[testing::landed_take(15, "6.30", Some("15"), 15_041), long]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[3].trim_end(), format!("  00:00  {name}"));
        assert_eq!(lines[4].find("landed"), lines[2].find("landed"));
    }

    #[test]
    fn an_empty_folder_is_no_table() {
        assert_eq!(shown(&[]), "0 takes\n");
    }
}
