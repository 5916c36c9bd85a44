//! From a clip, a take or a file back to the line that made it.

use std::fs;

use serde_json::{Value, json};

use crate::support::project::{Project, board};
use crate::support::queue::Queue;
use crate::support::script::policy;

/// A storyboard whose prompts come of parts, variables of every kind, and rows.
const FILM: &str = "storyboard: x\nmodel: kling-o3-4k\nvars_from: [cast.yaml]\n\
    vars:\n  who: \"{{ cast.rin.name }}, a {{ kind }}\"\n  kind: pilot\n\
    each: { rows: rows.csv, id: \"{{ row.sku }}\" }\nmatrix:\n  aspect_ratio: [\"1:1\"]\n  mood: [calm, wild]\n\
    scenes:\n  - id: roof\n    vars: { kind: diver }\n    shots:\n      - id: one\n        duration: 3\n        subject: \"{{ who }} in {{ row.colour }}, {{ mood }}\"\n";

fn film() -> Project {
    let project = Project::new(FILM);
    project.write("storyboards/cast.yaml", "cast:\n  rin:\n    name: Rin\n    age: 9\n");
    project.write("storyboards/rows.csv", "sku,colour\nred,crimson\nblue,navy\n");
    // Beside the storyboard it would be taken for one.
    fs::create_dir(project.path("storyboards/shared")).unwrap();
    fs::rename(project.path("storyboards/cast.yaml"), project.path("storyboards/shared/cast.yaml")).unwrap();
    fs::rename(project.path("storyboards/rows.csv"), project.path("storyboards/shared/rows.csv")).unwrap();
    project.storyboard(
        &FILM.replace("[cast.yaml]", "[shared/cast.yaml]").replace("rows.csv", "shared/rows.csv"),
    );
    project
}

/// What a name is, who says so, and where.
fn said(json: &Value, list: &str, name: &str) -> (String, String, String) {
    let shot = &json["clips"][0]["shots"][0];
    let all = shot[list].as_array().unwrap();
    let one =
        all.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("{name} is not in {all:?}"));
    let file = one["at"]["file"].as_str().unwrap().rsplit('/').next().unwrap();
    let text = |key: &str| one[key].as_str().unwrap().to_owned();
    (text("value"), text("level"), format!("{file}:{}", one["at"]["line"]))
}

fn is(value: &str, level: &str, place: &str) -> (String, String, String) {
    (value.to_owned(), level.to_owned(), place.to_owned())
}

#[test]
fn every_variable_that_a_prompt_used_is_named_with_who_set_it_and_where() {
    let project = film();
    let json = project.shotlist("explain x@blue.1x1.wild/roof/one --out r --json").ends(0).json();
    let shot = &json["clips"][0]["shots"][0];
    assert_eq!(shot["prompt"], "Subject: Rin, a diver in navy, wild");
    assert_eq!(
        (&shot["at"]["line"], &shot["template"]),
        (&json!(15), &json!("templates/shot.j2 (built in)"))
    );
    assert_eq!(said(&json, "variables", "cast.rin.name"), is("Rin", "vars_from", "cast.yaml:3"));
    assert_eq!(said(&json, "variables", "kind"), is("diver", "scene", "x.yaml:13"));
    assert_eq!(said(&json, "variables", "mood"), is("wild", "matrix", "x.yaml:10"));
    assert_eq!(said(&json, "variables", "row.colour"), is("navy", "row 2", "rows.csv:3"));
    assert_eq!(said(&json, "variables", "who"), is("Rin, a diver", "storyboard", "x.yaml:5"));
    assert_eq!(said(&json, "settings", "aspect_ratio"), is("1:1", "matrix", "x.yaml:9"));
    assert_eq!(said(&json, "settings", "model"), is("kling-o3-4k", "storyboard", "x.yaml:2"));
    assert_eq!(shot["variables"].as_array().unwrap().len(), 5, "and nothing on the way to them: {shot}");

    let json =
        project.shotlist("explain x@blue.1x1.wild/roof/one --var kind=cook --out r --json").ends(0).json();
    assert_eq!(said(&json, "variables", "kind").1, "--var");
}

#[test]
fn a_take_is_found_by_its_number_its_request_and_its_file_wherever_it_lies() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    project.render(&queue, "").ends(0);
    let take = &project.ledger("--only x/two")["takes"][0];
    let nonce =
        project.shotlist("explain x/two --out r --json").ends(0).json()["clips"][0]["takes"][0].clone();
    fs::copy(project.path("r/x/02_two.mp4"), project.path("sent.mp4")).unwrap();
    let file = take["file"].as_str().unwrap();
    let number = nonce["nonce"].as_str().unwrap();
    let names = [number, &number[number.len() - 8..], take["request_id"].as_str().unwrap()];
    let files = ["sent.mp4".to_owned(), "r/x/02_two.mp4".to_owned(), format!("r/{file}")];
    for name in names.into_iter().chain(files.iter().map(String::as_str)) {
        let json = project.shotlist(&format!("explain {name} --out r --json")).ends(0).json();
        assert_eq!(json["clips"][0]["address"], "x/two", "{name}");
        let take = &json["clips"][0]["takes"][0];
        assert_eq!((&take["asked"], &take["chosen"]), (&json!(true), &json!(true)), "{name}");
        assert_eq!(take["nonce"], number);
    }
    // Without `--out` a file says itself which folder it is of, even when it is gone.
    project.shotlist("explain r/x/02_two.mp4").ends(0);
    fs::remove_file(project.path("r/x/02_two.mp4")).unwrap();
    let gone = project.shotlist("explain r/x/02_two.mp4 --json").ends(0).json();
    assert_eq!(gone["clips"][0]["address"], "x/two");
}

#[test]
fn a_take_that_no_storyboard_asks_for_shows_what_was_sent_and_what_became_of_its_shots() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    project.render(&queue, "").ends(0);
    fs::copy(project.path("r/x/01_one.mp4"), project.path("sent.mp4")).unwrap();
    project.storyboard(&board(&["one"]).replace("a lantern", "a torch"));
    let json = project.shotlist("explain sent.mp4 --out r --json").ends(0).json();
    assert_eq!(json["clips"], json!([]));
    assert_eq!(json["lost"][0]["request"]["body"]["prompt"], "a lantern called one");
    assert_eq!(json["lost"][0]["now"], json!(["x/one"]));
    let text = project.shotlist("explain sent.mp4 --out r").ends(0).stdout;
    assert!(text.contains("No storyboard asks for this request any more"), "{text}");

    project.storyboard("storyboard: x\nscens: []\n");
    let text = project.shotlist("explain sent.mp4 --out r").ends(2).stdout;
    assert!(text.contains("a lantern called one"), "problems elsewhere hide no purchase: {text}");
    assert!(
        !text.contains("any more") && text.contains("none can say"),
        "what was not read is unknown: {text}"
    );
}

#[test]
fn what_is_not_there_is_told_with_the_nearest_names() {
    let project = Project::new(&board(&["lantern", "two"]));
    project.shotlist("explain x/lantrn --out r").ends(2).says("x/lantern");
    project.write("notes.mp4", "no video");
    project.shotlist("explain notes.mp4 --out r").ends(2).says("no take has its bytes");
    let storyboard = project.shotlist("explain storyboards/x.yaml --out r").ends(2);
    storyboard.says("for a storyboard, give its id or the address of a clip");
    let many = Project::new(&board(&crate::support::project::names(13)));
    many.shotlist("explain x --out r").ends(2).says("means 13 clips");
}

#[test]
fn of_a_take_that_failed_its_kind_is_named_and_fals_words() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    queue.script("one", policy());
    project.render(&queue, "").ends(5);
    let told = project.shotlist("explain x/one --out r").ends(0);
    assert!(told.stdout.contains("  failed       content policy\n"), "{}", told.stdout);
    assert!(told.stdout.contains("flagged by a content"), "{}", told.stdout);
}
