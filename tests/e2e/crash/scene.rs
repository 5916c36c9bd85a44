//! What the tests of crashes share: a project, its queue and a platform that lists what the queue has accepted;
//! runs with a fault in them; and the judgement when all of it is over.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::Value;

use crate::support::platform::Platform;
use crate::support::project::{Invocation, Project, board};
use crate::support::queue::Queue;
use crate::support::script::{Script, leisurely};

const O3: &str = "fal-ai/kling-video/o3/4k/text-to-video";

/// What the program says of itself, outside of the folder that it is judged by.
const LOG: &str = "log.jsonl";

pub(crate) struct Scene {
    pub(crate) queue: Queue,
    pub(crate) project: Project,
    platform: Platform,
}

impl Scene {
    pub(crate) fn new(words: &[&str]) -> Self {
        let (queue, project) = (Queue::start(), Project::new(&board(words)));
        let platform = Platform::start(&[(O3, 0.42)]);
        platform.follow(&queue);
        Self { queue, project, platform }
    }

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

    pub(crate) fn render(&self, args: &str) -> Invocation {
        let run = self.project.render(&self.queue, args);
        run.env("SHOTLIST_API_URL", &self.platform.origin()).env("SHOTLIST_CRASH_LOG", LOG)
    }

    /// Lets go of what the platform does not list: it lists whatever the queue has accepted.
    pub(crate) fn release(&self) -> Invocation {
        let run = self.project.shotlist("reconcile --out r --release-unfound --margin 0 --yes");
        run.to(&self.queue).env("SHOTLIST_API_URL", &self.platform.origin())
    }

    /// Everything that was passed and done so far, and forgets it.
    pub(crate) fn log(&self) -> Vec<Value> {
        let path = self.project.path(LOG);
        let text = fs::read_to_string(&path).unwrap_or_default();
        let _ = fs::remove_file(path);
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Undisturbed runs until everything has landed.
    #[track_caller]
    pub(crate) fn finish(&self) {
        for _ in 0..3 {
            let done = self.render("").done();
            match done.exit {
                0 => return,
                6 => drop(self.release().done()),
                exit => panic!("exit {exit}:\n{}", done.stderr),
            }
        }
        self.render("").ends(0);
    }

    /// Bought once each, filed byte for byte, accounted for to the cent; and one more run buys nothing.
    #[track_caller]
    pub(crate) fn judge(&self, words: &[&str]) {
        let mut sorted = words.to_vec();
        sorted.sort_unstable();
        assert_eq!(self.queue.words(), sorted);
        self.project.has_exactly(&self.queue, words);
        let paths = self.project.everything().into_iter().map(|(path, _)| path);
        let left: Vec<_> = paths.filter(|path| path.to_string_lossy().ends_with("-part")).collect();
        assert!(left.is_empty(), "temporary files are left: {left:?}");
        let totals = &self.project.status(0)["totals"];
        let cents = words.len() * 126;
        assert_eq!(totals["spent_usd"], format!("{}.{:02}", cents / 100, cents % 100));
        assert_eq!(totals["reserved_usd"], "0.00");
        self.render("").ends(0);
        assert_eq!(self.queue.submits(), words.len());
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
