//! Which unknown take a person means: by its address where there is one of it, or by its number. Pure.

use std::collections::BTreeSet;

use crate::take::{Nonce, Take, Takes};

/// Why a name is not one unknown take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOne {
    #[error(
        "no unknown take is called `{0}`; give its address, or its number as `shotlist reconcile` shows it"
    )]
    Nothing(String),
    #[error("`{name}` is not unknown: {state}")]
    Settled { name: String, state: &'static str },
    #[error("{} takes called `{name}` are unknown; give the number of the one that is meant: {}", .numbers.len(), .numbers.join(", "))]
    Several { name: String, numbers: Vec<String> },
}

/// # Errors
/// A name is no unknown take's, or that of several.
pub fn named_takes(takes: &Takes, names: &[String]) -> Result<BTreeSet<Nonce>, NotOne> {
    names.iter().map(|name| one(takes, name)).collect()
}

fn one(takes: &Takes, name: &str) -> Result<Nonce, NotOne> {
    let called: Vec<&Take> = takes.iter().filter(|take| is_called(take, name)).collect();
    let unknown: Vec<&Take> = called.iter().copied().filter(|take| take.is_unknown()).collect();
    match (unknown.as_slice(), called.as_slice()) {
        ([take], _) => Ok(take.nonce),
        ([], []) => Err(NotOne::Nothing(name.to_owned())),
        ([], [.., take]) => Err(NotOne::Settled { name: name.to_owned(), state: state(take) }),
        (several, _) => {
            let numbers = several.iter().map(|take| take.nonce.short()).collect();
            Err(NotOne::Several { name: name.to_owned(), numbers })
        }
    }
}

fn is_called(take: &Take, name: &str) -> bool {
    take.intent.address.to_string() == name || take.nonce.short() == name || take.nonce.to_string() == name
}

fn state(take: &Take) -> &'static str {
    match take.failure() {
        Some(failed) => failed.kind.words(),
        None if take.landed.is_some() => "it was bought, and its file is here",
        None => "fal has it, and the next render follows it",
    }
}
