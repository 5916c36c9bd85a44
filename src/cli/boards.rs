//! From the paths that were typed to expanded storyboards, with every problem of every file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::BoardArgs;
use super::exit::Failure;
use crate::address::Id;
use crate::catalog::{Catalog, CatalogFile};
use crate::expand::{self, Expanded, Options};
use crate::plan;
use crate::project::{self, Project};
use crate::storyboard::{self, Problem, Severity, Storyboard};

/// Everything that was read.
#[derive(Debug)]
pub(super) struct Boards {
    pub(super) catalog: Arc<Catalog>,
    pub(super) expanded: Vec<Expanded>,
    pub(super) problems: Vec<Problem>,
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
        Ok(Self { catalog, expanded: Vec::new(), problems: Vec::new() })
    }

    pub(super) fn has_errors(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }
}

/// Reads and expands the storyboards that were asked for.
pub(super) fn load(args: &BoardArgs, depth: Depth) -> Result<Boards, Failure> {
    let working = std::env::current_dir().map_err(Failure::broken)?;
    let paths = project::storyboards(&args.paths, &working).map_err(Failure::usage)?;
    let catalog = Arc::new(catalog(&paths, &working)?);
    let mut boards = Boards { catalog, expanded: Vec::new(), problems: Vec::new() };
    let read = read(&paths, &working, &mut boards)?;
    boards.problems.extend(twins(&read));
    for board in &read {
        boards.expand(board, args, depth);
    }
    if depth == Depth::Asked && !boards.has_errors() {
        let ungroupable = plan::problems(&boards.expanded);
        boards.problems.extend(ungroupable);
    }
    Ok(boards)
}

/// The built-in models and those of every project that the storyboards lie in.
fn catalog(paths: &[PathBuf], working: &Path) -> Result<Catalog, Failure> {
    let mut catalog = Catalog::builtin().map_err(Failure::broken)?;
    let mut seen = BTreeSet::new();
    for path in paths {
        let project = Project::of_storyboard(path, working).map_err(Failure::usage)?;
        if seen.insert(project.root().to_owned()) {
            let models = project.models().map_err(Failure::usage)?;
            let files = models.iter().map(|model| CatalogFile { name: &model.name, text: &model.text });
            catalog = catalog.with(files).map_err(Failure::usage)?;
        }
    }
    Ok(catalog)
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

/// Storyboards whose ids are the same: their clips would have the same addresses.
fn twins(boards: &[Board]) -> Vec<Problem> {
    let mut first: BTreeMap<&Id, &Storyboard> = BTreeMap::new();
    let mut problems = Vec::new();
    for Board { storyboard, .. } in boards {
        let id = &storyboard.id;
        if let Some(other) = first.insert(&id.value, storyboard) {
            problems.push(Problem {
                severity: Severity::Error,
                source: Arc::clone(&storyboard.source),
                span: id.span,
                message: format!("the storyboard id `{}` is taken", id.value),
                label: format!("{} has it too", other.source.name),
                help: Some("give one of them another id with `storyboard: …`".to_owned()),
            });
        }
    }
    problems
}

impl Boards {
    fn expand(&mut self, board: &Board, args: &BoardArgs, depth: Depth) {
        let (storyboard, files) = (&board.storyboard, &board.project);
        let options = Options { vars: args.vars.clone(), profile: args.profile.clone() };
        match depth {
            Depth::Every => self.problems.extend(expand::check(storyboard, &self.catalog, files, &args.vars)),
            Depth::Asked => {
                let (expanded, problems) = expand::expand(storyboard, &self.catalog, files, &options);
                self.expanded.extend(expanded);
                self.problems.extend(problems);
            }
        }
    }
}
