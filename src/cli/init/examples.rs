//! The storyboards that come with the program, the files that each needs, and what each comes to. They are told as they lie
//! here: clips, seconds and money are a plan's.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::catalog::Catalog;
use crate::cli::args::Limits;
use crate::cli::exit::Failure;
use crate::expand::{self, Files, Options};
use crate::plan::{self, Input, Plan, Selection, Superseded};
use crate::report::examples::Shown;
use crate::storyboard::{self, Source, Storyboard};
use crate::take::Takes;

/// A file of a new project: its path there, and its text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shipped {
    pub(super) path: &'static str,
    pub(super) text: &'static str,
}

/// One that a project can begin with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Example {
    pub(super) name: &'static str,
    pub(super) storyboard: Shipped,
    pub(super) needs: &'static [Shipped],
}

macro_rules! shipped {
    ($path:expr) => {
        Shipped { path: $path, text: include_str!(concat!("../../../", $path)) }
    };
}

macro_rules! example {
    ($name:literal, $needs:expr) => {
        Example { name: $name, storyboard: shipped!(concat!("storyboards/", $name, ".yaml")), needs: $needs }
    };
}

const CAST: Shipped = shipped!("storyboards/shared/cast.yaml");
const PRODUCTS: Shipped = shipped!("storyboards/shared/products.csv");
const POSTER: Shipped = shipped!("templates/poster.j2");
pub(super) const SHOT: Shipped = shipped!("templates/shot.j2");
pub(super) const SCHEMA: Shipped = shipped!("schema/storyboard.schema.json");

/// All, the simplest first.
const EXAMPLES: [Example; 6] = [
    example!("neon-harbor", &[CAST]),
    example!("last-letter", &[CAST]),
    example!("emberfall-trailer", &[CAST]),
    example!("emberfall-key-frames", &[CAST, POSTER]),
    example!("night-bloom", &[CAST]),
    example!("aurora-line", &[PRODUCTS]),
];

const EMPTY: Example = Example {
    name: "empty",
    storyboard: Shipped { path: "storyboards/first.yaml", text: include_str!("first.yaml") },
    needs: &[],
};

/// Those that were asked for, each once.
pub(super) fn named(names: &[String]) -> Result<Vec<Example>, String> {
    let mut found: Vec<Example> = Vec::new();
    for name in names.iter().map(|name| name.trim()) {
        let of_name: Vec<Example> = match name {
            "all" => EXAMPLES.to_vec(),
            _ => known().filter(|example| example.name == name).collect(),
        };
        if of_name.is_empty() {
            return Err(name.to_owned());
        }
        found.extend(of_name);
    }
    let mut seen = BTreeSet::new();
    found.retain(|example| seen.insert(example.name));
    Ok(found)
}

fn known() -> impl Iterator<Item = Example> {
    EXAMPLES.into_iter().chain([EMPTY])
}

/// What each is and comes to.
pub(super) fn shown() -> Result<Vec<Shown>, Failure> {
    let catalog = Catalog::builtin().map_err(Failure::broken)?;
    known().map(|example| example.shown(&catalog)).collect()
}

impl Example {
    fn shown(self, catalog: &Catalog) -> Result<Shown, Failure> {
        let storyboard = self.read(catalog)?;
        let plan = self.plan(&storyboard, catalog)?;
        Ok(Shown {
            name: self.name,
            title: storyboard.title.map(|title| title.value).unwrap_or_default(),
            about: about(self.storyboard.text),
            clips: plan.purchases(),
            seconds: plan.clips.iter().map(|clip| clip.seconds).sum(),
            usd: plan.total(),
        })
    }

    fn read(self, catalog: &Catalog) -> Result<Storyboard, Failure> {
        let Shipped { path, text } = self.storyboard;
        let source = Arc::new(Source { name: path.to_owned(), text: text.to_owned() });
        let fields = catalog.models().iter().flat_map(|model| model.fields.keys().cloned()).collect();
        let read = storyboard::read(&source, &fields).storyboard;
        read.ok_or_else(|| Failure::broken(format!("{path}, which comes with the program, has problems")))
    }

    fn plan(self, storyboard: &Storyboard, catalog: &Catalog) -> Result<Plan, Failure> {
        let (expanded, _) = expand::expand(storyboard, catalog, &self, &Options::default());
        let (takes, absent, selection) = (Takes::default(), BTreeSet::new(), Selection::default());
        let Limits { cap, attempts } = Limits::default();
        let input = Input {
            expanded: &expanded,
            takes: &takes,
            grouping: None,
            absent: &absent,
            selection: &selection,
            cap,
            attempts,
            superseded: Superseded::Count,
        };
        plan::plan(&input).map_err(|_| Failure::broken(format!("{} cannot be planned", self.name)))
    }

    fn file(self, path: &str) -> Option<Arc<Source>> {
        let shipped = self.needs.iter().chain([&SHOT]).find(|shipped| shipped.path == path)?;
        Some(Arc::new(Source { name: path.to_owned(), text: shipped.text.to_owned() }))
    }
}

/// The files that it needs, as they come with the program.
impl Files for Example {
    fn near(&self, _: &Source, path: &str) -> Result<Arc<Source>, String> {
        self.file(&format!("storyboards/{path}")).ok_or_else(|| format!("there is no {path}"))
    }

    fn template(&self, name: &str) -> Result<Option<Arc<Source>>, String> {
        Ok(self.file(&format!("templates/{name}")))
    }
}

/// A storyboard's own first words, behind the line for editors.
fn about(text: &str) -> String {
    let comments = text.lines().filter_map(|line| line.strip_prefix("# "));
    let first = comments.into_iter().find(|line| !line.starts_with("yaml-language-server"));
    first.unwrap_or_default().to_owned()
}
