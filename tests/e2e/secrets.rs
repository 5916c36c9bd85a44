//! The key: in no print, no file and no request but those that need it, also where a server says it back.

use serde_json::json;

use crate::support::project::{Project, board};
use crate::support::queue::Queue;
use crate::support::script::{End, Script, Submit, well};

const ID: &str = "canary-id-5f3a9c71";
const SECRET: &str = "canary-secret-e80b12d64c";

/// Whatever holds a part of the key.
fn leaks(project: &Project) -> Vec<String> {
    let holds = |bytes: &[u8], part: &str| bytes.windows(part.len()).any(|window| window == part.as_bytes());
    let files = project.everything().into_iter();
    let leaking = files.filter(|(_, bytes)| holds(bytes, ID) || holds(bytes, SECRET));
    leaking.map(|(path, bytes)| format!("{}:\n{}", path.display(), String::from_utf8_lossy(&bytes))).collect()
}

#[test]
fn the_key_is_nowhere_though_every_server_says_it_back() {
    let key = format!("{ID}:{SECRET}");
    let said = format!("key {key} of {ID}, the secret is {SECRET}");
    let (queue, project) =
        (Queue::with_key(&key), Project::new(&board(&["one", "two", "three", "four", "five", "six"])));
    let submit = |submit| Script { submit, ..well() };
    let end = |status, body| Script { end: End::Failed(status, "runner_error", body), ..well() };
    queue.script("one", submit(Submit::Refused(422, json!({ "detail": said }))));
    queue.script("two", submit(Submit::Page(502, said.clone())));
    queue.script("three", end(422, json!({"detail": [{"loc": ["body", said], "msg": said, "type": said}]})));
    queue.script("four", end(503, json!({"detail": said, "error_type": said})));
    queue.script("six", submit(Submit::Refused(403, json!({ "detail": said }))));
    for args in ["-v --events events.jsonl", "--json --failed"] {
        project.render(&queue, args).env("FAL_KEY", &key).env("RUST_LOG", "trace").done();
    }
    for args in ["status --out r", "status --json --out r", "plan --out r", "plan --json --out r"] {
        project.shotlist(args).env("FAL_KEY", &key).done();
    }
    assert!(queue.submits() >= 6, "{}", queue.submits());
    assert!(project.path("events.jsonl").exists());
    assert!(leaks(&project).is_empty(), "{}", leaks(&project).join("\n"));
}

#[test]
fn a_key_that_cannot_be_one_is_not_repeated() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    project.render(&queue, "").env("FAL_KEY", &format!("{ID} {SECRET}\n{SECRET}")).ends(4);
    assert_eq!(queue.submits(), 0);
    assert!(leaks(&project).is_empty(), "{}", leaks(&project).join("\n"));
}
