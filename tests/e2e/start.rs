//! From an empty folder to clips: `init`, then the simulator.

use std::fs;

use crate::support::project::Project;

#[test]
fn a_new_project_renders_with_the_simulator_and_a_second_run_makes_nothing() {
    let project = Project::empty();
    project.shotlist("init film").ends(0);
    let check = project.shotlist("check").within("film").ends(0);
    assert_eq!(check.stdout, "");
    let planned = project.shotlist("plan --sim --json").within("film").ends(0).json();
    let clips = planned["totals"]["clips"].as_u64().unwrap();
    assert!(clips >= 2, "{planned}");

    let only = "--only neon-harbor --only last-letter/lamp-room/light";
    let json = project.shotlist(&format!("render --sim --json {only}")).within("film").ends(0).json();
    assert_eq!(json["totals"]["buy"], 2);
    let made = project.everything();
    let view = project.path("film/animatics/neon-harbor");
    assert_eq!(fs::read_dir(view).unwrap().count(), 1);

    let again = project.shotlist(&format!("render --sim --json {only}")).within("film").ends(0).json();
    assert_eq!(again["totals"]["buy"], 0);
    assert_eq!(project.everything().len(), made.len() + 2, "what the run printed, and nothing else");
}

#[test]
fn init_leaves_what_is_there() {
    let project = Project::empty();
    project.write("Makefile", "mine:\n");
    project.shotlist("init").ends(0).says("left as it is");
    assert_eq!(fs::read_to_string(project.path("Makefile")).unwrap(), "mine:\n");
    project.shotlist("check").ends(0);
}
