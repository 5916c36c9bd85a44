//! Reads the headers by which a submit says how it is to be treated. What they lead to is decided elsewhere.

use std::time::Duration;

use axum::http::HeaderMap;
use serde_json::Value;

use crate::sim::wishes::{Priority, Storage, Wishes};

/// fal's name, and its older one, which yields (queue submit page).
const START_TIMEOUT: [&str; 2] = ["x-fal-request-start-timeout", "x-fal-request-timeout"];
/// fal takes what is longer (queue submit page).
const SHORTEST_START: f64 = 0.1;
const PRIORITY: &str = "x-fal-queue-priority";
const STORE_IO: &str = "x-fal-store-io";
const LIFECYCLE: &str = "x-fal-object-lifecycle-preference";

/// The wishes, or what is wrong with a header. What fal does not know it passes over.
pub(super) fn wishes(headers: &HeaderMap) -> Result<Wishes, String> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let low = text(PRIORITY).is_some_and(|text| text.eq_ignore_ascii_case("low"));
    Ok(Wishes {
        priority: if low { Priority::Low } else { Priority::Normal },
        start_within_ms: start_within(headers)?,
        storage: if text(STORE_IO) == Some("0") { Storage::None } else { Storage::Usual },
        file_seconds: text(LIFECYCLE).and_then(file_seconds),
    })
}

fn start_within(headers: &HeaderMap) -> Result<Option<u64>, String> {
    let Some(name) = START_TIMEOUT.into_iter().find(|name| headers.contains_key(*name)) else {
        return Ok(None);
    };
    let text = headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let seconds = text.trim().parse::<f64>().ok().filter(|seconds| *seconds > SHORTEST_START);
    let limit = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let millis = limit.and_then(|limit| u64::try_from(limit.as_millis()).ok());
    let wrong = || format!("{name} must be a number of seconds greater than {SHORTEST_START}, not '{text}'");
    millis.map(Some).ok_or_else(wrong)
}

fn file_seconds(text: &str) -> Option<u64> {
    let preference: Value = serde_json::from_str(text).ok()?;
    preference["expiration_duration_seconds"].as_u64()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn read(headers: &[(&str, &str)]) -> Result<Wishes, String> {
        let headers = headers.iter().map(|(name, value)| {
            (HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap())
        });
        wishes(&headers.collect())
    }

    #[test]
    fn the_newer_name_of_the_start_timeout_wins() {
        let within = |headers: &[(&str, &str)]| read(headers).unwrap().start_within_ms;
        assert_eq!(within(&[("x-fal-request-timeout", "7")]), Some(7000));
        let both = [("x-fal-request-timeout", "7"), ("x-fal-request-start-timeout", "1.5")];
        assert_eq!(within(&both), Some(1500));
        assert_eq!(within(&[]), None);
    }

    #[test]
    fn a_start_timeout_is_a_number_of_seconds_above_a_tenth() {
        for text in ["0.1", "0", "-1", "NaN", "inf", "soon", "", "1e300"] {
            assert!(read(&[("x-fal-request-start-timeout", text)]).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_is_passed_over() {
        let odd = [(PRIORITY, "urgent"), (STORE_IO, "1"), (LIFECYCLE, "never")];
        assert!(read(&odd).unwrap().are_none());
        let null = [(LIFECYCLE, r#"{"expiration_duration_seconds": null}"#)];
        assert!(read(&null).unwrap().are_none());
    }
}
