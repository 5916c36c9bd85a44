//! Who waits for a change of which request. A change wakes those who wait for that request and nobody else.

use std::collections::BTreeMap;
use std::sync::Mutex;

use tokio::sync::watch::{Receiver, Sender};
use uuid::Uuid;

use super::Service;
use crate::sim::job::Job;
use crate::sim::lock;

#[derive(Debug, Default)]
pub(super) struct Watchers(Mutex<BTreeMap<Uuid, Sender<()>>>);

impl Watchers {
    pub(super) fn moved(&self, id: Uuid) {
        let mut all = lock(&self.0);
        if all.get(&id).is_some_and(|sender| sender.send(()).is_err()) {
            all.remove(&id);
        }
    }

    /// Nobody needs to wait any longer.
    pub(super) fn ended(&self, id: Uuid) {
        lock(&self.0).remove(&id);
    }

    fn join(&self, id: Uuid) -> Receiver<()> {
        lock(&self.0).entry(id).or_default().subscribe()
    }
}

impl Service {
    /// Wakes when the request has started, and ends with it. None where there is nothing left to wait for.
    pub(in crate::sim) fn changes(&self, id: Uuid) -> Option<Receiver<()>> {
        let queue = self.queue();
        let goes_on = queue.job(id).is_some_and(|job| job.ending().is_none());
        goes_on.then(|| self.watchers.join(id))
    }

    /// The request once it has ended.
    pub(in crate::sim) async fn ended(&self, id: Uuid) -> Option<Job> {
        if let Some(mut changes) = self.changes(id) {
            while changes.changed().await.is_ok() {}
        }
        self.queue().job(id).cloned()
    }
}
