//! What the tests of kills share: a project, its queue and a platform that lists what the queue has accepted,
//! and the judgement when all of it is over.

use crate::support::platform::Platform;
use crate::support::project::{Invocation, Project, board};
use crate::support::queue::Queue;

const O3: &str = "fal-ai/kling-video/o3/4k/text-to-video";

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

    pub(crate) fn render(&self, args: &str) -> Invocation {
        // What is not listed at once was never accepted.
        let run = self.project.render(&self.queue, &format!("--unknown-timeout 0 {args}"));
        run.env("SHOTLIST_API_URL", &self.platform.origin())
    }

    /// Lets go of what the platform does not list: it lists whatever the queue has accepted.
    pub(crate) fn release(&self) -> Invocation {
        let run = self.project.shotlist("reconcile --out r --release-unfound --margin 0 --yes");
        run.to(&self.queue).env("SHOTLIST_API_URL", &self.platform.origin())
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
