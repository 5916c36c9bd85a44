//! The parameters of a rule, and for which faults each of them means something. Does not read their values.

use super::{Call, What};

macro_rules! params {
    ($(#[doc = $doc:literal] $param:ident = $name:literal $form:literal,)+) => {
        /// What can be said of a fault beyond its name. As text: `first=2`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Param { $(#[doc = $doc] $param,)+ }

        impl Param {
            /// All of them.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$param),+];

            /// As a rule names it: `first`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$param => $name,)+ }
            }

            /// Name and value, as help shows them: `first=N`.
            #[must_use]
            pub fn form(self) -> &'static str {
                match self { $(Self::$param => concat!($name, "=", $form),)+ }
            }

            /// What it does, in one line.
            #[must_use]
            pub fn doc(self) -> &'static str {
                match self { $(Self::$param => $doc.trim_ascii(),)+ }
            }
        }
    };
}

params! {
    /// How probable it is, from 0 to 1; 1 unless said. The rules of a call add up, and the first of them go first.
    P = "p" "0.05",
    /// Only the first N attempts of each request at that call; without it, every one.
    First = "first" "N",
    /// Only the N-th submit since the rules were set, the first being 1; for submit and end.
    At = "at" "N",
    /// This one of the status codes that the fault comes with; without it, any of them.
    Code = "code" "N",
    /// How long it lasts, in simulated time.
    For = "for" "5s",
    /// Only requests of these endpoints; `*` stands for any run of characters.
    Endpoint = "endpoint" "GLOB",
}

impl Param {
    /// Why it means nothing for this fault.
    pub(super) fn unfit(self, what: What) -> Option<String> {
        let calls = |fits: fn(Call) -> bool| what.call().is_none_or(|call| !fits(call));
        match self {
            Self::First if what.call().is_some() && calls(Call::has_attempts) => {
                Some(format!("`first` means nothing for {what}, which is decided once"))
            }
            Self::At if calls(Call::has_a_number) => {
                Some(format!("`at` is for submit and end, and {what} is neither"))
            }
            Self::Endpoint if what.call().is_some() && calls(Call::has_an_endpoint) => {
                Some(format!("`endpoint` means nothing for {what}, which is about no request"))
            }
            Self::Code if what.kind().is_none_or(|kind| kind.codes().is_empty()) => {
                Some(format!("`code` means nothing for {what}, which has no choice of codes"))
            }
            Self::For if what.kind().is_none_or(|kind| kind.lasts().is_none()) => {
                Some(format!("`for` means nothing for {what}, which takes no time of its own"))
            }
            _ => None,
        }
    }
}
