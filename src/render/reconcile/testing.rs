//! Plans, takes and histories made by hand, for the tests of adoption.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::address::Address;
use crate::catalog::Catalog;
use crate::expand::{Expanded, Group, Scene, Shot};
use crate::fal::PastRequest;
use crate::plan::{self, Clip, Input, Plan, Selection, Superseded};
use crate::render::history::History;
use crate::storyboard::{Source, Span};
use crate::take::{Facts, Intent, Nonce, Submitted, Takes};

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::builtin().unwrap());

pub(super) const ENDPOINT: &str = "fal-ai/kling-video/o3/4k/text-to-video";

pub(super) fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_000_000 + minute * 60).unwrap()
}

pub(super) fn nonce(number: u32) -> Nonce {
    format!("01939f7e-0000-7000-8000-{number:012x}").parse().unwrap()
}

/// What a clip with this prompt sends.
pub(super) fn body(prompt: &str) -> Value {
    json!({"prompt": prompt, "duration": "5", "aspect_ratio": "16:9", "generate_audio": false})
}

/// The storyboard `x`: a scene of one shot for each prompt, `x/s1` first, with the number of takes that it wants.
pub(super) fn plan_of(prompts: &[(&str, u32)], takes: &Takes) -> Plan {
    let scenes = prompts.iter().zip(1..).map(|((prompt, number), at)| scene(at, prompt, *number)).collect();
    let expanded = Expanded {
        edition: "x".parse().unwrap(),
        source: Arc::new(Source { name: "x.yaml".to_owned(), text: String::new() }),
        title: None,
        note: None,
        budget: None,
        scenes,
    };
    plan::plan(&Input {
        expanded: &[expanded],
        takes,
        grouping: None,
        absent: &BTreeSet::new(),
        selection: &Selection::default(),
        cap: None,
        attempts: 2,
        superseded: Superseded::Count,
    })
    .unwrap()
}

fn scene(at: usize, prompt: &str, takes: u32) -> Scene {
    let address: Address = format!("x/s{at}").parse().unwrap();
    let fields = [("aspect_ratio", json!("16:9")), ("generate_audio", json!(false))];
    let shot = Shot {
        address: address.clone(),
        span: Span::default(),
        model: Arc::clone(CATALOG.model(ENDPOINT).unwrap()),
        prompt: prompt.to_owned(),
        seconds: 5,
        fields: fields.map(|(key, value)| (key.to_owned(), value)).into(),
        intelligent: false,
        takes,
        group: Group::Auto,
        new_clip: false,
        tags: Vec::new(),
        note: None,
        parts: BTreeMap::new(),
        spoken: Vec::new(),
    };
    Scene { id: address.scene, note: None, shots: vec![shot] }
}

/// A take of the clip with this prompt, begun at that minute and not answered.
pub(super) fn unknown(number: u32, prompt: &str, minute: i64) -> Facts {
    let clip: Clip = plan_of(&[(prompt, 1)], &Takes::default()).clips.remove(0);
    let intent = Intent {
        at: at(minute),
        origin: "sim".to_owned(),
        address: clip.address,
        shots: clip.shots,
        request: (*clip.request).clone(),
        video: clip.model.video.clone(),
        seconds: clip.seconds,
        usd: clip.usd,
    };
    Facts { intent: Some(intent), ..Facts::of(nonce(number)) }
}

/// The same, and fal has it as this request.
pub(super) fn owned(number: u32, prompt: &str, id: &str) -> Facts {
    let submitted = Submitted::by_id(at(0), id);
    Facts { submitted: Some(submitted), ..unknown(number, prompt, 0) }
}

pub(super) fn takes(all: impl IntoIterator<Item = Facts>) -> Takes {
    all.into_iter().map(|facts| facts.into_take().unwrap()).collect()
}

/// Sent at that minute, and it succeeded.
pub(super) fn past(id: &str, input: &Value, minute: i64) -> PastRequest {
    PastRequest {
        request_id: id.to_owned(),
        sent_at: at(minute),
        input: input.as_object().cloned(),
        status_code: Some(200),
    }
}

pub(super) fn ended(past: PastRequest, status_code: Option<u16>) -> PastRequest {
    PastRequest { status_code, ..past }
}

pub(super) fn history(requests: impl IntoIterator<Item = PastRequest>) -> History {
    let requests = requests.into_iter().collect();
    History { requests: [(ENDPOINT.to_owned(), requests)].into(), unasked: Vec::new() }
}
