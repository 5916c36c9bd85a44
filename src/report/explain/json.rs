//! An explanation for programs, on one line. The requests are as they are sent.

use serde::Serialize;

use super::{Explained, Lost, Made, level};
use crate::address::{Address, Id};
use crate::expand::{Given, Origin, Spot};
use crate::plan::{Clip, Wanted};
use crate::record::Vault;
use crate::report::json::to_line;
use crate::report::state::{state, why};
use crate::report::table::word;
use crate::request::Request;
use crate::take::{Bill, Take};
use crate::timeline::Shot;
use crate::usd::Usd;

#[derive(Serialize)]
struct ExplainJson<'a> {
    version: u32,
    folder: &'a str,
    clips: Vec<ClipJson<'a>>,
    /// Takes whose request is no clip's any more.
    lost: Vec<LostJson<'a>>,
}

#[derive(Serialize)]
struct ClipJson<'a> {
    address: &'a Address,
    title: Option<&'a str>,
    file: &'a str,
    commit: Option<&'a str>,
    fingerprint: String,
    seconds: u32,
    usd: Usd,
    request: &'a Request,
    now: Vec<NowJson>,
    shots: Vec<ShotJson<'a>>,
    takes: Vec<TakeJson<'a>>,
    /// Takes of its shots under other requests, by number.
    earlier: Vec<String>,
}

#[derive(Serialize)]
struct NowJson {
    take: u32,
    action: &'static str,
    reason: String,
}

#[derive(Serialize)]
struct ShotJson<'a> {
    address: &'a Address,
    seconds: u32,
    prompt: &'a str,
    at: Option<SpotJson<'a>>,
    written_at: Option<SpotJson<'a>>,
    template: Option<&'a str>,
    parts: Vec<GivenJson<'a>>,
    variables: Vec<GivenJson<'a>>,
    settings: Vec<GivenJson<'a>>,
}

#[derive(Serialize)]
struct SpotJson<'a> {
    file: &'a str,
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct GivenJson<'a> {
    name: &'a str,
    value: &'a str,
    level: String,
    at: SpotJson<'a>,
}

#[derive(Serialize)]
struct TakeJson<'a> {
    take: Option<usize>,
    nonce: String,
    chosen: bool,
    /// What was asked about.
    asked: bool,
    state: &'static str,
    request_id: Option<&'a str>,
    at: String,
    submitted_at: Option<String>,
    landed_at: Option<String>,
    seconds: u32,
    delivered_millis: Option<u64>,
    width: Option<u32>,
    height: Option<u32>,
    bytes: Option<u64>,
    usd: Usd,
    counted_usd: Usd,
    billed_units: Option<String>,
    file: Option<String>,
    why: Option<&'a str>,
}

#[derive(Serialize)]
struct LostJson<'a> {
    address: &'a Address,
    shots: &'a [Id],
    fingerprint: String,
    request: &'a Request,
    take: TakeJson<'a>,
    /// The clips that hold its shots now.
    now: Vec<&'a Address>,
}

/// One object on one line.
#[must_use]
pub fn json(explained: &Explained) -> String {
    let clips = explained.made.iter().map(clip).collect();
    let lost = explained.lost.iter().map(lost).collect();
    to_line(&ExplainJson { version: 1, folder: explained.folder, clips, lost })
}

fn clip<'e>(made: &'e Made) -> ClipJson<'e> {
    let Clip { address, fingerprint, seconds, usd, request, wanted, .. } = made.clip.planned;
    let now = |one: &Wanted| NowJson { take: one.number, action: word(one.action), reason: one.words() };
    let shots = made.clip.shots.iter().zip(&made.origins);
    let takes = made.clip.takes.iter().enumerate();
    let is = |nonce, take: &Take| nonce == Some(take.nonce);
    let told = |(at, one): (usize, &&'e Take)| TakeJson {
        take: Some(at + 1),
        chosen: is(made.clip.chosen.map(|chosen| chosen.nonce), one),
        asked: is(made.asked, one),
        ..take(one)
    };
    ClipJson {
        address,
        title: made.film.title,
        file: &made.film.source.name,
        commit: made.commit.as_deref(),
        fingerprint: fingerprint.to_string(),
        seconds: *seconds,
        usd: *usd,
        request,
        now: wanted.iter().map(now).collect(),
        shots: shots.map(|(one, origin)| shot(one, origin.as_ref())).collect(),
        takes: takes.map(told).collect(),
        earlier: made.clip.earlier.iter().map(|take| take.nonce.to_string()).collect(),
    }
}

fn shot<'e>(shot: &'e Shot, origin: Option<&'e Origin>) -> ShotJson<'e> {
    let givens = |of: fn(&Origin) -> &Vec<Given>| {
        origin.map_or_else(Vec::new, |origin| of(origin).iter().map(given).collect())
    };
    ShotJson {
        address: &shot.shot.address,
        seconds: shot.shot.seconds,
        prompt: &shot.shot.prompt,
        at: origin.map(|origin| spot(&origin.shot)),
        written_at: origin.and_then(|origin| origin.prompt.as_ref()).map(spot),
        template: origin.and_then(|origin| origin.template.as_ref()).map(|template| template.name.as_str()),
        parts: givens(|origin| &origin.parts),
        variables: givens(|origin| &origin.variables),
        settings: givens(|origin| &origin.settings),
    }
}

fn given(given: &Given) -> GivenJson<'_> {
    GivenJson { name: &given.name, value: &given.value, level: level(given.level), at: spot(&given.spot) }
}

fn spot(spot: &Spot) -> SpotJson<'_> {
    let (line, column) = spot.source.line_column(spot.span.start);
    SpotJson { file: &spot.source.name, line, column }
}

fn take(take: &Take) -> TakeJson<'_> {
    let (bill, landed) = (Bill::of(take), take.landed.as_ref());
    TakeJson {
        take: None,
        nonce: take.nonce.to_string(),
        chosen: false,
        asked: false,
        state: state(take).0,
        request_id: take.request_id(),
        at: take.intent.at.to_string(),
        submitted_at: take.submitted.as_ref().map(|submitted| submitted.at.to_string()),
        landed_at: landed.map(|landed| landed.at.to_string()),
        seconds: take.intent.seconds,
        delivered_millis: landed.map(|landed| landed.millis),
        width: landed.map(|landed| landed.width),
        height: landed.map(|landed| landed.height),
        bytes: landed.map(|landed| landed.bytes),
        usd: take.intent.usd,
        counted_usd: bill.counted,
        billed_units: bill.units.map(|units| units.to_string()),
        file: landed.map(|_| Vault::relative_path(take)),
        why: why(take),
    }
}

fn lost<'e>(lost: &'e Lost) -> LostJson<'e> {
    let intent = &lost.take.intent;
    LostJson {
        address: &intent.address,
        shots: &intent.shots,
        fingerprint: lost.take.fingerprint.to_string(),
        request: &intent.request,
        take: take(lost.take),
        now: lost.now.iter().map(|clip| &clip.address).collect(),
    }
}
