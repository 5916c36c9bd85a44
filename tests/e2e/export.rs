//! `export`: which film is meant, where it goes, and what is said of what it lacks. What the formats hold is tested where
//! they are made, and with other programs' readers in `make test-edit`.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::json;

use crate::support::project::{Project, board};
use crate::support::queue::Queue;
use crate::support::script::policy;

/// Two openings of one film, each of one clip.
const MATRIX: &str = "storyboard: duo\nmodel: kling-o3-4k\nduration: 3\nmatrix: { aspect_ratio: [\"9:16\", \"1:1\"] }\n\
    profiles: { draft: { model: kling-o3-standard } }\nscenes:\n  - { id: one, prompt: a lantern }\n";

fn project() -> Project {
    let project = Project::new(&board(&["one", "two"]));
    project.write("storyboards/duo.yaml", MATRIX);
    project
}

fn rendered() -> Project {
    let project = project();
    project.shotlist("render --sim --sim-pace 0 --out r").ends(0);
    project
}

#[test]
fn a_film_is_named_by_its_file_its_id_or_its_edition() {
    let project = project();
    let titles = |name: &str| {
        let text = project.shotlist(&format!("export edl {name} --out r")).ends(0).stdout;
        text.lines().next().unwrap().to_owned()
    };
    assert_eq!(titles("storyboards/x.yaml"), "TITLE: x");
    assert_eq!(titles("x"), "TITLE: x");
    assert_eq!(titles("duo@9x16"), "TITLE: duo@9x16");
    assert_eq!(titles("duo@9x16+draft"), "TITLE: duo@9x16+draft");
    assert_eq!(titles("duo@9x16 --profile draft"), "TITLE: duo@9x16+draft");
}

#[test]
fn a_name_that_means_none_or_several_says_what_there_is() {
    let project = project();
    for (name, words) in [
        ("duo", "duo has 2 editions; name one instead: duo@9x16, duo@1x1; or give a folder"),
        ("duo@4x4", "there is no edition duo@4x4; there are duo@9x16, duo@1x1"),
        ("dua", "there is no storyboard dua; did you mean duo, x?"),
        ("storyboards", "storyboards is a folder"),
        ("x/one", "for a film, name its storyboard: x"),
        ("storyboards/y.yaml", "there is no file storyboards/y.yaml"),
        ("duo+draft --profile final", "are two profiles"),
    ] {
        let done = project.shotlist(&format!("export otio {name} --out r")).ends(2);
        assert_eq!(done.stdout, "", "{name}");
        done.says(words);
    }
}

#[test]
fn of_many_editions_a_few_are_named() {
    let project = project();
    let weeks = (1..=40).map(|week| format!("w{week}")).collect::<Vec<_>>().join(", ");
    let year = MATRIX
        .replace("duo", "year")
        .replace("matrix: {", &format!("vars: {{ week: w1 }}\nmatrix: {{ week: [{weeks}],"));
    project.write("storyboards/year.yaml", &year);
    let done = project.shotlist("export otio year --out r").ends(2);
    done.says("year has 80 editions");
    done.says("and 74 more; or give a folder");
}

#[test]
fn a_storyboard_with_problems_stands_in_the_way_of_no_other() {
    let project = project();
    project.write("storyboards/broken.yaml", "storyboard: broken\nscens: []\n");
    project.shotlist("export srt x --out r").ends(0);
    project.shotlist("export srt broken --out r").ends(2);
}

#[test]
fn a_folder_takes_a_file_of_each_edition() {
    let project = rendered();
    for folder in ["cut/", "cut"] {
        let done = project.shotlist(&format!("export otio duo --sim --out r -o {folder}")).ends(0);
        assert_eq!(done.stdout, "");
        for name in ["duo@9x16.otio", "duo@1x1.otio"] {
            assert!(fs::read_to_string(project.path("cut").join(name)).unwrap().contains("Timeline.1"));
            done.says(&format!("cut/{name}"));
        }
    }
    assert_eq!(fs::read_dir(project.path("cut")).unwrap().count(), 2, "nothing is left behind");
}

#[test]
fn a_file_is_replaced_by_its_like_and_nothing_else_is() {
    let project = rendered();
    let export = |to: &str| project.shotlist(&format!("export edl x --sim --out r -o {to}"));
    export("x.edl").ends(0);
    let mode = fs::metadata(project.path("x.edl")).unwrap().permissions().mode();
    assert_eq!(
        mode & 0o777,
        fs::metadata(project.path("storyboards/x.yaml")).unwrap().permissions().mode() & 0o777
    );
    project.write("x.edl", "old");
    export("x.edl").ends(0);
    assert!(fs::read_to_string(project.path("x.edl")).unwrap().starts_with("TITLE: x"));
    export("storyboards/x.yaml").ends(2).says("no .edl file; choose another name");
    export("r/takes/x.edl").ends(2).says("is among the takes");
    project.shotlist("export edl x --out other -o r/takes/x.edl").ends(2).says("is among the takes");
    std::os::unix::fs::symlink(project.path("storyboards/x.yaml"), project.path("link.edl")).unwrap();
    export("link.edl").ends(2).says("link.edl is there and no .edl file");
    export("none/x.edl").ends(1).says("could not write none/x.edl");
    assert!(export("-").ends(0).stdout.starts_with("TITLE: x"));
    assert!(export("/dev/stdout").ends(0).stdout.starts_with("TITLE: x"));
}

#[test]
fn what_a_film_lacks_is_said_with_the_command_that_renders_it() {
    let project = project();
    project.shotlist("render --sim --sim-pace 0 --out r --only x/one").ends(0);
    let done = project.shotlist("export otio x --sim --out r").ends(0);
    done.says("x/two: it was never rendered\nnext: shotlist render storyboards/x.yaml --sim --out r");
    assert!(!done.stderr.contains("x/one"), "{}", done.stderr);
    let take = fs::read_dir(project.path("r/takes")).unwrap().next().unwrap().unwrap().path();
    fs::remove_file(take).unwrap();
    project.shotlist("export edl x --sim --out r").ends(0).says("is not here as it landed");
    let draft = project.shotlist("export otio duo@1x1+draft --sim --out r --var a=b");
    draft.ends(2).says("`a`");
}

#[test]
fn what_a_render_would_hold_is_sent_to_the_plan_that_says_why() {
    let (queue, project) = (Queue::start(), project());
    queue.script("two", policy());
    project.render(&queue, "storyboards/x.yaml").ends(5);
    let done = project.shotlist("export edl x --out r").ends(0);
    done.says("1 of 2 clips of x is black or offline:\n  x/two: its take failed\nnext: shotlist plan storyboards/x.yaml --out r, which says");
}

#[test]
fn as_json_it_says_what_was_written_where() {
    let project = rendered();
    let written = project.shotlist("export edl duo --sim --out r -o cut/ --json").ends(0).json();
    assert_eq!((&written["version"], &written["format"]), (&json!(1), &json!("edl")));
    assert_eq!(
        written["films"][0],
        json!({ "edition": "duo@9x16", "file": "cut/duo@9x16.edl", "rate": "24", "frames": 72, "clips": 1, "missing": [] })
    );
    let shown = project.shotlist("export edl x --out none --json").ends(0).json();
    assert_eq!(shown["films"][0]["missing"], json!(["x/one", "x/two"]));
    assert!(shown["films"][0]["text"].as_str().unwrap().starts_with("TITLE: x"));
}

#[test]
fn a_rate_is_asked_for_by_name() {
    let project = rendered();
    let asked = project.shotlist("export edl x --sim --out r --rate 30").ends(0);
    asked.says("x runs at 30 frames a second, and these takes do not: x/one (24), x/two (24)");
    assert!(asked.stdout.contains("01:00:03:00 01:00:06:00"));
    project.shotlist("export edl x --out r --rate fast").ends(2).says("write frames a second");
}
