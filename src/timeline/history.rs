//! Every take that a shot was ever bought with, by where the shot stood then.

use std::collections::HashMap;

use crate::address::{Address, Edition, Id};
use crate::plan::{Past, pasts};
use crate::request::Fingerprint;
use crate::take::Takes;

/// All takes by the shots in them, in rank order.
pub(super) struct History<'a> {
    shots: HashMap<(&'a Edition, &'a Id, &'a Id), Vec<Past<'a>>>,
}

impl<'a> History<'a> {
    pub(super) fn of(takes: &'a Takes) -> Self {
        let mut shots: HashMap<_, Vec<Past>> = HashMap::new();
        for take in takes.iter() {
            let at = &take.intent.address;
            for (shot, past) in pasts(take) {
                shots.entry((&at.edition, &at.scene, shot)).or_default().push(past);
            }
        }
        Self { shots }
    }

    /// What a shot was in requests other than this one, oldest first.
    pub(super) fn others<'s>(
        &'s self,
        shot: &'s Address,
        request: Fingerprint,
    ) -> impl DoubleEndedIterator<Item = Past<'a>> + use<'a, 's> {
        let all = self.shots.get(&(&shot.edition, &shot.scene, shot.shot_name())).into_iter().flatten();
        all.copied().filter(move |past| past.take.fingerprint != request)
    }
}
