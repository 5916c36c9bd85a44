//! What the models cost: the catalog's prices with their source, and fal's of today beside them. Decides nothing.

use std::fmt::Write as _;

use serde::Serialize;

use super::json::to_line;
use super::style::{Look, Style};
use super::wrap::{Indent, wrapped};
use crate::catalog::{Model, Price, Source, Standing};
use crate::usd::Usd;

/// A model, and fal's price of today where it was asked for.
#[derive(Debug)]
pub struct Quote<'a> {
    pub model: &'a Model,
    pub today: Today,
}

/// What fal said.
#[derive(Debug)]
pub enum Today {
    NotAsked,
    /// It was asked, and names no price for this model.
    Unnamed,
    Price {
        usd: Usd,
        unit: String,
        per_second: bool,
    },
}

impl Quote<'_> {
    /// How fal's price stands to the catalog's; none where there are not both, or fal counts by something else.
    #[must_use]
    pub fn standing(&self) -> Option<Standing> {
        match &self.today {
            Today::Price { usd, per_second: true, .. } => self.model.standing(*usd),
            _ => None,
        }
    }
}

#[derive(Serialize)]
struct PricesJson<'a> {
    version: u32,
    models: Vec<ModelJson<'a>>,
}

#[derive(Serialize)]
struct ModelJson<'a> {
    alias: &'a str,
    endpoint: &'a str,
    prices: Vec<PriceJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fal: Option<FalJson<'a>>,
}

#[derive(Serialize)]
struct PriceJson<'a> {
    /// None for both.
    generate_audio: Option<bool>,
    usd_per_second: Usd,
    verified: bool,
    date: Option<String>,
    source: Option<&'a str>,
}

#[derive(Serialize)]
struct FalJson<'a> {
    usd_per_unit: Option<Usd>,
    unit: Option<&'a str>,
    standing: Option<Standing>,
}

/// One object on one line.
#[must_use]
pub fn json(quotes: &[Quote]) -> String {
    to_line(&PricesJson { version: 1, models: quotes.iter().map(model_json).collect() })
}

fn model_json<'a>(quote: &'a Quote) -> ModelJson<'a> {
    let model = quote.model;
    let prices = model.prices.iter().map(|price| price_json(model, price)).collect();
    ModelJson { alias: &model.alias, endpoint: &model.endpoint, prices, fal: fal_json(quote) }
}

fn price_json<'a>(model: &'a Model, price: &Price) -> PriceJson<'a> {
    let source = model.source(&price.source);
    PriceJson {
        generate_audio: price.generate_audio,
        usd_per_second: price.usd_per_second,
        verified: model.is_verified(price),
        date: source.map(|source| source.date.to_string()),
        source: source.map(|source| source.from.as_str()),
    }
}

fn fal_json<'a>(quote: &'a Quote) -> Option<FalJson<'a>> {
    let standing = quote.standing();
    match &quote.today {
        Today::NotAsked => None,
        Today::Unnamed => Some(FalJson { usd_per_unit: None, unit: None, standing }),
        Today::Price { usd, unit, .. } => {
            Some(FalJson { usd_per_unit: Some(*usd), unit: Some(unit), standing })
        }
    }
}

/// Lengths of clips that people ask for.
const SECONDS: [u32; 3] = [5, 10, 15];

/// A line for every price of the catalog.
#[must_use]
pub fn catalog(quotes: &[Quote], look: Look) -> String {
    let width = quotes.iter().map(|quote| quote.model.alias.len()).max().unwrap_or_default();
    let clips = SECONDS.map(|seconds| format!("{:>7}", format!("{seconds} s"))).concat();
    let header = format!("{:width$}  {:5} {:>8}{clips}  {}", "model", "audio", "a second", "verified");
    let mut out = format!("{}\n", look.style(Style::Dim, header.trim_end()));
    for quote in quotes {
        write_model(&mut out, quote.model, width, look);
    }
    out
}

fn write_model(out: &mut String, model: &Model, width: usize, look: Look) {
    let mut alias = model.alias.as_str();
    if model.prices.is_empty() {
        let _ = writeln!(out, "{alias:width$}  no price is known, so that nothing is bought from it");
    }
    for price in &model.prices {
        let audio = match price.generate_audio {
            None => "any",
            Some(false) => "off",
            Some(true) => "on",
        };
        let clips = SECONDS.map(|seconds| format!("{:>7}", cost(model, price, seconds))).concat();
        let a_second = price.usd_per_second.to_string();
        let vouched = vouched(model, price, look);
        let _ = writeln!(out, "{alias:width$}  {audio:5} {a_second:>8}{clips}  {vouched}");
        alias = "";
    }
}

/// Of a clip of that length, where the model makes one.
fn cost(model: &Model, price: &Price, seconds: u32) -> String {
    let range = model.clip_seconds.min..=model.clip_seconds.max;
    if range.contains(&seconds) { price.usd_per_second.times(seconds).to_string() } else { "-".to_owned() }
}

fn vouched(model: &Model, price: &Price, look: Look) -> String {
    let date = model.source(&price.source).map(|Source { date, .. }| date.to_string()).unwrap_or_default();
    let (word, style) = if model.is_verified(price) { ("yes", Style::Good) } else { ("no", Style::Warn) };
    format!("{} {date}", look.style(style, &format!("{word:3}")))
}

/// A line for every model: the catalog's prices, fal's, and what that means for a render.
#[must_use]
pub fn beside_fals(quotes: &[Quote], look: Look) -> String {
    let width = quotes.iter().map(|quote| quote.model.alias.len()).max().unwrap_or_default();
    let header = format!("{:width$}  {:14}  {:>8}", "model", "catalog", "fal");
    let mut out = format!("{}\n", look.style(Style::Dim, &header));
    for quote in quotes {
        let ours: Vec<String> =
            quote.model.prices.iter().map(|price| price.usd_per_second.to_string()).collect();
        let (fals, style, means) = told(quote);
        let head = format!("{:width$}  {:14}  {fals:>8}  ", quote.model.alias, ours.join(", "));
        let means = wrapped(&means, look, Indent { taken: head.chars().count(), rest: width + 2 });
        let _ = writeln!(out, "{head}{}", look.style(style, &means));
    }
    out
}

/// fal's price, and what it means.
fn told(quote: &Quote) -> (String, Style, String) {
    let Today::Price { usd, unit, .. } = &quote.today else {
        return ("none".to_owned(), Style::Warn, unnamed(quote.model).to_owned());
    };
    let (style, means) = match quote.standing() {
        Some(Standing::Equal) => (Style::Good, "equal".to_owned()),
        Some(Standing::Lower) => (Style::Good, "lower: a render reserves the catalog's".to_owned()),
        Some(Standing::Higher) => (Style::Bad, "higher: a render stops unless --accept-price".to_owned()),
        None => (Style::Warn, format!("by the `{unit}`: not to be compared")),
    };
    (usd.to_string(), style, means)
}

fn unnamed(model: &Model) -> &'static str {
    if !model.prices.is_empty() && model.prices.iter().all(|price| model.is_verified(price)) {
        "a render trusts the catalog"
    } else {
        "a render stops: nothing vouches for a price"
    }
}
