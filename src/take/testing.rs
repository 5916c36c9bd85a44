//! Takes for tests of what is made of them: submitted, and ended one way or the other.

use jiff::Timestamp;

use super::{Completed, Facts, Failed, FailureKind, Intent, Landed, Submitted, Take};
use crate::address::Address;
use crate::request::Request;

pub(crate) const REQUEST_ID: &str = "00000001-1111-4222-8333-444444444444";

/// One that landed, of this many seconds for this many dollars.
pub(crate) fn landed_take(seconds: u32, usd: &str, units: Option<&str>, millis: u64) -> Take {
    let billable_units = units.map(str::to_owned);
    let completed = Completed { at: at(20), video_url: "/v".to_owned(), file_size: None, billable_units };
    let landed = Landed { at: at(21), bytes: 9, hash: "aa".to_owned(), width: 16, height: 9, millis };
    take(seconds, usd, Facts { completed: Some(completed), landed: Some(landed), ..unknown() })
}

/// One that failed.
pub(crate) fn failed_take(kind: FailureKind, seconds: u32, usd: &str, units: Option<&str>) -> Take {
    let (billable_units, http_status) = (units.map(str::to_owned), Some(422));
    let failed = Failed { http_status, billable_units, ..Failed::new(at(20), kind, "=no".to_owned()) };
    take(seconds, usd, Facts { failed: Some(failed), ..unknown() })
}

fn take(seconds: u32, usd: &str, ended: Facts) -> Take {
    let address: Address = "neon/rooftop/skyline".parse().unwrap();
    let submitted = Submitted::by_id(at(11), REQUEST_ID);
    let intent = Intent {
        at: at(10),
        origin: "https://queue.fal.run".to_owned(),
        shots: vec![address.shot_name().clone()],
        address,
        request: Request { endpoint: "fal-ai/x".to_owned(), body: serde_json::Map::new() },
        video: "/video/url".to_owned(),
        seconds,
        usd: usd.parse().unwrap(),
    };
    let facts = Facts { intent: Some(intent), submitted: Some(submitted), ..ended };
    facts.into_take().unwrap()
}

fn unknown() -> Facts {
    Facts::of("01939f7e-0000-7000-8000-0000000000aa".parse().unwrap())
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}
