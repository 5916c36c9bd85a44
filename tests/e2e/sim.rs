//! `shotlist sim`: one line of JSON once it listens, a queue for any client, and an end when it is told to.

use std::fs;
use std::net::TcpListener;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::project::{Project, Running, board};
use crate::support::until;

const MODEL: &str = "fal-ai/kling-video/o3/4k/text-to-video";

/// Waits for its line, and gives the origin.
fn listening(running: &Running) -> String {
    until("it listens", || running.prints().ends_with('\n'));
    let line: Value = serde_json::from_str(&running.prints()).unwrap();
    line["listening"].as_str().unwrap().to_owned()
}

fn sim(project: &Project, args: &str) -> Running {
    project.shotlist(&format!("sim --port 0 --size small {args}")).start()
}

/// No TLS is spoken here, but a client wants to know who would.
fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

async fn called(request: reqwest::RequestBuilder) -> (u16, Value) {
    let answer = request.header("authorization", "Key any:key").send().await.unwrap();
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap_or_default())
}

#[tokio::main(flavor = "current_thread")]
async fn post(url: &str, body: &Value) -> (u16, Value) {
    called(client().post(url).json(body)).await
}

#[tokio::main(flavor = "current_thread")]
async fn get(url: &str) -> (u16, Value) {
    called(client().get(url)).await
}

#[tokio::main(flavor = "current_thread")]
async fn put(url: &str) -> (u16, Value) {
    called(client().put(url)).await
}

fn submit(origin: &str) -> Value {
    let (status, receipt) = post(&format!("{origin}/{MODEL}"), &json!({ "prompt": "rain", "duration": "3" }));
    assert_eq!(status, 200, "{receipt}");
    receipt
}

fn finished(receipt: &Value) -> Value {
    let url = receipt["status_url"].as_str().unwrap();
    until("the request is done", || get(url).1["status"] == "COMPLETED");
    get(receipt["response_url"].as_str().unwrap()).1
}

#[test]
fn it_listens_films_and_ends_with_0_when_it_is_told_to() {
    for signal in ["INT", "TERM"] {
        let project = Project::empty();
        let running = sim(&project, "");
        let origin = listening(&running);
        let output = finished(&submit(&origin));
        assert!(output["video"]["url"].as_str().unwrap().starts_with(&origin));
        running.signal(signal);
        let done = running.ends(0);
        assert_eq!(done.json()["listening"], json!(origin));
        done.says("nothing is bought");
    }
}

#[test]
fn without_a_folder_nothing_of_it_stays() {
    let (project, scratch) = (Project::empty(), tempfile::tempdir().unwrap());
    let temporary = scratch.path().to_str().unwrap();
    let running = project.shotlist("sim --port 0 --size small").env("TMPDIR", temporary).start();
    finished(&submit(&listening(&running)));
    assert_ne!(fs::read_dir(scratch.path()).unwrap().count(), 0);
    running.signal("TERM");
    running.ends(0);
    assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 0);
}

#[test]
fn told_to_end_while_it_starts_it_clears_away_too() {
    let (project, scratch) = (Project::empty(), tempfile::tempdir().unwrap());
    let temporary = scratch.path().to_str().unwrap();
    for wait in 0..30 {
        let running = project.shotlist("sim --port 0 --size small").env("TMPDIR", temporary).start();
        std::thread::sleep(Duration::from_millis(4 * wait));
        running.signal("TERM");
        running.done();
    }
    assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 0);
}

#[test]
fn with_a_folder_it_goes_on_where_it_was_killed() {
    let project = Project::empty();
    let running = sim(&project, "--dir memory --concurrency 1");
    let receipt = submit(&listening(&running));
    assert_eq!(running.kill(), None);
    let running = sim(&project, "--dir memory");
    let path = receipt["status_url"].as_str().unwrap().splitn(4, '/').nth(3).unwrap().to_owned();
    let url = format!("{}/{path}", listening(&running));
    until("the request is done", || get(&url).1["status"] == "COMPLETED");
}

#[test]
fn a_folder_and_a_port_have_one_simulator_and_the_second_says_so() {
    let project = Project::empty();
    let first = sim(&project, "--dir memory");
    listening(&first);
    sim(&project, "--dir memory").ends(1).says("is in use by another simulator");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let listener = TcpListener::bind(("127.0.0.1", taken)).unwrap();
    project.shotlist(&format!("sim --port {taken}")).ends(1).says(&format!("127.0.0.1:{taken}"));
    drop(listener);
}

#[test]
fn only_its_key_is_let_in_and_the_key_is_never_shown() {
    let project = Project::empty();
    let running = sim(&project, "--key secret:canary --audit audit.jsonl");
    let origin = listening(&running);
    assert_eq!(post(&format!("{origin}/{MODEL}"), &json!({})).0, 401);
    running.signal("TERM");
    running.ends(0);
    let told = project.everything();
    assert!(told.iter().all(|(_, bytes)| !String::from_utf8_lossy(bytes).contains("canary")));
}

#[test]
fn a_key_that_no_header_can_carry_is_refused_and_not_shown() {
    let project = Project::empty();
    for key in ["", "canary\u{e9}", "Key canary", "canary\n"] {
        let refused = project.shotlist("sim --port 0").env("SHOTLIST_KEY", key).ends(2);
        refused.says("Authorization: Key");
        assert!(!refused.stderr.contains("canary"));
    }
}

#[test]
fn models_of_the_project_are_simulated_too() {
    let project = Project::new(&board(&["one"]));
    let model = include_str!("../../src/catalog/kling-o3-4k.yaml")
        .replace("fal-ai/kling-video/o3/4k/text-to-video", "mine/film/text-to-video")
        .replace("kling-o3-4k", "mine");
    project.write("models/mine.yaml", &model);
    let running = sim(&project, "");
    let origin = listening(&running);
    let (status, receipt) = post(&format!("{origin}/mine/film/text-to-video"), &json!({ "prompt": "rain" }));
    assert_eq!(status, 200, "{receipt}");
}

#[test]
fn a_render_buys_from_it_as_from_fal() {
    let project = Project::new(&board(&["one", "two"]));
    let running = sim(&project, "--audit audit.jsonl");
    let origin = listening(&running);
    let render = |exit| {
        let render = project.shotlist("render --yes --json").env("FAL_KEY", "any:key");
        render.env("SHOTLIST_QUEUE_URL", &origin).env("SHOTLIST_API_URL", &origin).ends(exit).json()
    };
    assert_eq!(render(0)["totals"]["buy"], 2);
    assert_eq!(render(0)["totals"]["buy"], 0);
    let audit = fs::read_to_string(project.path("audit.jsonl")).unwrap();
    assert_eq!(audit.lines().filter(|line| line.contains(r#""event":"submitted""#)).count(), 2);
}

#[test]
fn every_wrong_rule_is_told_at_once_and_nothing_is_started() {
    let project = Project::empty();
    let wrong = sim(&project, "--fault sumbit.lost --fault file.truncate:frist=2,p=7").ends(2);
    assert_eq!(wrong.stdout, "");
    for words in ["did you mean `submit`", "did you mean `first`", "`p=7` is no probability"] {
        wrong.says(words);
    }
}

#[test]
fn a_rule_of_the_command_line_is_met() {
    let project = Project::empty();
    let running = sim(&project, "--fault submit.refused:code=402");
    let origin = listening(&running);
    assert_eq!(post(&format!("{origin}/{MODEL}"), &json!({ "prompt": "rain" })).0, 402);
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_was_full_hides_no_purchase_and_invents_none() {
    let project = Project::empty();
    let args = "sim --port 0 --size small --dir memory --audit audit.jsonl";
    let running = project.shotlist(args).short_of_room().start();
    let url = format!("{}/{MODEL}", listening(&running));
    let body = json!({ "prompt": "rain ".repeat(200), "duration": "3" });
    let mut accepted = (0..100).take_while(|_| post(&url, &body).0 == 200).count();
    assert!(accepted < 100, "the disk was never full");
    running.has_room();
    assert_eq!(post(&url, &body).0, 200);
    accepted += 1;
    assert_eq!(running.kill(), None);
    // What a kill came before is told now.
    let running = sim(&project, "--dir memory --audit audit.jsonl");
    listening(&running);
    running.signal("TERM");
    running.ends(0);
    let audit = fs::read_to_string(project.path("audit.jsonl")).unwrap();
    let lines: Vec<Value> = audit.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.iter().filter(|line| line["event"] == "submitted").count(), accepted);
}

#[cfg(target_os = "linux")]
#[test]
fn a_cancellation_that_a_full_disk_kept_from_the_record_has_not_happened() {
    let project = Project::empty();
    let args = "sim --port 0 --size small --concurrency 1 --latency run=1h --dir memory --audit audit.jsonl";
    let running = project.shotlist(args).short_of_room().start();
    let url = format!("{}/{MODEL}", listening(&running));
    let body = json!({ "prompt": "rain ".repeat(100), "duration": "3" });
    let receipts = std::iter::from_fn(|| Some(post(&url, &body)).filter(|(status, _)| *status == 200));
    let receipts: Vec<Value> = receipts.take(200).map(|(_, receipt)| receipt).collect();
    let address = |receipt: &Value, name: &str| receipt[name].as_str().unwrap().to_owned();
    let refused = receipts[1..].iter().find(|receipt| put(&address(receipt, "cancel_url")).0 == 500);
    let refused = refused.expect("the disk was full");
    assert_eq!(get(&address(refused, "status_url")).1["status"], "IN_QUEUE");
    running.has_room();
    assert_eq!(put(&address(refused, "cancel_url")).0, 202);
    assert_eq!(get(&address(refused, "status_url")).1["status"], "COMPLETED");
}

#[test]
fn with_verbose_every_call_is_told_as_it_comes() {
    let project = Project::empty();
    let running = sim(&project, "-v --fault status.busy:code=503,first=1");
    let receipt = submit(&listening(&running));
    finished(&receipt);
    let id = receipt["request_id"].as_str().unwrap();
    let told = |what: &str| running.says().lines().any(|line| line.contains(what) && line.contains(id));
    until("its end is told", || told(" completed   200"));
    assert!(told(" submitted") && told("[status.busy]"), "{}", running.says());
    running.signal("TERM");
    running.ends(0);
}
