//! Where one shot comes from: the template, parts, variables and settings that made its prompt, and where each is said.
//! Made by expanding that shot once more; nothing is kept of it when a storyboard is expanded.

use std::rc::Rc;
use std::sync::Arc;

use super::editions::{self, Expansion};
use super::findings::Place;
use super::scope::SceneWritten;
use super::settings::Level as SettingLevel;
use super::shots::{self, Around, Drawn, Written};
use super::trace::Trace;
use super::variants::Variant;
use super::vars::{Layer, Vars};
use super::world::Names;
use super::{Files, Options, rows};
use crate::address::Address;
use crate::catalog::Catalog;
use crate::storyboard::{Entry, PARTS, Source, Span, Storyboard, Value};

/// What made a shot.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The shot's place in the storyboard.
    pub shot: Spot,
    /// The finished prompt's place, where it is not made of parts.
    pub prompt: Option<Spot>,
    /// The template that made the prompt of parts; its name alone where it is built in.
    pub template: Option<Arc<Source>>,
    pub parts: Vec<Given>,
    /// Those that prompt and settings used, directly or through each other.
    pub variables: Vec<Given>,
    pub settings: Vec<Given>,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    pub source: Arc<Source>,
    pub span: Span,
}

/// A part, a variable or a setting, with the value that won.
#[derive(Clone, Debug)]
pub struct Given {
    pub name: String,
    /// As rendered.
    pub value: String,
    pub level: Level,
    pub spot: Spot,
}

/// Who said it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// `--var`.
    CommandLine,
    Profile,
    Matrix,
    /// A row of `each`, from 1.
    Row(usize),
    Shot,
    Scene,
    Storyboard,
    /// A file of `vars_from`.
    Shared,
}

/// What made the shot of this address; none where the storyboard has no such shot, or has an error.
#[must_use]
pub fn origin(
    storyboard: &Storyboard,
    catalog: &Catalog,
    files: &dyn Files,
    options: &Options,
    address: &Address,
) -> Option<Origin> {
    let mut expansion = Expansion::prepare(editions::world(catalog, files), storyboard, options).ok()?;
    let variants = expansion.variants().ok()?;
    let at = variants.iter().position(|variant| variant.name == address.edition.variant)?;
    let row = expansion.row(at, variants.len());
    expansion.origin(&variants[at], row, address)
}

/// Everything around a shot that says where something stands.
struct Site<'s> {
    own: &'s Arc<Source>,
    row: Option<(usize, Place)>,
    profile: Rc<Layer>,
    axes: Rc<Layer>,
    shot: Option<&'s Rc<Layer>>,
    scene: Option<&'s Rc<Layer>>,
}

impl<'a> Expansion<'a> {
    /// The number of a variant's row, and its place.
    fn row(&mut self, at: usize, variants: usize) -> Option<(usize, Place)> {
        let each = self.storyboard.each.as_ref()?;
        let rows = rows::rows(&mut self.world, &self.storyboard.source, &each.rows).ok()?;
        let number = at / (variants / rows.len()).max(1);
        rows.get(number).map(|row| (number + 1, row.place.clone()))
    }

    fn origin(
        &mut self,
        variant: &Variant<'a>,
        row: Option<(usize, Place)>,
        address: &Address,
    ) -> Option<Origin> {
        let (sets, axes) = self.split_axes(variant);
        let scenes = std::mem::take(&mut self.scenes);
        let (scene, (written, layer)) = find(&scenes, address)?;
        let inner = layer.iter().chain(&scene.layer).cloned().collect();
        let vars = self.scope(&axes, self.around(variant))(inner);
        let site = Site {
            own: &self.storyboard.source,
            row,
            profile: Rc::clone(&self.overrides.1),
            axes,
            shot: layer.as_ref(),
            scene: scene.layer.as_ref(),
        };
        let overrides = self.overrides.0.clone();
        let around = Around {
            source: &self.storyboard.source,
            edition: &address.edition,
            said: &self.storyboard.said,
            matrix: &sets,
            profile: &overrides,
        };
        self.world.trace = Some(Trace::default());
        let drawn = shots::draw(&mut self.world, &around, written, &vars).ok()?;
        let settings = self.settings(&around, written, &vars);
        let trace = self.world.trace.take()?;
        Some(self.told(&around, written, &drawn, &site, &trace, settings))
    }

    fn told(
        &self,
        around: &Around<'_>,
        written: &Written<'_>,
        drawn: &Drawn,
        site: &Site<'_>,
        trace: &Trace,
        settings: Vec<Given>,
    ) -> Origin {
        let file = format!("{}.j2", drawn.settled.template);
        let template = written.prompt.is_none().then(|| self.world.engine.source(&file).cloned()).flatten();
        let spot = |span| Spot { source: Arc::clone(around.source), span };
        Origin {
            shot: spot(written.name().span),
            prompt: written.prompt.map(|prompt| spot(prompt.span)),
            template,
            parts: parts(around, written, drawn),
            variables: site.variables(trace),
            settings,
        }
    }

    fn settings(&mut self, around: &Around<'_>, written: &Written<'_>, vars: &Vars) -> Vec<Given> {
        let (names, settings) = (shots::names(around, written, vars), shots::settings(around, written));
        let said: Vec<_> = settings.said().collect();
        let given = |(key, level, entry): (&str, SettingLevel, &Entry)| Given {
            name: key.to_owned(),
            value: self.rendered(entry, around.source, &names),
            level: level.into(),
            spot: Spot { source: Arc::clone(around.source), span: entry.value.span },
        };
        said.into_iter().map(given).collect()
    }

    fn rendered(&mut self, entry: &Entry, source: &Arc<Source>, names: &dyn Names) -> String {
        let place = Place::new(source, entry.value.span);
        let mut text = |text: &str| {
            let text = super::world::Text { text, place: &place };
            self.world.render(text, names).unwrap_or_default()
        };
        let values: Vec<String> = match &entry.value.value {
            Value::Scalar(scalar) => vec![text(&scalar.text)],
            Value::List(items) => {
                let texts = items.iter().filter_map(|item| match &item.value {
                    Value::Scalar(scalar) => Some(text(&scalar.text)),
                    _ => None,
                });
                texts.collect()
            }
            Value::Null | Value::Map(_) => Vec::new(),
        };
        values.join(", ")
    }
}

type Found<'f, 'a> = (&'f SceneWritten<'a>, &'f (Written<'a>, Option<Rc<Layer>>));

fn find<'f, 'a>(scenes: &'f [SceneWritten<'a>], address: &Address) -> Option<Found<'f, 'a>> {
    let scene = scenes.iter().find(|scene| scene.scene.id.value == address.scene)?;
    let shot = scene.shots.iter().find(|(written, _)| written.name().value == *address.shot_name())?;
    Some((scene, shot))
}

fn parts(around: &Around<'_>, written: &Written<'_>, drawn: &Drawn) -> Vec<Given> {
    let Ok(shot) = &drawn.shot else { return Vec::new() };
    let levels = [
        (Level::Shot, written.said.map_or(&[][..], |said| said.parts.as_slice())),
        (Level::Scene, written.scene_said.parts.as_slice()),
        (Level::Storyboard, around.said.parts.as_slice()),
    ];
    let given = |part: &str| {
        let value = shot.parts.get(part)?.clone();
        let (level, entry) = levels.iter().find_map(|(level, entries)| {
            let entry = entries.iter().find(|entry| entry.key.value == part)?;
            Some((*level, entry))
        })?;
        let place = Spot { source: Arc::clone(around.source), span: entry.value.span };
        Some(Given { name: part.to_owned(), value, level, spot: place })
    };
    PARTS.into_iter().filter_map(given).collect()
}

impl Site<'_> {
    fn variables(&self, trace: &Trace) -> Vec<Given> {
        let given = |(path, value): (&Vec<String>, &minijinja::value::Value)| {
            let (level, place) = self.place(path, trace)?;
            let spot = Spot { source: place.source, span: place.span };
            Some(Given { name: path.join("."), value: value.to_string(), level, spot })
        };
        trace.leaves().filter_map(given).collect()
    }

    /// None for what is no variable: parts, and the names of shot and scene.
    fn place(&self, path: &[String], trace: &Trace) -> Option<(Level, Place)> {
        match path.first().map(String::as_str)? {
            "row" => self.row.clone().map(|(number, place)| (Level::Row(number), place)),
            "variant" => {
                let axis = self.axes.get(path.get(1)?)?;
                Some((Level::Matrix, axis.place.clone()))
            }
            name => trace.place(path).map(|place| (self.level(name, &place), place)),
        }
    }

    /// The nearest layer that has the name.
    fn level(&self, name: &str, place: &Place) -> Level {
        let has = |layer: Option<&Rc<Layer>>| layer.is_some_and(|layer| layer.contains_key(name));
        match place {
            place if place.source.name == "--var" => Level::CommandLine,
            _ if self.profile.contains_key(name) => Level::Profile,
            _ if self.axes.contains_key(name) => Level::Matrix,
            _ if has(self.shot) => Level::Shot,
            _ if has(self.scene) => Level::Scene,
            place if place.source == *self.own => Level::Storyboard,
            _ => Level::Shared,
        }
    }
}

impl From<SettingLevel> for Level {
    fn from(level: SettingLevel) -> Self {
        match level {
            SettingLevel::Storyboard => Self::Storyboard,
            SettingLevel::Scene => Self::Scene,
            SettingLevel::Shot => Self::Shot,
            SettingLevel::Matrix => Self::Matrix,
            SettingLevel::Profile => Self::Profile,
        }
    }
}
