//! Whatever comes in place of a result: only fal's own word ends a clip that is paid for.

use serde_json::{Value, json};

use crate::support::project::{Project, addresses, board, clip, names};
use crate::support::queue::Queue;
use crate::support::script::{End, Say, Script, results, say, say_json, well};

const PAGE: &str = "<html><body>nginx</body></html>";

/// One clip for each script, bought by one run.
fn rendered(scripts: Vec<Script>, exit: i32) -> (Queue, Project, Value) {
    let words = names(scripts.len());
    let (queue, project) = (Queue::start(), Project::new(&board(&words)));
    for (word, script) in words.iter().zip(scripts) {
        queue.script(word, script);
    }
    let json = project.render(&queue, "-j 64 --json").ends(exit).json();
    assert_eq!(queue.submits(), words.len());
    (queue, project, json)
}

fn all_land(scripts: Vec<Script>) -> (Queue, Project) {
    let words = names(scripts.len());
    let (queue, project, _) = rendered(scripts, 0);
    project.has_exactly(&queue, &words.iter().map(String::as_str).collect::<Vec<_>>());
    (queue, project)
}

#[test]
fn a_result_that_need_not_be_fals_word_is_asked_for_again() {
    let detail = json!({"detail": "not now"});
    let mut first: Vec<Say> = [500, 502, 503, 504, 520, 599].map(|code| say(code, "", PAGE)).into();
    first.extend([500, 502, 503, 504].map(|code| say_json(code, &detail)));
    first.extend(
        [400, 404, 405, 408, 410, 418, 425, 429, 451].map(|code| say(code, "retry-after: 0\r\n", PAGE)),
    );
    first.extend([404, 405, 408, 410, 425, 429].map(|code| say_json(code, &detail)));
    first.extend([301, 302, 307].map(|code| say(code, "location: file:///etc/passwd\r\n", PAGE)));
    first.extend(["", " ", PAGE, "{", "{\"video\": {\"url\": \"https://x"].map(|body| say(200, "", body)));
    first.extend([
        say(422, "", PAGE),
        say_json(400, &json!({"detail": "Request is still in progress"})),
        say_json(202, &json!({"status": "IN_PROGRESS"})),
        say_json(200, &json!({"status": "IN_QUEUE", "queue_position": 2})),
        say(200, "", "[".repeat(200_000)),
        say(200, "content-encoding: gzip\r\n", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"),
        Say::Endless(b"HTTP/1.1 200 OK\r\n\r\n".into(), b"[\"endless\",".repeat(64)),
        Say::Nothing,
        Say::Short(1),
    ]);
    all_land(first.into_iter().map(|say| results(vec![say])).collect());
}

#[test]
fn sizes_and_names_that_make_no_sense_lose_no_clip() {
    let sizes = [
        json!(-1),
        json!(0),
        json!(1),
        json!(1.5),
        json!(1e300),
        json!(u64::MAX),
        json!("13096952"),
        json!(null),
        json!([]),
    ];
    let names = [
        json!("../../../etc/passwd"),
        json!("/etc/passwd"),
        json!("a\u{0}b"),
        json!("x".repeat(5_000)),
        json!(7),
        json!("\u{1b}[2J.mp4"),
        json!(null),
    ];
    let mut odd: Vec<Value> = sizes.into_iter().map(|size| json!({ "file_size": size })).collect();
    odd.extend(names.into_iter().map(|name| json!({"file_name": name, "content_type": name})));
    let (_queue, project) =
        all_land(odd.into_iter().map(|fields| Script { end: End::Odd(fields), ..well() }).collect());
    let strays = project.everything().into_iter().filter(|(path, bytes)| {
        path.extension().is_some_and(|extension| extension == "mp4")
            && !path.starts_with(project.path("r"))
            && !bytes.is_empty()
    });
    assert_eq!(strays.count(), 0);
}

/// Each of these ends its clip, counts in full, and is bought again by no usual run.
fn ends_and_is_held(scripts: Vec<Script>, kind: &str) {
    let number = scripts.len();
    let (queue, project, json) = rendered(scripts, 5);
    for word in names(number) {
        let error = &clip(&json, &format!("x/{word}"))["error"];
        assert_eq!(error["kind"], kind, "{word}: {error}");
    }
    let cents = number * 126;
    assert_eq!(json["totals"]["spent_usd"], format!("{}.{:02}", cents / 100, cents % 100));
    let again = project.render(&queue, "--json").ends(5).json();
    assert_eq!(addresses(&again, "outcome", "held").len(), number);
    assert_eq!(queue.submits(), number);
    assert!(project.takes().is_empty());
}

fn ended(status: u16, error_type: &'static str, body: Value) -> Script {
    Script { end: End::Failed(status, error_type, body), ..well() }
}

#[test]
fn an_input_that_fal_finds_wrong_in_words_or_as_a_list_ends_the_clip() {
    let list = json!({"detail": [{"loc": ["body", 0, "prompt"], "msg": "too long", "type": "string_too_long", "ctx": {"limit": 9}}]});
    ends_and_is_held(
        vec![
            ended(422, "", list.clone()),
            ended(422, "", json!({"detail": "prompt is too long"})),
            ended(422, "", json!({"detail": [7]})),
            ended(422, "value_error", list),
            ended(400, "bad_request", json!({"detail": "no", "error_type": "bad_request"})),
        ],
        "fal found the input wrong",
    );
}

#[test]
fn a_content_policy_ends_the_clip_however_it_is_told() {
    let item = |kind: &str| json!([{"loc": ["body"], "msg": "flagged", "type": kind}]);
    ends_and_is_held(
        vec![
            ended(422, "", json!({"detail": item("content_policy_violation")})),
            ended(422, "", json!({"detail": "flagged", "error_type": "content_policy_violation"})),
            ended(422, "", json!({"detail": "The prompt violates our Content Policy"})),
            ended(422, "content_policy_violation", json!({"detail": item("value_error")})),
            ended(400, "content_policy_violation", json!({"detail": "flagged"})),
        ],
        "content policy",
    );
}

#[test]
fn an_answer_whose_video_is_none_or_nowhere_on_the_web_ends_the_clip_and_counts_in_full() {
    let urls = [
        json!("file:///etc/passwd"),
        json!("data:video/mp4;base64,AAAA"),
        json!("ftp://files.example/a.mp4"),
        json!("javascript:alert(1)"),
        json!("output.mp4"),
        json!(""),
        json!(7),
        json!(null),
        json!({"url": "https://x"}),
    ];
    let mut scripts: Vec<Script> =
        urls.into_iter().map(|url| Script { end: End::Odd(json!({ "url": url })), ..well() }).collect();
    for body in
        [json!({}), json!(null), json!([]), json!({"video": []}), json!({"videos": [{"url": "https://x"}]})]
    {
        scripts.push(ended(200, "", body));
    }
    ends_and_is_held(scripts, "no video in the answer");
}

#[test]
fn a_server_error_that_fal_states_is_free_and_bought_again_once() {
    let told = |code| ended(code, "", json!({"detail": "broken", "error_type": "runner_disconnected"}));
    let stated = |code| ended(code, "request_timeout", json!({"detail": "broken"}));
    let mut scripts: Vec<Script> = [500, 502, 503, 504].map(told).into();
    scripts.extend([500, 504].map(stated));
    let words = names(scripts.len());
    let (queue, project) = (Queue::start(), Project::new(&board(&words)));
    for (word, script) in words.iter().zip(scripts) {
        queue.script(word, script.clone());
        queue.script(word, script);
    }
    let json = project.render(&queue, "-j 64 --json").ends(5).json();
    let totals = (&json["totals"]["spent_usd"], &json["totals"]["reserved_usd"]);
    assert_eq!(totals, (&json!("0.00"), &json!("0.00")));
    project.render(&queue, "").ends(5);
    assert_eq!(queue.submits(), 2 * words.len());
}

#[test]
fn a_server_error_of_which_fal_says_that_another_try_is_no_use_is_not_bought_again() {
    let body = json!({"detail": "it broke", "error_type": "internal_error"}).to_string();
    for headers in
        ["x-fal-retryable: false\r\n", "x-fal-needs-retry: 0\r\n", "x-fal-request-timeout-type: user\r\n"]
    {
        let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
        queue.script("one", results([say(504, headers, &body)]));
        for _ in 0..2 {
            project.render(&queue, "").ends(5);
            assert_eq!(queue.submits(), 1, "{headers}");
        }
        assert_eq!(project.status(0)["totals"]["spent_usd"], "0.00");
        project.render(&queue, "--failed").ends(0);
        assert_eq!(queue.submits(), 2, "{headers}");
    }
}
