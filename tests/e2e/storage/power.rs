//! The power goes at every step of a run. Whatever was kept of what it wrote, the record loads, and knows of every
//! request that had gone out; and the next run on what is left buys nothing twice and loses nothing.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::Path;

use clap::ValueEnum;
use serde_json::Value;
use shotlist::crash::Point;
use shotlist::record;
use shotlist::take::{Nonce, Takes};
use tempfile::TempDir;

use super::WORDS;
use super::model::{Disk, Image, restore};
use crate::crash::faults::on_each;
use crate::crash::points::{WORDS as FOUR, in_peace, killed, name};
use crate::crash::scene::Scene;
use crate::support::project::board;
use crate::support::script::{File, file};

/// What a run has relied on so far.
#[derive(Clone, Debug, Default)]
struct Relied {
    sent: BTreeSet<String>,
    looked: BTreeSet<String>,
    landed: BTreeSet<String>,
}

impl Relied {
    fn note(&mut self, entry: &Value) {
        let of = || entry["of"].as_str().unwrap().to_owned();
        match entry["mark"].as_str() {
            Some("sending") => drop(self.sent.insert(of())),
            Some("looking") => drop(self.looked.insert(of())),
            Some("landed") => drop(self.landed.insert(of())),
            Some(mark) => panic!("the log has a mark {mark}"),
            None => {}
        }
    }
}

/// Something that a loss of power may leave, and what it must know.
#[derive(Debug)]
struct Left {
    image: Image,
    relied: Relied,
    step: usize,
}

/// Everything that `images` says may be left by a loss of power behind any step of the run; each only once.
fn all_left(
    disk: &mut Disk,
    mut relied: Relied,
    log: &[Value],
    images: fn(&Disk) -> Vec<Image>,
) -> Vec<Left> {
    let (mut left, mut seen) = (Vec::new(), HashSet::new());
    for (step, entry) in log.iter().enumerate() {
        if entry["mark"].is_string() {
            relied.note(entry);
            seen.clear();
        }
        disk.apply(entry);
        let new = images(disk).into_iter().map(that_matters).filter(|image| seen.insert(image.clone()));
        left.extend(new.map(|image| Left { image, relied: relied.clone(), step }));
    }
    left
}

/// Neither the lock nor the view nor a temporary file is ever read as a part of the record.
fn that_matters(mut image: Image) -> Image {
    let record = ["r/", "r/takes/", "r/.journal.jsonl", "r/manifest.jsonl"];
    image.retain(|path, _| record.contains(&path.as_str()) || is_clip(path));
    image
}

fn is_clip(path: &str) -> bool {
    let name = path.strip_prefix("r/takes/");
    name.is_some_and(|name| !name.is_empty() && !name.starts_with('.'))
}

fn loads(scene: &Scene, left: &Left) {
    let temp = TempDir::new().unwrap();
    restore(temp.path(), "r", &left.image);
    let takes =
        record::read(&temp.path().join("r")).unwrap_or_else(|error| panic!("step {}: {error}", left.step));
    knows(&takes, left);
    for (path, bytes) in left.image.iter().filter(|(path, _)| is_clip(path)) {
        let whole = scene.queue.bought().iter().any(|bought| bought.film() == *bytes);
        assert!(whole, "step {}: {path} is not whole", left.step);
    }
}

fn knows(takes: &Takes, left: &Left) {
    let Left { image, relied, step } = left;
    let take = |nonce: &String| takes.get(nonce.parse::<Nonce>().unwrap());
    for nonce in &relied.sent {
        assert!(take(nonce).is_some(), "step {step}: {nonce} was sent, and the record does not know it");
    }
    for id in &relied.looked {
        let known =
            |take: &shotlist::take::Take| take.submitted.as_ref().is_some_and(|one| one.request_id == *id);
        assert!(
            takes.iter().any(known),
            "step {step}: request {id} was looked at, and the record does not know it"
        );
    }
    for nonce in &relied.landed {
        let take = take(nonce).filter(|take| take.landed.is_some());
        let take = take.unwrap_or_else(|| panic!("step {step}: {nonce} had landed"));
        let landed = take.landed.as_ref().unwrap();
        let file = image.get(&format!("r/takes/{}", take.file_name()));
        let hash = file.map(|bytes| blake3::hash(bytes).to_hex().to_string());
        assert_eq!(
            hash.as_ref(),
            Some(&landed.hash),
            "step {step}: {nonce} had landed, and its file is not whole"
        );
    }
}

/// One undisturbed run on what is in the folder, and everything that may be left of it.
fn loads_after_every_step(scene: &Scene, args: &str) {
    let mut disk = Disk::of(&scene.project.path(""), "r");
    scene.log();
    let (exit, log) = scene.logged(args);
    assert_eq!(exit, 0);
    let left = all_left(&mut disk, Relied::default(), &log, Disk::images);
    assert!(left.len() > 1000, "only {} ways to lose something", left.len());
    on_each(&left, |left| loads(scene, left));
}

#[test]
fn whatever_a_loss_of_power_leaves_of_a_first_run_the_record_loads_and_knows_what_was_sent() {
    let scene = Scene::scripted(&WORDS, &file(File::Torn));
    loads_after_every_step(&scene, "-j 2");
}

/// Adds half of its last line once more, as a run that is killed leaves it.
fn tear(journal: &Path) {
    let text = fs::read_to_string(journal).unwrap();
    let last = text.lines().last().unwrap();
    fs::write(journal, format!("{text}{}", &last[..last.len() / 2])).unwrap();
}

#[test]
fn whatever_a_loss_of_power_leaves_of_a_recovery_the_record_loads_and_knows_what_was_sent() {
    let scene = Scene::new(&FOUR[..1]);
    scene.render("").ends(0);
    scene.project.storyboard(&board(&FOUR));
    assert_eq!(scene.run("-j 1", ("SHOTLIST_CRASH", "receipt-synced:1")).exit, -1);
    tear(&scene.project.path("r/.journal.jsonl"));
    loads_after_every_step(&scene, "-j 2");
}

/// Killed there, and the machine goes on: what the killed run has not synced, the next one must not rely on.
fn loads_after_every_step_of_a_recovery(kill: &(Point, usize)) {
    let scene = Scene::leisurely(&FOUR);
    loads_after_every_step_of_the_second_run(&scene, || {
        killed(&scene, kill.0, kill.1);
    });
}

fn loads_after_every_step_of_the_second_run(scene: &Scene, first: impl FnOnce()) {
    let (mut disk, mut relied) = (Disk::of(&scene.project.path(""), "r"), Relied::default());
    first();
    for entry in scene.log() {
        relied.note(&entry);
        disk.apply(&entry);
    }
    let (exit, log) = scene.logged("-j 4");
    assert!([0, 6].contains(&exit));
    let left = all_left(&mut disk, relied, &log, Disk::whole_images);
    for left in &left {
        loads(scene, left);
    }
    scene.finish();
}

/// The first and the last; a replacement is another file each time.
fn telling(point: Point, passages: usize) -> BTreeSet<usize> {
    match point {
        Point::ReplacementWritten | Point::ReplacementRenamed => (1..=passages).collect(),
        _ => BTreeSet::from([1, passages]),
    }
}

#[test]
fn whatever_a_killed_run_has_not_synced_the_next_one_does_not_rely_on() {
    let passages = in_peace();
    let mut kills = Vec::new();
    for point in Point::value_variants() {
        kills.extend(telling(*point, passages[&name(*point)]).into_iter().map(|passage| (*point, passage)));
    }
    on_each(&kills, loads_after_every_step_of_a_recovery);
}

/// Which of the operations of a run in peace, counted from 1, sync something.
fn syncs() -> Vec<usize> {
    let (_, log) = Scene::new(&WORDS).logged("-j 1");
    let all = log.iter().filter_map(|entry| entry["op"].as_str()).enumerate();
    all.filter(|(_, op)| op.starts_with("sync")).map(|(at, _)| at + 1).collect()
}

#[test]
fn whatever_a_run_could_not_sync_the_next_one_does_not_rely_on() {
    on_each(&syncs(), |k| {
        let scene = Scene::new(&WORDS);
        let fails = || drop(scene.run("-j 1", ("SHOTLIST_DISK", &format!("{k}:EIO"))));
        loads_after_every_step_of_the_second_run(&scene, fails);
    });
}

/// Killed at this point on this passage, and the power goes with it.
#[derive(Debug)]
struct Loss {
    point: Point,
    passage: usize,
    kept: Kept,
}

/// What is kept of the writes that were not synced.
#[derive(Clone, Copy, Debug)]
enum Kept {
    Nothing,
    /// New names, with nothing of what is in the files.
    Names,
}

fn losses() -> Vec<Loss> {
    let passages = in_peace();
    let mut losses = Vec::new();
    for point in Point::value_variants() {
        for passage in telling(*point, passages[&name(*point)]) {
            losses.extend([Kept::Nothing, Kept::Names].map(|kept| Loss { point: *point, passage, kept }));
        }
    }
    losses
}

fn survives(loss: &Loss) {
    let scene = Scene::leisurely(&FOUR);
    let mut disk = Disk::of(&scene.project.path(""), "r");
    killed(&scene, loss.point, loss.passage);
    scene.log().iter().for_each(|entry| disk.apply(entry));
    let image = match loss.kept {
        Kept::Nothing => disk.least(),
        Kept::Names => disk.names_alone(),
    };
    restore(&scene.project.path(""), "r", &image);
    scene.finish();
    scene.judge(&FOUR);
}

#[test]
fn killed_at_any_point_by_a_loss_of_power_the_next_run_buys_nothing_twice_and_loses_nothing() {
    on_each(&losses(), survives);
}
