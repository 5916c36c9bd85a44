//! What is to be done about a clip, in one word: the gravest of what the plan says of its takes.

use serde::Serialize;

use crate::plan::{Action, Clip, Held, Shared, Wanted};

/// The gravest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum State {
    Current,
    ToBuy,
    /// Paid for, and not on this machine.
    ToFetch,
    InFlight,
    /// A cap has no room for it.
    Held,
    Lost,
    Failed,
    Unknown,
}

impl State {
    /// All of them, in the order in which they are listed.
    pub(super) const ALL: [Self; 8] = [
        Self::Current,
        Self::ToBuy,
        Self::ToFetch,
        Self::InFlight,
        Self::Held,
        Self::Lost,
        Self::Failed,
        Self::Unknown,
    ];

    /// Of a clip that was not selected nothing is wanted, so nothing is missing.
    pub(super) fn of(clip: &Clip) -> Self {
        clip.wanted.iter().map(|wanted| Self::of_action(wanted.action)).max().unwrap_or(Self::Current)
    }

    fn of_action(action: Action) -> Self {
        match action {
            Action::Reuse(_) => Self::Current,
            Action::Buy | Action::Share(Shared::Coming) => Self::ToBuy,
            Action::Download(_) => Self::ToFetch,
            Action::Resume(_) => Self::InFlight,
            Action::Unknown(_) => Self::Unknown,
            Action::Hold(Held::Failed) => Self::Failed,
            Action::Hold(Held::Lost) => Self::Lost,
            Action::Hold(Held::Budget(_)) | Action::Share(Shared::Held) => Self::Held,
        }
    }

    /// Of all the plan says of a clip, what this state comes from.
    pub(super) fn reason(self, clip: &Clip) -> Option<String> {
        let graver = |wanted: &&Wanted| Self::of_action(wanted.action) == self;
        clip.wanted.iter().find(graver).map(Wanted::words)
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::ToBuy => "to buy",
            Self::ToFetch => "to fetch",
            Self::InFlight => "in flight",
            Self::Held => "held",
            Self::Lost => "lost",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }

    /// What stands in a frame that has no picture yet.
    pub(super) fn waits(self) -> &'static str {
        match self {
            Self::Current => "its file is not here",
            Self::ToBuy => "not rendered yet",
            Self::ToFetch => "paid for; its file is not here yet",
            Self::InFlight => "on its way from fal",
            Self::Held => "waits for room in the budget",
            Self::Lost => "its file is gone, here and at fal",
            Self::Failed => "failed; waits for a decision",
            Self::Unknown => "may have been bought; waits for reconcile",
        }
    }
}
