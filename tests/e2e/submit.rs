//! Every answer to a purchase, one a clip: accepted and unseen it is never sent again, refused it costs nothing.

use std::net::TcpListener;
use std::time::Duration;

use serde_json::json;

use crate::support::project::{Project, addresses, board, names};
use crate::support::queue::{KEY, Queue};
use crate::support::script::{Say, Script, Submit, say, say_json, well};

const PAGE: &str = "<html><body><h1>Bad Gateway</h1><hr>nginx</body></html>";

/// One clip for each answer, all of them bought by one run.
fn asked_with(answers: &[Submit]) -> (Queue, Project, usize) {
    let words = names(answers.len());
    let (queue, project) = (Queue::start(), Project::new(&board(&words)));
    for (word, submit) in words.iter().zip(answers.iter().cloned()) {
        queue.script(word, Script { submit, ..well() });
    }
    (queue, project, answers.len())
}

/// Whatever was answered, each clip stays unknown, its money reserved, and no run sends it again.
fn all_are_unknown(answers: Vec<Say>) {
    let (queue, project, number) = asked_with(&answers.into_iter().map(Submit::Say).collect::<Vec<_>>());
    // A run stops after some lost answers in a row.
    while queue.submits() < number {
        let before = queue.submits();
        assert!(matches!(project.render(&queue, "-j 64").done().exit, 1 | 6));
        assert!(queue.submits() > before);
    }
    for args in ["--json", "--json --failed", "--json --force x/**"] {
        let json = project.render(&queue, args).ends(6).json();
        let mut outcomes = json["clips"].as_array().unwrap().iter().map(|clip| &clip["outcome"]);
        assert!(outcomes.all(|outcome| outcome == "unknown"), "{args}: {json:#}");
    }
    assert_eq!(queue.submits(), number);
    let cents = number * 126;
    assert_eq!(project.status(6)["totals"]["reserved_usd"], format!("{}.{:02}", cents / 100, cents % 100));
    assert!(project.takes().is_empty());
}

#[test]
fn an_answer_that_was_lost_on_the_way_leaves_the_purchase_unknown() {
    let receipt = json!({"request_id": "r-1"}).to_string();
    let announced = format!("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{receipt}");
    let chunked = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n15\r\n{receipt}");
    all_are_unknown(vec![
        Say::Nothing,
        Say::Short(1),
        Say::Short(40),
        Say::Short(usize::MAX),
        Say::Raw(vec![announced.into_bytes()]),
        Say::Raw(vec![chunked.into_bytes()]),
        Say::Raw(vec![b"HTTP/1.1 200 OK\r\nconten".to_vec()]),
        Say::Raw(vec![b"\x16\x03\x01 this is not HTTP\r\n\r\n".to_vec()]),
        Say::Raw(vec![b"HTTP/1.1 100 Continue\r\n\r\n".to_vec()]),
    ]);
}

#[test]
fn an_answer_that_makes_no_sense_leaves_the_purchase_unknown() {
    let endless = |head: &str, piece: &str| Say::Endless(head.into(), piece.repeat(64).into_bytes());
    let bodies = [
        "",
        " ",
        "{}",
        "[]",
        "null",
        "7",
        "\"r-1\"",
        "{\"request_id\":",
        "{'request_id': 'r-1'}",
        "\u{feff}{}",
        "{\"request_id\": null}",
        "{\"request_id\": 7}",
        "{\"request_id\": [\"r-1\"]}",
        "{\"id\": \"r-1\"}",
        "{\"detail\": {\"request_id\": \"r-1\"}}",
        PAGE,
    ];
    let mut answers: Vec<Say> = bodies.iter().map(|body| say(200, "", body)).collect();
    answers.extend([
        say(200, "content-type: application/json\r\n", "[".repeat(200_000)),
        say(200, "content-type: application/json\r\n", "{\"a\":".repeat(200_000)),
        say(200, "", [0xff, 0xfe, b'{', 0, b'}', 0]),
        say(200, "content-encoding: gzip\r\n", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"),
        say(204, "", ""),
        endless("HTTP/1.1 200 OK\r\n\r\n", "[\"endless\","),
        endless(
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            &format!("1000\r\n{}\r\n", "[".repeat(0x1000)),
        ),
        endless("HTTP/1.1 200 OK\r\n", "x-endless: header\r\n"),
    ]);
    all_are_unknown(answers);
}

#[test]
fn an_id_that_could_not_stand_in_an_address_leaves_the_purchase_unknown() {
    let long = "x".repeat(1_000_000);
    let ids = [
        "",
        " ",
        "/",
        "..",
        ".",
        "a/b",
        "a\\b",
        "../../etc",
        "a?b",
        "a#b",
        "a%2fb",
        "a b",
        "r-1\r\nx-evil: 1",
        "r-1\n",
        "r\u{0}1",
        "\u{1b}[2Jr-1",
        "é",
        "r\u{202e}1",
        &long,
    ];
    all_are_unknown(ids.iter().map(|id| say_json(200, &json!({ "request_id": id }))).collect());
}

#[test]
fn an_error_of_something_on_the_way_leaves_the_purchase_unknown() {
    let fals = json!({"detail": "something went wrong", "error_type": "internal_error"});
    let mut answers: Vec<Say> =
        [500, 502, 503, 504, 520, 408, 409, 418, 451].map(|code| say(code, "", PAGE)).into();
    answers.extend([500, 502, 503, 504, 408, 409, 410].map(|code| say_json(code, &fals)));
    // The same codes that are a refusal from fal are a guess from anybody else.
    for code in [400, 401, 402, 403, 404, 422, 429] {
        answers.extend([say(code, "retry-after: 0\r\n", PAGE), say(code, "", ""), say(code, "", "{}")]);
        answers.push(say_json(code, &json!({"message": "blocked by the firewall"})));
        answers.push(say_json(code, &json!({"detail": []})));
    }
    all_are_unknown(answers);
}

#[test]
fn a_purchase_follows_no_redirect() {
    let elsewhere = Queue::start();
    let codes = [300, 301, 302, 303, 307, 308];
    let to = |place: &str| {
        codes.map(|code| say(code, &format!("location: {place}\r\n"), "{\"request_id\": \"r-1\"}"))
    };
    let places = [format!("{}/x", elsewhere.origin()), "/x".to_owned(), "file:///etc/passwd".to_owned()];
    all_are_unknown(places.iter().flat_map(|place| to(place)).collect());
    assert!(elsewhere.asked().is_empty());
}

#[test]
fn what_fal_itself_refuses_costs_nothing_and_is_held() {
    let list = json!({"detail": [{"loc": ["body", "prompt"], "msg": "too long", "type": "string_too_long"}]});
    let mut answers = Vec::new();
    for code in [400, 404, 422] {
        answers.extend([
            say_json(code, &json!({"detail": "no"})),
            say_json(code, &list),
            say_json(code, &json!({"detail": "no", "error_type": "bad_request"})),
            say(code, "x-fal-request-id: 0\r\n", PAGE),
        ]);
    }
    let (queue, project, number) = asked_with(&answers.into_iter().map(Submit::No).collect::<Vec<_>>());
    for args in ["-j 64 --json", "--json"] {
        let json = project.render(&queue, args).ends(5).json();
        assert_eq!(
            (&json["totals"]["spent_usd"], &json["totals"]["reserved_usd"]),
            (&json!("0.00"), &json!("0.00"))
        );
        assert_eq!(queue.refused(), number, "{args}");
    }
    assert!(queue.bought().is_empty());
}

fn stops(code: u16, answer: Say) {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two", "three"])));
    queue.script("one", Script { submit: Submit::No(answer), ..well() });
    project.render(&queue, "-j 1").ends(4);
    assert_eq!((queue.refused(), queue.submits()), (1, 1), "{code}");
    assert_eq!(project.status(0)["totals"]["spent_usd"], "0.00");
    project.render(&queue, "").ends(0);
    assert_eq!(queue.words(), ["one", "three", "two"], "{code}");
}

#[test]
fn a_key_or_an_account_that_fal_refuses_stops_the_buying_in_whatever_shape_it_is_told() {
    stops(402, say_json(402, &json!({"detail": "User is locked. Reason: TOP_UP."})));
    stops(403, say_json(403, &json!({"detail": "no", "error_type": "forbidden"})));
    stops(401, say(401, "x-fal-request-id: 0\r\n", PAGE));
}

#[test]
fn a_throttled_purchase_is_sent_again_whatever_the_wait_looks_like() {
    let waits = ["0", "1", "soon", "Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 99 Nil 2015 07:28:00 GMT"];
    let throttled = |wait: &str| say(429, &format!("retry-after: {wait}\r\n"), "{\"detail\": \"slow down\"}");
    let (queue, project, number) = asked_with(&waits.map(|wait| Submit::No(throttled(wait))));
    project.render(&queue, "-j 64").ends(0);
    assert_eq!((queue.refused(), queue.bought().len()), (number, number));
    assert_eq!(project.takes().len(), number);
}

#[test]
fn however_long_fal_asks_to_be_left_alone_an_interrupt_ends_the_wait() {
    for wait in ["99999999999999999999", "100000", "Fri, 31 Dec 9999 23:59:59 GMT"] {
        let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
        let answer = say(429, &format!("retry-after: {wait}\r\n"), "{\"detail\": \"slow down\"}");
        queue.script("one", Script { submit: Submit::No(answer), ..well() });
        let run = project.render(&queue, "").start();
        queue.wait_for_submits(1);
        run.signal("INT");
        run.ends(130);
        assert_eq!((queue.submits(), &project.status(0)["totals"]["spent_usd"]), (1, &json!("0.00")));
        project.render(&queue, "").ends(0);
        project.has_exactly(&queue, &["one"]);
    }
}

#[test]
fn where_the_other_side_speaks_no_tls_nothing_is_bought() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("https://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        use std::io::{Read, Write};
        let mut heard = Vec::new();
        for stream in listener.incoming().take(3) {
            let mut stream = stream.unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
            let mut bytes = [0; 4_096];
            let read = stream.read(&mut bytes).unwrap();
            heard.extend_from_slice(&bytes[..read]);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
        }
        heard
    });
    let project = Project::new(&board(&["one"]));
    let run = project.shotlist("render --yes --out r").env("FAL_KEY", KEY).env("SHOTLIST_QUEUE_URL", &origin);
    run.ends(1).says("nothing was bought");
    assert_eq!(project.status(0)["totals"]["reserved_usd"], "0.00");
    let heard = server.join().unwrap();
    let has = |words: &str| heard.windows(words.len()).any(|window| window == words.as_bytes());
    assert!(!has("POST") && !has("lantern") && !has("authorization"));
}

#[test]
fn a_host_that_no_name_leads_to_is_sent_nothing() {
    let project = Project::new(&board(&["one", "two"]));
    let run = project.shotlist("render --yes --out r --json").env("FAL_KEY", KEY);
    let json = run.env("SHOTLIST_QUEUE_URL", "https://no-such-host.invalid").ends(1).json();
    assert_eq!(
        (&json["totals"]["spent_usd"], &json["totals"]["reserved_usd"]),
        (&json!("0.00"), &json!("0.00"))
    );
    assert_eq!(addresses(&project.plan(""), "action", "buy"), ["x/one", "x/two"]);
}

#[test]
fn a_receipt_counts_whatever_stands_around_it() {
    let answers = [
        say_json(
            201,
            &json!({"request_id": "00000001-1111-4222-8333-444444444444", "status": 7, "queue_position": -1}),
        ),
        say_json(
            500,
            &json!({"request_id": "00000002-1111-4222-8333-444444444444", "detail": "late", "error_type": "x"}),
        ),
    ];
    // The queue numbers what it accepts, and so one after the other.
    let (queue, project, _) = asked_with(&answers.map(Submit::Say));
    let json = project.render(&queue, "-j 1 --json").ends(0).json();
    assert!(json["clips"].as_array().unwrap().iter().all(|clip| clip["outcome"] == "landed"));
    assert_eq!(queue.submits(), 2);
}

#[test]
fn what_a_server_says_reaches_a_terminal_without_its_escapes() {
    let evil = "\u{1b}[2J\u{1b}]0;owned\u{7}red\u{202e}\u{9b}31m";
    let (queue, project, _) = asked_with(&[
        Submit::No(say_json(422, &json!({"detail": evil, "error_type": evil}))),
        Submit::Say(say(502, "", evil)),
        Submit::Say(say_json(200, &json!({"request_id": evil}))),
    ]);
    let done = project.render(&queue, "-v --events events.jsonl").ends(6);
    let status = project.shotlist("status --out r").ends(6);
    let events = std::fs::read_to_string(project.path("events.jsonl")).unwrap();
    let journal = std::fs::read_to_string(project.path("r/.journal.jsonl")).unwrap();
    for text in [&done.stdout, &done.stderr, &status.stdout, &status.stderr, &events, &journal] {
        let unseen = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!text.contains(unseen) && !text.contains("\\u001b") && !text.contains("\\u202e"), "{text:?}");
    }
}
