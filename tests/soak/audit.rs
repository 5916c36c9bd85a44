//! The simulator's account of a run, read anew from its lines: what was submitted, what came of it, what was served.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use jiff::Timestamp;
use serde_json::Value;

/// A request that the simulator accepted.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) at: Timestamp,
    /// Endpoint and input, which say what was bought.
    pub(crate) input: String,
    pub(crate) prompt: String,
    pub(crate) end: Option<End>,
}

/// How it ended.
#[derive(Clone, Debug)]
pub(crate) struct End {
    pub(crate) at: Timestamp,
    pub(crate) status: u64,
    /// Billed, in micros of a dollar.
    pub(crate) micros: i64,
    /// blake3 of its file.
    pub(crate) blake3: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Audit {
    /// By id.
    pub(crate) requests: BTreeMap<String, Request>,
    pub(crate) refused: usize,
    /// Looks at the status of any request.
    pub(crate) polls: usize,
    /// Files asked for with a key.
    pub(crate) keys_at_files: usize,
}

impl Request {
    pub(crate) fn is_billed(&self) -> bool {
        self.end.as_ref().is_some_and(|end| end.micros > 0)
    }

    /// Has it come to nothing, at no cost?
    pub(crate) fn is_void(&self) -> bool {
        self.end.as_ref().is_some_and(|end| end.micros == 0)
    }
}

impl Audit {
    pub(crate) fn read(path: &Path) -> Self {
        let mut audit = Self::default();
        let mut text = fs::read_to_string(path).unwrap();
        // The simulator may be in the middle of the last line.
        text.truncate(text.rfind('\n').map_or(0, |last| last + 1));
        text.lines().for_each(|line| audit.note(&serde_json::from_str(line).unwrap()));
        audit
    }

    fn note(&mut self, line: &Value) {
        let text = |name: &str| line[name].as_str().unwrap().to_owned();
        let at = || text("at").parse().unwrap();
        match line["event"].as_str().unwrap() {
            "submitted" => {
                let prompt = line["input"]["prompt"].as_str().unwrap().to_owned();
                // Keys of an object are sorted as they are read.
                let input = format!("{} {}", text("endpoint"), line["input"]);
                let earlier =
                    self.requests.insert(text("request_id"), Request { at: at(), input, prompt, end: None });
                assert!(earlier.is_none(), "submitted twice under one id: {line}");
            }
            "completed" => {
                let blake3 = line["blake3"].as_str().map(str::to_owned);
                let (status, micros) = (line["status_code"].as_u64().unwrap(), micros(&text("usd")));
                let request = self.requests.get_mut(&text("request_id")).unwrap();
                request.end = Some(End { at: at(), status, micros, blake3 });
            }
            "served" => self.keys_at_files += usize::from(line["key"] == true),
            "refused" => self.refused += 1,
            "asked" => self.polls += usize::from(line["call"] == "status"),
            "started" => {}
            other => panic!("what is {other}?"),
        }
    }

    pub(crate) fn outstanding(&self) -> usize {
        self.requests.values().filter(|request| request.end.is_none()).count()
    }
}

/// `4.62` in micros.
fn micros(text: &str) -> i64 {
    let (dollars, fraction) = text.split_once('.').unwrap();
    dollars.parse::<i64>().unwrap() * 1_000_000 + format!("{fraction:0<6}").parse::<i64>().unwrap()
}
