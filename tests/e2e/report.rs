//! `report`: where the page goes, what it links to, and when it is not written. What it shows is tested where it is made,
//! and in a browser by `make test-page`.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::support::project::{Project, board};

fn page(project: &Project, name: &str) -> String {
    fs::read_to_string(project.path(name)).unwrap()
}

/// The addresses of the clips that a page links to.
fn linked(page: &str) -> Vec<String> {
    let after = page.split("\"file\":\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
    after.filter(|file| file.contains("takes/")).collect()
}

#[test]
fn before_anything_is_rendered_it_shows_what_there_is_to_buy() {
    let project = Project::new(&board(&["one", "two"]));
    let done = project.shotlist("report").without("FAL_KEY").ends(0);
    assert_eq!(done.stdout, "");
    done.says("wrote renders/report.html");
    let page = page(&project, "renders/report.html");
    assert!(page.contains("to buy") && linked(&page).is_empty());
    assert!(!project.path("renders/.lock").exists() && !project.path("renders/manifest.jsonl").exists());
}

#[test]
fn it_lies_beside_the_clips_and_links_to_them_there() {
    let project = Project::new(&board(&["one", "two"]));
    project.shotlist("render --sim --sim-pace 0").ends(0);
    let done = project.shotlist("report --sim --json").ends(0);
    let made: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!((&made["version"], &made["file"]), (&1.into(), &"animatics/report.html".into()));
    assert_eq!((&made["totals"]["clips"], &made["totals"]["current"]), (&2.into(), &2.into()));
    let linked = linked(&page(&project, "animatics/report.html"));
    assert_eq!(linked.len(), 2);
    for file in linked {
        assert!(project.path("animatics").join(&file).is_file(), "{file}");
    }
}

#[test]
fn a_page_elsewhere_finds_the_clips_from_there() {
    let project = Project::new(&board(&["one"]));
    project.shotlist("render --sim --sim-pace 0 --out a#b").ends(0);
    project.shotlist("report --sim --out a#b --output pages/sheet.html").ends(0);
    let linked = linked(&page(&project, "pages/sheet.html"));
    assert_eq!(linked.len(), 1);
    assert!(linked[0].starts_with("../a%23b/takes/"), "{}", linked[0]);
    let mode = |file: &str| fs::metadata(project.path(file)).unwrap().permissions().mode();
    assert_eq!(mode("pages/sheet.html"), mode("storyboards/x.yaml"), "as any new file");
}

#[test]
fn commands_on_it_are_for_the_same_folder_and_edition() {
    let project = Project::new(&board(&["one"]));
    project.shotlist("report --sim --out x storyboards").ends(0);
    let page = page(&project, "x/report.html");
    for command in
        ["shotlist render --sim --out x storyboards --only x/one", "shotlist explain --sim --out x x/one"]
    {
        assert!(page.contains(&format!("\"{command}\"")), "{command}");
    }
}

#[test]
fn storyboards_with_problems_leave_the_page_as_it_was() {
    let project = Project::new(&board(&["one"]));
    project.shotlist("report").ends(0);
    let before = page(&project, "renders/report.html");
    project.storyboard("storyboard: x\nmodle: kling-o3-4k\n");
    let done = project.shotlist("report").ends(2);
    done.says("did you mean `model`?");
    done.says("renders/report.html was not written: the storyboards have problems");
    assert_eq!(page(&project, "renders/report.html"), before);
}

#[test]
fn a_file_that_is_gone_is_said_and_not_linked() {
    let project = Project::new(&board(&["one", "two"]));
    project.shotlist("render --sim --sim-pace 0 --out r").ends(0);
    let takes: Vec<_> =
        fs::read_dir(project.path("r/takes")).unwrap().map(|entry| entry.unwrap().path()).collect();
    fs::remove_file(&takes[0]).unwrap();
    let done = project.shotlist("report --sim --out r --json").ends(0);
    let made: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(made["totals"]["to_fetch"], 1);
    assert_eq!(linked(&page(&project, "r/report.html")).len(), 1);
}

#[test]
fn nothing_but_an_earlier_page_is_replaced() {
    let project = Project::new(&board(&["one"]));
    project.shotlist("render --sim --sim-pace 0 --out r").ends(0);
    let name = fs::read_dir(project.path("r/takes")).unwrap().next().unwrap().unwrap().file_name();
    let take = format!("r/takes/{}", name.to_str().unwrap());
    for (link, to) in [("page.html", "storyboards/x.yaml"), ("film.html", take.as_str())] {
        std::os::unix::fs::symlink(project.path(to), project.path(link)).unwrap();
    }
    let before = (page_bytes(&project, &take), page_bytes(&project, "storyboards/x.yaml"));
    let refused = |file: &str, words: &str| {
        project.shotlist(&format!("report --sim --out r -o {file}")).ends(2).says(words);
        assert_eq!(
            (page_bytes(&project, &take), page_bytes(&project, "storyboards/x.yaml")),
            before,
            "{file}"
        );
    };
    refused("storyboards/x.yaml", "storyboards/x.yaml is there and no .html file; choose another name");
    refused("page.html", "page.html is there and no .html file");
    refused(&take, "is among the takes, where nothing else may be");
    refused("r/takes/new.html", "is among the takes");
    refused("film.html", "film.html is among the takes");
    refused("storyboards", "storyboards is there and no plain file");
    project.shotlist("report --sim --out r -o new/folder/page.html").ends(0);
    project.shotlist("report --sim --out r -o new/folder/page.html").ends(0);
    assert!(!project.path("r/takes/new.html").exists());
}

fn page_bytes(project: &Project, name: &str) -> Vec<u8> {
    fs::read(project.path(name)).unwrap()
}
