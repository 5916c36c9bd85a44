//! Who waits, in which order: by priority, then by arrival. Knows nothing of places.

use std::collections::{BTreeSet, VecDeque};

use uuid::Uuid;

use crate::sim::wishes::Priority;

/// Ids sort in order of arrival, so that each half is sorted and a place in it is found by halving.
#[derive(Debug, Default)]
pub(super) struct Line {
    normal: VecDeque<Uuid>,
    low: VecDeque<Uuid>,
    /// Whose turn does not come yet, free places or not.
    held: BTreeSet<Uuid>,
}

impl Line {
    pub(super) fn join(&mut self, id: Uuid, priority: Priority) {
        let half = match priority {
            Priority::Normal => &mut self.normal,
            Priority::Low => &mut self.low,
        };
        if let Err(place) = half.binary_search(&id) {
            half.insert(place, id);
        }
    }

    /// Takes out the first whose turn can come.
    pub(super) fn next(&mut self) -> Option<Uuid> {
        let held = &self.held;
        let halves = [&mut self.normal, &mut self.low];
        halves.into_iter().find_map(|half| {
            let place = half.iter().position(|id| !held.contains(id))?;
            half.remove(place)
        })
    }

    /// Keeps its turn from coming.
    pub(super) fn hold(&mut self, id: Uuid) {
        self.held.insert(id);
    }

    /// Lets its turn come.
    pub(super) fn free(&mut self, id: Uuid) {
        self.held.remove(&id);
    }

    pub(super) fn leave(&mut self, id: Uuid) {
        self.free(id);
        for half in [&mut self.normal, &mut self.low] {
            if let Ok(place) = half.binary_search(&id) {
                half.remove(place);
            }
        }
    }

    /// In order.
    pub(super) fn ids(&self) -> impl Iterator<Item = Uuid> {
        self.normal.iter().chain(&self.low).copied()
    }

    /// How many are before this one; of one that isn't in line, how many would be.
    pub(super) fn ahead(&self, id: Uuid) -> usize {
        match self.low.binary_search(&id) {
            Ok(place) => self.normal.len() + place,
            Err(_) => self.normal.binary_search(&id).unwrap_or_else(|place| place),
        }
    }
}
