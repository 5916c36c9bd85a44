//! The key: in no print, no file and no request but those that need it, also where a server says it back.

use serde_json::json;

use crate::support::project::{Project, board};
use crate::support::queue::Queue;
use crate::support::script::{End, File, Script, Submit, file, held, lost, silent, well};
use crate::support::until;

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

/// What a run leaves that had no time to put anything in order.
#[test]
fn the_key_is_in_nothing_that_a_killed_run_leaves() {
    let key = format!("{ID}:{SECRET}");
    let (queue, project) = (Queue::with_key(&key), Project::new(&board(&["one", "two", "three", "four"])));
    queue.script("one", held());
    queue.script("two", silent());
    queue.script("three", file(File::Stuck));
    queue.script("four", lost());
    project.write("tmp/empty", "");
    let tmp = project.path("tmp").display().to_string();
    let run =
        project.render(&queue, "-j 4 -v --events events.jsonl").env("FAL_KEY", &key).env("TMPDIR", &tmp);
    let run = run.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "full").start();
    queue.wait_for_submits(4);
    until("a part of the file is here", || project.has_a_part());
    let arguments = std::fs::read(format!("/proc/{}/cmdline", run.pid())).unwrap_or_default();
    assert!(!String::from_utf8_lossy(&arguments).contains("canary"));
    run.kill();
    assert!(leaks(&project).is_empty(), "{}", leaks(&project).join("\n"));
    queue.release();
    let run = project.render(&queue, "-v").env("FAL_KEY", &key).env("TMPDIR", &tmp);
    run.ends(6);
    assert!(leaks(&project).is_empty(), "{}", leaks(&project).join("\n"));
}

#[test]
fn the_key_is_in_no_help_and_in_no_word_on_wrong_usage() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    let key = format!("{ID}:{SECRET}");
    for args in [
        "--help",
        "render --help",
        "render --nonsense",
        "render --jobs",
        "plan --var",
        "reconcile --help",
        "doctor",
    ] {
        let run =
            project.shotlist(args).env("FAL_KEY", &key).env("FAL_KEY_ID", ID).env("FAL_KEY_SECRET", SECRET);
        run.done();
    }
    // Typed at the wrong place, as with other services.
    for origin in
        [format!("https://{key}@127.0.0.1"), format!("http://{key}@127.0.0.1:1/x"), format!("https://{key}@")]
    {
        let run = project.render(&queue, "").env("FAL_KEY", &key);
        run.env("SHOTLIST_QUEUE_URL", &origin).ends(2);
        let run = project.render(&queue, "").env("FAL_KEY", &key);
        run.env("SHOTLIST_API_URL", &origin).ends(2);
    }
    assert!(leaks(&project).is_empty(), "{}", leaks(&project).join("\n"));
}
