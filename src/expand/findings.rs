//! Collects problems, each once, however many variants have it. Decides nothing about what is one.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use crate::storyboard::{Problem, Severity, Source, Span};

/// What one place may say: a hundred thousand rows with the same mistake are told by their first ones.
const MAX_AT_ONE_PLACE: usize = 20;

/// A problem is already told; there is nothing to go on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reported;

/// Something, unless what is wrong with it was told.
pub(super) type Known<T> = Result<T, Reported>;

/// Where something is written.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) source: Arc<Source>,
    pub(super) span: Span,
}

impl Place {
    pub(super) fn new(source: &Arc<Source>, span: Span) -> Self {
        Self { source: Arc::clone(source), span }
    }

    /// A part of a file. The template engine's places may end behind the text, or inside a character.
    pub(super) fn part(source: &Arc<Source>, range: &Range<usize>) -> Self {
        let end = source.text.floor_char_boundary(range.end);
        let start = source.text.floor_char_boundary(range.start).min(end);
        Self::new(source, Span { start, end })
    }

    /// The part of this place where a range of its text stands. Quotes and folded lines may hide it:
    /// then the first such words, then all of it.
    pub(super) fn within(&self, text: &str, range: &Range<usize>) -> Self {
        let written = self.source.text.get(self.span.start..self.span.end).unwrap_or_default();
        let part = text.get(range.clone()).filter(|part| !part.is_empty());
        let found = match (written.find(text), part) {
            (_, None) => None,
            (Some(at), Some(_)) => Some(at + range.start..at + range.end),
            (None, Some(part)) => written.find(part).map(|at| at..at + part.len()),
        };
        let start = self.span.start;
        let span =
            found.map_or(self.span, |found| Span { start: start + found.start, end: start + found.end });
        Self { source: Arc::clone(&self.source), span }
    }
}

#[derive(Debug, Default)]
pub(super) struct Findings {
    problems: Vec<Problem>,
    told: BTreeSet<(String, Span, String)>,
    at: BTreeMap<(String, Span), usize>,
    /// The variant that is being expanded, where there are several.
    pub(super) variant: Option<String>,
}

impl Findings {
    pub(super) fn error(
        &mut self,
        place: &Place,
        message: impl Into<String>,
        help: impl Into<Option<String>>,
    ) -> Reported {
        self.tell(Severity::Error, place, message.into(), help.into());
        Reported
    }

    pub(super) fn warn(
        &mut self,
        place: &Place,
        message: impl Into<String>,
        help: impl Into<Option<String>>,
    ) {
        self.tell(Severity::Warning, place, message.into(), help.into());
    }

    fn tell(&mut self, severity: Severity, place: &Place, message: String, help: Option<String>) {
        let count = self.at.entry((place.source.name.clone(), place.span)).or_default();
        if *count >= MAX_AT_ONE_PLACE
            || !self.told.insert((place.source.name.clone(), place.span, message.clone()))
        {
            return;
        }
        *count += 1;
        let label = self.variant.as_ref().map(|variant| format!("in {variant}")).unwrap_or_default();
        let source = Arc::clone(&place.source);
        self.problems.push(Problem { severity, source, span: place.span, message, label, help });
    }

    pub(super) fn extend(&mut self, problems: Vec<Problem>) {
        self.problems.extend(problems);
    }

    pub(super) fn any_errors(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }

    pub(super) fn into_problems_as_found(self) -> Vec<Problem> {
        self.problems
    }

    /// In file order, the storyboard's own file first.
    pub(super) fn into_problems(mut self, own: &Source) -> Vec<Problem> {
        self.problems.sort_by(|a, b| {
            let key = |problem: &Problem| {
                (problem.source.name != own.name, problem.source.name.clone(), problem.span)
            };
            key(a).cmp(&key(b))
        });
        self.problems
    }
}
