//! Which clips the command line asks for, and which of them it allows to be bought once more.
//! Grouping is done before, on whole scenes, so that a selection never changes where a clip begins.

use crate::address::{Address, Id, Pattern};

/// `--only`, `--except`, `--tag`, `--failed` and `--force`, as typed.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    pub only: Vec<Pattern>,
    pub except: Vec<Pattern>,
    pub tags: Vec<String>,
    /// Only what failed, and buy it again although it did.
    pub failed: FailedOnly,
    pub force: Vec<Pattern>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FailedOnly {
    #[default]
    No,
    Yes,
}

/// A clip as patterns see it: any of its shots stands for it.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'a> {
    pub(super) first: &'a Address,
    pub(super) shots: &'a [Id],
}

impl Selection {
    pub(super) fn selects(&self, clip: Candidate, tags: &[String]) -> bool {
        let wanted = self.only.is_empty() || clip.matches_any(&self.only);
        let tagged = self.tags.is_empty() || self.tags.iter().any(|tag| tags.contains(tag));
        wanted && tagged && !clip.matches_any(&self.except)
    }

    pub(super) fn forces(&self, clip: Candidate) -> bool {
        clip.matches_any(&self.force)
    }

    /// Every pattern, so that one that selects nothing can be reported.
    pub fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        self.only.iter().chain(&self.except).chain(&self.force)
    }
}

impl Candidate<'_> {
    fn matches_any(self, patterns: &[Pattern]) -> bool {
        patterns.iter().any(|pattern| self.matches(pattern))
    }

    pub(super) fn matches(self, pattern: &Pattern) -> bool {
        let shot = |shot: &Id| Address { shot: Some(shot.clone()), ..self.first.clone() };
        match &self.first.shot {
            None => pattern.selects(self.first),
            Some(_) => self.shots.iter().any(|id| pattern.selects(&shot(id))),
        }
    }
}
