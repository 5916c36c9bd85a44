//! Every fault at once, and the program killed at random; then all goes well, and it must finish.

use std::time::{Duration, Instant};

use super::mixes;
use super::stage::{self, Plot, Stage};

/// The most by which the audit grows in one life: some fifty clips from submit to file.
const MOST_BYTES: u64 = 150_000;
/// Runs after the last fault, of which the last must find nothing left to do.
const ROUNDS: usize = 4;

/// At least so many kills, and more until half of the takes have been begun among the faults.
fn killed(plot: Plot, kills: usize) {
    let stage = Stage::new(plot);
    let (seed, started) = (stage.plot.seed, Instant::now());
    let mut dice = fastrand::Rng::with_seed(seed);
    let mut killed = 0;
    while killed < kills || (killed < 4 * kills && stage.audit().requests.len() < stage.plot.takes / 2) {
        live(&stage, &mut dice, killed);
        killed += 1;
        if killed.is_multiple_of(10) {
            stage.expect(&stage.complaints(), &format!("after {killed} kills"));
        }
    }
    let stormy = stage.audit().requests.len();
    stage.calm();
    stage.settle();
    let exits = finish(&stage);
    stage.expect(&stage.complaints_at_the_end(), &format!("exits {exits:?}"));
    stage.submits_nothing_more();
    let (told, took) = (stage.told(), started.elapsed());
    eprintln!("seed {seed}: {told}, {stormy} among faults and {killed} kills, exits {exits:?}, {took:.0?}");
}

/// A run that is killed, unless it ends before: every third one after a while, which may be before it has done anything,
/// the others a moment after the simulator's account has grown by so much.
fn live(stage: &Stage, dice: &mut fastrand::Rng, kill: usize) {
    let (started, begun, mut child) =
        (Instant::now(), stage.audit_bytes(), stage.start(&stage.render_args("")));
    let (bytes, moment) = (dice.u64(1..MOST_BYTES), Duration::from_millis(dice.u64(0..300)));
    let patience = Duration::from_millis(dice.u64(1..if kill.is_multiple_of(3) { 1_500 } else { 20_000 }));
    while child.try_wait().unwrap().is_none() {
        if started.elapsed() > patience || stage.audit_bytes() > begun + bytes {
            std::thread::sleep(moment);
            break;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    let _ = child.kill();
    child.wait().unwrap();
}

/// What a person does once all is well: go on, let go of what never was, and ask again for what had failed.
fn finish(stage: &Stage) -> Vec<i32> {
    let mut exits = Vec::new();
    for _ in 0..ROUNDS {
        exits.push(stage.render(""));
        stage.settle();
        exits.push(stage.run("reconcile --yes --release-unfound --margin 0"));
        exits.push(stage.render("--failed"));
        if exits.last() == Some(&0) && exits[exits.len() - 3] == 0 {
            break;
        }
    }
    exits
}

#[test]
fn a_program_killed_again_and_again_among_faults_pays_nothing_twice_and_finishes() {
    killed(Plot { takes: 60, spare: 10, patience: 2, jobs: 10, seed: 1, mix: mixes::storm() }, 10);
}

#[test]
#[ignore = "minutes: `make soak`"]
fn two_thousand_clips_among_every_fault_and_kill_are_paid_once_and_finish() {
    for seed in stage::seeds(1) {
        killed(Plot { takes: 2_000, spare: 10, patience: 2, jobs: 50, seed, mix: mixes::storm() }, 100);
    }
}
