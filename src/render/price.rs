//! Whether fal's price of today is the one that the plan was made with. Asked once a run, before the first submit.
//! Pure but for the question itself; an unknown price is refused, never zero.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::catalog::Model;
use crate::fal::{AskError, LivePrice};
use crate::plan::Clip;
use crate::usd::Usd;

/// `--accept-price`: go on although fal's price is higher?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AcceptPrice {
    Catalog,
    /// And reserve what fal asks.
    Any,
}

/// What purchases are reserved at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quotes {
    /// Dollars a second, where fal asks more than the catalog and that was accepted.
    higher: BTreeMap<String, Usd>,
    /// What a user should hear.
    pub warnings: Vec<String>,
}

/// fal's price is higher than the plan's, or nothing vouches for the plan's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}; nothing was bought", .0.join("\n"))]
pub struct Refused(pub Vec<String>);

impl Quotes {
    /// What one take of the clip is reserved at.
    #[must_use]
    pub fn price(&self, clip: &Clip) -> Usd {
        let higher = self.higher.get(&clip.request.endpoint).map(|usd| usd.times(clip.seconds));
        clip.usd.max(higher.unwrap_or_default())
    }
}

/// One model to be bought from, and the prices a second that the plan used for it.
struct Used {
    model: Arc<Model>,
    tiers: BTreeSet<Usd>,
    verified: bool,
}

/// Holds fal's prices, or the reason why there are none, against the plan's. `clips` are those to be bought.
///
/// # Errors
/// A price is higher and not accepted, or unknown to fal and not verified in the catalog.
pub fn quotes<'a>(
    clips: impl Iterator<Item = &'a Clip>,
    live: &Result<Vec<LivePrice>, AskError>,
    accept: AcceptPrice,
) -> Result<Quotes, Refused> {
    let (mut quotes, mut refused) = (Quotes::default(), Vec::new());
    for (endpoint, used) in used(clips) {
        let price =
            live.as_ref().ok().and_then(|prices| prices.iter().find(|price| price.endpoint == endpoint));
        match price {
            None if used.verified => quotes.warnings.extend(unasked(&used, live)),
            None => refused.push(unvouched(&used, live)),
            Some(price) if used.is_met_by(price) => quotes.warnings.extend(unfamiliar(price)),
            Some(price) if accept == AcceptPrice::Any => {
                quotes.warnings.extend(unfamiliar(price));
                quotes.warnings.push(format!("{} (accepted)", used.dearer(price)));
                quotes.higher.insert(endpoint, price.usd_per_unit);
            }
            Some(price) => refused.push(format!("{}; --accept-price buys at fal's", used.dearer(price))),
        }
    }
    if refused.is_empty() { Ok(quotes) } else { Err(Refused(refused)) }
}

fn used<'a>(clips: impl Iterator<Item = &'a Clip>) -> BTreeMap<String, Used> {
    let mut all: BTreeMap<String, Used> = BTreeMap::new();
    for clip in clips {
        let audio = clip.request.body.get("generate_audio").and_then(serde_json::Value::as_bool);
        let Some(price) = clip.model.price(audio) else { continue };
        let fresh = || Used { model: Arc::clone(&clip.model), tiers: BTreeSet::new(), verified: true };
        let used = all.entry(clip.request.endpoint.clone()).or_insert_with(fresh);
        used.tiers.insert(price.usd_per_second);
        used.verified &= clip.model.is_verified(price);
    }
    all
}

impl Used {
    /// fal names one price a model; where the catalog has tiers by audio, any of them counts as equal.
    fn is_met_by(&self, live: &LivePrice) -> bool {
        let is_a_tier = self.model.prices.iter().any(|price| price.usd_per_second == live.usd_per_unit);
        is_a_tier || self.tiers.iter().all(|ours| live.usd_per_unit <= *ours)
    }

    fn dearer(&self, live: &LivePrice) -> String {
        let ours = self.tiers.first().copied().unwrap_or_default();
        format!(
            "fal asks {} a {} for {}, the catalog says {ours} a second",
            live.usd_per_unit, live.unit, self.model.alias
        )
    }
}

fn unfamiliar(price: &LivePrice) -> Option<String> {
    (!price.is_by_the_second()).then(|| {
        format!("fal counts {} by the `{}`, which this version does not know", price.endpoint, price.unit)
    })
}

fn unasked(used: &Used, live: &Result<Vec<LivePrice>, AskError>) -> Option<String> {
    match live {
        Err(AskError::NoPlatform) => None,
        live => Some(format!(
            "fal did not tell the price of {} ({}); the catalog's is verified",
            used.model.alias,
            why(live)
        )),
    }
}

fn unvouched(used: &Used, live: &Result<Vec<LivePrice>, AskError>) -> String {
    let ours = used.tiers.first().copied().unwrap_or_default();
    format!(
        "nothing vouches for the price of {}: fal did not tell it ({}), and the catalog's {ours} a second is not verified",
        used.model.alias,
        why(live)
    )
}

fn why(live: &Result<Vec<LivePrice>, AskError>) -> String {
    live.as_ref().err().map_or_else(|| "it is not in its answer".to_owned(), ToString::to_string)
}
