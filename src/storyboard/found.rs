//! Where the problems of one file gather, and whether what was read can still be trusted.
//! Decides no rule of the language.

use std::sync::Arc;

use super::problem::{Problem, Severity};
use super::source::{Source, Span};

/// More than anybody reads at once; what is beyond is found after these are mended.
const MOST: usize = 100;

/// A problem that does not know its file yet.
#[derive(Debug)]
pub(super) struct Flaw {
    pub(super) span: Span,
    message: String,
    label: String,
    help: Option<String>,
    trust: Trust,
    /// What was meant, surely enough to go on with.
    pub(super) instead: Option<String>,
}

impl Flaw {
    pub(super) fn new(span: Span, message: impl Into<String>, label: impl Into<String>) -> Self {
        let (message, label) = (message.into(), label.into());
        Self { span, message, label, help: None, trust: Trust::Lost, instead: None }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Whatever is wrong here, the rest can be judged without it.
    pub(super) fn mild(mut self) -> Self {
        self.trust = Trust::Whole;
        self
    }

    /// Reading goes on with what was meant.
    pub(super) fn instead(mut self, meant: impl Into<String>) -> Self {
        self.instead = Some(meant.into());
        self.mild()
    }

    pub(super) fn into_problem(self, source: &Arc<Source>) -> Problem {
        let Self { span, message, label, help, .. } = self;
        Problem { severity: Severity::Error, source: Arc::clone(source), span, message, label, help }
    }
}

/// The problems of one file, at most [`MOST`] of them.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) source: Arc<Source>,
    problems: Vec<Problem>,
    trust: Trust,
    /// Texts that stand for something the parser could not read: what is wrong inside was said already.
    masked: Vec<Span>,
}

/// May others go on with what was read?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trust {
    Whole,
    /// Something is missing, and whatever is found later may be only its echo.
    Lost,
}

impl Found {
    pub(super) fn new(source: &Arc<Source>) -> Self {
        Self { source: Arc::clone(source), problems: Vec::new(), trust: Trust::Whole, masked: Vec::new() }
    }

    pub(super) fn mask(&mut self, span: Span) {
        self.masked.push(span);
    }

    pub(super) fn extend(&mut self, flaws: Vec<Flaw>) {
        for flaw in flaws {
            self.add(flaw);
        }
    }

    pub(super) fn add(&mut self, flaw: Flaw) {
        self.trust = self.trust.max(flaw.trust);
        let inside = |mask: &Span| mask.start <= flaw.span.start && flaw.span.end <= mask.end;
        if self.is_full() || self.masked.iter().any(inside) {
            return;
        }
        self.problems.push(flaw.into_problem(&self.source));
        if self.is_full() {
            self.problems.push(self.last_word());
        }
    }

    /// Nobody will see another problem: no need to look for its best words.
    pub(super) fn is_full(&self) -> bool {
        self.problems.len() >= MOST
    }

    pub(super) fn trust(&self) -> Trust {
        self.trust
    }

    /// In the order of the file.
    pub(super) fn into_problems(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(|problem| problem.span);
        self.problems
    }

    fn last_word(&self) -> Problem {
        let span = Span { start: self.source.text.len(), end: self.source.text.len() };
        let flaw =
            Flaw::new(span, format!("more than {MOST} problems"), "the rest is shown once these are mended");
        flaw.into_problem(&self.source)
    }
}

/// A text of the file as a message quotes it: short and on one line.
pub(super) fn brief(text: &str) -> String {
    const LONGEST: usize = 48;
    let mut line = text.lines().next().unwrap_or_default().chars();
    let mut shown: String = line.by_ref().take(LONGEST).collect();
    if line.next().is_some() || text.lines().nth(1).is_some() {
        shown.push('…');
    }
    shown
}
