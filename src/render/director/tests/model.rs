//! Any run, by a seed: it ends, and holds its cap, its slots and its attempts.

use super::*;

/// What may end a job, among what was lost so far.
fn any_end(dice: &mut fastrand::Rng, job: &Job, lost: &mut Vec<Nonce>, nonce: Nonce) -> Ended {
    let kinds = [FailureKind::Server, FailureKind::Policy, FailureKind::Throttled, FailureKind::Refused];
    match (job, dice.u8(..9)) {
        (Job::Search, _) => {
            dice.shuffle(lost);
            let found = lost.drain(..dice.usize(..=lost.len())).collect();
            Ended::Searched { found, in_vain: dice.bool() }
        }
        (Job::Buy(_), 0) => {
            lost.push(nonce);
            Ended::Unknown("lost".to_owned())
        }
        (Job::Buy(_) | Job::Resume(_), 1) => Ended::Left(Left::NotFound("no such id".to_owned())),
        (Job::Buy(_) | Job::Resume(_), 2..=6) => Ended::failed(*dice.choice(&kinds).unwrap()),
        _ => Ended::Landed,
    }
}

/// A run of a few equal and unequal clips, begun and new ones, to its end.
fn any_run(seed: u64) {
    let mut dice = fastrand::Rng::with_seed(seed);
    let (slots, limit) = (dice.usize(1..4), purchase(0).usd.times(dice.u32(0..6)));
    let cap = if dice.bool() { RunCap::Shown(limit) } else { RunCap::Asked(limit) };
    let mut director = Director::new(slots, Budget::new(cap, &BTreeMap::new()), OnFailure::KeepGoing);
    if dice.bool() {
        director.search();
    }
    let attempts = dice.usize(1..4);
    let wish = |clip, number| Purchase { number, attempts, ..purchase(clip) };
    let (mut lost, mut active) = (Vec::new(), Vec::new());
    let begun = dice.u32(0..3);
    for number in 0..begun {
        let resume = earlier(100 + number, dice.bool().then(|| wish(0, number)));
        if dice.bool() {
            director.add_resume(resume);
        } else {
            lost.push(resume.nonce);
            let slot = if dice.bool() { Slot::Kept } else { Slot::Free };
            director.add_orphan(Orphan { resume, slot });
        }
    }
    director.add_purchases((begun..begun + dice.u32(0..3)).map(|number| wish(0, number)));
    director.add_purchases((1..4).map(|clip| wish(clip, 1)));
    // What this run has set aside for purchases that may cost something, but for further attempts at shown ones.
    let (mut number, mut used, mut failures) =
        (0, BTreeMap::<Nonce, Usd>::new(), BTreeMap::<_, usize>::new());
    for _ in 0..1000 {
        match director.next() {
            Next::Start(job) => {
                number += 1;
                let nonce = match &job {
                    Job::Resume(resume) => resume.nonce,
                    _ => nonce(number),
                };
                if let Job::Buy(purchase) = &job {
                    let again = matches!(cap, RunCap::Shown(_)) && purchase.earlier > Usd::ZERO;
                    used.insert(nonce, if again { Usd::ZERO } else { purchase.usd });
                    let made = failures.get(&purchase.fingerprint).copied().unwrap_or_default();
                    assert!(made < attempts, "seed {seed}: one attempt too many");
                    let buys = active.iter().filter(|(job, _)| matches!(job, Job::Buy(_))).count();
                    assert!(buys < slots, "seed {seed}: more than the slots");
                }
                assert!(used.values().copied().sum::<Usd>() <= limit, "seed {seed}: over the cap");
                active.push((job, nonce));
            }
            Next::Wait => {
                assert!(!active.is_empty(), "seed {seed}: it waits for nothing");
                let (job, nonce) = active.swap_remove(dice.usize(..active.len()));
                let ended = any_end(&mut dice, &job, &mut lost, nonce);
                if let Ended::Failed(failed) = &ended {
                    let row = failures.entry(job.fingerprint().unwrap()).or_default();
                    *row += usize::from(failed.kind == FailureKind::Server);
                    if failed.is_free() {
                        used.remove(&nonce);
                    }
                }
                director.ended(&job, nonce, &ended);
            }
            Next::Done => {
                assert!(active.is_empty() && director.resumes.is_empty(), "seed {seed}");
                assert!(director.waiting.is_empty() || director.halt().is_some(), "seed {seed}");
                return;
            }
        }
    }
    panic!("seed {seed}: it goes on for ever");
}

#[test]
fn every_run_ends_holds_its_cap_and_its_slots_and_buys_nothing_once_too_often() {
    (0..20_000).for_each(any_run);
}
