//! What is wrong with a storyboard's names as a whole: hidden, unknown or unused ones. Renders nothing.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::editions::Expansion;
use super::findings::{Findings, Place};
use super::nearest::{did_you_mean, nearest};
use super::scope::SceneWritten;
use super::vars::{Content as Value, Vars};
use super::world::{Text, World};
use crate::storyboard::{self, Content, Node, Problem, Said};

impl Expansion<'_> {
    /// An axis wins over what a scene or shot says, which is easily overlooked.
    pub(super) fn warn_of_hidden(&mut self) {
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
    pub(super) fn try_out(&mut self) {
        let inner = self.scenes.iter().flat_map(SceneWritten::layers);
        let names = Vars::new(Vec::new(), Rc::default());
        for layer in [&self.own, &self.overrides.1].into_iter().chain(inner) {
            for definition in layer.values() {
                if let Value::Written(node) = &definition.content {
                    try_out(&mut self.world, node, &definition.place, &names);
                }
            }
        }
    }

    /// Axes and a profile's names that nothing takes up are mistakes. Those of the command line are handed back:
    /// another storyboard of the same run may use them.
    pub(super) fn refuse_unused(&mut self) -> Vec<Problem> {
        let mut words = self.declared();
        words.extend(self.world.engine.names().into_iter().map(str::to_owned));
        let source = &self.storyboard.source;
        let axes = self.storyboard.matrix.iter().flat_map(|matrix| &matrix.axes).map(|axis| &axis.name);
        let overrides = self.profile.iter().flat_map(|profile| &profile.overrides).map(|entry| &entry.key);
        let unknown = |name: &str| !self.settings.contains(name) && !words.contains(name);
        let settings = self.settings.iter().copied();
        for name in axes.chain(overrides).filter(|name| unknown(&name.value)) {
            let message =
                format!("`{0}` is no setting, no variable is called so, and no text uses it", name.value);
            let known = words.iter().map(String::as_str).chain(settings.clone());
            let help = nearest(&name.value, known).map_or_else(
                || format!("declare it under `vars:`, or use it in a text as {{{{ {} }}}}", name.value),
                |near| format!("did you mean `{near}`?"),
            );
            self.world.findings.error(&Place::new(source, name.span), message, help);
        }
        self.unused_of_command_line(&words)
    }

    fn unused_of_command_line(&self, words: &BTreeSet<String>) -> Vec<Problem> {
        let mut findings = Findings::default();
        for (name, definition) in self.command_line.iter().filter(|(name, _)| !words.contains(*name)) {
            let message = format!("no variable is called `{name}`, and no text uses it");
            let help = if self.settings.contains(name.as_str()) {
                Some(format!("`{name}` is a setting: set it in the storyboard or in a profile"))
            } else {
                did_you_mean(name, words.iter().map(String::as_str))
            };
            findings.error(&definition.place, message, help);
        }
        findings.into_problems(&self.storyboard.source)
    }

    fn declared(&self) -> BTreeSet<String> {
        let inner = self.scenes.iter().flat_map(SceneWritten::layers);
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
