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
fn every_example_alone_is_checked_clean_and_rendered_and_costs_what_the_list_says() {
    let list = Project::empty().shotlist("init --list --json").ends(0).json();
    let examples = list["examples"].as_array().unwrap();
    assert_eq!(examples.len(), 7);
    for example in examples {
        let (project, name) = (Project::empty(), example["name"].as_str().unwrap());
        project.shotlist(&format!("init --example {name}")).ends(0);
        project.shotlist("check").ends(0).says("no problems");
        let plan = project.shotlist("plan --json").ends(0).json();
        assert_eq!(
            (&plan["totals"]["usd"], &plan["totals"]["buy"]),
            (&example["usd"], &example["clips"]),
            "{name}"
        );
        project.shotlist("render --sim --sim-pace 0").start().done_at_leisure().ends(0);
        assert!(example["about"].as_str().unwrap().ends_with('.'), "{name}");
    }
}

#[test]
fn all_examples_go_into_one_project_whose_storyboards_name_its_schema() {
    let project = Project::empty();
    project.shotlist("init --example all,empty").ends(0);
    project.shotlist("check").ends(0).says("no problems");
    let storyboards: Vec<_> =
        fs::read_dir(project.path("storyboards")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let storyboards: Vec<_> = storyboards.iter().filter(|path| path.is_file()).collect();
    assert_eq!(storyboards.len(), 7);
    for path in storyboards {
        let text = fs::read_to_string(path).unwrap();
        let named = text.lines().next().unwrap().strip_prefix("# yaml-language-server: $schema=").unwrap();
        assert!(path.parent().unwrap().join(named).is_file(), "{}", path.display());
    }
}

#[test]
fn an_example_that_is_not_there_is_told_with_those_that_are_and_nothing_is_made() {
    let project = Project::empty();
    let done = project.shotlist("init film --example neon-harbor,nope").ends(2);
    done.says("there is no example `nope`");
    done.says("$15.96 at fal  The Last Letter");
    assert!(!project.path("film").exists());
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
