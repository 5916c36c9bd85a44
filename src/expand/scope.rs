//! Who sees which variables: the layers of the command line, shared files, storyboard, scenes and shots.
//! Renders nothing.

use std::rc::Rc;
use std::sync::Arc;

use minijinja::value::Value as Seen;

use super::findings::{Known, Place};
use super::shots::Written;
use super::vars::{self, Content as Value, Definition, Layer, RESERVED};
use super::world::World;
use super::{Options, rows};
use crate::storyboard::{self, Content, Node, PARTS, Said, Source, Span, Storyboard};

/// A scene with what it and its shots say of variables.
pub(super) struct SceneWritten<'a> {
    pub(super) scene: &'a storyboard::Scene,
    pub(super) layer: Option<Rc<Layer>>,
    pub(super) shots: Vec<(Written<'a>, Option<Rc<Layer>>)>,
}

impl SceneWritten<'_> {
    /// All layers in it.
    pub(super) fn layers(&self) -> impl Iterator<Item = &Rc<Layer>> {
        self.layer.iter().chain(self.shots.iter().filter_map(|(_, layer)| layer.as_ref()))
    }
}

/// What `--var` gives: data, so that a build server may pass on any text.
pub(super) fn given(world: &mut World<'_>, options: &Options) -> Layer {
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
pub(super) fn shared(world: &mut World<'_>, storyboard: &Storyboard) -> Known<Vec<Rc<Layer>>> {
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

pub(super) fn scenes<'a>(storyboard: &'a Storyboard, source: &Place) -> Vec<SceneWritten<'a>> {
    let layer = |said: &Said| (!said.vars.is_empty()).then(|| Rc::new(vars::layer(&said.vars, source)));
    let scene = |scene: &'a storyboard::Scene| {
        let base = Written {
            scene: &scene.id,
            id: None,
            note: None,
            prompt: None,
            new_clip: false,
            scene_said: &scene.said,
            said: None,
        };
        let shots = match &scene.content {
            Content::Single(prompt) => {
                vec![(Written { prompt: prompt.as_ref(), note: scene.note.as_ref(), ..base }, None)]
            }
            Content::Shots(shots) => shots
                .iter()
                .map(|shot| {
                    let written = Written {
                        id: Some(&shot.id),
                        note: shot.note.as_ref(),
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
