//! The output folder under git, with git itself: whatever it does to the files, between runs or during one, forgets no purchase.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::project::{Project, addresses, board};
use crate::support::queue::Queue;
use crate::support::script::held;

fn git_in(dir: &Path, args: &str) -> bool {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=x", "-c", "user.email=x@x.example", "-c", "commit.gpgsign=false"]);
    command.args(args.split(' ')).current_dir(dir).stdout(Stdio::null()).stderr(Stdio::null());
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").env_remove("GIT_DIR");
    command.status().expect("git is there").success()
}

#[track_caller]
fn git(project: &Project, args: &str) {
    assert!(git_in(&project.path(""), args), "git {args}");
}

fn commit(project: &Project) {
    git(project, "add -A");
    git(project, "commit -qm x");
}

/// A repository with a rendered clip `one` on `main`, and on `other` a second one, `two`. It is on `main`.
fn two_branches() -> (Queue, Project) {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    git(&project, "init -q -b main");
    project.render(&queue, "").ends(0);
    commit(&project);
    git(&project, "checkout -qb other");
    project.storyboard(&board(&["one", "two"]));
    project.render(&queue, "").ends(0);
    commit(&project);
    git(&project, "checkout -q main");
    (queue, project)
}

/// Everything of these scenes is there, and of none anything was bought twice.
fn is_settled(queue: &Queue, project: &Project, scenes: &[&str]) {
    project.storyboard(&board(scenes));
    project.render(queue, "").ends(0);
    let asked = queue.submits();
    project.render(queue, "").ends(0);
    assert_eq!(queue.submits(), asked);
    let words = queue.words();
    assert!(words.is_sorted_by(|one, next| one < next), "bought twice: {words:?}");
    project.has_exactly(queue, &words.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn only_the_manifest_travels() {
    let (_queue, project) = two_branches();
    let tracked = Command::new("git").args(["ls-files", "r"]).current_dir(project.path("")).output().unwrap();
    let tracked = String::from_utf8(tracked.stdout).unwrap();
    assert_eq!(tracked.lines().collect::<Vec<_>>(), ["r/.gitattributes", "r/.gitignore", "r/manifest.jsonl"]);
}

#[test]
fn the_manifest_of_another_branch_forgets_nothing_that_this_machine_bought() {
    let (queue, project) = two_branches();
    assert_eq!(addresses(&project.plan(""), "action", "reuse"), ["x/one"]);
    is_settled(&queue, &project, &["one", "two"]);
    assert_eq!(queue.submits(), 2);
    git(&project, "checkout -q -f other");
    is_settled(&queue, &project, &["one", "two", "three"]);
    assert_eq!(queue.submits(), 3);
}

#[test]
fn stash_reset_and_clean_between_runs_forget_nothing() {
    for what in ["stash -u -q", "reset -q --hard other", "clean -fdq"] {
        let (queue, project) = two_branches();
        project.storyboard(&board(&["one", "two", "three"]));
        project.render(&queue, "").ends(0);
        git(&project, what);
        is_settled(&queue, &project, &["one", "two", "three"]);
        assert_eq!(queue.submits(), 3, "{what}");
    }
}

#[test]
fn a_clean_that_takes_the_journal_along_forgets_nothing_that_was_committed() {
    for what in ["clean -fdxq", "stash -a -q"] {
        let (queue, project) = two_branches();
        git(&project, "merge -q other");
        git(&project, what);
        assert!(!project.path("r/.journal.jsonl").exists());
        assert_eq!(addresses(&project.plan(""), "action", "download"), ["x/one", "x/two"], "{what}");
        is_settled(&queue, &project, &["one", "two"]);
        assert_eq!(queue.submits(), 2, "{what}");
    }
}

/// What two machines bought apart, merged by git.
#[test]
fn the_manifests_of_two_machines_merge_by_themselves() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    git(&project, "init -q -b main");
    project.render(&queue, "").ends(0);
    commit(&project);
    let theirs = Project::empty();
    git(&theirs, &format!("clone -q {} .", project.path("").display()));
    theirs.storyboard(&board(&["one", "theirs"]));
    theirs.render(&queue, "").ends(0);
    commit(&theirs);
    project.storyboard(&board(&["one", "ours"]));
    project.render(&queue, "").ends(0);
    git(&project, "add r");
    git(&project, "commit -qm ours");

    project.write("storyboards/x.yaml", &board(&["one"]));
    git(&project, &format!("pull -q --no-rebase --no-edit {} main", theirs.path("").display()));
    is_settled(&queue, &project, &["one", "ours", "theirs"]);
    assert_eq!(queue.submits(), 3);
}

#[test]
fn a_merge_that_left_its_markers_stops_the_run_and_taking_both_sides_mends_it() {
    let (queue, project) = two_branches();
    let attributes = project.path("r/.gitattributes");
    project.storyboard(&board(&["one", "mine"]));
    project.render(&queue, "").ends(0);
    std::fs::remove_file(&attributes).unwrap();
    commit(&project);
    assert!(!git_in(&project.path(""), "merge -q other"), "both sides added a line");
    let manifest = std::fs::read_to_string(project.path("r/manifest.jsonl")).unwrap();
    assert!(manifest.contains("<<<<<<<"), "{manifest}");

    project.storyboard(&board(&["one", "two", "mine", "more"]));
    project.render(&queue, "").ends(1).says("conflict");
    assert_eq!(queue.submits(), 3);
    assert!(std::fs::read_to_string(project.path("r/manifest.jsonl")).unwrap() == manifest, "left alone");

    let lines = manifest.lines().filter(|line| line.starts_with('{'));
    project.write("r/manifest.jsonl", &(lines.collect::<Vec<_>>().join("\n") + "\n"));
    is_settled(&queue, &project, &["one", "two", "mine", "more"]);
    assert_eq!(queue.submits(), 4);
}

/// A clip is in flight when git changes the folder: it lands, nothing more is bought, and the next run goes on.
fn during(what: &[&str]) {
    let (queue, project) = two_branches();
    project.storyboard(&board(&["one", "two", "three", "four"]));
    queue.script("three", held());
    let before = queue.submits();
    let run = project.render(&queue, "-j 1").start();
    queue.wait_for_looks(before + 1);
    for what in what {
        git(&project, what);
    }
    queue.release();
    let done = run.done();
    assert_eq!(queue.submits(), before + 1, "{what:?}: {}", done.stderr);
    assert_eq!(done.exit, 1, "{what:?}: {}", done.stderr);
    project.take(&queue.file_of("three"));
    is_settled(&queue, &project, &["one", "two", "three", "four"]);
    assert_eq!(queue.submits(), 4, "{what:?}");
}

#[test]
fn another_branch_checked_out_during_a_run_stops_the_buying_and_loses_nothing() {
    during(&["checkout -q -f other"]);
}

#[test]
fn a_stash_during_a_run_stops_the_buying_and_loses_nothing() {
    during(&["stash -a -q"]);
}

#[test]
fn a_hard_reset_during_a_run_stops_the_buying_and_loses_nothing() {
    during(&["checkout -q -f other", "reset -q --hard main"]);
}

#[test]
fn a_clean_during_a_run_stops_the_buying_and_loses_nothing() {
    during(&["clean -fdxq"]);
}

#[test]
fn a_union_merge_during_a_run_stops_the_buying_and_loses_nothing() {
    during(&["checkout -q -f main", "merge -q --no-edit other"]);
}
