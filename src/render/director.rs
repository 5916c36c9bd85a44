//! Decides what starts next: downloads, then what fal already has, then purchases in story order,
//! as many as there are slots and money for. Pure: it is told what ended and answers what to start; it waits for nothing.

mod job;
mod waiting;

use std::collections::{BTreeMap, VecDeque};

use super::outcome::{Ended, Halt, Left, OnFailure};
use crate::plan::{Budget, Over};
use crate::take::{FailureKind, Nonce};

use waiting::{Verdict, Waiting};

pub(super) use job::{Charged, Job, Orphan, Purchase, Resume, Slot};

/// What to do now.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum Next {
    Start(Job),
    /// Nothing can start until something ends.
    Wait,
    /// Nothing is left to start, and nothing is in flight.
    Done,
}

/// Can fal's history be asked for what nobody knows of?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Searching {
    No,
    /// Not at the moment.
    Idle,
    Now,
    /// Long enough in vain: only while something else goes on.
    InVain,
}

#[derive(Debug)]
pub(super) struct Director {
    downloads: VecDeque<Nonce>,
    resumes: VecDeque<Resume>,
    waiting: Waiting,
    slots: usize,
    downloading: usize,
    in_flight: usize,
    /// Purchases of which nobody knows whether fal has them, to be looked for.
    orphans: BTreeMap<Nonce, Orphan>,
    /// What fal has and nobody follows any more in this run: it keeps its slot.
    unfollowed: usize,
    searching: Searching,
    on_failure: OnFailure,
    /// Answers lost one after the other, and 429s one after the other.
    lost_answers: u32,
    throttled: u32,
    /// Requests that fal has taken.
    taken: u64,
    halt: Option<Halt>,
}

/// After so many 429s in a row, each waited out, the run gives up.
const MOST_THROTTLED: u32 = 8;

/// After so many lost answers in a row something is wrong that the next purchase would only repeat.
const MOST_LOST_ANSWERS: u32 = 5;

impl Director {
    /// `slots`: how many purchases may be outstanding at fal, those of earlier runs and those of which nobody knows
    /// included; at least one.
    pub(super) fn new(slots: usize, budget: Budget, on_failure: OnFailure) -> Self {
        Self {
            downloads: VecDeque::new(),
            resumes: VecDeque::new(),
            waiting: Waiting::new(budget),
            slots: slots.max(1),
            downloading: 0,
            in_flight: 0,
            orphans: BTreeMap::new(),
            unfollowed: 0,
            searching: Searching::No,
            on_failure,
            lost_answers: 0,
            throttled: 0,
            taken: 0,
            halt: None,
        }
    }

    /// From now on what nobody knows of is looked for.
    pub(super) fn search(&mut self) {
        self.searching = Searching::Idle;
    }

    pub(super) fn add_download(&mut self, nonce: Nonce) {
        self.downloads.push_back(nonce);
    }

    pub(super) fn add_resume(&mut self, resume: Resume) {
        self.resumes.push_back(resume);
    }

    /// In story order.
    pub(super) fn add_purchases(&mut self, purchases: impl IntoIterator<Item = Purchase>) {
        self.waiting.add(purchases);
    }

    /// Something of which nobody knows whether fal works on it.
    pub(super) fn add_orphan(&mut self, orphan: Orphan) {
        self.orphans.insert(orphan.resume.nonce, orphan);
        if self.searching == Searching::InVain {
            self.searching = Searching::Idle;
        }
    }

    /// What to start now; ask until it is not [`Next::Start`].
    pub(super) fn next(&mut self) -> Next {
        let job = self.next_resume().or_else(|| self.next_download()).or_else(|| self.next_purchase());
        match job.or_else(|| self.next_search()) {
            Some(job) => Next::Start(job),
            None if self.is_busy() || self.searching == Searching::Now => Next::Wait,
            None => {
                if self.halt.is_none() && !self.waiting.is_empty() {
                    // Only orphans can have kept it waiting.
                    self.stop(Halt::Orphans);
                }
                Next::Done
            }
        }
    }

    fn is_busy(&self) -> bool {
        self.downloading + self.in_flight > 0
    }

    /// fal works on them whether or not anybody looks, so following them waits for no slot.
    fn next_resume(&mut self) -> Option<Job> {
        let resume = self.resumes.pop_front()?;
        self.in_flight += 1;
        Some(Job::Resume(resume))
    }

    /// What is paid for is fetched whatever ended the buying, but for a record that can't be written.
    fn next_download(&mut self) -> Option<Job> {
        if self.halt == Some(Halt::Record) || self.downloading >= self.slots {
            return None;
        }
        let nonce = self.downloads.pop_front()?;
        self.downloading += 1;
        Some(Job::Download(nonce))
    }

    /// Nothing is bought before every file that is paid for has been fetched: a disk that can't take those takes no new ones.
    fn next_purchase(&mut self) -> Option<Job> {
        let outstanding = self.in_flight + self.unfollowed + self.lost();
        if self.halt.is_some() || self.downloading > 0 || outstanding >= self.slots {
            return None;
        }
        let purchase = self.waiting.next()?;
        self.in_flight += 1;
        Some(Job::Buy(purchase))
    }

    /// Orphans that may be under way.
    fn lost(&self) -> usize {
        self.orphans.values().filter(|orphan| orphan.slot == Slot::Kept).count()
    }

    /// One look at a time, for as long as there is one that may be under way. It ends with the user's patience, and where nothing could be recorded.
    fn next_search(&mut self) -> Option<Job> {
        let may = !matches!(self.halt, Some(Halt::Interrupted | Halt::Record)) && self.lost() > 0;
        let now = match self.searching {
            Searching::Idle => may,
            Searching::InVain => may && self.is_busy(),
            Searching::No | Searching::Now => false,
        };
        now.then(|| {
            self.searching = Searching::Now;
            Job::Search
        })
    }

    /// Takes note of how a job ended, and of what that frees.
    pub(super) fn ended(&mut self, job: &Job, nonce: Nonce, ended: &Ended) {
        match job {
            Job::Download(_) => self.downloading -= 1,
            Job::Resume(_) | Job::Buy(_) => self.in_flight -= 1,
            Job::Search => self.searching = Searching::InVain,
        }
        match ended {
            Ended::Failed(failed) => {
                let verdict = self.waiting.failed(job, failed);
                if verdict == Verdict::Final && self.on_failure == OnFailure::Stop {
                    self.stop(Halt::FailFast);
                }
            }
            Ended::Unknown(_) => self.lose(job, nonce),
            Ended::Broken(_) | Ended::Left(Left::NotFound(_)) if job.is_a_purchase() => self.unfollowed += 1,
            Ended::Searched { found, in_vain } => self.searched(found, *in_vain),
            _ => {}
        }
        if !matches!(job, Job::Search) {
            self.count_rows(ended);
        }
        if let Some(halt) = ended.halt() {
            self.stop(halt);
        }
    }

    fn lose(&mut self, job: &Job, nonce: Nonce) {
        if let Job::Buy(purchase) = job {
            self.add_orphan(Orphan { resume: Resume::begun(nonce, purchase), slot: Slot::Kept });
        }
    }

    fn searched(&mut self, found: &[Nonce], in_vain: bool) {
        self.searching = if in_vain { Searching::InVain } else { Searching::Idle };
        let found = found.iter().filter_map(|nonce| self.orphans.remove(nonce));
        self.resumes.extend(found.map(|orphan| orphan.resume));
    }

    /// How many requests fal has taken so far: one more ends both rows, though its clip comes to no end for minutes.
    pub(super) fn taken(&mut self, taken: u64) {
        if taken > self.taken {
            (self.taken, self.lost_answers, self.throttled) = (taken, 0, 0);
        }
    }

    fn count_rows(&mut self, ended: &Ended) {
        self.lost_answers = if matches!(ended, Ended::Unknown(_)) { self.lost_answers + 1 } else { 0 };
        if self.lost_answers >= MOST_LOST_ANSWERS {
            self.stop(Halt::Network);
        }
        let throttled = matches!(ended, Ended::Failed(failed) if failed.kind == FailureKind::Throttled);
        self.throttled = if throttled { self.throttled + 1 } else { 0 };
        if self.throttled >= MOST_THROTTLED {
            self.stop(Halt::Throttled);
        }
    }

    /// Ends the buying; a graver reason replaces a lighter one. What is in flight goes on.
    pub(super) fn stop(&mut self, halt: Halt) {
        self.halt = self.halt.take().max(Some(halt));
    }

    pub(super) fn halt(&self) -> Option<Halt> {
        self.halt
    }

    /// What was left alone because an equal one failed.
    pub(super) fn spoiled(&self) -> &[Purchase] {
        self.waiting.spoiled()
    }

    /// What no cap had room for, in story order.
    pub(super) fn held(&self) -> &[(Purchase, Over)] {
        self.waiting.held()
    }
}

#[cfg(test)]
mod tests;
