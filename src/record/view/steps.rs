//! What turns a folder as it is into the folder as it should be. Pure; does nothing itself.

use std::collections::BTreeMap;

use crate::take::Nonce;

/// Each by file name. Nothing is done to a file that has no step.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Steps {
    /// From and to.
    pub(super) moves: BTreeMap<String, String>,
    pub(super) makes: BTreeMap<String, Nonce>,
    pub(super) removals: BTreeMap<String, Nonce>,
    pub(super) in_the_way: Vec<String>,
}

/// The steps from what is there, with whose take each file is (none: somebody else's), to what is wanted.
pub(super) fn between(there: &BTreeMap<String, Option<Nonce>>, wanted: &BTreeMap<String, Nonce>) -> Steps {
    let mut steps = Steps::default();
    let mut spare: BTreeMap<Nonce, Vec<&String>> = BTreeMap::new();
    for (name, owner) in there {
        match owner {
            Some(nonce) if wanted.get(name) != Some(nonce) => spare.entry(*nonce).or_default().push(name),
            _ => {}
        }
    }
    for (name, nonce) in wanted {
        match there.get(name) {
            Some(Some(owner)) if owner == nonce => {}
            Some(None) => steps.in_the_way.push(name.clone()),
            _ => match spare.get_mut(nonce).and_then(Vec::pop) {
                Some(from) => drop(steps.moves.insert(from.clone(), name.clone())),
                None => drop(steps.makes.insert(name.clone(), *nonce)),
            },
        }
    }
    let left = spare.into_iter().flat_map(|(nonce, names)| names.into_iter().map(move |name| (name, nonce)));
    steps.removals = left.map(|(name, nonce)| (name.clone(), nonce)).collect();
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn nonce(number: u8) -> Nonce {
        format!("00000000-0000-7000-8000-0000000000{number:02x}").parse().unwrap()
    }

    fn named(files: &[(u8, Option<u8>)]) -> BTreeMap<String, Option<Nonce>> {
        files.iter().map(|(name, owner)| (name.to_string(), owner.map(nonce))).collect()
    }

    /// What a folder holds after the steps.
    fn after(mut there: BTreeMap<String, Option<Nonce>>, steps: &Steps) -> BTreeMap<String, Option<Nonce>> {
        there.retain(|name, _| !steps.removals.contains_key(name));
        let moving: Vec<_> =
            steps.moves.iter().map(|(from, to)| (to.clone(), there.remove(from).unwrap())).collect();
        let made = steps.makes.iter().map(|(name, nonce)| (name.clone(), Some(*nonce)));
        for (name, owner) in moving.into_iter().chain(made) {
            assert!(there.insert(name, owner).is_none(), "a file was overwritten");
        }
        there
    }

    proptest! {
        #[test]
        fn the_steps_lead_to_what_is_wanted_and_never_over_somebody_elses_file(
            there in prop::collection::vec((0..8_u8, prop::option::of(0..5_u8)), 0..8),
            wanted in prop::collection::vec((0..8_u8, 0..5_u8), 0..8),
        ) {
            let there = named(&there);
            let wanted: BTreeMap<_, _> =
                wanted.iter().map(|(name, owner)| (name.to_string(), nonce(*owner))).collect();
            let steps = between(&there, &wanted);
            let done = after(there.clone(), &steps);
            for (name, owner) in &there {
                prop_assert!(owner.is_some() || done[name].is_none(), "{name} was somebody else's");
            }
            for (name, owner) in &done {
                prop_assert_eq!(owner.as_ref(), owner.and(wanted.get(name)), "{}", name);
            }
            for name in wanted.keys() {
                prop_assert!(done.contains_key(name));
            }
            prop_assert_eq!(between(&done, &wanted).moves.len(), 0);
            prop_assert_eq!(between(&done, &wanted).makes.len(), 0);
        }
    }
}
