//! What becomes of paid files on disk: noticed, never followed out of the folder, never written over, fetched again while
//! fal has them, bought again only when asked for by name.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::support::project::{Project, addresses, board, clip, names};
use crate::support::queue::Queue;

type Damage = fn(&Path, &Project);

/// What may have happened to a file; each leaves something of somebody else's at its place.
const DAMAGES: [(&str, Damage); 8] = [
    ("emptied", |path, _| fs::write(path, "").unwrap()),
    ("one byte changed", |path, _| {
        let mut bytes = fs::read(path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(path, bytes).unwrap();
    }),
    ("one byte longer", |path, _| fs::write(path, [fs::read(path).unwrap(), vec![0]].concat()).unwrap()),
    ("a link to another file", |path, project| {
        fs::remove_file(path).unwrap();
        symlink(project.path("theirs.mp4"), path).unwrap();
    }),
    ("a link to nowhere", |path, project| {
        fs::remove_file(path).unwrap();
        symlink(project.path("nowhere.mp4"), path).unwrap();
    }),
    ("a link to a folder", |path, project| {
        fs::remove_file(path).unwrap();
        symlink(project.path("theirs"), path).unwrap();
    }),
    ("a folder", |path, _| {
        fs::remove_file(path).unwrap();
        fs::create_dir(path).unwrap();
        fs::write(path.join("notes.txt"), "theirs").unwrap();
    }),
    ("a pipe", |path, _| {
        fs::remove_file(path).unwrap();
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    }),
];

/// A clip for each damage, rendered, its copy in the view removed, and its file damaged.
fn damaged() -> (Queue, Project, Vec<String>, Vec<PathBuf>) {
    let words = names(DAMAGES.len());
    let (queue, project) = (Queue::start(), Project::new(&board(&words)));
    project.write("theirs.mp4", "theirs");
    project.write("theirs/notes.txt", "theirs");
    project.render(&queue, "-j 16").ends(0);
    let paths: Vec<PathBuf> = words.iter().map(|word| project.take(&queue.file_of(word))).collect();
    fs::remove_dir_all(project.path("r/x")).unwrap();
    for ((_, damage), path) in DAMAGES.iter().zip(&paths) {
        fs::set_permissions(path, Permissions::from_mode(0o644)).unwrap();
        damage(path, &project);
    }
    (queue, project, words, paths)
}

fn nothing_of_theirs_changed(project: &Project) {
    let read = |name: &str| fs::read_to_string(project.path(name)).unwrap();
    assert_eq!((read("theirs.mp4").as_str(), read("theirs/notes.txt").as_str()), ("theirs", "theirs"));
    assert!(!project.path("nowhere.mp4").exists());
}

#[test]
fn whatever_lies_in_place_of_a_file_is_noticed_put_aside_and_fetched_again() {
    let (queue, project, words, paths) = damaged();
    let all: Vec<String> = words.iter().map(|word| format!("x/{word}")).collect();
    assert_eq!(addresses(&project.plan(""), "action", "download"), all);
    project.shotlist("status --verify --out r").ends(5);
    project.render(&queue, "-j 16").ends(0);
    assert_eq!(queue.submits(), words.len());
    project.has_exactly(&queue, &words.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(paths.iter().all(|path| fs::symlink_metadata(path).unwrap().is_file()));
    nothing_of_theirs_changed(&project);
    let aside = fs::read_dir(project.path("r/takes")).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(aside.filter(|name| name.to_string_lossy().contains(".aside-")).count(), DAMAGES.len());
}

#[test]
fn what_fal_has_no_more_is_held_with_its_price_and_bought_again_only_by_force() {
    let (queue, project, words, _) = damaged();
    queue.forget_files();
    for _ in 0..2 {
        let json = project.render(&queue, "-j 16 --json").ends(5).json();
        assert_eq!(addresses(&json, "outcome", "held").len(), words.len());
        assert_eq!(json["totals"]["spent_usd"], "10.08");
    }
    assert_eq!(queue.submits(), words.len());
    nothing_of_theirs_changed(&project);
    let json = project.render(&queue, "--force x/s1 --only x/s1 --json").ends(0).json();
    assert_eq!(clip(&json, "x/s1")["outcome"], "landed");
    assert_eq!(queue.submits(), words.len() + 1);
}

#[test]
fn a_vault_that_is_a_link_to_another_folder_is_not_used() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    project.render(&queue, "").ends(0);
    fs::rename(project.path("r/takes"), project.path("elsewhere")).unwrap();
    symlink(project.path("elsewhere"), project.path("r/takes")).unwrap();
    let before: Vec<_> =
        fs::read_dir(project.path("elsewhere")).unwrap().map(|entry| entry.unwrap().path()).collect();
    project.storyboard(&board(&["one", "two"]));
    project.render(&queue, "").ends(1).says("takes");
    assert_eq!(queue.submits(), 1);
    let after: Vec<_> =
        fs::read_dir(project.path("elsewhere")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(before, after);
}

#[test]
fn names_longer_than_a_file_system_takes_and_alike_but_for_their_ends_stay_apart() {
    let long = "a".repeat(300);
    let (one, two) = (format!("{long}1"), format!("{long}2"));
    let (queue, project) = (Queue::start(), Project::empty());
    let text = board(&[&one, &two]).replacen("storyboard: x", &format!("storyboard: {long}"), 1);
    project.write("storyboards/x.yaml", &text);
    project.render(&queue, "").ends(0);
    project.render(&queue, "").ends(0);
    assert_eq!((queue.submits(), project.takes().len()), (2, 2));
    let folders: Vec<PathBuf> = fs::read_dir(project.path("r"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    let shown = folders
        .iter()
        .filter(|folder| !folder.ends_with("takes"))
        .flat_map(|folder| fs::read_dir(folder).unwrap());
    let shown: std::collections::BTreeSet<Vec<u8>> =
        shown.map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect();
    assert_eq!(shown, project.takes());
}

/// What differs by case alone is one file on macOS and Windows.
#[test]
fn names_that_differ_by_case_alone_can_not_be() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "ONE"])));
    project.render(&queue, "").ends(2);
    project.storyboard(&board(&["one"]));
    project.write("storyboards/y.yaml", &board(&["one"]).replacen("storyboard: x", "storyboard: X", 1));
    project.render(&queue, "").ends(2);
    let rows = "each: { rows: [{ sku: a }, { sku: A }], id: \"{{ row.sku }}\" }\nmodel:";
    project.remove("storyboards/y.yaml");
    project.storyboard(&board(&["one"]).replacen("model:", rows, 1));
    project.render(&queue, "").ends(2);
    assert!(queue.asked().is_empty());
}

#[test]
fn a_folder_on_another_device_than_the_project_and_its_temporary_files_is_as_good() {
    let Ok(other) = tempfile::TempDir::new_in("/dev/shm") else { return };
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    let out = other.path().join("r").display().to_string();
    let render = |args: &str| project.shotlist(&format!("render --yes --out {out} {args}")).to(&queue);
    let json = render("--json").ends(0).json();
    assert_eq!(addresses(&json, "outcome", "landed"), ["x/one", "x/two"]);
    render("").ends(0);
    assert_eq!(queue.submits(), 2);
    for word in ["one", "two"] {
        let take = fs::read_dir(other.path().join("r/takes"))
            .unwrap()
            .map(|entry| fs::read(entry.unwrap().path()).unwrap());
        assert!(take.into_iter().any(|bytes| bytes == queue.file_of(word)), "{word}");
    }
    assert_eq!(json["totals"]["spent_usd"], json!("2.52"));
}
