//! Storyboards of so many clips, each of 3 s and with words of its own, and how many takes each clip wants.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Micros of a dollar that a clip of 3 s costs: 3 times $0.42.
pub(crate) const PRICE: i64 = 1_260_000;
const SECONDS: u32 = 3;
const SCENES: usize = 20;
/// Every so many clips one wants two takes.
const DOUBLE: usize = 10;

pub(crate) struct Boards {
    /// How many takes of each prompt are wanted.
    pub(crate) wanted: BTreeMap<String, usize>,
    spare: usize,
}

impl Boards {
    /// So many takes in all, in storyboards of twenty scenes, each with a budget to the cent of what its takes cost, and
    /// so many more.
    pub(crate) fn write(dir: &Path, takes: usize, spare: usize) -> Self {
        fs::create_dir_all(dir).unwrap();
        let (mut wanted, mut left, mut number) = (BTreeMap::new(), takes, 0);
        while left > 0 {
            let board = board(number, spare, &mut left, &mut wanted);
            fs::write(dir.join(format!("{}.yaml", name(number))), board).unwrap();
            number += 1;
        }
        Self { wanted, spare }
    }

    pub(crate) fn takes(&self) -> usize {
        self.wanted.values().sum()
    }

    /// What all takes cost, in micros of a dollar.
    pub(crate) fn price(&self) -> i64 {
        price(self.takes())
    }

    /// The storyboards, each with its budget.
    pub(crate) fn budgets(&self) -> BTreeMap<String, i64> {
        let mut budgets = BTreeMap::new();
        for (prompt, takes) in &self.wanted {
            let budget = budgets.entry(storyboard_of(prompt).to_owned()).or_insert(price(self.spare));
            *budget += price(*takes);
        }
        budgets
    }
}

pub(crate) fn price(takes: usize) -> i64 {
    PRICE * i64::try_from(takes).unwrap()
}

/// Which storyboard a prompt is of: its last word begins with the name.
pub(crate) fn storyboard_of(prompt: &str) -> &str {
    prompt.rsplit(' ').next().unwrap().split('-').next().unwrap()
}

fn name(number: usize) -> String {
    format!("b{number:03}")
}

fn board(number: usize, spare: usize, left: &mut usize, wanted: &mut BTreeMap<String, usize>) -> String {
    let name = name(number);
    let (mut scenes, mut sum) = (String::new(), 0);
    for scene in 0..SCENES {
        let takes = if scene % DOUBLE == 0 { 2 } else { 1 }.min(*left);
        if takes == 0 {
            break;
        }
        let prompt = format!("a lantern called {name}-s{scene:02}");
        scenes.extend(["  - { id: s", &format!("{scene:02}, takes: {takes}, prompt: {prompt}"), " }\n"]);
        (*left, sum) = (*left - takes, sum + takes);
        wanted.insert(prompt, takes);
    }
    let dollars = dollars(price(sum + spare));
    format!(
        "storyboard: {name}\nbudget: {dollars}\nmodel: kling-o3-4k\naspect_ratio: \"1:1\"\nduration: {SECONDS}\n\
         scenes:\n{scenes}"
    )
}

/// As a storyboard or a flag says it.
pub(crate) fn dollars(micros: i64) -> String {
    format!("{}.{:02}", micros / 1_000_000, micros % 1_000_000 / 10_000)
}
