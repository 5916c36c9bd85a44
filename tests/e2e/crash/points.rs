//! Killed at every point of a purchase, and again while recovering.

use std::collections::{BTreeMap, BTreeSet};

use clap::ValueEnum;
use shotlist::crash::Point;
use shotlist::take::State;

use super::faults::{on_each, passages};
use super::scene::Scene;

pub(crate) const WORDS: [&str; 4] = ["one", "two", "three", "four"];

/// Killed at this point on this passage, then in the next run on the first of the same, then on the first of another.
#[derive(Debug)]
struct Kills {
    point: Point,
    passage: usize,
    other: Point,
}

pub(crate) fn name(point: Point) -> String {
    point.to_possible_value().unwrap().get_name().to_owned()
}

/// How often an undisturbed run of the four clips passes each point.
pub(crate) fn in_peace() -> BTreeMap<String, usize> {
    let scene = Scene::leisurely(&WORDS);
    let (exit, log) = scene.logged("-j 2");
    assert_eq!(exit, 0);
    let passages = passages(&log);
    scene.judge(&WORDS);
    passages
}

/// The first, the second and the last; a replacement is of another file each time.
fn chosen(point: Point, passages: usize) -> BTreeSet<usize> {
    match point {
        Point::ReplacementWritten | Point::ReplacementRenamed => (1..=passages).collect(),
        _ => BTreeSet::from([1, 2.min(passages), passages]),
    }
}

/// Every point on its chosen passages; `others` are the points of the last kill.
fn all_kills(others: impl Fn(usize) -> Vec<Point>) -> Vec<Kills> {
    let passages = in_peace();
    let mut kills = Vec::new();
    for (index, point) in Point::value_variants().iter().copied().enumerate() {
        for passage in chosen(point, passages[&name(point)]) {
            kills.extend(others(index).into_iter().map(|other| Kills { point, passage, other }));
        }
    }
    kills
}

/// Was it killed there? It was not where it never came so far.
pub(crate) fn killed(scene: &Scene, point: Point, passage: usize) -> bool {
    killed_with(scene, "-j 2", point, passage)
}

fn killed_with(scene: &Scene, args: &str, point: Point, passage: usize) -> bool {
    let done = scene.run(args, ("SHOTLIST_CRASH", &format!("{}:{passage}", name(point))));
    assert!([-1, 0, 6].contains(&done.exit), "exit {}:\n{}", done.exit, done.stderr);
    done.exit == -1
}

/// Survives them all; the points at which it was killed while recovering.
fn survives(kills: &Kills) -> Vec<Point> {
    let &Kills { point, passage, other } = kills;
    let scene = Scene::leisurely(&WORDS);
    // How often it looks, and in how many pieces a file comes, is not the same each time.
    let varies =
        passage > 1 && [Point::BetweenLooks, Point::MidDownload, Point::RequestSent].contains(&point);
    assert!(killed(&scene, point, passage) || varies, "it was never killed");
    // What nobody knows of keeps its place among the jobs, and the others are to be met too.
    let again = |point: &Point| killed_with(&scene, "-j 4", *point, 1);
    let again = [point, other].into_iter().filter(again).collect();
    scene.finish();
    scene.judge(&WORDS);
    again
}

/// A point that is never met while recovering would make a test of nothing.
fn survives_all(kills: &[Kills]) {
    let again = on_each(kills, survives).concat();
    for point in Point::value_variants() {
        let times = again.iter().filter(|met| *met == point).count();
        assert!(times > 1, "{point:?} was met {times} times while recovering");
    }
}

#[test]
fn every_point_is_passed_by_a_run_in_peace_and_every_take_passes_its_own() {
    let passages = in_peace();
    for point in Point::value_variants() {
        let times = passages.get(&name(*point)).copied().unwrap_or_default();
        let least = match point {
            Point::LockTaken | Point::PlanMade | Point::LockReleased => 1,
            _ => WORDS.len(),
        };
        assert!(times >= least, "{point:?} is passed {times} times");
    }
}

#[test]
fn killed_with_a_request_out_the_queue_has_it_and_the_next_run_goes_on_with_it() {
    let scene = Scene::leisurely(&WORDS);
    assert!(killed(&scene, Point::RequestSent, 1));
    scene.queue.wait_for_submits(1);
    let takes = shotlist::record::read(&scene.project.path("r")).unwrap();
    assert!(takes.iter().all(|take| take.state() == State::Intended));
    scene.render("").ends(0);
    scene.judge(&WORDS);
}

#[test]
fn killed_at_any_point_and_twice_more_while_recovering_nothing_is_bought_twice_or_lost() {
    let points = Point::value_variants();
    let kills = all_kills(|index| vec![points[(index + 1) % points.len()]]);
    survives_all(&kills);
}

#[test]
#[ignore = "takes long; `make soak` runs it"]
fn killed_at_any_point_and_then_at_any_other_nothing_is_bought_twice_or_lost() {
    let kills = all_kills(|_| Point::value_variants().to_vec());
    survives_all(&kills);
}
