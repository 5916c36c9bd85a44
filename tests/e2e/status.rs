//! Whatever comes in place of a status: the purchase is asked after again until fal says what became of it.

use std::fs;

use serde_json::json;

use crate::support::project::{Project, board, names};
use crate::support::queue::Queue;
use crate::support::script::{Say, Script, looks, say, say_json, well};
use crate::support::until;

const PAGE: &str = "<html><body>nginx</body></html>";

/// One clip for each list of first answers, all of them in flight together: every one lands, none is bought twice.
fn all_land(first: Vec<Vec<Say>>) -> (Queue, Project) {
    let words = names(first.len());
    let (queue, project) = (Queue::start(), Project::new(&board(&words)));
    let number = first.len();
    for (word, says) in words.iter().zip(first) {
        queue.script(word, looks(says));
    }
    project.render(&queue, "-j 64 -v --events events.jsonl").ends(0);
    assert_eq!(queue.submits(), number);
    project.has_exactly(&queue, &words.iter().map(String::as_str).collect::<Vec<_>>());
    (queue, project)
}

#[test]
fn whatever_code_a_status_comes_with_at_first_the_clip_lands() {
    let codes = (200..=600).filter(|code| code % 100 < 32 || matches!(code, 451 | 499 | 520..=530 | 599));
    let about_the_key = |code: &u16| (401..=403).contains(code);
    let first = codes.filter(|code| !about_the_key(code)).map(|code| {
        let page = if code % 2 == 0 { PAGE } else { "" };
        vec![say(code, "", page), say_json(code, &json!({"detail": "not now"}))]
    });
    all_land(first.collect());
}

#[test]
fn a_status_that_cannot_be_read_is_asked_for_again() {
    let endless = |head: &str| Say::Endless(head.into(), b"[\"endless\",".repeat(64));
    let status = |body: &str| say(202, "content-type: application/json\r\n", body);
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"status\": \"COMPL";
    let mut first: Vec<Say> = [
        "",
        " \n",
        "null",
        "[]",
        "{}",
        "7",
        "\"COMPLETED\"",
        "{\"status\": null}",
        "{\"status\": 7}",
        "{\"status\"",
        "{\"Status\": \"COMPLETED\"}",
        "{\"status\": \"COMPLETED\"",
        "\u{feff}{\"status\": \"COMPLETED\"}",
        PAGE,
    ]
    .map(status)
    .into();
    first.extend([
        status(&"[".repeat(200_000)),
        say(200, "", [0xff, 0xfe, 0]),
        say(200, "content-encoding: gzip\r\n", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"),
        endless("HTTP/1.1 200 OK\r\n\r\n"),
        endless("HTTP/1.1 200 OK\r\ncontent-length: 999999999999\r\n\r\n"),
        Say::Raw(vec![cut.as_bytes().to_vec()]),
        Say::Raw(vec![b"nonsense".to_vec()]),
        Say::Nothing,
        Say::Short(1),
        say(302, "location: http://127.0.0.1:9/\r\n", ""),
        say(307, "location: file:///etc/passwd\r\n", "{\"status\": \"COMPLETED\"}"),
    ]);
    all_land(first.into_iter().map(|say| vec![say]).collect());
}

#[test]
fn a_state_that_comes_and_goes_is_followed_to_its_end() {
    let state = |state: &str| say_json(202, &json!({"status": state, "request_id": "r"}));
    let all = ["IN_PROGRESS", "IN_QUEUE", "REHEARSING", "FAILED", "IN_QUEUE", "", "completed", "CANCELLED"];
    all_land(vec![all.map(state).into(), all.iter().rev().map(|one| state(one)).collect()]);
}

#[test]
fn a_status_is_read_with_and_without_its_logs_and_none_of_them_reach_the_terminal() {
    let evil = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{202e}";
    let status = |logs: serde_json::Value| {
        vec![say_json(
            202,
            &json!({"status": "IN_PROGRESS", "logs": logs, "queue_position": evil, "metrics": null}),
        )]
    };
    let long: Vec<_> =
        (0..5_000).map(|at| json!({"message": format!("{evil} frame {at}"), "level": evil})).collect();
    let (_queue, project) = all_land(vec![
        vec![say_json(202, &json!({"status": "IN_PROGRESS"}))],
        status(json!(null)),
        status(json!([])),
        status(json!({"message": evil})),
        status(json!([{"message": evil, "timestamp": 7}, 7, null, evil])),
        status(json!(long)),
        vec![say_json(202, &json!({"status": evil}))],
    ]);
    for (path, bytes) in project.everything() {
        let kept = path.extension().is_some_and(|extension| extension == "mp4");
        assert!(kept || !bytes.contains(&0x1b), "{}", path.display());
    }
}

#[test]
fn an_error_beside_completed_ends_the_clip_only_with_what_the_result_says() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    let completed = json!({"status": "COMPLETED", "error": "it broke", "error_type": "runner_disconnected"});
    queue.script("one", looks(vec![say_json(200, &completed)]));
    project.render(&queue, "").ends(0);
    project.has_exactly(&queue, &["one", "two"]);
}

#[test]
fn a_status_that_never_comes_leaves_the_clip_to_the_next_run() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    queue.script("one", looks(vec![Say::Silence]));
    let run = project.render(&queue, "").start();
    queue.wait_for_looks(1);
    run.signal("INT");
    until("the interrupt is noticed", || run.says().contains("interrupted"));
    run.signal("INT");
    run.ends(130).says(&queue.bought()[0].id);
    queue.release();
    project.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), 1);
    project.has_exactly(&queue, &["one"]);
}

#[test]
fn a_key_that_is_refused_at_the_status_loses_no_clip() {
    for code in [401, 402, 403] {
        let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
        queue.script("one", looks(vec![say_json(code, &json!({"detail": "invalid key credentials"}))]));
        project.render(&queue, "-j 1").ends(4);
        let bought = queue.submits();
        project.render(&queue, "").ends(0);
        assert_eq!(queue.words(), ["one", "two"], "{code}: {bought}");
        project.has_exactly(&queue, &["one", "two"]);
    }
}

#[test]
fn addresses_that_a_receipt_gives_elsewhere_are_asked_neither_with_nor_without_the_key() {
    let (queue, elsewhere) = (Queue::start(), Queue::start());
    let project = Project::new(&board(&names(4)));
    let id = |at: usize| format!("{at:08x}-1111-4222-8333-444444444444");
    let places = [
        format!("{}/x", elsewhere.origin()),
        format!("{}/x", elsewhere.origin().replace("http://", "http://user:pass@")),
        "file:///etc/passwd".to_owned(),
        "//evil.example/x".to_owned(),
    ];
    for (at, place) in places.iter().enumerate() {
        let receipt = json!({"request_id": id(at + 1), "status_url": place, "response_url": place, "cancel_url": place});
        let submit = crate::support::script::Submit::Say(say_json(200, &receipt));
        queue.script(&format!("s{}", at + 1), Script { submit, ..well() });
    }
    project.render(&queue, "-j 1").ends(0);
    assert_eq!((queue.submits(), project.takes().len()), (4, 4));
    assert!(elsewhere.asked().is_empty(), "{:?}", elsewhere.asked());
    assert!(fs::read_to_string(project.path("r/.journal.jsonl")).unwrap().contains(&id(4)));
}
