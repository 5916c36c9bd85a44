//! What was typed after the commands that show the catalog: `models` and `prices`.

use clap::Args;
use clap::builder::BoolishValueParser;

#[derive(Debug, Args)]
pub(in crate::cli) struct ModelsArgs {
    /// All that the catalog knows of one model, by alias or endpoint id
    #[arg(value_name = "NAME")]
    pub(in crate::cli) name: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct PricesArgs {
    /// Asks fal for its prices of today and shows them beside the catalog's; needs the key, buys and stores nothing
    #[arg(long, env = "SHOTLIST_REFRESH", value_parser = BoolishValueParser::new())]
    pub(in crate::cli) refresh: bool,
    /// With --refresh: asks the built-in simulator instead of fal
    #[arg(long, env = "SHOTLIST_SIM", value_parser = BoolishValueParser::new())]
    pub(in crate::cli) sim: bool,
}
