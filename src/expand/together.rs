//! Several storyboards of one run: what is wrong only between them. Renders nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::editions::{self, Outcome};
use super::findings::{Findings, Place};
use super::{Expanded, Files, Options};
use crate::address::Id;
use crate::catalog::Catalog;
use crate::storyboard::{Problem, Severity, Span, Storyboard};

type Board<'a> = (&'a Storyboard, &'a dyn Files);

pub(super) fn expand(
    storyboards: &[Board<'_>],
    catalog: &Catalog,
    options: &Options,
) -> (Vec<Expanded>, Vec<Problem>) {
    let mut outcomes: Vec<Outcome> = storyboards
        .iter()
        .map(|(storyboard, files)| editions::expand(storyboard, catalog, *files, options))
        .collect();
    let mut problems = collisions(storyboards);
    problems.extend(unused_everywhere(&outcomes));
    problems.splice(0..0, outcomes.iter_mut().flat_map(|outcome| std::mem::take(&mut outcome.problems)));
    let problems = once(problems);
    let broken = problems.iter().any(|problem| problem.severity == Severity::Error);
    let expanded = outcomes.into_iter().flat_map(|outcome| outcome.expanded);
    (if broken { Vec::new() } else { expanded.collect() }, problems)
}

pub(super) fn check(storyboards: &[Board<'_>], catalog: &Catalog, vars: &[(String, String)]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut outcomes = Vec::new();
    for (storyboard, files) in storyboards {
        let profiles = storyboard.profiles.iter().map(|profile| Some(profile.name.value.clone()));
        let mut own = Vec::new();
        for profile in std::iter::once(None).chain(profiles) {
            let options = Options { vars: vars.to_vec(), profile };
            let mut outcome = editions::expand(storyboard, catalog, *files, &options);
            own.append(&mut outcome.problems);
            outcomes.push(outcome);
        }
        own.sort_by_key(|problem| (problem.source.name != storyboard.source.name, problem.span));
        problems.append(&mut own);
    }
    problems.extend(collisions(storyboards));
    problems.extend(unused_everywhere(&outcomes));
    once(problems)
}

/// What every storyboard says of a variable of the command line holds for the run.
fn unused_everywhere(outcomes: &[Outcome]) -> Vec<Problem> {
    let Some((first, others)) = outcomes.split_first() else { return Vec::new() };
    let unused = |outcome: &Outcome, problem: &Problem| {
        outcome.unused.iter().any(|other| other.source == problem.source)
    };
    let everywhere = |problem: &&Problem| others.iter().all(|outcome| unused(outcome, problem));
    first.unused.iter().filter(everywhere).cloned().collect()
}

fn collisions(storyboards: &[Board<'_>]) -> Vec<Problem> {
    let mut findings = Findings::default();
    let mut taken: BTreeMap<&Id, &str> = BTreeMap::new();
    for (storyboard, _) in storyboards {
        let source = &storyboard.source;
        if let Some(other) = taken.insert(&storyboard.id.value, &source.name) {
            let message = format!("`{}` is the id of {other} too", storyboard.id.value);
            let help = "takes and addresses go by this id: give one of them another `storyboard:`".to_owned();
            findings.error(&Place::new(source, storyboard.id.span), message, help);
        }
    }
    findings.into_problems_as_found()
}

/// Each problem once: profiles and files have some in common.
fn once(problems: Vec<Problem>) -> Vec<Problem> {
    let mut told: BTreeSet<(String, Span, String)> = BTreeSet::new();
    let key = |problem: &Problem| (problem.source.name.clone(), problem.span, problem.message.clone());
    problems.into_iter().filter(|problem| told.insert(key(problem))).collect()
}
