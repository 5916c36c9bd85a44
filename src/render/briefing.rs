//! Tells a director all that a plan wants done, before the run begins. Starts nothing.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::director::{Director, Orphan, Purchase, Resume, Slot};
use super::{Buying, Options};
use crate::plan::{Action, Budget, Clip, Plan, Wanted};
use crate::record::Record;
use crate::take::{Take, Takes};
use crate::usd::Usd;

/// How long a purchase of which nobody knows may still be under way at fal, and so keeps a slot. A clip takes minutes,
/// and fal gives up on what runs for an hour (`request_timeout`, its errors page). Only the number of purchases
/// at once depends on it; the money stays reserved either way.
const UNDER_WAY: SignedDuration = SignedDuration::from_hours(1);

pub(super) fn director(plan: &Plan, options: &Options, record: &Record, now: Timestamp) -> Director {
    let budget = Budget::new(options.cap, &plan.accounts);
    let mut director = Director::new(options.jobs, budget, options.on_failure);
    if options.patience.is_some() {
        director.search();
    }
    let takes = record.with_takes(Takes::clone);
    let mut seen = BTreeSet::new();
    for (action, purchase) in wishes(plan, &takes, options.attempts) {
        let next = purchase.clone().filter(|_| matches!(options.buying, Buying::Yes));
        let take = action.nonce().filter(|nonce| seen.insert(*nonce)).and_then(|nonce| takes.get(nonce));
        match (action, take) {
            (Action::Resume(_), Some(take)) => director.add_resume(Resume::earlier(take, next)),
            (Action::Unknown(_), Some(take)) => {
                director.add_orphan(Orphan { resume: Resume::earlier(take, next), slot: slot(take, now) });
            }
            (Action::Download(nonce), Some(_)) => director.add_download(nonce),
            (action, None) if action.may_be_bought() && !matches!(options.buying, Buying::No(..)) => {
                director.add_purchases(purchase);
            }
            _ => {}
        }
    }
    director
}

/// Every action in story order, with what would be bought for it.
fn wishes<'a>(
    plan: &'a Plan,
    takes: &'a Takes,
    attempts: usize,
) -> impl Iterator<Item = (Action, Option<Purchase>)> + 'a {
    let wanted = plan.clips.iter().enumerate().flat_map(move |(at, clip)| {
        let purchase = move |wanted| Some(purchase(at, clip, wanted, takes, attempts));
        clip.wanted.iter().map(move |wanted| (wanted.action, purchase(wanted)))
    });
    wanted.chain(plan.strays.iter().map(|stray| (stray.action, None)))
}

fn purchase(at: usize, clip: &Clip, wanted: &Wanted, takes: &Takes, attempts: usize) -> Purchase {
    Purchase {
        clip: at,
        number: wanted.number,
        fingerprint: clip.fingerprint,
        storyboard: clip.address.edition.storyboard.clone(),
        usd: clip.usd,
        earlier: Usd::ZERO,
        // What was asked for by name is bought once whatever its life was.
        attempts: attempts.saturating_sub(takes.attempts(clip.fingerprint)).max(1),
    }
}

fn slot(take: &Take, now: Timestamp) -> Slot {
    if may_be_under_way(take, now) { Slot::Kept } else { Slot::Free }
}

/// Of a take that nobody knows of: does it still keep a slot?
#[must_use]
pub fn may_be_under_way(take: &Take, now: Timestamp) -> bool {
    now.duration_since(take.intent.at) < UNDER_WAY
}
