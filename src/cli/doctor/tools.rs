//! What else is on the machine: ffmpeg, and a terminal to ask on.

use std::process::{Command, Stdio};

use crate::cli::terminal::Terminal;
use crate::report::doctor::{Check, Verdict};

pub(super) fn ffmpeg() -> Check {
    let check = |verdict, says: String| Check::new("ffmpeg", verdict, says);
    match (version("ffmpeg"), version("ffprobe")) {
        (Some(version), Some(_)) => check(Verdict::Ok, version),
        (one, _) => {
            let missing = if one.is_some() { "ffprobe" } else { "ffmpeg" };
            let says = format!("{missing} is missing; only `shotlist cut` needs it");
            check(Verdict::Warning, says).next("install it: apt install ffmpeg, or brew install ffmpeg")
        }
    }
}

/// The third word of the first line; none where there is no such program.
fn version(program: &str) -> Option<String> {
    let said = Command::new(program).arg("-version").stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    let version = text.lines().next()?.split_whitespace().nth(2)?.to_owned();
    said.status.success().then_some(version)
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
