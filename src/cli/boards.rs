//! From the paths that were typed to expanded storyboards, with every problem of every file.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::{BoardArgs, EditionArgs, PlaceArgs};
use super::exit::{Exit, Failure};
use super::terminal::Terminal;
use crate::address::Address;
use crate::catalog::{Catalog, CatalogFile};
use crate::expand::{self, Expanded, Files, Options, Origin};
use crate::plan;
use crate::project::{self, Project, ProjectError};
use crate::storyboard::{self, Problem, Severity, Storyboard};

/// Everything that was read.
#[derive(Debug)]
pub(super) struct Boards {
    pub(super) catalog: Arc<Catalog>,
    pub(super) expanded: Vec<Expanded>,
    pub(super) problems: Vec<Problem>,
    /// Why nothing could be read at all.
    pub(super) unread: Option<String>,
}

/// How deep to look for problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    /// With the profile that was asked for.
    Asked,
    /// With every profile.
    Every,
}

/// A storyboard with the project that it lies in.
struct Board {
    project: Project,
    storyboard: Storyboard,
}

impl Boards {
    /// No storyboards at all.
    pub(super) fn none() -> Result<Self, Failure> {
        let catalog = Arc::new(Catalog::builtin().map_err(Failure::broken)?);
        Ok(Self { catalog, expanded: Vec::new(), problems: Vec::new(), unread: None })
    }

    pub(super) fn has_errors(&self) -> bool {
        let is_error = |problem: &Problem| problem.severity == Severity::Error;
        self.unread.is_some() || self.problems.iter().any(is_error)
    }

    /// The exit that their errors lead to, whatever else is done.
    pub(super) fn exit(&self) -> Exit {
        if self.has_errors() { Exit::Problems } else { Exit::Done }
    }
}

/// Reads and expands the storyboards that were asked for.
pub(super) fn load(args: &BoardArgs, depth: Depth) -> Result<Boards, Failure> {
    let working = std::env::current_dir().map_err(Failure::broken)?;
    let paths = project::storyboards(&args.paths, &working).map_err(|error| unfound(&error))?;
    let catalog = Arc::new(catalog(&paths, &working)?);
    let mut boards = Boards { catalog, expanded: Vec::new(), problems: Vec::new(), unread: None };
    let read = read(&paths, &working, &mut boards)?;
    let all: Vec<(&Storyboard, &dyn Files)> =
        read.iter().map(|board| (&board.storyboard, &board.project as &dyn Files)).collect();
    match depth {
        Depth::Asked => boards.expand(&all, args),
        Depth::Every => boards.check(&all, args),
    }
    in_file_order(&mut boards.problems);
    Ok(boards)
}

/// File by file as they were read, each from its first line to its last.
fn in_file_order(problems: &mut [Problem]) {
    let mut files: HashMap<String, usize> = HashMap::new();
    for problem in problems.iter() {
        let next = files.len();
        files.entry(problem.source.name.clone()).or_insert(next);
    }
    problems.sort_by_key(|problem| (files[&problem.source.name], problem.span.start));
}

/// What was typed may be the address of a clip.
fn unfound(error: &ProjectError) -> Failure {
    let hint = match error {
        ProjectError::Missing(_) => "; to choose among clips, give --only",
        ProjectError::NoStoryboards(_) => "; `shotlist init` makes some to begin with",
        _ => "",
    };
    Failure::usage(format!("{error}{hint}"))
}

/// As [`load`], with everything said that is wrong with them; where the storyboards are gone there are none, which
/// counts as an error of theirs.
pub(super) fn load_what_is_left(args: &BoardArgs, terminal: Terminal) -> Result<Boards, Failure> {
    let boards = match load(args, Depth::Asked) {
        Err(Failure { exit: Exit::Problems, message }) => Boards { unread: Some(message), ..Boards::none()? },
        loaded => loaded?,
    };
    terminal.problems(&boards.problems);
    boards.unread.iter().for_each(|why| terminal.error(why));
    Ok(boards)
}

/// The folder of the project that is worked on: that of the paths, or of where the program was started.
/// Empty where that is the working directory itself, so that names stay short.
pub(super) fn root(paths: &[PathBuf], place: &PlaceArgs) -> Result<PathBuf, Failure> {
    let working = std::env::current_dir().map_err(Failure::broken)?;
    let here = working.canonicalize().unwrap_or_else(|_| working.clone());
    let mut roots: Vec<PathBuf> = paths.iter().map(|path| root_of(&working.join(path))).collect();
    roots.sort_unstable();
    roots.dedup();
    if roots.len() > 1 && place.out.is_none() {
        let message =
            "the paths are in several projects, each with its own takes; name one project, or give --out";
        return Err(Failure::usage(message));
    }
    let root = roots.into_iter().next().unwrap_or_else(|| root_of(&working));
    Ok(root.strip_prefix(&here).map_or(root.clone(), Path::to_owned))
}

/// The project of a file or folder, or of what is left of its path where it is gone.
fn root_of(path: &Path) -> PathBuf {
    let folder = path.ancestors().find(|ancestor| ancestor.is_dir()).unwrap_or(path);
    Project::of_folder(folder).map_or_else(|_| folder.to_owned(), |project| project.root().to_owned())
}

/// The built-in models and those of every project that the storyboards lie in.
fn catalog(paths: &[PathBuf], working: &Path) -> Result<Catalog, Failure> {
    let mut catalog = Catalog::builtin().map_err(Failure::broken)?;
    let mut seen = BTreeSet::new();
    for path in paths {
        let project = Project::of_storyboard(path, working).map_err(Failure::usage)?;
        if seen.insert(project.root().to_owned()) {
            catalog = with_models(catalog, &project)?;
        }
    }
    Ok(catalog)
}

/// The built-in models and those of the project where the program was started.
pub(super) fn catalog_here() -> Result<Catalog, Failure> {
    let working = std::env::current_dir().map_err(Failure::broken)?;
    let project = Project::of_folder(&working).map_err(Failure::usage)?;
    with_models(Catalog::builtin().map_err(Failure::broken)?, &project)
}

fn with_models(catalog: Catalog, project: &Project) -> Result<Catalog, Failure> {
    let models = project.models().map_err(Failure::usage)?;
    catalog
        .with(models.iter().map(|model| CatalogFile { name: &model.name, text: &model.text }))
        .map_err(Failure::usage)
}

/// What made each of these shots of the storyboards that were loaded without a path.
pub(super) fn origins(
    edition: &EditionArgs,
    boards: &Boards,
    shots: &[Address],
) -> Result<Vec<Option<Origin>>, Failure> {
    if shots.is_empty() {
        return Ok(Vec::new());
    }
    let working = std::env::current_dir().map_err(Failure::broken)?;
    let paths = project::storyboards(&[], &working).map_err(Failure::usage)?;
    let mut again = Boards { catalog: Arc::clone(&boards.catalog), ..Boards::none()? };
    let read = read(&paths, &working, &mut again)?;
    let options = Options { vars: edition.vars.clone(), profile: edition.profile.clone() };
    let origin = |shot: &Address| {
        let own = read.iter().find(|board| board.storyboard.id.value == shot.edition.storyboard)?;
        expand::origin(&own.storyboard, &boards.catalog, &own.project, &options, shot)
    };
    Ok(shots.iter().map(origin).collect())
}

fn read(paths: &[PathBuf], working: &Path, boards: &mut Boards) -> Result<Vec<Board>, Failure> {
    let fields = boards.catalog.models().iter().flat_map(|model| model.fields.keys().cloned()).collect();
    let mut read = Vec::new();
    for path in paths {
        let project = Project::of_storyboard(path, working).map_err(Failure::usage)?;
        let source = project.read(path).map_err(Failure::usage)?;
        let reading = storyboard::read(&source, &fields);
        boards.problems.extend(reading.problems);
        read.extend(reading.storyboard.map(|storyboard| Board { project, storyboard }));
    }
    Ok(read)
}

impl Boards {
    fn expand(&mut self, all: &[(&Storyboard, &dyn Files)], args: &BoardArgs) {
        let options = Options { vars: args.edition.vars.clone(), profile: args.edition.profile.clone() };
        let (expanded, problems) = expand::expand_all(all, &self.catalog, &options);
        self.problems.extend(problems);
        if !self.has_errors() {
            self.problems.extend(plan::problems(&expanded));
        }
        self.expanded = expanded;
    }

    /// With every profile. Scenes are cut only where nothing else is wrong with their storyboard.
    fn check(&mut self, all: &[(&Storyboard, &dyn Files)], args: &BoardArgs) {
        self.problems.extend(expand::check_all(all, &self.catalog, &args.edition.vars));
        for one in all {
            let profiles = one.0.profiles.iter().map(|profile| Some(profile.name.value.clone()));
            for profile in std::iter::once(None).chain(profiles) {
                let options = Options { vars: args.edition.vars.clone(), profile };
                let (expanded, _) = expand::expand_all(&[*one], &self.catalog, &options);
                self.problems.extend(plan::problems(&expanded));
            }
        }
    }
}
