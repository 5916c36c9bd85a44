//! Variables: which layer wins, and what its text renders to. Each sees the winners of all others and, under its own
//! name, the layer below. Knows nothing of parts or settings.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use minijinja::value::Value;

use super::data::{self, ScalarAt, TooLarge};
use super::findings::{Known, Place, Reported};
use super::world::{Names, Text, World};
use crate::storyboard::{Entry, Node};

/// How far variables may refer to each other.
const MAX_CHAIN: usize = 50;

/// Names that no variable may have; the parts of a prompt are others.
pub(super) const RESERVED: [&str; 7] = ["storyboard", "scene", "shot", "variant", "row", "inherited", "loop"];

/// One definition of a variable.
#[derive(Debug)]
pub(super) struct Definition {
    pub(super) content: Content,
    pub(super) place: Place,
}

#[derive(Debug)]
pub(super) enum Content {
    /// Every text in it may be a template.
    Written(Node),
    /// Taken as it is: from the command line, or an axis.
    Given(Value),
}

/// All definitions of one level. Wins over the layers after it.
pub(super) type Layer = BTreeMap<String, Definition>;

pub(super) fn layer(entries: &[Entry], source: &Place) -> Layer {
    let definition = |entry: &Entry| Definition {
        content: Content::Written(entry.value.clone()),
        place: Place::new(&source.source, entry.value.span),
    };
    entries.iter().map(|entry| (entry.key.value.clone(), definition(entry))).collect()
}

/// What templates see besides variables: `row`, `variant`, `storyboard`.
pub(super) type Around = BTreeMap<&'static str, Value>;

/// The variables as one scope sees them: nearest layer first.
pub(super) struct Vars {
    layers: Vec<Rc<Layer>>,
    around: Rc<Around>,
    values: RefCell<BTreeMap<(String, usize), Known<Value>>>,
    /// The definitions that are being rendered, outermost first.
    busy: RefCell<Vec<(String, usize)>>,
}

impl Vars {
    pub(super) fn new(layers: Vec<Rc<Layer>>, around: Rc<Around>) -> Self {
        Self { layers, around, values: RefCell::default(), busy: RefCell::default() }
    }

    pub(super) fn names(&self) -> BTreeSet<&str> {
        self.layers.iter().flat_map(|layer| layer.keys().map(String::as_str)).collect()
    }

    /// The value from layer `from` on.
    fn value(&self, world: &mut World<'_>, name: &str, from: usize) -> Known<Option<Value>> {
        let found = (from..self.layers.len()).find(|&at| self.layers[at].contains_key(name));
        let Some(at) = found else { return Ok(None) };
        if let Some(trace) = world.trace.as_mut().filter(|_| from == 0) {
            trace.defined(name, &self.layers[at][name]);
        }
        let key = (name.to_owned(), at);
        if let Some(known) = self.values.borrow().get(&key) {
            return known.clone().map(Some);
        }
        let definition = &self.layers[at][name];
        self.not_busy(world, &key, &definition.place)?;
        self.busy.borrow_mut().push(key.clone());
        let value = self.written(world, name, at, definition);
        self.busy.borrow_mut().pop();
        self.values.borrow_mut().insert(key, value.clone());
        value.map(Some)
    }

    fn not_busy(&self, world: &mut World<'_>, key: &(String, usize), place: &Place) -> Known<()> {
        let busy = self.busy.borrow();
        if let Some(start) = busy.iter().position(|one| one == key) {
            let mut chain: Vec<&str> = busy[start..].iter().map(|(name, _)| name.as_str()).collect();
            chain.push(&key.0);
            let message = format!("variables that need each other: {}", chain.join(" → "));
            return Err(world.findings.error(
                place,
                message,
                "break the circle: give one of them its text".to_owned(),
            ));
        }
        if busy.len() >= MAX_CHAIN {
            let message = format!("variables that refer to each other more than {MAX_CHAIN} deep");
            return Err(world.findings.error(place, message, None));
        }
        Ok(())
    }

    fn written(&self, world: &mut World<'_>, name: &str, at: usize, definition: &Definition) -> Known<Value> {
        let node = match &definition.content {
            Content::Given(value) => return Ok(value.clone()),
            Content::Written(node) => node,
        };
        let source = &definition.place.source;
        let names = Within { vars: self, name, at };
        let mut write = |scalar: &ScalarAt<'_>| {
            let text = &scalar.scalar.text;
            if !super::engine::is_template(text) {
                return Ok(data::scalar(scalar));
            }
            let place = Place::new(source, scalar.span);
            let text = world.render(Text { text, place: &place }, &names).map_err(Broken::Told)?;
            Ok(Value::from(text))
        };
        match data::build(node, &mut 0, &mut write) {
            Ok(value) => Ok(value),
            Err(Broken::Told(reported)) => Err(reported),
            Err(Broken::TooLarge(large)) => {
                Err(world.findings.error(&Place::new(source, large.span), large.message, None))
            }
        }
    }
}

enum Broken {
    Told(Reported),
    TooLarge(TooLarge),
}

impl From<TooLarge> for Broken {
    fn from(large: TooLarge) -> Self {
        Self::TooLarge(large)
    }
}

impl Names for Vars {
    fn get(&self, world: &mut World<'_>, name: &str) -> Known<Option<Value>> {
        match self.around.get(name) {
            Some(value) => Ok(Some(value.clone())),
            None => self.value(world, name, 0),
        }
    }

    fn known(&self) -> Vec<String> {
        let around = self.around.keys().map(|&name| name.to_owned());
        self.names().into_iter().map(str::to_owned).chain(around).collect()
    }
}

/// The names as one definition sees them.
struct Within<'a> {
    vars: &'a Vars,
    name: &'a str,
    at: usize,
}

impl Names for Within<'_> {
    fn get(&self, world: &mut World<'_>, name: &str) -> Known<Option<Value>> {
        if name == self.name { self.vars.value(world, name, self.at + 1) } else { self.vars.get(world, name) }
    }

    fn known(&self) -> Vec<String> {
        self.vars.known()
    }
}
