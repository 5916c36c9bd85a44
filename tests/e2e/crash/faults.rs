//! Runs with a fault in them, what they passed and did, and many of them at a time.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::Value;

use super::scene::Scene;
use crate::support::project::Done;
use crate::support::script::{Script, leisurely};

/// What the program says of itself, outside of the folder that it is judged by.
const LOG: &str = "log.jsonl";

impl Scene {
    /// Every step of every clip takes its time, so that there is something between the steps.
    pub(crate) fn leisurely(words: &[&str]) -> Self {
        Self::scripted(words, &leisurely())
    }

    pub(crate) fn scripted(words: &[&str], script: &Script) -> Self {
        let scene = Self::new(words);
        for word in words {
            scene.queue.script(word, script.clone());
        }
        scene
    }

    /// A run to its end, with this in its environment.
    pub(crate) fn run(&self, args: &str, fault: (&str, &str)) -> Done {
        self.render(args).env(fault.0, fault.1).env("SHOTLIST_CRASH_LOG", LOG).done()
    }

    /// One in peace: how it ended, and what it passed and did.
    pub(crate) fn logged(&self, args: &str) -> (i32, Vec<Value>) {
        let done = self.render(args).env("SHOTLIST_CRASH_LOG", LOG).done();
        (done.exit, self.log())
    }

    /// Everything that was passed and done so far, and forgets it.
    pub(crate) fn log(&self) -> Vec<Value> {
        let path = self.project.path(LOG);
        let text = fs::read_to_string(&path).unwrap_or_default();
        let _ = fs::remove_file(path);
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// How often each point was passed.
pub(crate) fn passages(log: &[Value]) -> BTreeMap<String, usize> {
    let mut passages = BTreeMap::new();
    for point in log.iter().filter_map(|entry| entry["point"].as_str()) {
        *passages.entry(point.to_owned()).or_default() += 1;
    }
    passages
}

/// Does the work on all of them, some at a time: what came of each, in any order, or of which it failed.
pub(crate) fn on_each<T, R>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R>
where
    T: Sync + Debug,
    R: Send,
{
    let (next, done, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::SeqCst)) {
                    match catch_unwind(AssertUnwindSafe(|| work(item))) {
                        Ok(result) => done.lock().unwrap().push(result),
                        Err(_) => failed.lock().unwrap().push(item),
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{} of {} failed: {failed:?}", failed.len(), items.len());
    done.into_inner().unwrap()
}
