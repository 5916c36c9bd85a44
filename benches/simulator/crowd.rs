//! Many clients at once against a simulator in a process of its own, and what that process takes of the machine.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use futures::{StreamExt, stream};
use reqwest::Client;
use serde_json::{Value, json};
use shotlist::sim::animatic::{Aspect, Clip, Shot, Typefaces, encode};

const MODEL: &str = "fal-ai/kling-video/o3/4k/text-to-video";
/// Between two looks at one request.
const LOOK: Duration = Duration::from_millis(300);
/// A simulator that is stopped when this is dropped.
pub(crate) struct Server {
    process: Child,
    pub(crate) origin: String,
}

/// What a process holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    pub(crate) resident_bytes: u64,
    pub(crate) descriptors: usize,
}

impl Server {
    /// Every request gets the same file, so that no video has to be made; it runs for a second.
    pub(crate) fn start(program: &Path, footage: &Path, at_once: usize) -> Self {
        let mut process = Command::new(program)
            .args(["sim", "--port", "0", "--latency", "run=1s", "--footage"])
            .arg(footage)
            .args(["--concurrency", &at_once.to_string()])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        Self { process, origin: said["listening"].as_str().unwrap().to_owned() }
    }

    /// What Linux says of the process.
    pub(crate) fn told(&self) -> PathBuf {
        PathBuf::from(format!("/proc/{}", self.process.id()))
    }

    pub(crate) fn taken(&self) -> Taken {
        let status = fs::read_to_string(self.told().join("status")).unwrap();
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        let kilobytes: u64 = resident.trim().trim_end_matches(" kB").parse().unwrap();
        let descriptors = fs::read_dir(self.told().join("fd")).unwrap().count();
        Taken { resident_bytes: kilobytes * 1024, descriptors }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// Brings so many requests from submit to file, so many of them at a time. Says how many calls that took.
pub(crate) async fn bring(origin: &str, numbers: std::ops::Range<usize>, at_once: usize) -> usize {
    let client = Client::new();
    let all = stream::iter(numbers).map(|number| one(&client, origin, number));
    all.buffer_unordered(at_once).fold(0, |sum, calls| async move { sum + calls }).await
}

async fn one(client: &Client, origin: &str, number: usize) -> usize {
    let input = json!({ "prompt": format!("take {number} of a lighthouse in the rain"), "duration": "3" });
    let submit = client.post(format!("{origin}/{MODEL}")).json(&input);
    let receipt: Value = submit.send().await.unwrap().json().await.unwrap();
    let get = async |url: &str| client.get(url).send().await.unwrap().error_for_status().unwrap();
    let mut calls = 1;
    loop {
        let status: Value = get(receipt["status_url"].as_str().unwrap()).await.json().await.unwrap();
        calls += 1;
        if status["status"] == "COMPLETED" {
            break;
        }
        tokio::time::sleep(LOOK).await;
    }
    let result: Value = get(receipt["response_url"].as_str().unwrap()).await.json().await.unwrap();
    let file = get(result["video"]["url"].as_str().unwrap()).await.bytes().await.unwrap();
    assert_eq!(Some(file.len() as u64), result["video"]["file_size"].as_u64());
    calls + 2
}

/// A film of a second, for every request the same.
pub(crate) fn footage(folder: &Path) -> PathBuf {
    let shot =
        Shot { name: "lighthouse".to_owned(), prompt: "a lighthouse in the rain".to_owned(), seconds: 1 };
    let (storyboard, scene) = ("crowd".to_owned(), "one".to_owned());
    let clip = Clip { storyboard, scene, shots: vec![shot], aspect: Aspect::Wide };
    let path = folder.join("footage.mp4");
    fs::write(&path, encode(&clip, &Typefaces::none()).unwrap()).unwrap();
    path
}
