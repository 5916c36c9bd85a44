//! `explain`: from a clip, a take or a file back to the lines that made it. Reads only; needs no key and no network.

mod subject;

use super::args::{BoardArgs, EditionArgs, ExplainArgs, Limits, SelectArgs};
use super::boards::{self, Boards};
use super::exit::{Exit, Failure, at_least};
use super::folder::Folder;
use super::plan as plan_command;
use super::repository;
use super::terminal::{Format, Terminal};
use crate::address::Address;
use crate::plan::Plan;
use crate::report::explain::{self, Explained, Known, Lost, Made};
use crate::take::{Take, Takes};
use crate::timeline::{self, Clip, Timeline};
use subject::{Found, Subject};

/// More clips than these are no explanation.
const MOST: usize = 12;

pub(super) fn explain(args: &ExplainArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let Found { folder, takes, subject } = subject::find(args)?;
    let edition = subject.edition(&args.edition, &takes);
    let board = BoardArgs { paths: Vec::new(), edition };
    let boards = boards::load_what_is_left(&board, terminal)?;
    at_least(
        boards.exit(),
        Explaining { boards, edition: board.edition, folder, takes, subject }.run(args, terminal),
    )
}

/// All that an explanation is made of.
struct Explaining {
    boards: Boards,
    edition: EditionArgs,
    folder: Folder,
    takes: Takes,
    subject: Subject,
}

/// A clip and the film that it is in.
type Place<'f, 'a> = (&'f Timeline<'a>, &'f Clip<'a>);

impl Explaining {
    fn run(&self, args: &ExplainArgs, terminal: Terminal) -> Result<Exit, Failure> {
        let files = self.folder.files(&self.takes)?;
        let (select, limits) = (SelectArgs::default(), Limits::default());
        let none = Boards::none()?;
        let boards = if self.boards.has_errors() { &none } else { &self.boards };
        let plan = plan_command::make(boards, &self.folder, &self.takes, &files, &select, limits)?;
        let timelines = timeline::timelines(&boards.expanded, &plan, &self.takes);
        let found = self.places(&timelines);
        if found.len() > MOST {
            return Err(too_many(&args.what, &found));
        }
        let made = self.made(&found)?;
        let lost = if found.is_empty() { self.lost(&plan) } else { Vec::new() };
        if made.is_empty() && lost.is_empty() {
            return Err(self.unknown(&args.what, &plan));
        }
        let folder = self.folder.name();
        let known = if self.boards.has_errors() { Known::Record } else { Known::All };
        let explained = Explained { made: &made, lost: &lost, folder: &folder, known };
        terminal.data(&match terminal.format {
            Format::Json => format!("{}\n", explain::json(&explained)),
            Format::Text => explain::text(&explained, terminal.out_look()),
        });
        Ok(Exit::Done)
    }

    fn unknown(&self, what: &str, plan: &Plan) -> Failure {
        let near = plan_command::nearest(what, plan).join(", ");
        let hint = match near.as_str() {
            _ if self.boards.has_errors() => {
                "; only the record was searched, since the storyboards have problems".to_owned()
            }
            "" => String::new(),
            near => format!("; did you mean {near}?"),
        };
        Failure::usage(format!("there is no clip, take or file `{what}`{hint}"))
    }

    /// The clips that are meant, in story order.
    fn places<'f, 'a>(&self, films: &'f [Timeline<'a>]) -> Vec<Place<'f, 'a>> {
        let all = films.iter().flat_map(|film| film.clips.iter().enumerate().map(move |clip| (film, clip)));
        let meant = all.filter(|(film, (at, clip))| self.subject.means(film, *at, clip, &self.takes));
        meant.map(|(film, (_, clip))| (film, clip)).collect()
    }

    fn made<'f, 'a>(&self, found: &[Place<'f, 'a>]) -> Result<Vec<Made<'f, 'a>>, Failure> {
        let shots = |clip: &Clip| clip.shots.iter().map(|shot| shot.shot.address.clone()).collect::<Vec<_>>();
        let addresses: Vec<Address> = found.iter().flat_map(|(_, clip)| shots(clip)).collect();
        let mut origins = boards::origins(&self.edition, &self.boards, &addresses)?.into_iter();
        let asked = self.subject.take();
        let made = |(film, clip): &Place<'f, 'a>| Made {
            film,
            clip,
            origins: origins.by_ref().take(clip.shots.len()).collect(),
            commit: repository::last_change(&film.source.name),
            asked,
        };
        Ok(found.iter().map(made).collect())
    }

    /// What only the record knows, the newest last.
    fn lost<'a>(&'a self, plan: &'a Plan) -> Vec<Lost<'a>> {
        let meant = self.takes.iter().filter(|take| self.subject.meant(take));
        meant.map(|take| Lost { take, now: heirs(take, plan) }).collect()
    }
}

/// The clips that hold its shots now.
fn heirs<'a>(take: &Take, plan: &'a Plan) -> Vec<&'a crate::plan::Clip> {
    let at = &take.intent.address;
    let same = |address: &Address| (&address.edition, &address.scene) == (&at.edition, &at.scene);
    let holds = |clip: &&crate::plan::Clip| {
        same(&clip.address) && clip.shots.iter().any(|shot| take.intent.shots.contains(shot))
    };
    plan.clips.iter().filter(holds).collect()
}

fn too_many(what: &str, found: &[Place]) -> Failure {
    let some: Vec<String> = found.iter().take(3).map(|(_, clip)| clip.planned.address.to_string()).collect();
    let (count, some) = (found.len(), some.join(", "));
    Failure::usage(format!("`{what}` means {count} clips; name fewer, such as {some}"))
}
