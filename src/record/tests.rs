//! What the tests of the record share: takes in any state, folders to keep them in, and a small film.

mod damage;
mod files;
mod runs;
mod sight;
mod token;

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use tempfile::TempDir;

use super::*;
use crate::request::Request;
use crate::take::{Completed, Failed, FailureKind, Intent, Landed, Stored, Submitted, Unknown};

fn nonce(number: u32) -> Nonce {
    format!("00000000-0000-7000-8000-0000{number:08x}").parse().unwrap()
}

fn at(second: u32) -> Timestamp {
    Timestamp::from_second(second.into()).unwrap()
}

fn intent(number: u32) -> Facts {
    let body = serde_json::json!({"prompt": format!("shot {number}"), "duration": "5", "cfg_scale": 0.1});
    let serde_json::Value::Object(body) = body else { unreachable!() };
    let address: crate::address::Address = "neon/rooftop/skyline".parse().unwrap();
    let intent = Intent {
        at: at(number),
        origin: "sim".to_owned(),
        shots: vec![address.shot_name().clone()],
        address,
        request: Request { endpoint: "fal-ai/x".to_owned(), body },
        video: "/video/url".to_owned(),
        seconds: 5,
        usd: "2.10".parse().unwrap(),
    };
    Facts { intent: Some(intent), ..Facts::of(nonce(number)) }
}

fn submitted(number: u32, id: &str) -> Facts {
    let submitted = Submitted::by_id(at(number + 1), id);
    Facts { submitted: Some(submitted), ..Facts::of(nonce(number)) }
}

fn completed(number: u32) -> Facts {
    let completed = Completed {
        at: at(number + 2),
        video_url: "/files/a.mp4".to_owned(),
        file_size: None,
        billable_units: None,
    };
    Facts { completed: Some(completed), ..Facts::of(nonce(number)) }
}

fn failed(number: u32) -> Facts {
    let failed = Failed::new(at(number + 3), FailureKind::Policy, "no".to_owned());
    let failed = Failed { http_status: Some(422), ..failed };
    Facts { failed: Some(failed), ..Facts::of(nonce(number)) }
}

fn unknown(number: u32) -> Facts {
    let unknown = Unknown { at: at(number + 1), why: "no answer".to_owned() };
    Facts { unknown: Some(unknown), ..Facts::of(nonce(number)) }
}

fn landed(number: u32, bytes: &[u8]) -> Facts {
    let landed = Landed {
        at: at(number + 3),
        bytes: bytes.len() as u64,
        hash: blake3::hash(bytes).to_hex().to_string(),
        width: 16,
        height: 9,
        millis: 5_000,
    };
    Facts { landed: Some(landed), ..Facts::of(nonce(number)) }
}

fn stored(number: u32, modified: i64) -> Facts {
    Facts { stored: Some(Stored { at: at(number + 3), modified }), ..Facts::of(nonce(number)) }
}

/// A whole life, bought and landed.
fn life(number: u32) -> Vec<Facts> {
    let id = format!("r{number}");
    vec![
        intent(number),
        submitted(number, &id),
        completed(number),
        landed(number, b"film"),
        stored(number, 7),
    ]
}

fn lines(facts: &[Facts]) -> Vec<u8> {
    facts.iter().cloned().flat_map(line::of_facts).collect()
}

fn take_of(facts: &[Facts]) -> Take {
    let mut all = Facts::of(facts[0].nonce);
    facts.iter().cloned().for_each(|facts| all.join(facts).unwrap());
    all.into_take().unwrap()
}

fn me() -> Holder {
    Holder {
        pid: std::process::id(),
        host: "here".to_owned(),
        since: at(0),
        command: "shotlist render".to_owned(),
    }
}

fn open(dir: &Path) -> Record {
    Record::open(dir, "sim", &me(), LockWait::No).unwrap()
}

/// A folder that goes away, with an output folder in it that does not exist yet.
fn folder() -> (TempDir, PathBuf) {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("renders");
    (temp, dir)
}

fn folder_with(journal: &[u8], manifest: &[u8]) -> (TempDir, PathBuf) {
    let (temp, dir) = folder();
    fs::create_dir(&dir).unwrap();
    for (name, text) in [(read::JOURNAL, journal), (read::MANIFEST, manifest)] {
        if !text.is_empty() {
            fs::write(dir.join(name), text).unwrap();
        }
    }
    (temp, dir)
}

fn journal(dir: &Path) -> Vec<u8> {
    fs::read(dir.join(read::JOURNAL)).unwrap()
}

fn manifest(dir: &Path) -> Vec<u8> {
    fs::read(dir.join(read::MANIFEST)).unwrap()
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// Appends all facts in order, each synced before the next.
fn append(record: &Record, facts: impl IntoIterator<Item = Facts>) {
    run(async {
        for facts in facts {
            record.append(facts).await.unwrap();
        }
    });
}

fn boxed(name: &str, content: &[&[u8]]) -> Vec<u8> {
    let content = content.concat();
    let size = u32::try_from(content.len() + 8).unwrap().to_be_bytes();
    [&size[..], name.as_bytes(), &content].concat()
}

/// A whole MP4 file of 160 × 90 and so many milliseconds, whose pictures are these bytes.
fn film(handler: &str, millis: u32, pictures: &[u8]) -> Vec<u8> {
    let number = |number: u32| number.to_be_bytes();
    let times = [number(0), number(0), number(1000), number(millis)].concat();
    let size = [number(160 << 16), number(90 << 16)].concat();
    let tkhd = boxed("tkhd", &[&[0; 4], &[0; 8], &number(1), &[0; 4], &number(millis), &[0; 52], &size]);
    let table = |name| boxed(name, &[&[0; 8]]);
    let codec = boxed("stsd", &[&[0; 4], &number(1), &boxed("none", &[&[0; 8]])]);
    let samples = boxed("stsz", &[&[0; 12]]);
    let stbl = boxed("stbl", &[&codec, &table("stts"), &table("stsc"), &samples, &table("stco")]);
    let minf = boxed("minf", &[&boxed("dinf", &[&table("dref")]), &stbl]);
    let hdlr = boxed("hdlr", &[&[0; 8], handler.as_bytes(), &[0; 13]]);
    let mdia = boxed("mdia", &[&boxed("mdhd", &[&[0; 4], &times, &[0; 4]]), &hdlr, &minf]);
    let mvhd = boxed("mvhd", &[&[0; 4], &times, &[0; 80]]);
    let moov = boxed("moov", &[&mvhd, &boxed("trak", &[&tkhd, &mdia])]);
    [boxed("ftyp", &[b"isom", &[0; 4]]), moov, boxed("mdat", &[pictures])].concat()
}
