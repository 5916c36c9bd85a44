//! `cut`: a film as one video, or its key frames. Needs ffmpeg; buys nothing, and writes nothing by halves.

mod film;
mod stills;
mod told;

use std::path::Path;

use tokio::signal;

use super::args::CutArgs;
use super::exit::{Exit, Failure};
use super::films::{self, Films, Number};
use super::maker;
use super::output::Target;
use super::terminal::Terminal;
use crate::cut::{CutError, Ffmpeg, FfmpegError};
use crate::edit::Edit;

pub(super) fn cut(args: &CutArgs, terminal: Terminal) -> Result<Exit, Failure> {
    if args.output.as_deref() == Some(Path::new("-")) {
        return Err(Failure::usage("a film can't go to standard output; name a file with -o"));
    }
    let target = Target::new(args.output.as_deref());
    let number = if args.stills { Number::Any } else { target.number() };
    let Some(films) = Films::load(&args.film, number, terminal)? else { return Ok(Exit::Problems) };
    let timelines = films.timelines();
    let edits: Vec<Edit> =
        timelines.iter().map(|film| Edit::new(film, &films.library, args.film.rate)).collect();
    edits.iter().filter_map(films::off_rate).for_each(|warning| terminal.warn(&warning));
    let cutting = Cutting { args, films: &films, edits: &edits, target, terminal };
    maker::runtime()?.block_on(async {
        tokio::select! {
            done = cutting.run() => done,
            () = interrupted() => Err(Failure::new(Exit::Interrupted, "interrupted; nothing was left half made")),
        }
    })
}

/// One run, with everything that it was given.
struct Cutting<'a> {
    args: &'a CutArgs,
    films: &'a Films,
    edits: &'a [Edit<'a>],
    target: Target,
    terminal: Terminal,
}

impl Cutting<'_> {
    async fn run(&self) -> Result<Exit, Failure> {
        if self.args.stills { stills::pull(self).await } else { film::make(self).await }
    }

    async fn ffmpeg(&self) -> Result<Ffmpeg, Failure> {
        Ffmpeg::find(self.args.ffmpeg.as_deref()).await.map_err(Failure::broken)
    }

    /// The clips that have no file, film by film, with what renders them; none where there are none.
    fn missing(&self) -> Option<String> {
        let lacks = |edit: &Edit| {
            let missing = films::missing(edit);
            let (count, all, edition) = (missing.len(), edit.events.len(), edit.film.edition);
            let next = self.films.next(edit);
            (count > 0).then(|| {
                format!(
                    "{count} of {all} clips of {edition} can't be shown:\n  {}\nnext: {next}",
                    missing.join("\n  ")
                )
            })
        };
        let lacking: Vec<String> = self.edits.iter().filter_map(lacks).collect();
        (!lacking.is_empty()).then(|| lacking.join("\n"))
    }
}

/// Its own words are enough to put it right; no ffmpeg is no fault of the film's.
fn failure(edit: &Edit, error: &CutError) -> Failure {
    match error {
        CutError::Ffmpeg(FfmpegError::Missing) => Failure::broken(error),
        _ => Failure::broken(format!("{} was not made: {error}", edit.film.edition)),
    }
}

/// Ctrl-C or TERM.
async fn interrupted() {
    #[cfg(unix)]
    if let Ok(mut terminate) = signal::unix::signal(signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        return;
    }
    let _ = signal::ctrl_c().await;
}
