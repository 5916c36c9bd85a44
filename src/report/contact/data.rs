//! What the page is given: every storyboard with its editions, every clip, and what is left over. Lays nothing out.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Sheet;
use super::clip::ClipData;
use super::leftover::{Leftover, leftovers};
use super::money::{Bar, planned};
use super::state::State;
use crate::address::{Edition, Id};
use crate::report::table::Spending;
use crate::timeline::Timeline;

#[derive(Serialize)]
pub(super) struct Data<'a> {
    title: String,
    /// To the minute, in UTC.
    made: String,
    program: &'static str,
    folder: &'a str,
    simulated: bool,
    states: Vec<StateData>,
    money: Option<Bar>,
    boards: Vec<Board<'a>>,
    clips: Vec<ClipData<'a>>,
    leftovers: Vec<Leftover<'a>>,
}

#[derive(Serialize)]
struct StateData {
    id: State,
    word: &'static str,
}

/// A storyboard.
#[derive(Serialize)]
struct Board<'a> {
    id: &'a Id,
    title: Option<&'a str>,
    note: Option<&'a str>,
    file: &'a str,
    money: Option<Bar>,
    films: Vec<Film<'a>>,
}

/// One edition of it.
#[derive(Serialize)]
struct Film<'a> {
    name: String,
    /// What sets it apart from the others: `9x16.window, draft`. Empty where there is but one.
    label: String,
    seconds: u32,
    models: Vec<&'a str>,
    /// Where its clips begin in the list of all, and how many there are.
    first: usize,
    count: usize,
}

impl<'a> Data<'a> {
    pub(super) fn of(sheet: &Sheet<'a>) -> Self {
        let clips = sheet.timelines.iter().enumerate().flat_map(|(film, timeline)| {
            timeline.clips.iter().map(move |clip| ClipData::of(sheet, film, timeline, clip))
        });
        let accounts = planned(sheet.plan);
        let several = accounts.len() > 1;
        Self {
            title: title(sheet),
            made: sheet.at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
            program: env!("CARGO_PKG_VERSION"),
            folder: sheet.folder,
            simulated: sheet.spending == Spending::Simulated,
            states: State::ALL.map(|id| StateData { id, word: id.word() }).into(),
            money: several.then(|| Bar::of_all(sheet.plan)),
            boards: boards(sheet),
            clips: clips.collect(),
            leftovers: leftovers(sheet),
        }
    }

    pub(super) fn title(&self) -> &str {
        &self.title
    }
}

/// The one storyboard's title, or the project's name.
fn title(sheet: &Sheet) -> String {
    let mut names: Vec<&str> =
        sheet.timelines.iter().map(|film| film.title.unwrap_or(film.edition.storyboard.as_str())).collect();
    names.dedup();
    match names[..] {
        [only] => only.to_owned(),
        _ => sheet.project.to_owned(),
    }
}

fn boards<'a>(sheet: &Sheet<'a>) -> Vec<Board<'a>> {
    let mut first = 0;
    let mut films: BTreeMap<usize, Vec<Film>> = BTreeMap::new();
    let chunks: Vec<&[Timeline]> =
        sheet.timelines.chunk_by(|one, next| one.edition.storyboard == next.edition.storyboard).collect();
    for (board, timelines) in chunks.iter().enumerate() {
        for timeline in *timelines {
            films.entry(board).or_default().push(film(timeline, first));
            first += timeline.clips.len();
        }
    }
    chunks.into_iter().zip(films.into_values()).filter_map(|(own, films)| board(sheet, own, films)).collect()
}

fn board<'a>(sheet: &Sheet<'a>, own: &'a [Timeline<'a>], films: Vec<Film<'a>>) -> Option<Board<'a>> {
    let Timeline { edition, source, title, note, .. } = own.first()?;
    let id = &edition.storyboard;
    let money = Bar::of(sheet.plan, id);
    Some(Board { id, title: *title, note: *note, file: &source.name, money, films })
}

fn film<'a>(timeline: &'a Timeline<'a>, first: usize) -> Film<'a> {
    let mut models: Vec<&str> = timeline.clips.iter().map(|clip| clip.planned.model.alias.as_str()).collect();
    models.sort_unstable();
    models.dedup();
    Film {
        name: timeline.edition.to_string(),
        label: label(timeline.edition),
        seconds: timeline.seconds(),
        models,
        first,
        count: timeline.clips.len(),
    }
}

fn label(edition: &Edition) -> String {
    let profile = edition.profile.as_ref().map(|profile| format!("profile {profile}"));
    edition.variant.clone().into_iter().chain(profile).collect::<Vec<_>>().join(", ")
}
