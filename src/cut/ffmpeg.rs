//! ffmpeg as a program of its own: found, started without a shell, ended when nobody waits for it any more.
//! Does not know what it is asked to do.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

/// The program, known to start.
#[derive(Clone, Debug)]
pub struct Ffmpeg {
    program: PathBuf,
}

/// Why ffmpeg did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum FfmpegError {
    #[error(
        "ffmpeg is not on the PATH; install it (Debian: apt install ffmpeg, macOS: brew install ffmpeg, \
        Windows: winget install ffmpeg), or say where it is with --ffmpeg"
    )]
    Missing,
    #[error("{program} can't be started: {cause}", program = .0.display(), cause = .1)]
    Unstartable(PathBuf, io::Error),
    #[error("ffmpeg failed: {0}")]
    Failed(String),
}

impl Ffmpeg {
    /// The one that was asked for, else that of the PATH.
    ///
    /// # Errors
    /// There is none, or it does not start.
    pub async fn find(asked: Option<&Path>) -> Result<Self, FfmpegError> {
        let program = asked.unwrap_or_else(|| Path::new("ffmpeg")).to_owned();
        let ffmpeg = Self {
            program: std::path::absolute(&program).ok().filter(|_| asked.is_some()).unwrap_or(program),
        };
        match ffmpeg.run(Path::new("."), &["-version"]).await {
            Err(FfmpegError::Unstartable(_, error))
                if asked.is_none() && error.kind() == io::ErrorKind::NotFound =>
            {
                Err(FfmpegError::Missing)
            }
            started => started.map(|_| ffmpeg),
        }
    }

    /// What it calls itself, such as `7.1`; none where it does not say.
    pub async fn version(&self) -> Option<String> {
        let said = self.run(Path::new("."), &["-version"]).await.ok()?;
        let text = String::from_utf8_lossy(&said).into_owned();
        let after = text.lines().next()?.split_once("version ")?.1;
        after.split_whitespace().next().map(str::to_owned)
    }

    /// Runs it in a folder and gives what it prints. Killed where the future is dropped.
    ///
    /// # Errors
    /// It does not start or ends with an error, in its own words.
    pub(super) async fn run(&self, folder: &Path, args: &[impl AsRef<str>]) -> Result<Vec<u8>, FfmpegError> {
        let mut command = Command::new(&self.program);
        command.args(["-hide_banner", "-nostdin", "-loglevel", "error", "-y"]);
        command.args(args.iter().map(AsRef::as_ref)).current_dir(folder).kill_on_drop(true);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // A Ctrl-C is for us to hear; we end it.
        #[cfg(unix)]
        command.process_group(0);
        let output =
            command.output().await.map_err(|error| FfmpegError::Unstartable(self.program.clone(), error))?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(FfmpegError::Failed(if said.is_empty() { output.status.to_string() } else { said }))
    }
}
