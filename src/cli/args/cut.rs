//! What was typed after `cut`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::BoolishValueParser;

use super::FilmArgs;

#[derive(Debug, Args)]
pub(in crate::cli) struct CutArgs {
    #[command(flatten)]
    pub(in crate::cli) film: FilmArgs,
    /// The film; a folder, there or with a `/` at its end, takes a film of each edition [default: the output folder's
    /// EDITION.mp4, and stills/EDITION/ for stills]
    #[arg(short, long, value_name = "FILE", env = "SHOTLIST_OUTPUT")]
    pub(in crate::cli) output: Option<PathBuf>,
    /// Frames clips of another shape in black, in the shape that is seen longest
    #[arg(long, env = "SHOTLIST_LETTERBOX", value_parser = BoolishValueParser::new())]
    pub(in crate::cli) letterbox: bool,
    /// Pulls key frames as PNG instead: of every shot the sharpest near its middle
    #[arg(long, env = "SHOTLIST_STILLS", value_parser = BoolishValueParser::new())]
    pub(in crate::cli) stills: bool,
    /// With --stills: the pictures that the film shows at these seconds from its start, such as `1.5,12`
    #[arg(long, value_name = "SECONDS", value_parser = seconds, value_delimiter = ',', requires = "stills", env = "SHOTLIST_AT")]
    pub(in crate::cli) at: Vec<Duration>,
    /// The ffmpeg to use [default: that of the PATH]
    #[arg(long, value_name = "PATH", env = "SHOTLIST_FFMPEG")]
    pub(in crate::cli) ffmpeg: Option<PathBuf>,
}

/// No film is as long as a day.
const MOST: f64 = 86_400.0;

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.trim().parse::<f64>().ok().filter(|seconds| (0.0..MOST).contains(seconds));
    let seconds = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.ok_or_else(|| "write seconds from the film's start, such as 1.5".to_owned())
}
