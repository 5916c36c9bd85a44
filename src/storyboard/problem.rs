//! What is wrong with a storyboard, where, and what to write instead. Does not print.

use std::sync::Arc;

use super::source::{Source, Span};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
}

/// One mistake, ready to be shown under the line it is in.
#[derive(Clone, Debug)]
pub struct Problem {
    pub severity: Severity,
    pub source: Arc<Source>,
    pub span: Span,
    /// What is wrong, in a writer's words.
    pub message: String,
    /// What stands under the marked text.
    pub label: String,
    /// What is allowed, or the line to paste instead.
    pub help: Option<String>,
}
