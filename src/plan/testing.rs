//! Scenes and takes made by hand, for the tests of this room.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use serde_json::json;

use super::{Input, Plan, Selection, Superseded, plan};
use crate::address::{Address, Id};
use crate::catalog::{Catalog, Model};
use crate::expand::{Expanded, Group, Scene, Shot};
use crate::request::Request;
use crate::storyboard::{Problem, Source, Span};
use crate::take::{Facts, Failed, FailureKind, Intent, Landed, Nonce, Submitted, Take, Takes};
use crate::usd::Usd;

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::builtin().unwrap());

pub(crate) fn model(alias: &str) -> Arc<Model> {
    Arc::clone(CATALOG.model(alias).unwrap())
}

pub(crate) fn usd(text: &str) -> Usd {
    text.parse().unwrap()
}

/// A shot of `neon/SCENE/NAME` whose prompt is its name.
pub(crate) fn shot(scene: &str, name: &str, seconds: u32) -> Shot {
    let address: Address = format!("neon/{scene}/{name}").parse().unwrap();
    let fields = [("aspect_ratio", json!("16:9")), ("generate_audio", json!(false))];
    Shot {
        address,
        span: Span::default(),
        model: model("kling-o3-4k"),
        prompt: format!("the {name}"),
        seconds,
        fields: fields.map(|(key, value)| (key.to_owned(), value)).into(),
        intelligent: false,
        takes: 1,
        group: Group::Auto,
        new_clip: false,
        tags: Vec::new(),
        note: None,
        parts: BTreeMap::new(),
        spoken: Vec::new(),
    }
}

/// The storyboard `neon`, without a budget.
pub(crate) fn storyboard(scenes: Vec<Vec<Shot>>) -> Expanded {
    let scene = |shots: Vec<Shot>| Scene { id: shots[0].address.scene.clone(), note: None, shots };
    Expanded {
        edition: "neon".parse().unwrap(),
        source: Arc::new(Source { name: "storyboards/neon.yaml".to_owned(), text: String::new() }),
        title: None,
        note: None,
        budget: None,
        scenes: scenes.into_iter().map(scene).collect(),
    }
}

/// An intent alone; the number orders it among others.
pub(crate) fn intended(number: u32, request: &Request, address: &Address, shots: &[Id], price: Usd) -> Take {
    let at = Timestamp::from_second(i64::from(number)).unwrap();
    let nonce: Nonce = format!("01939f7e-0000-7000-8000-{number:012x}").parse().unwrap();
    let intent = Intent {
        at,
        origin: "sim".to_owned(),
        address: address.clone(),
        shots: shots.to_vec(),
        request: request.clone(),
        video: "/video/url".to_owned(),
        seconds: 5,
        usd: price,
    };
    Facts { intent: Some(intent), ..Facts::of(nonce) }.into_take().unwrap()
}

pub(crate) fn submitted(take: Take) -> Take {
    let at = take.intent.at;
    let submitted = Submitted::by_id(at, "r1");
    Take { submitted: Some(submitted), ..take }
}

pub(crate) fn landed(take: Take) -> Take {
    let landed =
        Landed { at: take.intent.at, bytes: 1, hash: "aa".to_owned(), width: 16, height: 9, millis: 5000 };
    Take { landed: Some(landed), ..submitted(take) }
}

pub(crate) fn failed(take: Take, kind: FailureKind) -> Take {
    let at = take.intent.at;
    Take { failed: Some(Failed::new(at, kind, "no".to_owned())), ..submitted(take) }
}

/// Plans one storyboard with nothing special about it.
pub(crate) fn plan_with(
    expanded: &Expanded,
    takes: Vec<Take>,
    selection: &Selection,
) -> Result<Plan, Vec<Problem>> {
    let owned = takes.into_iter().collect::<Takes>();
    plan(&Input {
        expanded: std::slice::from_ref(expanded),
        takes: &owned,
        grouping: None,
        absent: &std::collections::BTreeSet::new(),
        selection,
        cap: None,
        attempts: 2,
        superseded: Superseded::Count,
    })
}

/// A landed take for each clip of the plan.
pub(crate) fn bought(plan: &Plan) -> Vec<Take> {
    let take = |(number, clip): (usize, &super::Clip)| {
        let number = u32::try_from(number).unwrap() + 1;
        landed(intended(number, &clip.request, &clip.address, &clip.shots, clip.usd))
    };
    plan.clips.iter().enumerate().map(take).collect()
}
