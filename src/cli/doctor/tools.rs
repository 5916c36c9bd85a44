//! What else is on the machine: ffmpeg, and a terminal to ask on.

use std::path::Path;

use crate::cli::exit::Failure;
use crate::cli::maker;
use crate::cli::terminal::Terminal;
use crate::cut::{Ffmpeg, FfmpegError};
use crate::report::doctor::{Check, Verdict};

/// `asked`: where it is, if not on the PATH.
pub(super) fn ffmpeg(asked: Option<&Path>) -> Result<Check, Failure> {
    let look = async {
        let ffmpeg = Ffmpeg::find(asked).await?;
        Ok(ffmpeg.version().await.unwrap_or_else(|| "of an unknown version".to_owned()))
    };
    Ok(match maker::runtime()?.block_on(look) {
        Ok(version) => Check::new("ffmpeg", Verdict::Ok, version),
        Err::<_, FfmpegError>(error) => {
            Check::new("ffmpeg", Verdict::Warning, error.to_string()).next("only `shotlist cut` needs it")
        }
    })
}

pub(super) fn terminal(terminal: Terminal) -> Check {
    let ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
    let says = match (terminal.can_ask(), ci) {
        (true, false) => "a render shows its price here and asks",
        (true, true) => "a render asks here, and draws no progress, since CI is set",
        (false, _) => "nobody can be asked here: a render that spends needs --yes",
    };
    Check::new("terminal", Verdict::Ok, says)
}
