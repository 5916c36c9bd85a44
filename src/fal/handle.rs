//! Where a purchase is asked after: the addresses that fal gave, where they are the queue's own, else ones built by its rule.

use url::Url;

use super::origin::Origins;
use super::submit::is_sane;
use crate::take::Submitted;

/// A purchase that fal has, and its addresses on the queue's own origin: the key is sent there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handle {
    pub request_id: String,
    pub(super) status: Url,
    pub(super) response: Url,
}

/// Why a recorded purchase can't be asked after.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the record's request id `{0}` or its endpoint can't be fal's; fal's dashboard may show it")]
pub struct NoHandle(pub String);

/// # Errors
/// The id or the endpoint could not be part of an address.
pub(super) fn handle(origins: &Origins, endpoint: &str, submitted: &Submitted) -> Result<Handle, NoHandle> {
    let id = &submitted.request_id;
    let built = built(origins, endpoint, id).ok_or_else(|| NoHandle(id.escape_debug().to_string()))?;
    let own = |given: &Option<String>, last: &[&str]| {
        let given = given.as_deref().and_then(|given| origins.resolve(given));
        given.filter(|url| origins.is_own(url)).unwrap_or_else(|| under(&built, last))
    };
    Ok(Handle {
        request_id: id.clone(),
        status: own(&submitted.status_url, &["status"]),
        response: own(&submitted.response_url, &[]),
    })
}

/// Where the status of any request is, by the rule.
pub(super) fn status_of(origins: &Origins, endpoint: &str, id: &str) -> Option<Url> {
    built(origins, endpoint, id).map(|built| under(&built, &["status"]))
}

/// `owner/app/requests/id`: fal drops the rest of an endpoint, except that `workflows` and `comfy` come before the owner.
fn built(origins: &Origins, endpoint: &str, id: &str) -> Option<Url> {
    let segments: Vec<&str> = endpoint.split('/').collect();
    let kept = if matches!(segments.first(), Some(&("workflows" | "comfy"))) { 3 } else { 2 };
    let app = segments.get(..kept).filter(|app| app.iter().all(|segment| is_sane(segment)))?;
    is_sane(id).then(|| under(&under(origins.queue(), app), &["requests", id]))
}

pub(super) fn under(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    const ENDPOINT: &str = "fal-ai/kling-video/o3/4k/text-to-video";

    fn submitted(id: &str, url: Option<&str>) -> Submitted {
        let url = url.map(str::to_owned);
        Submitted {
            at: Timestamp::UNIX_EPOCH,
            request_id: id.to_owned(),
            status_url: url.clone(),
            response_url: url.clone(),
            cancel_url: url,
        }
    }

    fn urls(origins: &Origins, endpoint: &str, url: Option<&str>) -> [String; 2] {
        let handle = handle(origins, endpoint, &submitted("r-1", url)).unwrap();
        [handle.status, handle.response].map(String::from)
    }

    fn fal() -> Origins {
        Origins::new(None, None).unwrap()
    }

    #[test]
    fn what_fal_gave_is_used_as_given_on_its_own_origin() {
        let given = "https://queue.fal.run/fal-ai/kling-video/requests/r-1/odd?x=1";
        assert_eq!(urls(&fal(), ENDPOINT, Some(given)), [given; 2]);
    }

    #[test]
    fn addresses_elsewhere_are_built_anew_from_owner_and_app() {
        let base = "https://queue.fal.run/fal-ai/kling-video/requests/r-1";
        let built = [format!("{base}/status"), base.to_owned()];
        let evil = [
            "https://evil.example/x",
            "http://queue.fal.run/x",
            "file:///etc/passwd",
            "//evil.example",
            "",
            "/x",
        ];
        for given in evil.map(Some).into_iter().chain([None]) {
            assert_eq!(urls(&fal(), ENDPOINT, given), built, "{given:?}");
        }
        let [_, workflow] = urls(&fal(), "workflows/me/app/more", None);
        assert_eq!(workflow, "https://queue.fal.run/workflows/me/app/requests/r-1");
    }

    #[test]
    fn the_simulators_paths_lead_to_its_port_of_today_and_nowhere_else() {
        let today = Origins::simulator("http://127.0.0.1:9").unwrap();
        assert_eq!(urls(&today, ENDPOINT, Some("/a/requests/r-1"))[0], "http://127.0.0.1:9/a/requests/r-1");
        for evil in ["//evil.example/x", "/\\evil.example/x", "https://evil.example"] {
            assert!(
                urls(&today, ENDPOINT, Some(evil))[0].starts_with("http://127.0.0.1:9/fal-ai/"),
                "{evil}"
            );
        }
    }

    #[test]
    fn an_id_that_means_something_in_an_address_is_refused() {
        let long = "x".repeat(257);
        for id in ["", "..", ".", "a/b", "a?b", "a b", "a\r\nb", "a%2fb", "é", &long] {
            assert!(handle(&fal(), ENDPOINT, &submitted(id, None)).is_err(), "{id:?}");
        }
        for endpoint in ["app", "a/..", "", "/a/b", "workflows/a"] {
            assert!(handle(&fal(), endpoint, &submitted("r-1", None)).is_err(), "{endpoint:?}");
        }
    }
}
