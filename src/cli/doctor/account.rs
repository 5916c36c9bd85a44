//! The account: the key, the queue and the platform, the clock beside theirs, and the prices. Asks three questions, none of
//! which buys anything, all at once and without patience.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::catalog::{Catalog, Model, Standing};
use crate::cli::exit::Failure;
use crate::cli::folder::{self, Folder};
use crate::cli::maker::{self, Maker};
use crate::cli::past;
use crate::fal::{AskError, Client, Glance, Key, KeyError, LivePrice, PastRequest, Timeouts, Window};
use crate::plan::Plan;
use crate::report::doctor::{Check, Verdict};

/// A doctor does not wait as a purchase would.
const BRIEFLY: Timeouts = Timeouts {
    connect: Duration::from_secs(5),
    submit: Duration::from_secs(10),
    ask: Duration::from_secs(10),
    file: Duration::from_secs(10),
};

pub(super) fn checks(
    folder: &Folder,
    catalog: &Arc<Catalog>,
    plan: Option<&Plan>,
) -> Result<Vec<Check>, Failure> {
    let key = (folder.maker == folder::Maker::Fal).then(maker::key_of_environment);
    let mut checks: Vec<Check> = key.iter().map(self::key).collect();
    let maker = match Maker::new(folder) {
        Ok(maker) => maker,
        Err(failure) => {
            checks.push(Check::new("queue", Verdict::Problem, failure.message));
            return Ok(checks);
        }
    };
    let key = key.and_then(Result::ok);
    let (has_key, memory) = (key.is_some(), tempfile::tempdir().map_err(Failure::broken)?);
    let server = maker.start_with(key, memory.path(), catalog, past::SIMULATION)?;
    let name = if maker.is_free() { "the simulator".to_owned() } else { maker.origin() };
    let who = Who { name, can_ask: has_key || maker.is_free() };
    let answers = maker::runtime()?.block_on(ask(&server.client_within(BRIEFLY)?, catalog, &who));
    checks.extend(who.checks(&answers));
    checks.push(prices(catalog, plan, answers.prices()));
    Ok(checks)
}

fn key(key: &Result<Key, KeyError>) -> Check {
    let set = |name: &str| std::env::var(name).is_ok_and(|text| !text.trim().is_empty());
    let from = if set("FAL_KEY") { "FAL_KEY" } else { "FAL_KEY_ID and FAL_KEY_SECRET" };
    match key {
        Ok(key) if key.is_a_pair() => Check::new("key", Verdict::Ok, format!("from {from}")),
        Ok(_) => Check::new("key", Verdict::Warning, format!("from {from}; fal's have two parts, id:secret"))
            .next("copy it whole from https://fal.ai/dashboard/keys"),
        Err(error) => Check::new("key", Verdict::Refused, error.to_string())
            .next("renders are free without one: add --sim to any command, to this one too"),
    }
}

/// What was answered.
struct Answers {
    glance: Result<Glance, AskError>,
    /// None where there is no key to ask with.
    platform: Option<Platform>,
}

struct Platform {
    prices: Result<Vec<LivePrice>, AskError>,
    history: Result<Vec<PastRequest>, AskError>,
}

impl Answers {
    fn prices(&self) -> Option<&[LivePrice]> {
        self.platform.as_ref()?.prices.as_deref().ok()
    }
}

async fn ask(client: &Client, catalog: &Catalog, who: &Who) -> Answers {
    let endpoints: Vec<&str> = catalog.models().iter().map(|model| model.endpoint.as_str()).collect();
    let endpoint = endpoints.first().copied().unwrap_or_default();
    let to = Timestamp::now();
    let window = Window { endpoint, from: to - SignedDuration::from_mins(1), to };
    if !who.can_ask {
        return Answers { glance: client.glance(endpoint).await, platform: None };
    }
    let asked = (client.glance(endpoint), client.prices(&endpoints), client.history(window));
    let (glance, prices, history) = futures::join!(asked.0, asked.1, asked.2);
    Answers { glance, platform: Some(Platform { prices, history }) }
}

/// Who was asked.
struct Who {
    name: String,
    /// With a key, or of the simulator, which wants none.
    can_ask: bool,
}

impl Who {
    fn checks(&self, answers: &Answers) -> Vec<Check> {
        let mut checks = vec![self.queue(&answers.glance)];
        checks.extend(answers.glance.as_ref().ok().map(clock));
        checks.push(platform(answers.platform.as_ref()));
        checks
    }

    fn queue(&self, glance: &Result<Glance, AskError>) -> Check {
        let check = |verdict, says: &str| Check::new("queue", verdict, format!("{} {says}", self.name));
        match glance {
            Err(error) => check(Verdict::Problem, &format!("does not answer: {}", why(error)))
                .next("check the network, a proxy's variables, SHOTLIST_QUEUE_URL"),
            Ok(Glance { status: 401..=403, .. }) if !self.can_ask => check(Verdict::Ok, "answers"),
            Ok(Glance { status: 401..=403, message, .. }) => {
                check(Verdict::Refused, &format!("refuses the key: {message}"))
                    .next("copy it again from https://fal.ai/dashboard/keys, or see to the account there")
            }
            Ok(Glance { status: 200..=299 | 404, .. }) if self.can_ask => {
                check(Verdict::Ok, "answers, and lets the key in")
            }
            Ok(Glance { status: 200..=299 | 404, .. }) => check(Verdict::Ok, "answers"),
            Ok(Glance { status, message, .. }) => {
                check(Verdict::Warning, &format!("answers HTTP {status}: {message}")).next("try again later")
            }
        }
    }
}

/// Prices and history: what is asked before a purchase, and after an answer that was lost.
fn platform(platform: Option<&Platform>) -> Check {
    let check = |verdict, says: &str| Check::new("platform", verdict, says);
    let Some(Platform { prices, history }) = platform else {
        return check(Verdict::Ok, "is not asked without a key");
    };
    match prices.as_ref().err().or(history.as_ref().err()) {
        None => check(Verdict::Ok, "tells prices and the history of requests"),
        Some(error @ AskError::NoPlatform) => check(Verdict::Warning, &error.to_string())
            .next("without one only verified prices are bought at, and a lost answer is yours to settle"),
        Some(error @ AskError::Refused { status: 401..=403, .. }) => {
            check(Verdict::Refused, &error.to_string()).next("the key needs fal's scope API")
        }
        Some(error) => check(Verdict::Warning, &format!("does not answer: {}", why(error)))
            .next("until it does only verified prices are bought at"),
    }
}

/// In short: what did not answer stands before it.
fn why(error: &AskError) -> String {
    match error {
        AskError::Unreachable(why) => why.clone(),
        error => error.to_string(),
    }
}

/// From here on a callback is no longer believed: fal's webhook page.
const TOO_FAR: SignedDuration = SignedDuration::from_secs(300);
/// From here on times in reports mislead.
const OFF: SignedDuration = SignedDuration::from_secs(3);

fn clock(glance: &Glance) -> Check {
    let Some(ahead) = glance.ahead else {
        return Check::new("clock", Verdict::Ok, "the queue does not say what time it is there");
    };
    let which = if ahead.is_positive() { "ahead of" } else { "behind" };
    let says = format!("{} s {which} the queue's", ahead.abs().as_secs());
    match ahead.abs() {
        off if off < OFF => Check::new("clock", Verdict::Ok, "as the queue's, within seconds"),
        off if off < TOO_FAR => Check::new("clock", Verdict::Warning, says).next("set this machine's clock"),
        _ => Check::new("clock", Verdict::Problem, format!("{says}: callbacks are refused"))
            .next("set this machine's clock"),
    }
}

/// Days after which a price that fal does not confirm is old.
const OLD: i32 = 90;

fn prices(catalog: &Catalog, plan: Option<&Plan>, live: Option<&[LivePrice]>) -> Check {
    let used: BTreeSet<&str> =
        plan.into_iter().flat_map(|plan| plan.clips.iter().map(|clip| clip.model.alias.as_str())).collect();
    let Some(live) = live else { return age(catalog, &used) };
    let price = |model: &Model| {
        live.iter().find(|price| price.endpoint == model.endpoint && price.is_by_the_second())
    };
    let which = |is: &dyn Fn(&Model) -> bool| -> Vec<&str> {
        catalog.models().iter().filter(|model| is(model)).map(|model| &*model.alias).collect()
    };
    let dearer = which(&|model| {
        price(model).and_then(|price| model.standing(price.usd_per_unit)) == Some(Standing::Higher)
    });
    let unnamed = which(&|model| used.contains(&*model.alias) && price(model).is_none());
    match (dearer.as_slice(), unnamed.as_slice()) {
        ([], []) => Check::new("prices", Verdict::Ok, "none is higher today than in the catalog"),
        ([], _) => Check::new(
            "prices",
            Verdict::Warning,
            format!("fal tells no price a second for {}", unnamed.join(", ")),
        )
        .next("shotlist prices --refresh shows what a render does then"),
        _ => risen(&dearer, &used),
    }
}

fn risen(dearer: &[&str], used: &BTreeSet<&str>) -> Check {
    let is_used = dearer.iter().any(|alias| used.contains(alias));
    let verdict = if is_used { Verdict::Problem } else { Verdict::Warning };
    Check::new("prices", verdict, format!("fal asks more than the catalog for {}", dearer.join(", ")))
        .next("shotlist prices --refresh shows both; a render stops there unless --accept-price")
}

/// Of the oldest price among the models in use, or among all.
fn age(catalog: &Catalog, used: &BTreeSet<&str>) -> Check {
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let counts = |model: &&Arc<Model>| used.is_empty() || used.contains(model.alias.as_str());
    let sources = catalog.models().iter().filter(counts).flat_map(|model| {
        model.prices.iter().filter_map(|price| model.source(&price.source)).map(|source| source.date)
    });
    let Some(oldest) = sources.min() else {
        return Check::new("prices", Verdict::Warning, "the catalog has none");
    };
    let days = oldest.until(today).map_or(0, |span| span.get_days());
    let says = format!("the catalog's are of {oldest}, {days} days old");
    if days < OLD {
        Check::new("prices", Verdict::Ok, says)
    } else {
        Check::new("prices", Verdict::Warning, says).next("shotlist prices --refresh asks fal for today's")
    }
}
