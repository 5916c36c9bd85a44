//! Which points of a purchase the journal passes with its lines: what the last step is that each of them tells.
//! Nothing in a normal build.

/// How far the lines are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Passed {
    Appended,
    Synced,
}

#[cfg(not(feature = "crash-points"))]
pub(super) const fn lines(_text: &[u8], _passed: Passed) {}

#[cfg(feature = "crash-points")]
pub(super) fn lines(text: &[u8], passed: Passed) {
    let lines = text.split_inclusive(|byte| *byte == b'\n');
    lines.filter_map(|text| point(text, passed)).for_each(crate::crash::point);
}

#[cfg(feature = "crash-points")]
fn point(text: &[u8], passed: Passed) -> Option<crate::crash::Point> {
    use super::line::{self, Line};
    use crate::crash::Point;
    let Ok(Line::Facts(facts)) = line::read(text) else { return None };
    let steps = [
        (facts.landed.is_some(), Point::LandedAppended, Point::LandedSynced),
        (facts.completed.is_some(), Point::ResultAppended, Point::ResultSynced),
        (facts.submitted.is_some(), Point::ReceiptAppended, Point::ReceiptSynced),
        (facts.intent.is_some(), Point::IntentAppended, Point::IntentSynced),
    ];
    let (_, appended, synced) = steps.into_iter().find(|(is_told, ..)| *is_told)?;
    Some(match passed {
        Passed::Appended => appended,
        Passed::Synced => synced,
    })
}
