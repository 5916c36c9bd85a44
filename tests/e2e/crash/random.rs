//! Killed at random times, again and again, over one and the same record.

use std::thread::sleep;
use std::time::Duration;

use fastrand::Rng;

use super::scene::Scene;
use crate::support::project::board;
use crate::support::script::{leisurely, lost, well};

/// Longer than a start, so that most runs come to something.
const LONGEST_RUN_MS: u64 = 350;

/// One project that grows whenever there is nothing left to do, so that every kill meets a run at work.
struct Storm {
    scene: Scene,
    words: Vec<String>,
    dice: Rng,
}

impl Storm {
    fn new(seed: u64) -> Self {
        let mut storm = Self { scene: Scene::new(&[]), words: Vec::new(), dice: Rng::with_seed(seed) };
        storm.grow();
        storm
    }

    fn grow(&mut self) {
        for _ in 0..10 {
            let word = format!("w{:04}", self.words.len());
            let script = match self.dice.u8(..10) {
                0 => lost(),
                1..4 => well(),
                _ => leisurely(),
            };
            self.scene.queue.script(&word, script);
            self.words.push(word);
        }
        self.scene.project.storyboard(&board(&self.words()));
    }

    fn words(&self) -> Vec<&str> {
        self.words.iter().map(String::as_str).collect()
    }

    /// One run, killed after a random time: a render, or now and then a reconciliation.
    fn strike(&mut self) {
        let reconciles = self.dice.u8(..6) == 0;
        let run = if reconciles { self.scene.release() } else { self.scene.render("-j 4") };
        let run = run.start();
        sleep(Duration::from_millis(self.dice.u64(..LONGEST_RUN_MS)));
        match run.kill() {
            Some(0) if !reconciles => self.grow(),
            // Lost answers, or intents that were never sent: the next run, or a reconciliation, settles them.
            None | Some(0 | 1 | 6) => {}
            Some(exit) => panic!("it ended by itself, with exit {exit}"),
        }
    }
}

fn survives(kills: usize, seed: u64) {
    let mut storm = Storm::new(seed);
    for _ in 0..kills {
        storm.strike();
    }
    storm.scene.finish();
    storm.scene.judge(&storm.words());
}

#[test]
fn killed_forty_times_at_random_nothing_is_bought_twice_or_lost() {
    survives(40, 1);
}

#[test]
#[ignore = "takes minutes; `make soak` runs it"]
fn killed_five_hundred_times_at_random_nothing_is_bought_twice_or_lost() {
    survives(500, 2);
}
