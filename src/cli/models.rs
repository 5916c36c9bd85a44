//! `models`: what the catalog knows. Needs no key and no network.

use super::args::ModelsArgs;
use super::boards;
use super::exit::{Exit, Failure};
use super::terminal::{Format, Terminal};
use crate::catalog::{Catalog, Model};
use crate::report::models;

pub(super) fn models(args: &ModelsArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let catalog = boards::catalog_here()?;
    let named = args.name.as_ref().map(|name| find(&catalog, name)).transpose()?;
    let shown =
        named.map_or_else(|| catalog.models().iter().map(|model| &**model).collect(), |one| vec![one]);
    let look = terminal.out_look();
    match (terminal.format, named) {
        (Format::Json, _) => terminal.data(&format!("{}\n", models::json(&shown))),
        (Format::Text, Some(model)) => terminal.data(&models::one(model, look)),
        (Format::Text, None) => {
            terminal.data(&models::list(&shown, look));
            terminal.say(
                "prices are dollars a second; `shotlist models NAME` shows all of one, with its sources",
            );
        }
    }
    Ok(Exit::Done)
}

fn find<'a>(catalog: &'a Catalog, name: &str) -> Result<&'a Model, Failure> {
    catalog.model(name).map(|model| &**model).ok_or_else(|| {
        let names: Vec<&str> = catalog.names().collect();
        Failure::usage(format!("the catalog has no model `{name}`; there are {}", names.join(", ")))
    })
}
