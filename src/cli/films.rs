//! From a storyboard as it was typed to its films, with their takes and what the takes' files show. For the commands that
//! hand a film on; buys nothing, needs no key, no network and no lock.

mod named;

use std::path;

use jiff::Timestamp;

use super::again::quoted;
use super::args::{BoardArgs, EditionArgs, FilmArgs, Limits, SelectArgs};
use super::boards::{self, Boards, Depth};
use super::exit::Failure;
use super::folder::{Files, Folder};
use super::plan as plan_command;
use super::terminal::Terminal;
use crate::address::Edition;
use crate::edit::{Edit, Library, Media};
use crate::plan::{Action, Plan, Wanted};
use crate::record::{self, Trust, Vault};
use crate::report::state::state;
use crate::take::{Take, Takes};
use crate::timeline::{self, Clip, Timeline};
use named::Named;

/// All that films are made of.
pub(super) struct Films {
    boards: Boards,
    plan: Plan,
    takes: Takes,
    wanted: Vec<Edition>,
    edition: EditionArgs,
    pub(super) folder: Folder,
    pub(super) library: Library,
}

/// How many films may be meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    One,
    Any,
}

impl Films {
    /// None where the storyboard has problems, which have been shown.
    pub(super) fn load(args: &FilmArgs, number: Number, terminal: Terminal) -> Result<Option<Self>, Failure> {
        let named = Named::new(&args.storyboard)?;
        let edition = named.edition(&args.edition)?;
        let board = BoardArgs { paths: named.paths()?, edition: edition.clone() };
        let boards = boards::load(&board, Depth::Asked)?;
        // Warnings are for those who write; here they would bury the answer.
        terminal.errors(&boards.problems);
        if boards.has_errors() {
            return Ok(None);
        }
        let wanted = named.choose(&boards.expanded, number)?;
        let folder = Folder::at(&args.place, &boards::root(&board.paths, &args.place)?);
        let takes = folder.read()?;
        let (select, limits) = (SelectArgs::default(), Limits::default());
        let plan = plan_command::make(&boards, &folder, &takes, &Files::default(), &select, limits)?;
        let library = library(&folder, &takes)?;
        Ok(Some(Self { boards, plan, takes, wanted, edition, folder, library }))
    }

    /// Those that are meant, in story order.
    pub(super) fn timelines(&self) -> Vec<Timeline<'_>> {
        let mut films = timeline::timelines(&self.boards.expanded, &self.plan, &self.takes);
        films.retain(|film| self.wanted.contains(film.edition));
        films
    }

    /// The command that renders what a film lacks; where a render would hold some of it, the one that says why.
    pub(super) fn next(&self, edit: &Edit) -> String {
        let is_held = |wanted: &Wanted| matches!(wanted.action, Action::Hold(_));
        if edit.missing().any(|clip| clip.planned.wanted.iter().any(is_held)) {
            return format!("{}, which says what each is held for", self.command("plan", edit.film));
        }
        self.command("render", edit.film)
    }

    fn command(&self, name: &str, film: &Timeline) -> String {
        let vars = self.edition.vars.iter().map(|(name, value)| ("--var", format!("{name}={value}")));
        let profile = self.edition.profile.iter().map(|profile| ("--profile", profile.to_string()));
        let words = vars
            .chain(profile)
            .fold(format!("{name} {}", quoted(&film.source.name)), |words, (flag, value)| {
                format!("{words} {flag} {}", quoted(&value))
            });
        self.folder.command(&words)
    }
}

/// What the files of all landed takes show. One that is not as it landed counts as gone.
fn library(folder: &Folder, takes: &Takes) -> Result<Library, Failure> {
    let vault = Vault::of(&path::absolute(&folder.dir).map_err(Failure::broken)?);
    let landed = takes.iter().filter(|take| take.landed.is_some());
    landed.map(|take| Ok((take.nonce, media(&vault, take)?))).collect()
}

fn media(vault: &Vault, take: &Take) -> Result<Media, Failure> {
    let path = vault.path(take);
    let is_right =
        vault.state(take, Trust::SizeAndTime, Timestamp::now()).map_err(Failure::broken)?.is_right();
    let footage = is_right.then(|| record::footage(&path).ok()).flatten();
    Ok(Media { path: canonical(path), footage })
}

/// Links in the way of the folder followed, as another program will name it.
fn canonical(path: path::PathBuf) -> path::PathBuf {
    path.canonicalize().unwrap_or(path)
}

/// The clips that have no file, each with the reason.
pub(super) fn missing(edit: &Edit) -> Vec<String> {
    let why = |clip: &Clip| match (clip.chosen, clip.takes.last()) {
        (Some(take), _) => format!("its file {} is not here as it landed", Vault::relative_path(take)),
        (None, Some(take)) if take.failure().is_some() => "its take failed".to_owned(),
        (None, Some(take)) => format!("its take is {}", state(take).0),
        (None, None) if clip.earlier.is_empty() => "it was never rendered".to_owned(),
        (None, None) => "it changed since it was rendered".to_owned(),
    };
    edit.missing().map(|clip| format!("{}: {}", clip.planned.address, why(clip))).collect()
}

/// A word about files of other rates than the film's.
pub(super) fn off_rate(edit: &Edit) -> Option<String> {
    let off = edit.off_rate();
    let others: Vec<String> =
        off.iter().map(|(clip, rate)| format!("{} ({rate})", clip.planned.address)).collect();
    let Edit { film, rate, .. } = edit;
    let text = format!(
        "{} runs at {rate} frames a second, and these takes do not: {}",
        film.edition,
        others.join(", ")
    );
    (!others.is_empty()).then_some(text)
}
