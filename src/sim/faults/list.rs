//! The rules in force, in order. Does not draw.

use std::fmt;
use std::str::FromStr;

use super::{Kind, Rule, What, read};

/// What goes wrong. A call meets one fault at the most: the probabilities of a call's rules add up, and where they come
/// to more than 1, the last of them come more rarely.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Faults(Vec<Rule>);

/// Why texts are no rules: everything that is wrong with all of them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct WrongFaults(Vec<String>);

impl Faults {
    /// # Errors
    /// Everything that is wrong with any of the texts.
    pub fn parse(texts: impl IntoIterator<Item: AsRef<str>>) -> Result<Self, WrongFaults> {
        let (mut rules, mut problems) = (Vec::new(), Vec::new());
        for text in texts {
            let text = text.as_ref().trim();
            match read::read(text) {
                Ok(rule) => rules.push(rule),
                Err(wrong) => problems.extend(wrong.into_iter().map(|problem| format!("{text}: {problem}"))),
            }
        }
        if problems.is_empty() { Ok(Self(rules)) } else { Err(WrongFaults(problems)) }
    }

    /// Every kind so often, and healing: a client that does everything right gets its video.
    #[must_use]
    pub fn every(p: f64) -> Self {
        let healing = |kind: Kind| {
            let rule = Rule::of(kind).p(p);
            kind.heals_after().map_or(rule.clone(), |attempts| rule.first(attempts))
        };
        Self(Kind::ALL.into_iter().map(healing).collect())
    }

    /// The same with another probability wherever a rule brings this kind alone.
    #[must_use]
    pub fn with(mut self, kind: Kind, p: f64) -> Self {
        for rule in self.0.iter_mut().filter(|rule| rule.what == What::One(kind)) {
            *rule = rule.clone().p(p);
        }
        self
    }

    pub(super) fn all(&self) -> &[Rule] {
        &self.0
    }

    /// These, and others after them.
    #[must_use]
    pub(in crate::sim) fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// As text, in order.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        self.0.iter().map(Rule::to_string).collect()
    }
}

impl FromIterator<Rule> for Faults {
    fn from_iter<I: IntoIterator<Item = Rule>>(rules: I) -> Self {
        Self(rules.into_iter().collect())
    }
}

impl IntoIterator for Faults {
    type Item = Rule;
    type IntoIter = std::vec::IntoIter<Rule>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl FromStr for Rule {
    type Err = WrongFaults;

    fn from_str(text: &str) -> Result<Self, WrongFaults> {
        read::read(text).map_err(WrongFaults)
    }
}

impl WrongFaults {
    /// Each in a sentence.
    #[must_use]
    pub fn problems(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Display for WrongFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}
