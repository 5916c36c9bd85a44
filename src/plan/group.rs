//! Where clips begin and end: of all legal ways to cut a scene, the one that costs least from here on.
//! Exact, by dynamic programming from the scene's end; looks at whole scenes, before any selection.

mod legal;

use std::sync::Arc;

use super::compose;
use crate::expand::{Expanded, Shot};
use crate::request::{Fingerprint, Request};
use crate::storyboard::Problem;
use crate::take::{Take, Takes};
use crate::usd::Usd;
use legal::Legality;

/// A clip before anything is decided about it.
#[derive(Clone, Debug)]
pub(super) struct Draft<'a> {
    pub(super) shots: &'a [Shot],
    pub(super) request: Arc<Request>,
    pub(super) fingerprint: Fingerprint,
    pub(super) seconds: u32,
    pub(super) usd: Usd,
    pub(super) takes: u32,
}

/// What a way to cut costs, the gravest difference first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Cost {
    to_spend: Usd,
    purchases: u32,
    clips: u32,
    /// Of the clips' lengths: least where they are most even.
    squared_seconds: u64,
}

impl std::ops::Add for Cost {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            to_spend: self.to_spend + other.to_spend,
            purchases: self.purchases.saturating_add(other.purchases),
            clips: self.clips.saturating_add(other.clips),
            squared_seconds: self.squared_seconds.saturating_add(other.squared_seconds),
        }
    }
}

/// The best cut of everything from one shot to the end of the scene.
struct Best<'a> {
    cost: Cost,
    first: Draft<'a>,
}

/// All clips of all scenes, in story order.
pub(super) fn clips<'a>(expanded: &'a [Expanded], owned: &Takes) -> Result<Vec<Draft<'a>>, Vec<Problem>> {
    let mut clips = Vec::new();
    let mut problems = Vec::new();
    for one in expanded {
        for scene in one.scenes.iter().filter(|scene| !scene.shots.is_empty()) {
            match cut(&scene.shots, owned) {
                Some(cut) => clips.extend(cut),
                None => problems.push(legal::problem(one, scene)),
            }
        }
    }
    if problems.is_empty() { Ok(clips) } else { Err(problems) }
}

fn cut<'a>(shots: &'a [Shot], owned: &Takes) -> Option<Vec<Draft<'a>>> {
    if shots.iter().any(legal::is_whole) {
        return (legal::legality(shots) == Legality::Legal).then(|| vec![draft(shots)]);
    }
    let mut best: Vec<Option<Best>> = Vec::with_capacity(shots.len());
    for start in (0..shots.len()).rev() {
        let from_here = best_from(shots, start, &best, owned);
        best.push(from_here);
    }
    walk(shots.len(), best)
}

/// `best` holds the answers for every later start, the scene's last shot first.
fn best_from<'a>(
    shots: &'a [Shot],
    start: usize,
    best: &[Option<Best<'a>>],
    owned: &Takes,
) -> Option<Best<'a>> {
    let mut found: Option<Best> = None;
    for end in start + 1..=shots.len() {
        match legal::legality(&shots[start..end]) {
            Legality::Never => break,
            Legality::NotYet => continue,
            Legality::Legal => {}
        }
        let Some(rest) = cost_from(end, shots.len(), best) else { continue };
        let first = draft(&shots[start..end]);
        let cost = first.cost(owned) + rest;
        // Of equal cuts the later one has the longer first clip, and that one is wanted.
        if found.as_ref().is_none_or(|found| cost <= found.cost) {
            found = Some(Best { cost, first });
        }
    }
    found
}

fn cost_from(start: usize, len: usize, best: &[Option<Best>]) -> Option<Cost> {
    if start == len {
        return Some(Cost::default());
    }
    best[len - 1 - start].as_ref().map(|best| best.cost)
}

fn walk(len: usize, mut best: Vec<Option<Best>>) -> Option<Vec<Draft>> {
    let mut clips = Vec::new();
    let mut start = 0;
    while start < len {
        let first = best[len - 1 - start].take()?.first;
        start += first.shots.len();
        clips.push(first);
    }
    Some(clips)
}

fn draft(shots: &[Shot]) -> Draft<'_> {
    let request = compose::request(shots);
    let seconds = compose::seconds(shots);
    Draft {
        shots,
        fingerprint: request.fingerprint(),
        request: Arc::new(request),
        seconds,
        usd: legal::cost(shots).unwrap_or(Usd::MAX),
        takes: shots[0].takes,
    }
}

impl Draft<'_> {
    /// Priced as if it were the only clip that wants these takes.
    fn cost(&self, owned: &Takes) -> Cost {
        let purchases = self.takes.saturating_sub(count(owned.of(self.fingerprint)));
        let seconds = u64::from(self.seconds);
        Cost { to_spend: self.usd.times(purchases), purchases, clips: 1, squared_seconds: seconds * seconds }
    }
}

/// How many are begun and not known to have failed.
fn count<'a>(takes: impl Iterator<Item = &'a Take>) -> u32 {
    u32::try_from(takes.filter(|take| take.is_owned()).count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
