//! Takes down which names the templates of a shot used, and where each is defined. Only while somebody asks.

use std::collections::BTreeMap;

use minijinja::value::Value as Seen;

use super::engine::{Compiled, Seen as Names};
use super::findings::Place;
use super::vars::{Content, Definition};
use crate::storyboard::{Node, Value};

/// What was used so far.
#[derive(Debug, Default)]
pub(super) struct Trace {
    /// By what the template wrote, such as `cast.rin.name`.
    used: BTreeMap<Vec<String>, Seen>,
    /// The winning definition of a variable.
    defined: BTreeMap<String, (Place, Option<Node>)>,
}

impl Trace {
    /// A text was filled in with these values.
    pub(super) fn filled(&mut self, compiled: &Compiled, seen: &Names) {
        for (name, value) in seen {
            let mut paths: Vec<&[String]> = compiled.paths(name).collect();
            let whole = [name.clone()];
            if paths.is_empty() {
                // Used by a template that it includes.
                paths.push(&whole);
            }
            for path in paths {
                let leaf = path[1..].iter().try_fold(value.clone(), |value, key| value.get_attr(key));
                self.used.insert(path.to_vec(), leaf.unwrap_or_else(|_| value.clone()));
            }
        }
    }

    pub(super) fn defined(&mut self, name: &str, definition: &Definition) {
        if !self.defined.contains_key(name) {
            let node = match &definition.content {
                Content::Written(node) => Some(node.clone()),
                Content::Given(_) => None,
            };
            self.defined.insert(name.to_owned(), (definition.place.clone(), node));
        }
    }

    /// The longest of the paths that were used: who reads `cast.rin.name` reads `cast` only on the way.
    pub(super) fn leaves(&self) -> impl Iterator<Item = (&Vec<String>, &Seen)> {
        // In order, so that what a path is the beginning of comes right behind it.
        let mut next = self.used.keys().skip(1).map(Some).chain([None]);
        self.used.iter().filter(move |(path, _)| {
            !next.next().flatten().is_some_and(|next| next.len() > path.len() && next.starts_with(path))
        })
    }

    /// Where a path is written, as near as can be told; none where it is no variable.
    pub(super) fn place(&self, path: &[String]) -> Option<Place> {
        let (name, keys) = path.split_first()?;
        let (place, node) = self.defined.get(name)?;
        let leaf = node.as_ref().map(|node| leaf(node, keys));
        Some(leaf.map_or_else(|| place.clone(), |leaf| Place::new(&place.source, leaf.span)))
    }
}

/// The deepest value on the way.
fn leaf<'n>(node: &'n Node, keys: &[String]) -> &'n Node {
    let Some((key, rest)) = keys.split_first() else { return node };
    let Value::Map(entries) = &node.value else { return node };
    let inner = entries.iter().find(|(name, _)| name.value == *key);
    inner.map_or(node, |(_, value)| leaf(value, rest))
}
