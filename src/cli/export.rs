//! `export`: films as text for other programs. Reads only, but for the file that it writes.

use std::path::PathBuf;

use serde::Serialize;

use super::args::{ExportArgs, Format};
use super::exit::{Exit, Failure};
use super::films::{self, Films};
use super::output::{self, Target};
use super::terminal::{self, Terminal};
use crate::address::Address;
use crate::edit::Edit;
use crate::export;
use crate::record::Vault;

pub(super) fn export(args: &ExportArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let target = Target::new(args.output.as_deref());
    let Some(films) = Films::load(&args.film, target.number(), terminal)? else { return Ok(Exit::Problems) };
    let timelines = films.timelines();
    let vault = Vault::of(&films.folder.dir);
    output::prepare(&target)?;
    let mut written = Vec::new();
    for film in &timelines {
        let edit = Edit::new(film, &films.library, args.film.rate);
        let file = target.file(film.edition, args.format.extension());
        file.iter().try_for_each(|path| output::admit(path, args.format.extension(), &vault))?;
        written.push(Written::new(&edit, args.format, file));
        warn(&edit, args.format, terminal);
        tell_missing(&edit, &films, args.format, terminal);
    }
    for one in &written {
        one.write(terminal)?;
    }
    if terminal.format == terminal::Format::Json {
        terminal.data(&json(args.format, &written));
    }
    Ok(Exit::Done)
}

/// One film in a format, for a file or for standard output.
#[derive(Serialize)]
struct Written<'a> {
    edition: String,
    file: Option<PathBuf>,
    rate: String,
    frames: u64,
    clips: usize,
    missing: Vec<&'a Address>,
    /// Where there is no file.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip)]
    content: String,
}

impl<'a> Written<'a> {
    fn new(edit: &Edit<'a>, format: Format, file: Option<PathBuf>) -> Self {
        let content = written(edit, format);
        Self {
            edition: edit.film.edition.to_string(),
            rate: edit.rate.to_string(),
            frames: edit.frames(),
            clips: edit.events.len(),
            missing: edit.missing().map(|clip| &clip.planned.address).collect(),
            text: file.is_none().then(|| content.clone()),
            file,
            content,
        }
    }

    fn write(&self, terminal: Terminal) -> Result<(), Failure> {
        match &self.file {
            None if terminal.format == terminal::Format::Text => terminal.data(&self.content),
            None => {}
            Some(path) => {
                output::write(path, self.content.as_bytes())?;
                terminal.say(&format!("{} is in {}", self.edition, path.display()));
            }
        }
        Ok(())
    }
}

fn written(edit: &Edit, format: Format) -> String {
    match format {
        Format::Otio => export::otio(edit),
        Format::Edl => export::edl(edit),
        Format::Srt => export::srt(edit),
        Format::Vtt => export::vtt(edit),
        Format::Csv => export::csv(edit),
    }
}

/// What the one who edits should know, besides what is missing.
fn warn(edit: &Edit, format: Format, terminal: Terminal) {
    let edition = &edit.film.edition;
    if let Some(warning) = films::off_rate(edit) {
        terminal.warn(&warning);
    }
    let events = edit.events.len();
    if format == Format::Edl && events > export::MOST_EVENTS {
        terminal.warn(&format!(
            "{edition} has {events} clips, and some readers of EDLs stop at {}; otio has no such limit",
            export::MOST_EVENTS
        ));
    }
}

/// A cut with holes is of use: the length is right, and what is rendered later falls into its place.
fn tell_missing(edit: &Edit, films: &Films, format: Format, terminal: Terminal) {
    let shown_as = match format {
        Format::Otio => "offline",
        Format::Edl => "black or offline",
        Format::Srt | Format::Vtt | Format::Csv => return,
    };
    let missing = films::missing(edit);
    if missing.is_empty() {
        return;
    }
    let (count, all, edition) = (missing.len(), edit.events.len(), edit.film.edition);
    let are = if count == 1 { "is" } else { "are" };
    terminal.warn(&format!(
        "{count} of {all} clips of {edition} {are} {shown_as}:\n  {}\nnext: {}",
        missing.join("\n  "),
        films.next(edit)
    ));
}

#[derive(Serialize)]
struct ExportJson<'a> {
    version: u32,
    format: &'a str,
    films: &'a [Written<'a>],
}

fn json(format: Format, films: &[Written]) -> String {
    let object = ExportJson { version: 1, format: format.extension(), films };
    // Values of our own making are always JSON.
    serde_json::to_string(&object).unwrap_or_default() + "\n"
}
