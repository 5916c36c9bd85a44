//! What was typed after `init`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::BoolishValueParser;

#[derive(Debug, Args)]
pub(in crate::cli) struct InitArgs {
    /// Where to make the project
    #[arg(value_name = "DIR", default_value = ".")]
    pub(in crate::cli) dir: PathBuf,
    /// The storyboards to begin with, of those that --list shows; `all`, or `empty` for one scene to write over
    #[arg(
        long = "example",
        value_name = "NAME",
        value_delimiter = ',',
        default_value = "neon-harbor,last-letter",
        env = "SHOTLIST_EXAMPLE"
    )]
    pub(in crate::cli) examples: Vec<String>,
    /// Shows the storyboards that come with the program, with what each would cost at fal; makes nothing
    #[arg(long, env = "SHOTLIST_LIST", value_parser = BoolishValueParser::new())]
    pub(in crate::cli) list: bool,
}
