//! `prices`: what the models cost by the catalog, and beside it what fal asks today. Buys nothing and stores nothing: a price
//! that was kept could be wrong at the next render, which asks fal itself.

use std::sync::Arc;

use super::args::PricesArgs;
use super::boards;
use super::exit::{Exit, Failure};
use super::folder;
use super::maker::{self, Maker};
use super::past;
use super::terminal::{Format, Terminal};
use crate::catalog::{Catalog, Model, Standing};
use crate::fal::{self, LivePrice};
use crate::report::prices::{self, Quote, Today};

pub(super) fn prices(args: &PricesArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let catalog = Arc::new(boards::catalog_here()?);
    let live = args.refresh.then(|| live(&catalog, args.sim)).transpose()?;
    let quotes: Vec<Quote> =
        catalog.models().iter().map(|model| Quote { model, today: today(model, live.as_deref()) }).collect();
    show(&quotes, args, terminal);
    let is_dearer = quotes.iter().any(|quote| quote.standing() == Some(Standing::Higher));
    Ok(if is_dearer { Exit::Stale } else { Exit::Done })
}

/// fal's prices of all models, asked for with the key.
fn live(catalog: &Arc<Catalog>, sim: bool) -> Result<Vec<LivePrice>, Failure> {
    let maker = Maker::of(if sim { folder::Maker::Simulator } else { folder::Maker::Fal })?;
    let memory = tempfile::tempdir().map_err(Failure::broken)?;
    let server = maker.start_in(memory.path(), catalog, past::SIMULATION)?;
    let endpoints: Vec<&str> = catalog.models().iter().map(|model| model.endpoint.as_str()).collect();
    let client = server.client()?;
    let asked = async { fal::persistently(2, || client.prices(&endpoints)).await };
    let live = maker::runtime()?.block_on(asked);
    live.map_err(|error| Failure::new(past::exit(&error), format!("the prices were not told: {error}")))
}

/// `live`: none where nobody asked.
fn today(model: &Model, live: Option<&[LivePrice]>) -> Today {
    let Some(live) = live else { return Today::NotAsked };
    live.iter().find(|price| price.endpoint == model.endpoint).map_or(Today::Unnamed, |price| Today::Price {
        usd: price.usd_per_unit,
        unit: price.unit.clone(),
        per_second: price.is_by_the_second(),
    })
}

fn show(quotes: &[Quote], args: &PricesArgs, terminal: Terminal) {
    match terminal.format {
        Format::Json => terminal.data(&format!("{}\n", prices::json(quotes))),
        Format::Text if args.refresh => {
            terminal.data(&prices::beside_fals(quotes, terminal.out_look()));
            terminal.say("nothing is stored: a render asks fal itself before it buys");
        }
        Format::Text => {
            terminal.data(&prices::catalog(quotes, terminal.out_look()));
            terminal.say("--refresh asks fal for its prices of today");
        }
    }
}
