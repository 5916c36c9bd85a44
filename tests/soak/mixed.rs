//! One run through a mix of faults, one `reconcile`, one run more: everything is there, paid once and whole.

use std::time::Instant;

use super::boards::{dollars, price};
use super::judge::{self, Rules};
use super::mixes;
use super::stage::{self, Plot, Stage};

fn weathered(seed: u64, takes: usize, jobs: usize) {
    let stage = Stage::new(Plot { takes, spare: 0, patience: 20, jobs, seed, mix: mixes::weather() });
    let started = Instant::now();
    let budget = dollars(stage.boards.price());
    let first = stage.render(&format!("--budget {budget}"));
    stage.expect(&stage.complaints(), &format!("after the first run, exit {first}"));
    let between = stage.run("reconcile --yes");
    let second = stage.render("");
    let took = started.elapsed();
    let exits = format!("exits {first} {between} {second}");
    stage.expect(&stage.complaints_at_the_end(), &exits);
    stage.submits_nothing_more();
    eprintln!("seed {seed}: {}, {exits}, {took:.1?}", stage.told());
}

#[test]
fn a_run_through_a_mix_of_faults_pays_nothing_twice_and_loses_nothing() {
    weathered(1, 60, 20);
    weathered(2, 60, 20);
}

#[test]
#[ignore = "minutes: `make soak`"]
fn twenty_seeds_of_two_hundred_clips_pay_nothing_twice_and_lose_nothing() {
    for seed in stage::seeds(20) {
        weathered(seed, 200, 50);
    }
}

/// One run, and nothing left over.
#[test]
fn whatever_the_status_the_result_and_the_file_do_every_byte_lands_in_one_run() {
    let stage = Stage::new(Plot { takes: 50, spare: 0, patience: 20, jobs: 25, seed: 4, mix: mixes::fog() });
    let exit = stage.render("");
    stage.expect(&stage.complaints_at_the_end(), &format!("exit {exit}"));
    stage.submits_nothing_more();
}

/// A cap of a third of what is wanted, in one run.
#[test]
fn a_cap_holds_to_the_cent_whatever_goes_wrong() {
    let stage =
        Stage::new(Plot { takes: 45, spare: 0, patience: 20, jobs: 15, seed: 3, mix: mixes::weather() });
    let cap = price(15);
    stage.render(&format!("--budget {}", dollars(cap)));
    let rules = Rules { cap: Some(cap), ..stage.rules() };
    stage.expect(&judge::safety(&stage.audit(), &stage.takes(), &rules), "under a cap");
    assert!(stage.audit().requests.len() >= 10);
}
