//! What became of a take, in the word and the color that every list shows it with. Decides nothing.

use super::style::Style;
use crate::take::{State, Take};

/// The word, which is also that of the machine output.
#[must_use]
pub fn state(take: &Take) -> (&'static str, Style) {
    match take.state() {
        State::Intended | State::Unknown => ("unknown", Style::Warn),
        State::Submitted => ("in flight", Style::Info),
        State::Completed if take.expired.is_some() => ("lost", Style::Warn),
        State::Completed => ("finished", Style::Info),
        State::Failed => ("failed", Style::Bad),
        State::Landed => ("landed", Style::Good),
    }
}

/// Of a failure fal's words, of an unknown take what went wrong.
pub(super) fn why(take: &Take) -> Option<&str> {
    let failed = take.failure().map(|failed| failed.message.as_str());
    failed.or_else(|| take.unknown.as_ref().filter(|_| take.is_unknown()).map(|unknown| unknown.why.as_str()))
}
