//! `cut`: every film that is meant, or none where one of them lacks something.

use std::path::PathBuf;

use super::told::{self, Bar, FilmJson};
use super::{Cutting, failure};
use crate::cli::exit::{Exit, Failure};
use crate::cli::output::{self, Target};
use crate::cli::terminal::Format;
use crate::cut::{self, Letterbox, Mixed, Splice, Stock};
use crate::edit::Edit;
use crate::record::Vault;

/// A film that can be made.
struct Ready<'a> {
    edit: &'a Edit<'a>,
    stock: Vec<Stock>,
    splice: Splice,
    file: PathBuf,
}

pub(super) async fn make(cutting: &Cutting<'_>) -> Result<Exit, Failure> {
    if let Some(missing) = cutting.missing() {
        return Err(Failure::new(Exit::Failed, missing));
    }
    let ready = ready(cutting)?;
    let ffmpeg = cutting.ffmpeg().await?;
    output::prepare(&cutting.target)?;
    let clips = ready.iter().map(|film| film.stock.len()).sum();
    let bar = Bar::new(clips, cutting.terminal);
    for film in &ready {
        let Ready { edit, stock, splice, file } = film;
        let title = edit.film.title.map_or_else(|| edit.film.edition.to_string(), str::to_owned);
        bar.name(&edit.film.edition.to_string());
        let made = cut::join(&ffmpeg, splice, stock, &title, file, || bar.step()).await;
        made.map_err(|error| failure(edit, &error))?;
        bar.say(&told::film(edit, stock, splice, file));
    }
    bar.end();
    if cutting.terminal.format == Format::Json {
        let films = ready.iter().map(|film| FilmJson::of(film.edit, &film.stock, &film.splice, &film.file));
        cutting.terminal.data(&told::json(&films.collect::<Vec<_>>()));
    }
    Ok(Exit::Done)
}

fn ready<'a>(cutting: &Cutting<'a>) -> Result<Vec<Ready<'a>>, Failure> {
    let letterbox = if cutting.args.letterbox { Letterbox::Yes } else { Letterbox::No };
    let (mut ready, mut mixed) = (Vec::new(), Vec::new());
    for edit in cutting.edits {
        let stock = Stock::of(edit);
        let file = file(cutting, edit)?;
        match Splice::new(&stock, edit.rate, letterbox) {
            Ok(splice) => ready.push(Ready { edit, stock, splice, file }),
            Err(Mixed(shapes)) => mixed.push(told::mixed(edit, &shapes)),
        }
    }
    if mixed.is_empty() { Ok(ready) } else { Err(Failure::usage(mixed.join("\n"))) }
}

/// Beside the view, unless it was said where.
fn file(cutting: &Cutting, edit: &Edit) -> Result<PathBuf, Failure> {
    let (dir, edition) = (&cutting.films.folder.dir, edit.film.edition);
    let usual = || dir.join(output::file_name(edition, EXTENSION));
    let file = match &cutting.target {
        Target::StandardOutput => usual(),
        target => target.file(edition, EXTENSION).unwrap_or_else(usual),
    };
    output::admit(&file, EXTENSION, &Vault::of(dir))?;
    output::is_plain_or_new(&file)?;
    Ok(file)
}

const EXTENSION: &str = "mp4";
