//! What a spreadsheet reads.

use super::*;
use crate::edit::testing::{Stage, spoken, three_shots};

fn read(stage: &Stage) -> Vec<std::collections::HashMap<String, String>> {
    let text = stage.edit(None, csv);
    ::csv::Reader::from_reader(text.as_bytes()).deserialize().map(Result::unwrap).collect()
}

#[test]
fn a_shot_is_a_row_with_its_times_and_its_take() {
    insta::assert_snapshot!(Stage::rendered(three_shots()).edit(None, csv));
}

#[test]
fn what_clips_cost_adds_up_over_the_rows() {
    let rows = read(&Stage::rendered(three_shots()));
    let costs: Vec<&str> = rows.iter().map(|row| row["clip_cost_usd"].as_str()).collect();
    assert_eq!(costs, ["3.78", "", "2.52"]);
}

#[test]
fn words_of_a_storyboard_are_no_formula_and_break_no_row() {
    let mut expanded = three_shots();
    let shot = &mut expanded.scenes[0].shots[0];
    shot.prompt = "=HYPERLINK(\"x\")".to_owned();
    shot.tags = vec!["@tag".to_owned()];
    shot.parts = [("place".to_owned(), "a\r\n\"b\",c".to_owned())].into();
    *shot = spoken(shot.clone(), &[(Some("-Mio"), "hello"), (None, "who?")]);
    let rows = read(&Stage::rendered(expanded));
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[0]["prompt"], "'=HYPERLINK(\"x\")");
    assert_eq!((rows[0]["tags"].as_str(), rows[0]["parts"].as_str()), ("'@tag", "place: a\r\n\"b\",c"));
    assert_eq!(rows[0]["lines"], "'-Mio: hello\nwho?");
}

#[test]
fn what_is_not_rendered_has_no_take_and_no_cost() {
    let rows = read(&Stage::bare(three_shots()));
    let known = |name: &str| rows[0][name].as_str();
    assert_eq!(
        ["state", "take", "clip_cost_usd", "request_id", "file"].map(known),
        ["never rendered", "", "", "", ""]
    );
}
