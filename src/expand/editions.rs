//! A storyboard's editions, one after the other: for every variant all scenes and shots, with what scope sees which
//! variables. What one shot comes to is decided in `shots`.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use minijinja::value::Value as Seen;

use super::engine::Engine;
use super::findings::{Findings, Known, Place};
use super::nearest::did_you_mean;
use super::scope::{self, SceneWritten};
use super::seconds::{Company, check_seconds};
use super::shots::{self, Around, Drawn};
use super::variants::{self, Variant};
use super::vars::{self, Content as Value, Definition, Layer, Vars};
use super::world::World;
use super::{Expanded, Files, Options, Scene};
use crate::address::Edition;
use crate::catalog::Catalog;
use crate::storyboard::{self, Content, Entry, Problem, Profile, SETTINGS, Span, Spanned, Storyboard};

pub(super) struct Expansion<'a> {
    pub(super) world: World<'a>,
    pub(super) storyboard: &'a Storyboard,
    pub(super) profile: Option<&'a Profile>,
    /// Settings among what the profile says, and its variables.
    pub(super) overrides: (Vec<Entry>, Rc<Layer>),
    pub(super) command_line: Rc<Layer>,
    pub(super) own: Rc<Layer>,
    /// Files of shared variables, nearest first.
    pub(super) shared: Vec<Rc<Layer>>,
    pub(super) scenes: Vec<SceneWritten<'a>>,
    /// The settings of any model.
    pub(super) settings: BTreeSet<&'a str>,
}

/// What became of one storyboard.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Nothing where there is an error.
    pub(super) expanded: Vec<Expanded>,
    pub(super) problems: Vec<Problem>,
    /// Variables of the command line that this storyboard does not know.
    pub(super) unused: Vec<Problem>,
}

pub(super) fn expand(
    storyboard: &Storyboard,
    catalog: &Catalog,
    files: &dyn Files,
    options: &Options,
) -> Outcome {
    let mut expansion = match Expansion::prepare(world(catalog, files), storyboard, options) {
        Ok(expansion) => expansion,
        Err(findings) => {
            let problems = findings.into_problems(&storyboard.source);
            return Outcome { problems, ..Outcome::default() };
        }
    };
    let (expanded, unused) = expansion.run().unwrap_or_default();
    let findings = expansion.world.findings;
    let expanded = if findings.any_errors() { Vec::new() } else { expanded };
    Outcome { expanded, problems: findings.into_problems(&storyboard.source), unused }
}

pub(super) fn world<'a>(catalog: &'a Catalog, files: &'a dyn Files) -> World<'a> {
    let (engine, findings) = (Engine::new(files), Findings::default());
    World { engine, catalog, findings, told_of_dropped: false, trace: None }
}

impl<'a> Expansion<'a> {
    pub(super) fn prepare(
        mut world: World<'a>,
        storyboard: &'a Storyboard,
        options: &'a Options,
    ) -> Result<Self, Findings> {
        let Ok(profile) = chosen(&mut world, storyboard, options) else { return Err(world.findings) };
        let settings: BTreeSet<&str> = world
            .catalog
            .models()
            .iter()
            .flat_map(|model| model.fields.keys().map(String::as_str))
            .chain(SETTINGS)
            .collect();
        let source = Place::new(&storyboard.source, Span::default());
        let said = profile.map_or(&[][..], |profile| &profile.overrides);
        let (sets, varies): (Vec<Entry>, Vec<Entry>) =
            said.iter().cloned().partition(|entry| settings.contains(entry.key.value.as_str()));
        let overrides = (sets, Rc::new(vars::layer(&varies, &source)));
        let command_line = Rc::new(scope::given(&mut world, options));
        let own = Rc::new(vars::layer(&storyboard.said.vars, &source));
        let Ok(shared) = scope::shared(&mut world, storyboard) else { return Err(world.findings) };
        let scenes = scope::scenes(storyboard, &source);
        Ok(Self { world, storyboard, profile, overrides, command_line, own, shared, scenes, settings })
    }

    /// The editions, and what `--var` said in vain.
    fn run(&mut self) -> Known<(Vec<Expanded>, Vec<Problem>)> {
        let variants = self.variants()?;
        self.warn_of_hidden();
        self.try_out();
        let expanded: Vec<Option<Expanded>> = variants.iter().map(|variant| self.edition(variant)).collect();
        self.world.findings.variant = None;
        let unused = self.refuse_unused();
        Ok((expanded.into_iter().flatten().collect(), unused))
    }

    pub(super) fn variants(&mut self) -> Known<Vec<Variant<'a>>> {
        let [command_line, own] = [&self.command_line, &self.own].map(Rc::clone);
        let shared = self.shared.clone();
        let id = self.storyboard_seen();
        let vars = move |row: Seen| {
            let layers =
                [Rc::clone(&command_line), Rc::clone(&own)].into_iter().chain(shared.iter().cloned());
            let around = vars::Around::from([("row", row), ("storyboard", id.clone())]);
            Vars::new(layers.collect(), Rc::new(around))
        };
        variants::variants(&mut self.world, self.storyboard, &vars)
    }

    fn storyboard_seen(&self) -> Seen {
        let title = self.storyboard.title.as_ref().map_or("", |title| title.value.as_str());
        Seen::from_pairs([("id", self.storyboard.id.value.as_str()), ("title", title)])
    }

    fn edition(&mut self, variant: &Variant<'a>) -> Option<Expanded> {
        let edition = Edition {
            storyboard: self.storyboard.id.value.clone(),
            variant: variant.name.clone(),
            profile: self.profile.map(|profile| profile.name.value.clone()),
        };
        let several = edition.variant.is_some() || edition.profile.is_some();
        self.world.findings.variant = several.then(|| edition.to_string());
        let scenes = self.drawn(&edition, variant)?;
        self.check_runtime(&scenes);
        Some(Expanded {
            edition,
            source: Arc::clone(&self.storyboard.source),
            title: written(self.storyboard.title.as_ref()),
            note: written(self.storyboard.note.as_ref()),
            budget: self.storyboard.budget.as_ref().map(|budget| budget.value),
            scenes,
        })
    }

    /// None where a shot has an error; all of them are told.
    fn drawn(&mut self, edition: &Edition, variant: &Variant<'a>) -> Option<Vec<Scene>> {
        let (sets, axes) = self.split_axes(variant);
        let outer = self.scope(&axes, self.around(variant));
        let around = Around {
            source: &self.storyboard.source,
            edition,
            said: &self.storyboard.said,
            matrix: &sets,
            profile: &self.overrides.0,
        };
        let storyboard_vars = outer(Vec::new());
        let mut scenes = Some(Vec::with_capacity(self.scenes.len()));
        for scene in &self.scenes {
            let own = scene.layer.as_ref().map(|layer| outer(vec![Rc::clone(layer)]));
            let scene_vars = own.as_ref().unwrap_or(&storyboard_vars);
            let drawn: Vec<Known<Drawn>> = scene
                .shots
                .iter()
                .map(|(written, layer)| {
                    let layers = layer.iter().chain(&scene.layer).cloned();
                    let own = layer.as_ref().map(|_| outer(layers.collect()));
                    shots::draw(&mut self.world, &around, written, own.as_ref().unwrap_or(scene_vars))
                })
                .collect();
            let kept = whole(&mut self.world, scene.scene, drawn);
            scenes = scenes.zip(kept).map(|(mut all, kept)| {
                all.extend((!kept.shots.is_empty()).then_some(kept));
                all
            });
        }
        scenes
    }

    /// The variables that a scene or a shot sees, given its own, nearest first.
    pub(super) fn scope(
        &self,
        axes: &Rc<Layer>,
        seen: Rc<vars::Around>,
    ) -> impl Fn(Vec<Rc<Layer>>) -> Vars + use<> {
        let before = [&self.command_line, &self.overrides.1, axes].map(Rc::clone);
        let after: Vec<Rc<Layer>> = std::iter::once(&self.own).chain(&self.shared).map(Rc::clone).collect();
        move |inner| {
            let layers = before.iter().chain(&inner).chain(&after).cloned();
            Vars::new(layers.collect(), Rc::clone(&seen))
        }
    }

    pub(super) fn around(&self, variant: &Variant<'_>) -> Rc<vars::Around> {
        let axes = variant.axes.iter().map(|axis| (axis.name.to_owned(), axis.seen()));
        let mut around =
            vars::Around::from([("storyboard", self.storyboard_seen()), ("variant", Seen::from_pairs(axes))]);
        around.extend(variant.row.clone().map(|row| ("row", row)));
        Rc::new(around)
    }

    /// Axes that set a setting, and those that are variables.
    pub(super) fn split_axes(&self, variant: &Variant<'a>) -> (Vec<Entry>, Rc<Layer>) {
        let (mut sets, mut layer) = (Vec::new(), Layer::new());
        for axis in &variant.axes {
            let key = Spanned { value: axis.name.to_owned(), span: axis.node.span };
            if self.settings.contains(axis.name) {
                sets.push(Entry { key, value: axis.node.clone() });
            } else {
                let place = Place::new(&self.storyboard.source, axis.node.span);
                layer.insert(key.value, Definition { content: Value::Given(axis.seen()), place });
            }
        }
        (sets, Rc::new(layer))
    }

    fn check_runtime(&mut self, scenes: &[Scene]) {
        let Some(runtime) = &self.storyboard.runtime else { return };
        let sum = |scene: &Scene| scene.shots.iter().map(|shot| u64::from(shot.seconds)).sum::<u64>();
        let total: u64 = scenes.iter().map(sum).sum();
        if total == u64::from(runtime.value) {
            return;
        }
        let sums: Vec<String> = scenes.iter().map(|scene| format!("{} {} s", scene.id, sum(scene))).collect();
        let message = format!("the shots add up to {total} s, not to the runtime of {} s", runtime.value);
        let place = Place::new(&self.storyboard.source, runtime.span);
        self.world.findings.error(&place, message, sums.join(", "));
    }
}

/// The scene without what is skipped; none where a shot has an error.
fn whole(world: &mut World<'_>, scene: &storyboard::Scene, drawn: Vec<Known<Drawn>>) -> Option<Scene> {
    let kept = drawn.iter().filter(|drawn| drawn.as_ref().is_ok_and(|drawn| !drawn.settled.skip)).count();
    let broken = drawn.iter().any(Result::is_err);
    let company = if kept > 1 || broken { Company::Among } else { Company::Alone };
    let mut shots = Some(Vec::with_capacity(kept));
    for drawn in drawn {
        let checked = drawn.and_then(|drawn| {
            refuse_planned_cuts(world, scene, &drawn)?;
            let company = if drawn.settled.skip { Company::Among } else { company };
            check_seconds(world, &drawn.settled, company, &drawn.duration)?;
            Ok((drawn.settled.skip, drawn.shot?))
        });
        shots = shots.zip(checked.ok()).map(|(mut shots, (skip, shot))| {
            shots.extend((!skip).then_some(shot));
            shots
        });
    }
    shots.map(|shots| Scene { id: scene.id.value.clone(), note: written(scene.note.as_ref()), shots })
}

/// A text for people, as it stands in the file.
fn written(text: Option<&Spanned<String>>) -> Option<String> {
    text.map(|text| text.value.clone())
}

fn refuse_planned_cuts(world: &mut World<'_>, scene: &storyboard::Scene, drawn: &Drawn) -> Known<()> {
    if drawn.settled.intelligent && matches!(scene.content, Content::Shots(_)) {
        let message = "with `shot_type: intelligent` the model plans the cuts, so the scene has no `shots`";
        let help = "give the scene one `prompt` and `duration`, or delete `shot_type`".to_owned();
        return Err(world.findings.error(&drawn.shot_type, message, help));
    }
    Ok(())
}

fn chosen<'a>(
    world: &mut World<'_>,
    storyboard: &'a Storyboard,
    options: &Options,
) -> Known<Option<&'a Profile>> {
    let Some(name) = &options.profile else { return Ok(None) };
    let found = storyboard.profiles.iter().find(|profile| profile.name.value == *name);
    if found.is_some() {
        return Ok(found);
    }
    let place = Place::new(&storyboard.source, storyboard.id.span);
    let names = storyboard.profiles.iter().map(|profile| profile.name.value.as_str());
    let help = did_you_mean(name.as_str(), names).unwrap_or_else(|| "it has no `profiles:`".to_owned());
    Err(world.findings.error(&place, format!("{} has no profile `{name}`", storyboard.id.value), help))
}
