//! Whatever comes in place of a file: what is paid for lands byte for byte or is left for the next run, never bought again.

use serde_json::json;

use crate::support::project::{Project, board, clip, names};
use crate::support::queue::Queue;
use crate::support::script::{File, Say, Script, file, files, say, well};
use crate::support::until;

/// One clip for each script, bought by one run, every one of them right in the vault at its end.
fn all_land(scripts: Vec<Script>) -> Queue {
    let words = names(scripts.len());
    let (queue, project) = (Queue::start(), Project::new(&board(&words)));
    for (word, script) in words.iter().zip(scripts) {
        queue.script(word, script);
    }
    project.render(&queue, "-j 64").ends(0);
    assert_eq!(queue.submits(), words.len());
    project.has_exactly(&queue, &words.iter().map(String::as_str).collect::<Vec<_>>());
    queue
}

fn fetches(queue: &Queue) -> usize {
    queue.asked().iter().filter(|asked| asked.path.starts_with("/files/")).count()
}

/// How often the result was asked for.
fn results(queue: &Queue) -> usize {
    queue
        .asked()
        .iter()
        .filter(|asked| asked.path.split("/requests/").nth(1).is_some_and(|id| !id.contains('/')))
        .count()
}

#[test]
fn a_dead_address_is_asked_for_anew_once_and_the_file_lands() {
    let scripts: Vec<Script> = [403, 404, 410].map(|code| files(vec![say(code, "", "gone")])).into();
    let queue = all_land(scripts);
    assert_eq!((results(&queue), fetches(&queue)), (6, 6));
}

#[test]
fn a_file_that_comes_late_broken_or_as_something_else_lands_in_the_end() {
    let mut first: Vec<Say> =
        [500, 502, 503, 504, 408, 425, 429, 599].map(|code| say(code, "", "not now")).into();
    first.extend([
        Say::Nothing,
        Say::Short(1),
        Say::Short(500),
        Say::Short(usize::MAX),
        Say::Less(1),
        Say::Less(5_000),
        Say::Unmeasured,
        Say::Raw(vec![b"nonsense".to_vec()]),
        Say::Raw(vec![b"HTTP/1.1 200 OK\r\n\r\nonly the start".to_vec()]),
        say(200, "content-type: text/html\r\n", "<html>sign in</html>"),
        say(200, "content-type: video/mp4\r\n", ""),
        say(200, "content-type: video/mp4\r\n", "ftypisom".repeat(9_000)),
        say(200, "content-encoding: gzip\r\n", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"),
        say(302, "", "a redirect to nowhere"),
        say(302, "location: http://[\r\n", ""),
    ]);
    all_land(first.into_iter().map(|say| files(vec![say])).collect());
}

#[test]
fn a_file_that_breaks_off_again_and_again_goes_on_from_where_it_stopped() {
    let script =
        |kind| Script { files: vec![Say::Short(9_000), Say::Short(5_000), Say::Short(1)], ..file(kind) };
    let queue = all_land(vec![script(File::Ranged)]);
    let asked: Vec<_> = queue.asked().into_iter().filter(|asked| asked.path.starts_with("/files/")).collect();
    let starts: Vec<Option<&str>> = asked.iter().map(|asked| asked.header("range")).collect();
    assert_eq!((starts.len(), starts[0]), (4, None), "{starts:?}");
    assert!(starts[1..].iter().all(Option::is_some), "{starts:?}");
    assert!(asked[1..].iter().all(|asked| asked.header("if-range") == Some("\"one\"")));
}

#[test]
fn a_file_that_became_another_edition_meanwhile_starts_anew() {
    let script = |says: Vec<Say>| Script { files: says, ..file(File::Editions) };
    all_land(vec![
        script(vec![Say::Short(9_000)]),
        script(vec![Say::Short(9_000), Say::Short(1), Say::Nothing]),
    ]);
}

#[test]
fn a_redirect_to_where_nothing_is_fetched_from_loses_no_clip() {
    let places =
        ["http://files.example/a.mp4", "file:///etc/passwd", "ftp://files.example/a.mp4", "data:video/mp4,x"];
    let words = names(places.len());
    let (queue, project) = (Queue::start(), Project::new(&board(&words)));
    for (word, place) in words.iter().zip(places) {
        queue.script(word, files(vec![say(302, &format!("location: {place}\r\n"), "")]));
    }
    let json = project.render(&queue, "--json").ends(1).json();
    for word in &words {
        assert_eq!(clip(&json, &format!("x/{word}"))["outcome"], "interrupted");
    }
    assert!(project.takes().is_empty());
    project.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), words.len());
    project.has_exactly(&queue, &words.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn a_redirect_to_another_place_that_may_be_fetched_from_is_followed_without_the_key() {
    let (queue, other, project) = (Queue::start(), Queue::start(), Project::new(&board(&["one"])));
    // The other queue's clip has the same number, and so the same bytes.
    let elsewhere = Project::new(&board(&["one"]));
    elsewhere.render(&other, "").ends(0);
    let file = other.asked().into_iter().find(|asked| asked.path.starts_with("/files/")).unwrap();
    let place = format!("http://{}{}", file.header("host").unwrap(), file.path);
    queue.script("one", files(vec![say(307, &format!("location: {place}\r\n"), "")]));
    project.render(&queue, "").ends(0);
    project.has_exactly(&queue, &["one"]);
    assert_eq!(fetches(&other), 2);
}

#[test]
fn a_file_one_byte_too_short_never_lands_however_often_it_comes() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    queue.script("one", files(vec![Say::Less(1); 3]));
    let run = project.render(&queue, "").start();
    until("the file is asked for again", || fetches(&queue) > 2);
    assert!(project.takes().is_empty());
    run.ends(0);
    assert_eq!(queue.submits(), 1);
    project.has_exactly(&queue, &["one"]);
}

#[test]
fn a_file_that_comes_whole_and_cannot_be_filed_is_kept_where_the_run_says() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    queue.script("one", files(vec![Say::Less(1); 8]));
    let done = project.render(&queue, "").ends(1);
    let kept = std::fs::read_dir(project.path("r/takes")).unwrap().map(|entry| entry.unwrap().path());
    let kept: Vec<_> = kept.filter(|path| path.extension().is_some_and(|end| end == "unreadable")).collect();
    let whole = queue.file_of("one");
    assert_eq!(std::fs::read(&kept[0]).unwrap(), whole[..whole.len() - 1]);
    done.says(kept[0].file_name().unwrap().to_str().unwrap());
    project.render(&queue, "").ends(0);
    project.has_exactly(&queue, &["one"]);
    assert!(!kept[0].exists());
    assert_eq!(queue.submits(), 1);
}

#[test]
fn the_file_of_a_landed_take_that_became_another_one_is_not_taken_for_it() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    project.render(&queue, "").ends(0);
    std::fs::remove_file(project.take(&queue.file_of("one"))).unwrap();
    std::fs::remove_dir_all(project.path("r/x")).unwrap();
    queue.exchange_files();
    let run = project.render(&queue, "").start();
    until("the file is asked for again", || fetches(&queue) > 3);
    run.signal("INT");
    run.signal("INT");
    run.done();
    assert_eq!(project.takes(), [queue.file_of("two")].into());
    queue.mend_files();
    project.render(&queue, "").ends(0);
    project.has_exactly(&queue, &["one", "two"]);
    assert_eq!(queue.submits(), 2);
}

#[test]
fn a_file_that_never_ends_is_given_up_and_the_clip_is_not() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 9999999999999\r\n\r\n";
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    queue.script("one", Script { files: vec![Say::Endless(head.into(), vec![0; 4_096])], ..well() });
    let json = project.render(&queue, "--json").ends(1).json();
    assert_eq!(
        (&clip(&json, "x/one")["outcome"], &json["totals"]["reserved_usd"]),
        (&json!("interrupted"), &json!("1.26"))
    );
    project.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), 1);
    project.has_exactly(&queue, &["one"]);
}
