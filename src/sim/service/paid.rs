//! What the account allows, and what is done to it.

use std::sync::Arc;

use super::Service;
use crate::sim::account::{Account, Change};
use crate::sim::entry::Entry;
use crate::sim::journal::NotRecorded;
use crate::sim::lock;

impl Service {
    /// The account as it stands.
    pub(in crate::sim) fn account(&self) -> Account {
        lock(&self.account).clone()
    }

    pub(in crate::sim) async fn change_account(self: &Arc<Self>, change: Change) -> Result<(), NotRecorded> {
        self.journal.record(Entry::Account(change.clone())).await?;
        self.apply(&change);
        self.fill();
        Ok(())
    }

    pub(super) fn apply(&self, change: &Change) {
        lock(&self.account).change(change);
        if let Some(places) = change.concurrency {
            self.queue().set_places(places);
        }
    }
}
