//! What a plan costs beside fal: reading, expanding and grouping, and finding that nothing is to be done.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot set up its input has nothing to measure")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use shotlist::catalog::Catalog;
use shotlist::expand::{self, Expanded, Files, Options};
use shotlist::plan::{self, Input, Plan, Selection, Superseded};
use shotlist::storyboard::{self, Source};
use shotlist::take::{Facts, Intent, Landed, Nonce, Take, Takes};

const SIZES: [usize; 3] = [100, 1_000, 10_000];

fn main() {
    divan::main();
}

/// No file beside the storyboard.
struct Nothing;

impl Files for Nothing {
    fn near(&self, _: &Source, path: &str) -> Result<Arc<Source>, String> {
        Err(format!("no file {path}"))
    }

    fn template(&self, _: &str) -> Result<Option<Arc<Source>>, String> {
        Ok(None)
    }
}

/// One scene of so many shots of 3 to 6 seconds.
fn text(shots: usize) -> Arc<Source> {
    let mut text =
        "storyboard: long\nmodel: kling-o3-4k\nstyle: anime\nscenes:\n  - id: chase\n    shots:\n".to_owned();
    for shot in 0..shots {
        let seconds = 3 + shot % 4;
        let _ = writeln!(
            text,
            "      - {{ id: s{shot}, duration: {seconds}, subject: \"roof {shot} in {{{{ style }}}}\" }}"
        );
    }
    Arc::new(Source { name: "long.yaml".to_owned(), text })
}

fn expanded(source: &Arc<Source>, catalog: &Catalog) -> Vec<Expanded> {
    let storyboard = storyboard::read(source, &BTreeSet::new()).storyboard.unwrap();
    let (expanded, problems) = expand::expand(&storyboard, catalog, &Nothing, &Options::default());
    assert!(problems.is_empty());
    expanded
}

fn planned(expanded: &[Expanded], takes: &Takes) -> Plan {
    let (absent, selection) = (BTreeSet::new(), Selection::default());
    let superseded = Superseded::Count;
    plan::plan(&Input {
        expanded,
        takes,
        grouping: None,
        absent: &absent,
        selection: &selection,
        cap: None,
        attempts: 2,
        superseded,
    })
    .unwrap()
}

/// A landed take of every clip.
fn owned(plan: &Plan) -> Takes {
    let at = jiff::Timestamp::UNIX_EPOCH;
    let take = |clip: &plan::Clip| -> Take {
        let intent = Intent {
            at,
            origin: "sim".to_owned(),
            address: clip.address.clone(),
            shots: clip.shots.clone(),
            request: (*clip.request).clone(),
            video: "/video/url".to_owned(),
            seconds: clip.seconds,
            usd: clip.usd,
        };
        let landed = Landed { at, bytes: 1, hash: String::new(), width: 16, height: 9, millis: 0 };
        Facts { intent: Some(intent), landed: Some(landed), ..Facts::of(Nonce::mint()) }.into_take().unwrap()
    };
    plan.clips.iter().map(take).collect()
}

#[divan::bench(args = SIZES)]
fn read(bencher: divan::Bencher, shots: usize) {
    let source = text(shots);
    bencher.bench(|| storyboard::read(&source, &BTreeSet::new()));
}

#[divan::bench(args = SIZES)]
fn read_and_expand(bencher: divan::Bencher, shots: usize) {
    let (source, catalog) = (text(shots), Catalog::builtin().unwrap());
    bencher.bench(|| expanded(&source, &catalog));
}

#[divan::bench(args = SIZES)]
fn group_a_scene(bencher: divan::Bencher, shots: usize) {
    let catalog = Catalog::builtin().unwrap();
    let (expanded, none) = (expanded(&text(shots), &catalog), Takes::default());
    bencher.bench(|| planned(&expanded, &none));
}

#[divan::bench(args = SIZES)]
fn nothing_to_do(bencher: divan::Bencher, shots: usize) {
    let (source, catalog) = (text(shots), Catalog::builtin().unwrap());
    let takes = owned(&planned(&expanded(&source, &catalog), &Takes::default()));
    bencher.bench(|| {
        let plan = planned(&expanded(&source, &catalog), &takes);
        assert_eq!(plan.purchases(), 0);
        plan
    });
}
