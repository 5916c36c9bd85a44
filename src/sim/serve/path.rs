//! Reads the path of a call that follows up on a request: `owner/app/requests/{id}[/status|/status/stream|/cancel]`.
//! Does not know which requests there are.

use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Status,
    Stream,
    Result,
    Cancel,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FollowUp<'a> {
    /// Everything before `/requests/`.
    pub(super) app: &'a str,
    /// None where the text is no id that was ever given out.
    pub(super) id: Option<Uuid>,
    pub(super) what: What,
}

/// None for any other path.
pub(super) fn follow_up(path: &str) -> Option<FollowUp<'_>> {
    let (app, rest) = path.trim_start_matches('/').split_once("/requests/")?;
    let (id, what) = rest.split_once('/').unwrap_or((rest, ""));
    let what = match what {
        "" => What::Result,
        "status" => What::Status,
        "status/stream" => What::Stream,
        "cancel" => What::Cancel,
        _ => return None,
    };
    Some(FollowUp { app, id: id.parse().ok(), what })
}

/// The part of an endpoint id that follow-ups use: owner and app, and the namespace before them where there is one.
pub(super) fn app_of(endpoint: &str) -> &str {
    let segments = if endpoint.starts_with("workflows/") || endpoint.starts_with("comfy/") { 3 } else { 2 };
    let end = endpoint.match_indices('/').nth(segments - 1).map_or(endpoint.len(), |(at, _)| at);
    &endpoint[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_follow_up_is_told_apart() {
        let id = Uuid::from_u128(7);
        let read = |rest: &str| follow_up(&format!("/fal-ai/x/requests/{id}{rest}")).map(|call| call.what);
        assert_eq!(read(""), Some(What::Result));
        assert_eq!(read("/status"), Some(What::Status));
        assert_eq!(read("/status/stream"), Some(What::Stream));
        assert_eq!(read("/cancel"), Some(What::Cancel));
        assert_eq!(read("/other"), None);
        assert_eq!(follow_up("/fal-ai/x/y"), None);
        assert_eq!(follow_up("/fal-ai/x/requests/none").and_then(|call| call.id), None);
    }

    #[test]
    fn the_app_is_two_segments_and_three_in_a_namespace() {
        assert_eq!(app_of("fal-ai/kling-video/o3/4k"), "fal-ai/kling-video");
        assert_eq!(app_of("fal-ai/kling-video"), "fal-ai/kling-video");
        assert_eq!(app_of("workflows/me/film/run"), "workflows/me/film");
    }
}
