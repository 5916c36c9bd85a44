//! What is recorded of a purchase of a clip before anything else: enough to follow, price and file it without a
//! storyboard. Pure.

use jiff::Timestamp;

use crate::plan::Clip;
use crate::take::Intent;

/// `at`: when it is about to be sent, or was. `origin`: of the queue that it goes to, as recorded.
pub(super) fn intent(clip: &Clip, origin: String, at: Timestamp) -> Intent {
    Intent {
        at,
        origin,
        address: clip.address.clone(),
        shots: clip.shots.clone(),
        request: (*clip.request).clone(),
        video: clip.model.video.clone(),
        seconds: clip.seconds,
        usd: clip.usd,
    }
}
