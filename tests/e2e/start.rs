//! From an empty folder to clips: `init`, then the simulator.

use std::fs;

use crate::support::project::{Project, board};
use crate::support::queue::{KEY, Queue};
use crate::support::script::held;

#[test]
fn a_new_project_renders_with_the_simulator_and_a_second_run_makes_nothing() {
    let project = Project::empty();
    project.shotlist("init film").ends(0);
    let check = project.shotlist("check").within("film").ends(0);
    assert_eq!(check.stdout, "");
    let clips = |args: &str| {
        let json = project.shotlist(&format!("{args} --sim --json")).within("film").ends(0).json();
        (json["totals"]["buy"].as_u64().unwrap(), json["totals"]["clips"].as_u64().unwrap())
    };
    let (planned, _) = clips("plan");
    assert!(planned > 2);
    assert_eq!(clips("render -j 2"), (planned, planned));
    let films = ["neon-harbor", "last-letter"].map(|name| project.path(&format!("film/animatics/{name}")));
    let shown: usize = films.iter().map(|film| fs::read_dir(film).unwrap().count()).sum();
    assert_eq!(shown as u64, planned);

    let made = project.everything().len();
    assert_eq!(clips("render"), (0, planned));
    assert_eq!(project.everything().len(), made + 2, "what the run printed, and nothing else");
}

#[test]
fn init_leaves_what_is_there() {
    let project = Project::empty();
    project.write("Makefile", "mine:\n");
    project.shotlist("init").ends(0).says("left as it is");
    assert_eq!(fs::read_to_string(project.path("Makefile")).unwrap(), "mine:\n");
    project.shotlist("check").ends(0);
}

#[test]
fn from_any_folder_of_the_project_the_same_takes_are_current() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    let render = |folder: &str| {
        let run = project.shotlist("render --yes").to(&queue).env("FAL_KEY", KEY).within(folder);
        run.ends(0);
    };
    ["", "storyboards", ""].into_iter().for_each(render);
    project.shotlist("render --yes storyboards/x.yaml").to(&queue).env("FAL_KEY", KEY).ends(0);
    assert_eq!(queue.submits(), 1);
    assert!(
        project.path("renders/manifest.jsonl").is_file() && !project.path("storyboards/renders").exists()
    );
}

#[test]
fn storyboards_of_two_projects_are_not_rendered_into_one_of_them() {
    let (queue, project) = (Queue::start(), Project::empty());
    project.write("a/storyboards/x.yaml", &board(&["one"]));
    project.write("b/storyboards/y.yaml", &board(&["two"]).replacen("storyboard: x", "storyboard: y", 1));
    let render =
        |paths: &str| project.shotlist(&format!("render --yes {paths}")).to(&queue).env("FAL_KEY", KEY);
    render("a/storyboards/x.yaml b/storyboards/y.yaml").ends(2).says("several projects");
    assert_eq!(queue.submits(), 0);

    queue.script("one", held());
    let run = render("a/storyboards/x.yaml").start();
    queue.wait_for_looks(1);
    run.kill();
    project.remove("a/storyboards/x.yaml");
    queue.release();
    render("a/storyboards/x.yaml").ends(2);
    assert_eq!(queue.submits(), 1);
    assert_eq!(fs::read_dir(project.path("a/renders/takes")).unwrap().count(), 1);
}
