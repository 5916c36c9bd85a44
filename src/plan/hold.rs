//! Holds what the caps have no room for, in story order, and what stands for the same request.
//! Prices and decisions are made already; it may be asked again when a price changes.

use std::collections::HashSet;

use super::budget::{Admission, Budget};
use super::{Action, Clip, Held, Shared};
use crate::request::Fingerprint;

pub(super) fn over_budget(clips: &mut [Clip], mut budget: Budget) {
    for clip in clips.iter_mut() {
        let (storyboard, usd) = (clip.address.edition.storyboard.clone(), clip.usd);
        for wanted in clip.wanted.iter_mut().filter(|wanted| wanted.action.may_be_bought()) {
            wanted.action = match budget.reserve(&storyboard, usd) {
                Admission::Reserved => Action::Buy,
                Admission::Held(over) => Action::Hold(Held::Budget(over)),
            };
        }
    }
    mark_shared(clips);
}

/// A clip that waits for an equal one to bring its take is held with it.
fn mark_shared(clips: &mut [Clip]) {
    let mut held: HashSet<(Fingerprint, u32)> = HashSet::new();
    for clip in clips {
        for wanted in &mut clip.wanted {
            let key = (clip.fingerprint, wanted.number);
            match &mut wanted.action {
                Action::Hold(_) => drop(held.insert(key)),
                Action::Share(shared) => {
                    *shared = if held.contains(&key) { Shared::Held } else { Shared::Coming };
                }
                _ => {}
            }
        }
    }
}
