//! The ledger for a spreadsheet.

use super::super::sheet::{sheet, text};
use super::{Entry, Row};
use crate::usd::Usd;

const HEADER: [&str; 16] = [
    "at",
    "address",
    "storyboard",
    "take",
    "state",
    "request_id",
    "endpoint",
    "planned_seconds",
    "delivered_seconds",
    "billed_units",
    "planned_usd",
    "counted_usd",
    "billed_usd",
    "difference_usd",
    "file",
    "why",
];

/// One line a purchase, under a header. No totals: a sum over a column would count them twice.
#[must_use]
pub fn csv(entries: &[Entry]) -> String {
    sheet(&HEADER, entries.iter().map(|entry| cells(&Row::of(entry))))
}

fn cells(row: &Row) -> [String; 16] {
    let number = |number: &Option<String>| number.clone().unwrap_or_default();
    [
        format!("{:.0}", row.at),
        text(&row.address.to_string()),
        text(row.storyboard.as_str()),
        row.take.to_string(),
        text(row.state),
        text(row.request_id.unwrap_or_default()),
        text(row.endpoint),
        row.planned_seconds.to_string(),
        number(&row.delivered_seconds),
        number(&row.billed_units),
        row.planned_usd.decimal(),
        row.counted_usd.decimal(),
        row.billed_usd.map(Usd::decimal).unwrap_or_default(),
        number(&row.difference_usd),
        text(row.file.as_deref().unwrap_or_default()),
        text(row.why.unwrap_or_default()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::take::{Bill, FailureKind, Take, testing};

    fn entry(take: &Take) -> Entry<'_> {
        Entry { take, number: 1, bill: Bill::of(take) }
    }

    fn read(text: &str) -> (Vec<String>, Vec<Vec<String>>) {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let lines = reader.records().map(|line| line.unwrap().iter().map(str::to_owned).collect());
        (header, lines.collect())
    }

    #[test]
    fn the_columns_are_the_names_of_the_json_in_its_order() {
        let take = testing::landed_take(5, "2.10", Some("6"), 5040);
        let json = serde_json::to_string(&Row::of(&entry(&take))).unwrap();
        let places = HEADER.map(|name| json.find(&format!("\"{name}\":")).expect(name));
        assert!(places.is_sorted());
        let (header, lines) = read(&csv(&[entry(&take)]));
        assert_eq!((header.as_slice(), lines.len()), (HEADER.map(str::to_owned).as_slice(), 1));
        assert_eq!(lines[0][7..14], ["5", "5.040", "6", "2.10", "2.10", "2.52", "0.42"]);
        assert_eq!(lines[0][5], testing::REQUEST_ID);
    }

    #[test]
    fn what_is_not_told_is_an_empty_cell() {
        let take = testing::landed_take(5, "2.10", None, 0);
        let (_, lines) = read(&csv(&[entry(&take)]));
        assert_eq!(lines[0][7..14], ["5", "", "", "2.10", "2.10", "", ""]);
    }

    #[test]
    fn fals_words_are_no_formula_and_a_smaller_bill_is_still_a_number() {
        let take = testing::failed_take(FailureKind::Policy, 5, "2.10", Some("1"));
        let (_, lines) = read(&csv(&[entry(&take)]));
        assert_eq!((lines[0][13].as_str(), lines[0][15].as_str()), ("-1.68", "'=no"));
    }
}
