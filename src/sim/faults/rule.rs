//! One rule: a fault, or any of several, with how often and for whom. Reading it from text is done beside.

use std::fmt;
use std::time::Duration;

use super::glob::Glob;
use super::{Call, Kind};
use crate::sim::span::Written;

/// Which faults a rule brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// This one.
    One(Kind),
    /// Any of a call's, each as probable as the others.
    AnyOf(Call),
    /// Any of its own, for every call.
    Any,
}

/// What goes wrong, how often, and for whom. As text, `CALL.KIND[:PARAM[,PARAM…]]`, such as `submit.lost:p=0.05`,
/// `file.truncate:first=1` or `status.*:p=0.1`; [`Kind`] and [`Param`](super::Param) say what there is.
///
/// A rule without `first` goes on for ever.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    pub(super) what: What,
    /// From 0 to 1.
    pub(super) p: f64,
    pub(super) first: Option<u32>,
    pub(super) at: Option<u64>,
    pub(super) code: Option<u16>,
    pub(super) lasts: Option<Duration>,
    pub(super) endpoint: Option<Glob>,
}

impl What {
    /// The call that it befalls; none where it is every call.
    pub(super) fn call(self) -> Option<Call> {
        match self {
            Self::One(kind) => Some(kind.call()),
            Self::AnyOf(call) => Some(call),
            Self::Any => None,
        }
    }

    pub(super) fn kind(self) -> Option<Kind> {
        if let Self::One(kind) = self { Some(kind) } else { None }
    }

    /// What it can bring to a call.
    pub(super) fn kinds(self, call: Call) -> impl Iterator<Item = Kind> {
        call.kinds().filter(move |kind| match self {
            Self::One(only) => only == *kind,
            Self::AnyOf(call) => call == kind.call(),
            Self::Any => true,
        })
    }
}

impl Rule {
    /// Always, for everyone, for ever.
    #[must_use]
    pub fn new(what: What) -> Self {
        Self { what, p: 1.0, first: None, at: None, code: None, lasts: None, endpoint: None }
    }

    /// The same of one kind.
    #[must_use]
    pub fn of(kind: Kind) -> Self {
        Self::new(What::One(kind))
    }

    /// So probable, from 0 to 1.
    #[must_use]
    pub fn p(self, p: f64) -> Self {
        Self { p: p.clamp(0.0, 1.0), ..self }
    }

    /// Only the first so many attempts of each request.
    #[must_use]
    pub fn first(self, attempts: u32) -> Self {
        Self { first: Some(attempts), ..self }
    }

    /// Lasting so long, in simulated time. The same where the fault takes no time of its own.
    #[must_use]
    pub fn lasting(self, time: Duration) -> Self {
        let takes_time = self.what.kind().and_then(Kind::lasts).is_some();
        Self { lasts: takes_time.then_some(time), ..self }
    }

    /// Which faults it brings.
    #[must_use]
    pub fn what(&self) -> What {
        self.what
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(kind) => kind.fmt(f),
            Self::AnyOf(call) => write!(f, "{call}.*"),
            Self::Any => f.write_str("*"),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.what.fmt(f)?;
        let p = (self.p < 1.0).then(|| format!("p={}", self.p));
        let params = [
            p,
            self.code.map(|code| format!("code={code}")),
            self.lasts.map(|time| format!("for={}", Written(time))),
            self.first.map(|first| format!("first={first}")),
            self.at.map(|at| format!("at={at}")),
            self.endpoint.as_ref().map(|glob| format!("endpoint={glob}")),
        ];
        let separators = std::iter::once(":").chain(std::iter::repeat(","));
        params.iter().flatten().zip(separators).try_for_each(|(param, before)| write!(f, "{before}{param}"))
    }
}
