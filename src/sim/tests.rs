//! The simulator as a client meets it, over real HTTP.

use std::path::Path;
use std::time::Duration;

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::*;
use crate::catalog::Catalog;

mod account;
mod admin;
mod audit;
mod browser;
mod effects;
mod faults;
mod files;
mod kept;
mod latency;
mod mix;
mod models;
mod platform;
mod proxy;
mod queue;
mod restart;
mod run;
mod scale;
mod start;
mod tls;
mod webhook;

const O3: &str = "fal-ai/kling-video/o3/4k/text-to-video";
const V3: &str = "fal-ai/kling-video/v3/pro/text-to-video";
/// So long that a request which runs is still running whenever a test looks.
const FOR_EVER: Duration = Duration::from_hours(1);

/// A simulator and a client of it, each with a runtime of its own.
struct Bench {
    running: Option<Running>,
    client: reqwest::Client,
    runtime: Runtime,
    dir: tempfile::TempDir,
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

fn quick(dir: &Path) -> Config {
    let audit = Some(dir.join("audit.jsonl"));
    let catalog = Arc::new(Catalog::builtin().unwrap());
    Config {
        latency: Latency::running(Duration::ZERO),
        audit,
        size: Size::Small,
        ..Config::new(dir.join("sim"), catalog)
    }
}

fn client() -> reqwest::Client {
    // A second test finds it installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

impl Bench {
    fn new() -> Self {
        Self::with(|config| config)
    }

    fn with(change: impl FnOnce(Config) -> Config) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let running = Some(Simulator::start(change(quick(dir.path()))).unwrap());
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        Self { running, client: client(), runtime, dir }
    }

    fn restart(&mut self, change: impl FnOnce(Config) -> Config) {
        self.running = None;
        // The old connections are gone with the old simulator, even where the port is the same.
        self.client = client();
        self.running = Some(Simulator::start(change(quick(self.dir.path()))).unwrap());
    }

    fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.running.as_ref().unwrap().origin())
    }

    fn send(&self, method: Method, url: &str, headers: &[(&str, &str)], body: String) -> Answer {
        let map = headers.iter().map(|(name, value)| {
            (HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap())
        });
        let request = self.client.request(method, url).headers(map.collect()).body(body);
        self.runtime.block_on(async {
            let response = request.send().await.unwrap();
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            Answer { status, headers, bytes: response.bytes().await.unwrap().to_vec() }
        })
    }

    fn get(&self, url: &str) -> Answer {
        self.send(Method::GET, url, &[], String::new())
    }

    fn put(&self, url: &str) -> Answer {
        self.send(Method::PUT, url, &[], String::new())
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, &self.url(path), &[], body.to_string())
    }

    /// Submits and returns the request's id.
    fn submit(&self, endpoint: &str, body: &Value) -> String {
        let answer = self.post(endpoint, body);
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.bytes));
        answer.json()["request_id"].as_str().unwrap().to_owned()
    }

    fn request_url(&self, id: &str) -> String {
        self.url(&format!("fal-ai/kling-video/requests/{id}"))
    }

    fn status(&self, id: &str) -> Answer {
        self.get(&format!("{}/status?logs=1", self.request_url(id)))
    }

    fn state(&self, id: &str) -> String {
        self.status(id).json()["status"].as_str().unwrap().to_owned()
    }

    fn result(&self, id: &str) -> Answer {
        self.get(&self.request_url(id))
    }

    fn wait(&self, id: &str) {
        while self.state(id) != "COMPLETED" {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Submits, waits for the end, and returns the id.
    fn finish(&self, endpoint: &str, body: &Value) -> String {
        let id = self.submit(endpoint, body);
        self.wait(&id);
        id
    }

    fn video_url(&self, id: &str) -> String {
        self.result(id).json()["video"]["url"].as_str().unwrap().to_owned()
    }

    fn audit(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.dir.path().join("audit.jsonl")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The audit's lines of one kind.
    fn audited(&self, event: &str) -> Vec<Value> {
        self.audit().into_iter().filter(|line| line["event"] == event).collect()
    }
}

fn short() -> Value {
    json!({"prompt": "rain on neon", "duration": "3"})
}

#[test]
fn whatever_else_keeps_threads_waiting_holds_up_no_video() {
    let (end, waits) = std::sync::mpsc::channel::<()>();
    let waits = Arc::new(Mutex::new(waits));
    let runtime = runtime().unwrap();
    let video = runtime.block_on(async {
        for _ in 0..8 {
            let waits = Arc::clone(&waits);
            tokio::task::spawn_blocking(move || lock(&waits).recv());
        }
        tokio::time::timeout(Duration::from_secs(10), tokio::task::spawn_blocking(|| ())).await
    });
    drop(end);
    assert!(video.is_ok());
}
