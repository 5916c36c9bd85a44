//! A storyboard's editions, one after the other: for every variant all scenes and shots, with what scope sees which
//! variables. What one shot comes to is decided in `shots`.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use minijinja::value::Value as Seen;

use super::engine::Engine;
use super::findings::{Findings, Known, Place};
use super::nearest::did_you_mean;
use super::parts::PARTS;
use super::settings::{COMMON, Company, check_seconds};
use super::shots::{self, Around, Drawn, Written};
use super::variants::{self, Variant};
use super::vars::{self, Content as Value, Definition, Layer, RESERVED, Vars};
use super::world::{Text, World};
use super::{Expanded, Files, Options, Scene, rows};
use crate::address::Edition;
use crate::catalog::Catalog;
use crate::storyboard::{self, Content, Entry, Node, Problem, Profile, Said, Source, Span, Storyboard};

pub(super) struct Expansion<'a> {
    world: World<'a>,
    storyboard: &'a Storyboard,
    options: &'a Options,
    profile: Option<&'a Profile>,
    /// Settings among what the profile says, and its variables.
    overrides: (Vec<Entry>, Rc<Layer>),
    command_line: Rc<Layer>,
    own: Rc<Layer>,
    /// Files of shared variables, nearest first.
    shared: Vec<Rc<Layer>>,
    scenes: Vec<SceneWritten<'a>>,
    settings: BTreeSet<&'a str>,
}

struct SceneWritten<'a> {
    scene: &'a storyboard::Scene,
    layer: Option<Rc<Layer>>,
    shots: Vec<(Written<'a>, Option<Rc<Layer>>)>,
}

pub(super) fn expand<'a>(
    storyboard: &'a Storyboard,
    catalog: &'a Catalog,
    files: &'a dyn Files,
    options: &'a Options,
) -> (Vec<Expanded>, Vec<Problem>) {
    let world =
        World { engine: Engine::new(files), catalog, findings: Findings::default(), told_of_dropped: false };
    let mut expansion = match Expansion::prepare(world, storyboard, options) {
        Ok(expansion) => expansion,
        Err(findings) => return (Vec::new(), findings.into_problems(&storyboard.source)),
    };
    let expanded = expansion.run().unwrap_or_default();
    let findings = expansion.world.findings;
    let expanded = if findings.any_errors() { Vec::new() } else { expanded };
    (expanded, findings.into_problems(&storyboard.source))
}

impl<'a> Expansion<'a> {
    fn prepare(
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
            .chain(COMMON)
            .collect();
        let source = Place::new(&storyboard.source, Span::default());
        let said = profile.map_or(&[][..], |profile| &profile.overrides);
        let (sets, varies): (Vec<Entry>, Vec<Entry>) =
            said.iter().cloned().partition(|entry| settings.contains(entry.key.value.as_str()));
        let overrides = (sets, Rc::new(vars::layer(&varies, &source)));
        let command_line = Rc::new(given(&mut world, options));
        let own = Rc::new(vars::layer(&storyboard.said.vars, &source));
        let Ok(shared) = shared(&mut world, storyboard) else { return Err(world.findings) };
        let scenes = scenes(storyboard, &source);
        Ok(Self {
            world,
            storyboard,
            options,
            profile,
            overrides,
            command_line,
            own,
            shared,
            scenes,
            settings,
        })
    }

    fn run(&mut self) -> Known<Vec<Expanded>> {
        let variants = self.variants()?;
        self.warn_of_hidden();
        self.try_out();
        let expanded: Vec<Option<Expanded>> = variants.iter().map(|variant| self.edition(variant)).collect();
        self.world.findings.variant = None;
        self.refuse_unused();
        Ok(expanded.into_iter().flatten().collect())
    }

    fn variants(&mut self) -> Known<Vec<Variant<'a>>> {
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
            title: self.storyboard.title.as_ref().map(|title| title.value.clone()),
            budget: self.storyboard.budget.as_ref().map(|budget| budget.value),
            scenes,
        })
    }

    /// None where a shot has an error; all of them are told.
    fn drawn(&mut self, edition: &Edition, variant: &Variant<'a>) -> Option<Vec<Scene>> {
        let (sets, axes) = self.split_axes(variant);
        let seen = self.around(variant);
        let outer = |inner: Vec<Rc<Layer>>| {
            let layers = [Rc::clone(&self.command_line), Rc::clone(&self.overrides.1), Rc::clone(&axes)];
            let own = std::iter::once(Rc::clone(&self.own));
            let layers = layers.into_iter().chain(inner).chain(own).chain(self.shared.iter().cloned());
            Vars::new(layers.collect(), Rc::clone(&seen))
        };
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

    fn around(&self, variant: &Variant<'_>) -> Rc<vars::Around> {
        let axes = variant.axes.iter().map(|axis| (axis.name.to_owned(), axis.seen()));
        let mut around =
            vars::Around::from([("storyboard", self.storyboard_seen()), ("variant", Seen::from_pairs(axes))]);
        around.extend(variant.row.clone().map(|row| ("row", row)));
        Rc::new(around)
    }

    /// Axes that set a setting, and those that are variables.
    fn split_axes(&self, variant: &Variant<'a>) -> (Vec<Entry>, Rc<Layer>) {
        let (mut sets, mut layer) = (Vec::new(), Layer::new());
        for axis in &variant.axes {
            let key = storyboard::Spanned { value: axis.name.to_owned(), span: axis.node.span };
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

    /// An axis wins over what a scene or shot says, which is easily overlooked.
    fn warn_of_hidden(&mut self) {
        let axes = self.storyboard.matrix.iter().flat_map(|matrix| &matrix.axes);
        for axis in axes {
            let name = axis.name.value.as_str();
            let sets = self.settings.contains(name);
            let says = |said: &Said| {
                let entries = if sets { &said.settings } else { &said.vars };
                entries.iter().any(|entry| entry.key.value == name)
            };
            let hidden = self.storyboard.scenes.iter().find_map(|scene| hidden(scene, &says));
            if let Some(whose) = hidden {
                let message = format!("the axis `{name}` hides what {whose} says");
                let place = Place::new(&self.storyboard.source, axis.name.span);
                self.world.findings.warn(&place, message, format!("delete `{name}` there, or the axis"));
            }
        }
    }

    /// Reads the templates of variables that no shot may need, so that every mistake is told.
    fn try_out(&mut self) {
        let inner = self.scenes.iter().flat_map(|scene| {
            scene.layer.iter().chain(scene.shots.iter().filter_map(|(_, layer)| layer.as_ref()))
        });
        let names = Vars::new(Vec::new(), Rc::default());
        for layer in [&self.own, &self.overrides.1].into_iter().chain(inner) {
            for definition in layer.values() {
                if let Value::Written(node) = &definition.content {
                    try_out(&mut self.world, node, &definition.place, &names);
                }
            }
        }
    }

    /// Names from outside the scenes that nothing takes up are mistakes.
    fn refuse_unused(&mut self) {
        let used: BTreeSet<String> = self.world.engine.names().into_iter().map(str::to_owned).collect();
        let declared = self.declared();
        let known = |name: &str| used.contains(name) || declared.contains(name);
        let source = &self.storyboard.source;
        let mut unknown: Vec<(Place, String, &str)> = Vec::new();
        for axis in self.storyboard.matrix.iter().flat_map(|matrix| &matrix.axes) {
            if !self.settings.contains(axis.name.value.as_str()) {
                unknown.push((Place::new(source, axis.name.span), axis.name.value.clone(), "axis"));
            }
        }
        for entry in self.profile.iter().flat_map(|profile| &profile.overrides) {
            if !self.settings.contains(entry.key.value.as_str()) {
                unknown.push((Place::new(source, entry.key.span), entry.key.value.clone(), "profile"));
            }
        }
        for (name, _) in &self.options.vars {
            if let Some(definition) = self.command_line.get(name) {
                unknown.push((definition.place.clone(), name.clone(), "command line"));
            }
        }
        for (place, name, whose) in unknown.into_iter().filter(|(_, name, _)| !known(name)) {
            let message = format!(
                "{} has no setting or variable `{name}`, and no text uses it",
                self.storyboard.id.value
            );
            let settings = self.settings.iter().copied().filter(|_| whose != "command line");
            let words: Vec<&str> = declared.iter().map(String::as_str).chain(settings).collect();
            let help = if whose == "command line" && self.settings.contains(name.as_str()) {
                Some(format!("`{name}` is a setting: set it in the storyboard or in a profile"))
            } else {
                did_you_mean(&name, words.iter().copied())
            };
            self.world.findings.error(&place, message, help);
        }
    }

    fn declared(&self) -> BTreeSet<String> {
        let inner = self.scenes.iter().flat_map(|scene| {
            scene.layer.iter().chain(scene.shots.iter().filter_map(|(_, layer)| layer.as_ref()))
        });
        let layers = std::iter::once(&self.own).chain(&self.shared).chain(inner);
        layers.flat_map(|layer| layer.keys().cloned()).collect()
    }
}

/// The first scene or shot that says it.
fn hidden(scene: &storyboard::Scene, says: &dyn Fn(&Said) -> bool) -> Option<String> {
    if says(&scene.said) {
        return Some(format!("the scene `{}`", scene.id.value));
    }
    let Content::Shots(shots) = &scene.content else { return None };
    let shot = shots.iter().find(|shot| says(&shot.said))?;
    Some(format!("the shot `{}/{}`", scene.id.value, shot.id.value))
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
    shots.map(|shots| Scene { id: scene.id.value.clone(), shots })
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

/// What `--var` gives: data, so that a build server may pass on any text.
fn given(world: &mut World<'_>, options: &Options) -> Layer {
    let mut layer = Layer::new();
    for (name, value) in &options.vars {
        let text = format!("{name}={value}");
        let span = Span { start: 0, end: name.len() };
        let place = Place { source: Arc::new(Source { name: "--var".to_owned(), text }), span };
        if let Some(reason) = no_name(name) {
            world.findings.error(&place, format!("`{name}` can't name a variable"), reason.to_owned());
        } else if value.len() > super::filters::MAX_TEXT {
            world.findings.error(&place, format!("the value of `{name}` is too long"), None);
        } else {
            layer.insert(
                name.clone(),
                Definition { content: Value::Given(Seen::from(value.as_str())), place },
            );
        }
    }
    layer
}

fn no_name(name: &str) -> Option<&'static str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if PARTS.contains(&name) {
        Some("it is a part of the prompt; let the part use a variable")
    } else if RESERVED.contains(&name) {
        Some("templates use this name for something else")
    } else if name.starts_with(|c: char| c.is_ascii_digit()) || name.is_empty() || !name.chars().all(plain) {
        Some("a name is made of letters, digits and `_`, and begins with a letter")
    } else {
        None
    }
}

/// The files of `vars_from`, the last one nearest.
fn shared(world: &mut World<'_>, storyboard: &Storyboard) -> Known<Vec<Rc<Layer>>> {
    let layers: Vec<Known<Rc<Layer>>> = storyboard
        .vars_from
        .iter()
        .rev()
        .map(|path| {
            let source = rows::near(world, &storyboard.source, path)?;
            let node = rows::tree(world, &source)?;
            shared_layer(world, &source, &node).map(Rc::new)
        })
        .collect();
    layers.into_iter().collect()
}

fn shared_layer(world: &mut World<'_>, source: &Arc<Source>, node: &Node) -> Known<Layer> {
    let entries = match &node.value {
        storyboard::Value::Map(entries) => entries.as_slice(),
        storyboard::Value::Null => &[],
        _ => {
            let place = Place::new(source, node.span);
            return Err(world.findings.error(&place, "a file of variables is a map of `name: text`", None));
        }
    };
    let mut layer = Layer::new();
    for (key, value) in entries {
        if let Some(reason) = no_name(&key.value) {
            let place = Place::new(source, key.span);
            world.findings.error(&place, format!("`{}` can't name a variable", key.value), reason.to_owned());
            continue;
        }
        let place = Place::new(source, value.span);
        layer.insert(key.value.clone(), Definition { content: Value::Written(value.clone()), place });
    }
    Ok(layer)
}

fn scenes<'a>(storyboard: &'a Storyboard, source: &Place) -> Vec<SceneWritten<'a>> {
    let layer = |said: &Said| (!said.vars.is_empty()).then(|| Rc::new(vars::layer(&said.vars, source)));
    let scene = |scene: &'a storyboard::Scene| {
        let base = Written {
            scene: &scene.id,
            id: None,
            prompt: None,
            new_clip: false,
            scene_said: &scene.said,
            said: None,
        };
        let shots = match &scene.content {
            Content::Single(prompt) => vec![(Written { prompt: prompt.as_ref(), ..base }, None)],
            Content::Shots(shots) => shots
                .iter()
                .map(|shot| {
                    let written = Written {
                        id: Some(&shot.id),
                        prompt: shot.prompt.as_ref(),
                        new_clip: shot.new_clip,
                        said: Some(&shot.said),
                        ..base
                    };
                    (written, layer(&shot.said))
                })
                .collect(),
        };
        SceneWritten { scene, layer: layer(&scene.said), shots }
    };
    storyboard.scenes.iter().map(scene).collect()
}

fn try_out(world: &mut World<'_>, node: &Node, place: &Place, names: &Vars) {
    match &node.value {
        storyboard::Value::Null => {}
        storyboard::Value::Scalar(scalar) => {
            let place = Place::new(&place.source, node.span);
            world.try_out(Text { text: &scalar.text, place: &place }, names);
        }
        storyboard::Value::List(items) => {
            for item in items {
                try_out(world, item, place, names);
            }
        }
        storyboard::Value::Map(entries) => {
            for (_, item) in entries {
                try_out(world, item, place, names);
            }
        }
    }
}
