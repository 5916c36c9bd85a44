//! `ledger`: every purchase with its money, for people, for programs and for a spreadsheet.

use serde_json::{Value, json};

use crate::support::project::{Project, board};
use crate::support::queue::Queue;
use crate::support::script::{End, Script, Units, billed, held, server_error, well};

/// The lines under the header, each by the names in it.
fn csv(text: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

/// Refused, with words that a spreadsheet would run.
fn formula() -> Script {
    let body = json!({"detail": "=HYPERLINK(\"http://127.0.0.1\", \"a, b\")"});
    let end = End::Failed(422, "content_policy_violation", body);
    Script { end, units: Units::Told("3"), ..well() }
}

#[test]
fn a_csv_reader_finds_every_purchase_in_the_order_of_buying() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two", "three"])));
    queue.script("two", billed(Units::Told("4.5")));
    queue.script("three", formula());
    project.render(&queue, "-j 1").ends(5);
    let rows = csv(&project.shotlist("ledger --csv --out r").ends(0).stdout);
    let column = |name: &str| rows.iter().map(|row| row[name].as_str()).collect::<Vec<_>>();
    assert_eq!(column("address"), ["x/one", "x/two", "x/three"]);
    assert_eq!(column("storyboard"), ["x"; 3]);
    assert_eq!(column("take"), ["1"; 3]);
    assert_eq!(column("state"), ["landed", "landed", "failed"]);
    let ids: Vec<String> = queue.bought().into_iter().map(|bought| bought.id).collect();
    assert_eq!(column("request_id"), ids);
    assert_eq!(column("endpoint"), ["fal-ai/kling-video/o3/4k/text-to-video"; 3]);
    assert_eq!(column("planned_seconds"), ["3"; 3]);
    assert_eq!(column("delivered_seconds"), ["3.041", "3.041", ""]);
    assert_eq!(column("billed_units"), ["3", "4.5", "3"]);
    assert_eq!(column("planned_usd"), ["1.26"; 3]);
    assert_eq!(column("counted_usd"), ["1.26"; 3]);
    assert_eq!(column("billed_usd"), ["1.26", "1.89", "1.26"]);
    assert_eq!(column("difference_usd"), ["0.00", "0.63", "0.00"]);
    assert_eq!(column("why")[2], "'=HYPERLINK(\"http://127.0.0.1\", \"a, b\")");
    for row in &rows[..2] {
        assert!(project.path("r").join(&row["file"]).is_file(), "{}", row["file"]);
    }
    assert!(column("at").is_sorted());
}

#[test]
fn every_take_of_a_clip_is_there_with_what_it_counts_for() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    queue.script("one", server_error());
    project.render(&queue, "").done();
    project.render(&queue, "").done();
    project.render(&queue, "--force x/one").ends(0);
    let ledger = project.ledger("");
    let takes = ledger["takes"].as_array().unwrap();
    assert_eq!(takes.len(), queue.submits());
    let numbers: Vec<u64> = takes.iter().map(|take| take["take"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=takes.len() as u64).collect::<Vec<_>>());
    assert_eq!((&takes[0]["state"], &takes[0]["counted_usd"]), (&"failed".into(), &"0.00".into()));
    assert_eq!(takes[0]["why"], "the runner went away");
    let landed = takes.iter().filter(|take| take["state"] == "landed").count();
    assert_eq!(ledger["totals"]["counted_usd"], format!("{}.{:02}", landed * 126 / 100, landed * 126 % 100));
    assert_eq!(ledger["totals"]["billed_takes"], landed);
}

#[test]
fn it_can_be_narrowed_to_clips_and_to_a_time() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    project.render(&queue, "").ends(0);
    let addresses = |args: &str| {
        let takes = project.ledger(args)["takes"].as_array().unwrap().clone();
        takes.iter().map(|take| take["address"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(addresses("--only x/two"), ["x/two"]);
    assert_eq!(addresses("--only x --since 1h"), ["x/one", "x/two"]);
    assert_eq!(addresses("--since 2026-01-01 --only */one"), ["x/one"]);
    assert_eq!(addresses("--since 2100-01-01"), Vec::<String>::new());
    let none = project.shotlist("ledger --csv --out r --only y").ends(0);
    assert_eq!(none.stdout.lines().count(), 1, "the header");
    none.says("none of the 2 takes in r is selected");
    project.shotlist("ledger --out r --since yesterday").ends(2).says("write how long ago");
}

#[test]
fn it_needs_no_key_and_no_lock_and_tells_of_what_is_in_flight() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    queue.script("one", held());
    let running = project.render(&queue, "").start();
    queue.wait_for_looks(1);
    let take = project.ledger("")["takes"][0].clone();
    assert_eq!((&take["state"], &take["counted_usd"]), (&"in flight".into(), &"1.26".into()));
    assert_eq!(take["request_id"], queue.bought()[0].id.as_str());
    assert_eq!((&take["file"], &take["billed_usd"]), (&Value::Null, &Value::Null));
    queue.release();
    running.ends(0);
}

#[test]
fn a_folder_without_purchases_has_an_empty_ledger() {
    let project = Project::new(&board(&["one"]));
    assert_eq!(project.shotlist("ledger --out r").ends(0).stdout, "0 takes\n");
    assert_eq!(project.ledger("")["takes"], json!([]));
    assert_eq!(project.shotlist("ledger --csv --out r").ends(0).stdout.lines().count(), 1);
    assert!(!project.path("r").exists());
    project.shotlist("ledger --csv --json --out r").ends(2).says("choose one");
}

#[test]
fn the_table_fits_a_terminal_and_names_the_request_of_a_bill_that_is_off() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    queue.script("two", billed(Units::Told("4")));
    project.render(&queue, "").ends(0);
    let text = project.shotlist("ledger --out r").ends(0).stdout;
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let two = queue.bought().into_iter().find(|bought| bought.word() == "two").unwrap();
    assert!(text.contains(&two.id) && text.contains("$0.42 more"), "{text}");
    assert!(
        text.ends_with(
            "2 takes: 2 landed; counted $2.52\nby its units fal bills $2.94 for all: $0.42 more\n"
        ),
        "{text}"
    );
}

#[test]
fn what_was_simulated_came_and_was_billed_as_planned() {
    let project = Project::new(&board(&["one"]));
    project.shotlist("render --sim").ends(0);
    let ledger = project.shotlist("ledger --sim --json").ends(0).json();
    assert_eq!(ledger["takes"][0]["difference_usd"], "0.00");
    assert_eq!(ledger["takes"][0]["delivered_seconds"], "3.000");
    let text = project.shotlist("ledger --sim").ends(0).stdout;
    assert!(text.contains("counted $1.26, simulated: nobody pays it"), "{text}");
}
