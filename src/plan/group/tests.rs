//! The cut of a scene against every other legal cut of it.

use std::collections::BTreeMap;
use std::ops::Range;

use proptest::prelude::*;

use super::*;
use crate::expand::Group;
use crate::plan::testing::{failed, intended, landed, shot};
use crate::take::{FailureKind, Take};

/// Every way to cut `len` shots, as the clips' ranges.
fn partitions(len: usize) -> Vec<Vec<Range<usize>>> {
    let cuts = 0..1_u32 << (len - 1);
    cuts.map(|mask| {
        let mut starts: Vec<usize> = (1..len).filter(|at| mask & (1 << (at - 1)) != 0).collect();
        starts.insert(0, 0);
        let ends = starts.iter().skip(1).copied().chain([len]).collect::<Vec<_>>();
        starts.into_iter().zip(ends).map(|(start, end)| start..end).collect()
    })
    .collect()
}

/// Written from the rules of the language, not from the code: may these shots be one clip?
fn is_legal(scene: &[Shot], range: &Range<usize>) -> bool {
    let shots = &scene[range.clone()];
    let total: u32 = shots.iter().map(|shot| shot.seconds).sum();
    let alone = shots.len() == 1;
    let alike = shots.iter().all(|shot| (&shot.fields, shot.takes) == (&shots[0].fields, shots[0].takes));
    let short = shots.iter().all(|shot| shot.prompt.chars().count() <= 512);
    let free =
        shots.iter().all(|shot| shot.group != Group::Solo) && shots[1..].iter().all(|shot| !shot.new_clip);
    let whole = range.len() == scene.len() || scene.iter().all(|shot| shot.group != Group::Whole);
    (3..=15).contains(&total) && shots.len() <= 6 && (alone || (alike && short && free)) && whole
}

/// What the language orders cuts by, the preferred one least.
type Rank = (u64, u32, usize, u64, Vec<std::cmp::Reverse<u32>>);

fn rank(scene: &[Shot], cut: &[Range<usize>], owned: &BTreeMap<Fingerprint, u32>) -> Rank {
    let (mut micros, mut purchases, mut squares, mut lengths) = (0, 0, 0, Vec::new());
    for range in cut {
        let shots = &scene[range.clone()];
        let seconds: u32 = shots.iter().map(|shot| shot.seconds).sum();
        let have = owned.get(&compose::request(shots).fingerprint()).copied().unwrap_or(0);
        let buy = shots[0].takes.saturating_sub(have);
        micros += u64::from(buy * seconds) * 420_000;
        purchases += buy;
        squares += u64::from(seconds) * u64::from(seconds);
        lengths.push(std::cmp::Reverse(seconds));
    }
    (micros, purchases, cut.len(), squares, lengths)
}

fn best_of_all(scene: &[Shot], owned: &BTreeMap<Fingerprint, u32>) -> Option<Vec<Range<usize>>> {
    let legal =
        partitions(scene.len()).into_iter().filter(|cut| cut.iter().all(|range| is_legal(scene, range)));
    legal.min_by_key(|cut| rank(scene, cut, owned))
}

fn ours(scene: &[Shot], owned: &Takes) -> Option<Vec<Range<usize>>> {
    let mut start = 0;
    let ranges = |clip: Draft| {
        let range = start..start + clip.shots.len();
        start = range.end;
        range
    };
    cut(scene, owned).map(|clips| clips.into_iter().map(ranges).collect())
}

#[derive(Clone, Debug)]
struct Quirk {
    seconds: u32,
    /// Few names, so that equal shots recur and clips are shared.
    name: u8,
    oddity: u8,
}

fn any_shot() -> impl Strategy<Value = Quirk> {
    (1..=9_u32, 0..3_u8, 0..24_u8).prop_map(|(seconds, name, oddity)| Quirk { seconds, name, oddity })
}

fn build(quirks: &[Quirk], takes: u32) -> Vec<Shot> {
    let one = |quirk: &Quirk| {
        let mut shot = Shot { takes, ..shot("s", &format!("n{}", quirk.name), quirk.seconds) };
        match quirk.oddity {
            0 => shot.group = Group::Solo,
            1 => shot.new_clip = true,
            2 => shot.prompt = "x".repeat(600),
            3 => shot.takes = 3,
            4 => drop(shot.fields.insert("generate_audio".to_owned(), serde_json::json!(true))),
            _ => {}
        }
        shot
    };
    quirks.iter().map(one).collect()
}

/// Takes of some runs of shots, some of them failed: those own nothing.
fn some_takes(scene: &[Shot], picks: &[(usize, usize, bool)]) -> Vec<Take> {
    let take = |(number, &(start, len, fails)): (usize, &(usize, usize, bool))| {
        let start = start % scene.len();
        let shots = &scene[start..(start + len).min(scene.len())];
        let request = compose::request(shots);
        let take = intended(u32::try_from(number).unwrap(), &request, &shots[0].address, &[], Usd::ZERO);
        if fails { failed(take, FailureKind::Server) } else { landed(take) }
    };
    picks.iter().enumerate().map(take).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn the_cut_is_the_best_of_all_legal_ones(
        quirks in prop::collection::vec(any_shot(), 1..8),
        takes in 1..=2_u32,
        picks in prop::collection::vec((0..9_usize, 1..5_usize, prop::bool::weighted(0.3)), 0..10),
        whole in prop::bool::weighted(0.1),
    ) {
        let mut scene = build(&quirks, takes);
        if whole {
            scene[0].group = Group::Whole;
        }
        let taken = some_takes(&scene, &picks);
        let mut owned = BTreeMap::new();
        taken.iter().filter(|take| take.is_owned()).for_each(|take| *owned.entry(take.fingerprint).or_default() += 1);
        prop_assert_eq!(ours(&scene, &taken.into_iter().collect()), best_of_all(&scene, &owned));
    }
}

fn lengths(scene: &[Shot]) -> Vec<Vec<u32>> {
    let clips = cut(scene, &Takes::default()).unwrap();
    clips.iter().map(|clip| clip.shots.iter().map(|shot| shot.seconds).collect()).collect()
}

#[test]
fn a_scene_that_fits_one_clip_is_one_clip() {
    let scene = [shot("s", "a", 4), shot("s", "b", 4), shot("s", "c", 3)];
    assert_eq!(lengths(&scene), [vec![4, 4, 3]]);
}

#[test]
fn a_longer_scene_is_cut_evenly_and_the_longer_clip_comes_first() {
    let scene = ["a", "b", "c", "d", "e"].map(|name| shot("s", name, 4));
    assert_eq!(lengths(&scene), [vec![4, 4, 4], vec![4, 4]]);
}

#[test]
fn a_long_scene_is_cut_in_linear_time() {
    let scene: Vec<Shot> = (0..2_000).map(|at| shot("s", &format!("n{at}"), 5)).collect();
    assert_eq!(lengths(&scene).len(), 667);
}
