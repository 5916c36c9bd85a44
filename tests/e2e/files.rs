//! The files that were paid for: lost, changed or broken on the way, they are fetched again and not bought again.

use std::fs::{self, FileTimes, OpenOptions, Permissions};
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::support::project::{Project, addresses, board, clip};
use crate::support::queue::Queue;
use crate::support::script::{File, file, out_of_reach};
use crate::support::until;

fn rendered() -> (Queue, Project) {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    project.render(&queue, "").ends(0);
    (queue, project)
}

/// Removes the take and its copy in the view.
fn lose(project: &Project, bytes: &[u8]) {
    fs::remove_file(project.take(bytes)).unwrap();
    fs::remove_dir_all(project.path("r/x")).unwrap();
}

#[test]
fn a_lost_file_is_fetched_again_and_not_bought_again() {
    let (queue, project) = rendered();
    lose(&project, &queue.file_of("one"));
    let plan = project.plan("");
    assert_eq!(addresses(&plan, "action", "download"), ["x/one"]);
    assert_eq!(plan["totals"]["usd"], "0.00");
    project.shotlist("status --verify --out r").ends(5);
    project.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), 2);
    project.has_exactly(&queue, &["one", "two"]);
    assert_eq!(project.view(), ["01_one.mp4", "02_two.mp4"]);
}

#[test]
fn a_lost_file_that_fal_has_no_more_is_held_and_bought_again_only_by_force() {
    let (queue, project) = rendered();
    lose(&project, &queue.file_of("one"));
    queue.forget_files();
    for _ in 0..2 {
        let json = project.render(&queue, "--json").ends(5).json();
        assert_eq!(clip(&json, "x/one")["outcome"], "held");
        assert_eq!(json["totals"]["spent_usd"], "2.52");
    }
    assert_eq!(queue.submits(), 2);
    project.render(&queue, "--only x/two").ends(0);

    project.render(&queue, "--force x/one").ends(0);
    assert_eq!(queue.words(), ["one", "one", "two"]);
    project.has_exactly(&queue, &["one", "two"]);
    project.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), 3);
}

#[test]
fn a_file_that_was_gone_before_it_came_is_held_as_lost() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    queue.script("one", file(File::Gone));
    for _ in 0..2 {
        let json = project.render(&queue, "--json").ends(5).json();
        assert_eq!(clip(&json, "x/one")["outcome"], "held");
        assert_eq!(
            (&json["totals"]["spent_usd"], &json["totals"]["reserved_usd"]),
            (&"2.52".into(), &"0.00".into()),
            "fal has finished it, so it is paid for"
        );
    }
    assert_eq!(queue.words(), ["one", "two"]);
    let id = &queue.bought().into_iter().find(|bought| bought.word() == "one").unwrap().id;
    let results =
        queue.asked().iter().filter(|asked| asked.path.ends_with(&format!("/requests/{id}"))).count();
    assert_eq!(results, 2, "a dead address is asked for anew, once");
}

#[test]
fn a_file_that_broke_off_comes_whole_in_the_same_run() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    queue.script("one", file(File::Torn));
    project.render(&queue, "").ends(0);
    project.has_exactly(&queue, &["one"]);
    assert_eq!(queue.submits(), 1);
}

#[test]
fn a_page_in_place_of_the_file_never_lands_and_the_file_is_asked_for_again() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    queue.script("one", file(File::Page));
    let run = project.render(&queue, "").start();
    let fetched = || queue.asked().iter().filter(|asked| asked.path.starts_with("/files/")).count();
    until("the file is asked for again", || fetched() > 1);
    assert!(project.takes().is_empty() && project.view().is_empty());
    queue.mend_files();
    run.ends(0);
    assert_eq!(queue.submits(), 1);
    project.has_exactly(&queue, &["one"]);
}

#[test]
fn nothing_is_bought_while_a_file_that_is_paid_for_is_on_its_way() {
    let (queue, project) = rendered();
    lose(&project, &queue.file_of("one"));
    queue.stick_files();
    project.storyboard(&board(&["one", "two", "three"]));
    let run = project.render(&queue, "-j 4").start();
    until("a part of the file is here", || project.has_a_part());
    assert_eq!(queue.submits(), 2);
    queue.release();
    run.ends(0);
    project.has_exactly(&queue, &["one", "two", "three"]);
}

/// Changes one byte and nothing that a look at the folder would show.
fn alter(path: &Path) {
    let before = fs::metadata(path).unwrap();
    fs::set_permissions(path, Permissions::from_mode(0o644)).unwrap();
    let mut file = OpenOptions::new().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(before.len() / 2)).unwrap();
    let old = fs::read(path).unwrap()[usize::try_from(before.len() / 2).unwrap()];
    file.write_all(&[!old]).unwrap();
    file.set_times(FileTimes::new().set_modified(before.modified().unwrap())).unwrap();
    fs::set_permissions(path, before.permissions()).unwrap();
}

#[test]
fn verifying_finds_a_changed_byte_behind_the_same_size_and_time() {
    let (queue, project) = rendered();
    project.shotlist("status --verify --out r").ends(0);
    let path = project.take(&queue.file_of("one"));
    alter(&path);
    let done = project.shotlist("status --verify --json --out r").ends(5);
    let wrong = done.json()["wrong_files"].clone();
    assert_eq!(wrong.as_array().unwrap().len(), 1);
    assert_eq!(wrong[0]["address"], "x/one");
    assert!(path.ends_with(Path::new(wrong[0]["file"].as_str().unwrap())));
}

#[test]
fn a_file_with_other_bytes_is_put_aside_and_fetched_again() {
    let (queue, project) = rendered();
    let path = project.take(&queue.file_of("one"));
    fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    fs::write(&path, "an editor's mistake").unwrap();
    assert_eq!(addresses(&project.plan(""), "action", "download"), ["x/one"]);
    project.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), 2);
    project.has_exactly(&queue, &["one", "two"]);
    let kept = project
        .everything()
        .into_iter()
        .any(|(path, bytes)| path.parent().unwrap().ends_with("takes") && bytes == b"an editor's mistake");
    assert!(kept, "nothing is deleted");
}

#[test]
fn without_fetching_what_is_recorded_is_current() {
    let (queue, project) = rendered();
    lose(&project, &queue.file_of("one"));
    let asked = queue.asked().len();
    project.render(&queue, "--no-fetch").ends(0);
    assert_eq!(queue.asked().len(), asked);
    assert_eq!(addresses(&project.plan("--no-fetch"), "action", "reuse"), ["x/one", "x/two"]);
}

#[test]
fn a_fresh_clone_fetches_everything_and_buys_nothing() {
    let (queue, project) = rendered();
    let manifest = fs::read_to_string(project.path("r/manifest.jsonl")).unwrap();
    fs::remove_dir_all(project.path("r")).unwrap();
    project.write("r/manifest.jsonl", &manifest);
    project.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), 2);
    project.has_exactly(&queue, &["one", "two"]);
    assert_eq!(fs::read_to_string(project.path("r/manifest.jsonl")).unwrap(), manifest);
}

#[test]
fn a_view_that_was_deleted_is_made_again_without_the_network() {
    let (queue, project) = rendered();
    fs::remove_dir_all(project.path("r/x")).unwrap();
    let asked = queue.asked().len();
    project.render(&queue, "").ends(0);
    assert_eq!(project.view(), ["01_one.mp4", "02_two.mp4"]);
    assert_eq!(queue.asked().len(), asked);
}

#[test]
fn a_file_of_somebody_else_in_the_view_stays() {
    let (queue, project) = rendered();
    project.write("r/x/notes.txt", "cut the third beat");
    project.storyboard(&board(&["two"]));
    project.render(&queue, "").ends(0);
    assert_eq!(project.view(), ["01_two.mp4"]);
    assert_eq!(fs::read_to_string(project.path("r/x/notes.txt")).unwrap(), "cut the third beat");
}

#[test]
fn a_link_in_place_of_a_file_is_not_followed_and_the_file_is_fetched_again() {
    let (queue, project) = rendered();
    project.write("elsewhere.mp4", "an original of somebody's");
    let path = project.take(&queue.file_of("one"));
    fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink(project.path("elsewhere.mp4"), &path).unwrap();
    project.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), 2);
    assert!(fs::symlink_metadata(&path).unwrap().is_file());
    assert_eq!(fs::read(&path).unwrap(), queue.file_of("one"));
    assert_eq!(fs::read_to_string(project.path("elsewhere.mp4")).unwrap(), "an original of somebody's");
}

#[test]
fn files_whose_times_changed_are_still_the_ones_that_were_bought() {
    let (queue, project) = rendered();
    let path = project.take(&queue.file_of("one"));
    let file = OpenOptions::new().read(true).open(&path).unwrap();
    file.set_times(FileTimes::new().set_modified(std::time::SystemTime::UNIX_EPOCH)).unwrap();
    let asked = queue.asked().len();
    project.render(&queue, "").ends(0);
    assert_eq!(queue.asked().len(), asked);
}

#[test]
fn a_file_is_not_lost_because_fal_was_out_of_reach_when_asked_for_it_once_more() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    queue.script("one", out_of_reach());
    let json = project.render(&queue, "--json").ends(1).json();
    assert_eq!(clip(&json, "x/one")["outcome"], "interrupted");
    assert_eq!(clip(&json, "x/two")["outcome"], "landed");

    queue.release();
    queue.mend_files();
    project.render(&queue, "").ends(0);
    assert_eq!(queue.words(), ["one", "two"]);
    project.has_exactly(&queue, &["one", "two"]);
}

#[test]
fn a_file_is_not_lost_because_something_on_the_way_forbids_it() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    queue.script("one", file(File::Forbidden));
    project.render(&queue, "").ends(1);

    queue.mend_files();
    project.render(&queue, "").ends(0);
    assert_eq!(queue.words(), ["one", "two"]);
    project.has_exactly(&queue, &["one", "two"]);
}

#[test]
fn a_lost_file_that_was_put_back_is_current() {
    let (queue, project) = rendered();
    let take = project.take(&queue.file_of("one"));
    let backup = project.path("backup.mp4");
    fs::copy(&take, &backup).unwrap();
    lose(&project, &queue.file_of("one"));
    queue.forget_files();
    project.render(&queue, "").ends(5);

    fs::copy(&backup, &take).unwrap();
    project.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), 2);
}
