//! The parser's events to a [`Node`]: aliases and `<<` resolved under a budget, keys unique.
//! Refuses what a storyboard has no use for: tags, several documents, keys that are no text.

use std::collections::BTreeMap;

use granit_parser::{Event, ScalarStyle, StructureStyle};

use super::super::found::Flaw;
use super::super::node::{Node, Scalar, Value};
use super::super::source::{Span, Spanned};
use super::Stop;
use super::budget::{Budget, Weight};
use super::is_control;
use super::merge::{self, Key};
use super::refuse;

/// As many as are shown.
pub(super) const MOST_FLAWS: usize = 100;

/// Puts the tree together, one event after the other.
#[derive(Debug)]
pub(super) struct Builder<'a> {
    text: &'a str,
    /// What an author meant, by the place of what stands in its stead.
    mended: &'a BTreeMap<usize, String>,
    pub(super) flaws: Vec<Flaw>,
    budget: Budget,
    open: Vec<Frame>,
    /// By the parser's number of the anchor; an anchor that is still open is not among them.
    anchors: BTreeMap<usize, (Node, Weight)>,
    names: Vec<String>,
    root: Option<Node>,
    documents: usize,
    /// Open frames inside text that only looks like a map: `{{ … }}`.
    quiet: usize,
}

#[derive(Debug)]
struct Frame {
    held: Held,
    start: usize,
    end: usize,
    anchor: usize,
    weight: Weight,
    look: Look,
}

#[derive(Debug)]
enum Held {
    List(Vec<Node>),
    Map { entries: Vec<(Key, Node)>, key: Option<Key> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    Structure,
    /// `{{ … }}` without quotes.
    Template,
}

impl<'a> Builder<'a> {
    pub(super) fn new(text: &'a str, mended: &'a BTreeMap<usize, String>) -> Self {
        Self {
            text,
            mended,
            flaws: Vec::new(),
            budget: Budget::default(),
            open: Vec::new(),
            anchors: BTreeMap::new(),
            names: Vec::new(),
            root: None,
            documents: 0,
            quiet: 0,
        }
    }

    pub(super) fn take(&mut self, event: Event<'_>, span: Span, tag: Option<Span>) -> Result<(), Flaw> {
        if let Some(tag) = tag {
            self.flaw(|text| refuse::tag(text, tag));
        }
        match event {
            Event::DocumentStart(..) => self.begin_document(span),
            Event::Scalar(text, style, anchor, _) => self.scalar(&text, style, anchor, span),
            Event::Anchor(_, name) => {
                self.remember(&name);
                Ok(())
            }
            Event::Alias(id) => self.alias(id, span),
            Event::UnresolvedAlias(_) => {
                self.unknown_alias(span);
                self.add(text_node("", span), Weight::of_text(""));
                Ok(())
            }
            Event::SequenceStart(_, anchor, _) => {
                self.begin(Held::List(Vec::new()), span, anchor, Look::Structure)
            }
            Event::MappingStart(style, anchor, _) => {
                let look = self.look(style, span);
                self.begin(Held::Map { entries: Vec::new(), key: None }, span, anchor, look)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            _ => Ok(()),
        }
    }

    pub(super) fn finish(self) -> (Result<Node, Stop>, Vec<Flaw>) {
        let nothing = Node { value: Value::Null, span: Span::default() };
        (Ok(self.root.unwrap_or(nothing)), self.flaws)
    }

    fn begin_document(&mut self, span: Span) -> Result<(), Flaw> {
        self.documents += 1;
        if self.documents < 2 {
            return Ok(());
        }
        Err(Flaw::new(span, "a second YAML document begins", "here")
            .help("one file holds one document: move the rest to a file of its own, or delete the `---`"))
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, anchor: usize, span: Span) -> Result<(), Flaw> {
        let meant = self.mended.get(&span.start).map(String::as_str);
        let (text, plain) = meant.map_or((text, style == ScalarStyle::Plain), |meant| (meant, false));
        if self.wants_key() {
            let key = Spanned { value: text.to_owned(), span };
            self.budget.spend(Weight { values: 0, bytes: text.len(), depth: 0 }, self.open.len(), span)?;
            self.key(if plain && text == "<<" { Key::Merge(span) } else { Key::Named(key) });
            return Ok(());
        }
        if let Some(c) = text.chars().find(|c| is_control(*c)) {
            self.flaw(|_| refuse::control(span, c));
        }
        let absent = plain && (span.start == span.end || is_null(text));
        let scalar = Scalar { text: if absent { String::new() } else { text.to_owned() }, plain };
        let value = if absent { Value::Null } else { Value::Scalar(scalar) };
        let node = Node { value, span };
        let weight = Weight::of_text(text);
        self.budget.spend(weight, self.open.len(), span)?;
        self.keep(anchor, &node, weight)?;
        self.add(node, weight);
        Ok(())
    }

    fn alias(&mut self, id: usize, span: Span) -> Result<(), Flaw> {
        let Some((node, weight)) = self.anchors.get(&id) else {
            return Err(Flaw::new(span, "an alias inside the value that it stands for", "refers to itself")
                .help("an alias can only stand for a value that ends before it"));
        };
        let weight = *weight;
        self.budget.spend(weight, self.open.len(), span)?;
        let node = Node { value: node.value.clone(), span };
        self.add(node, weight);
        Ok(())
    }

    /// An alias may stand for a key; lists and maps may not.
    fn value_as_key(&mut self, node: Node) {
        match node.value {
            Value::Scalar(scalar) => self.key(Key::Named(Spanned { value: scalar.text, span: node.span })),
            _ => self.broken_key(node.span),
        }
    }

    /// For the suggestion where an alias is misspelt.
    fn remember(&mut self, name: &str) {
        if self.names.len() < 100 {
            self.names.push(name.to_owned());
        }
    }

    /// A copy of what an anchor marks counts like any other: nested anchors would multiply it.
    fn keep(&mut self, anchor: usize, node: &Node, weight: Weight) -> Result<(), Flaw> {
        if anchor == 0 {
            return Ok(());
        }
        self.budget.spend(weight, self.open.len(), node.span)?;
        self.anchors.insert(anchor, (node.clone(), weight));
        Ok(())
    }

    fn look(&self, style: StructureStyle, span: Span) -> Look {
        let braces = self.text.get(span.start..).is_some_and(|rest| rest.starts_with("{{"));
        if style == StructureStyle::Flow && braces { Look::Template } else { Look::Structure }
    }

    fn begin(&mut self, held: Held, span: Span, anchor: usize, look: Look) -> Result<(), Flaw> {
        let weight = Weight { values: 1, bytes: 0, depth: 1 };
        self.budget.spend(weight, self.open.len(), span)?;
        self.quiet += usize::from(look == Look::Template || self.quiet > 0);
        self.open.push(Frame { held, start: span.start, end: span.end, anchor, weight, look });
        Ok(())
    }

    fn end(&mut self, span: Span) -> Result<(), Flaw> {
        let Some(frame) = self.open.pop() else { return Ok(()) };
        // Where a block ends, the parser stands at the next line already; its last child says better.
        let end = if self.text.get(span.start..span.end).is_some_and(|end| end == "}" || end == "]") {
            span.end
        } else {
            frame.end
        };
        let whole = Span { start: frame.start, end };
        let value = match (frame.look, frame.held) {
            (Look::Template, _) => self.template(whole),
            (_, Held::List(items)) => Value::List(items),
            (_, Held::Map { entries, .. }) => {
                let (entries, flaws) = merge::unique(self.text, entries);
                for flaw in flaws {
                    self.flaw(|_| flaw);
                }
                Value::Map(entries)
            }
        };
        self.quiet = self.quiet.saturating_sub(1);
        let node = Node { value, span: whole };
        self.keep(frame.anchor, &node, frame.weight)?;
        self.add(node, frame.weight);
        Ok(())
    }

    fn add(&mut self, node: Node, weight: Weight) {
        if self.wants_key() {
            return self.value_as_key(node);
        }
        let Some(frame) = self.open.last_mut() else {
            self.root = Some(node);
            return;
        };
        frame.end = frame.end.max(node.span.end);
        frame.weight = frame.weight.holding(weight);
        match &mut frame.held {
            Held::List(items) => items.push(node),
            Held::Map { entries, key } => entries.extend(key.take().map(|key| (key, node))),
        }
    }

    fn wants_key(&self) -> bool {
        matches!(self.open.last(), Some(Frame { held: Held::Map { key: None, .. }, .. }))
    }

    fn key(&mut self, named: Key) {
        if let Some(Frame { held: Held::Map { key, .. }, end, .. }) = self.open.last_mut() {
            let (Key::Named(Spanned { span, .. }) | Key::Merge(span)) = &named else { return };
            *end = (*end).max(span.end);
            *key = Some(named);
        }
    }

    fn broken_key(&mut self, span: Span) {
        self.flaw(|_| refuse::key(span));
        if let Some(Frame { held: Held::Map { key, .. }, .. }) = self.open.last_mut() {
            *key = Some(Key::Broken);
        }
    }

    fn unknown_alias(&mut self, span: Span) {
        let names = std::mem::take(&mut self.names);
        self.flaw(|text| refuse::alias(text, span, &names));
        self.names = names;
    }

    /// Where nobody would see it, its words are not even looked for.
    fn flaw(&mut self, flaw: impl FnOnce(&str) -> Flaw) {
        if self.quiet == 0 && self.flaws.len() < MOST_FLAWS {
            self.flaws.push(flaw(self.text));
        }
    }

    /// `{{ x }}` without quotes is a map in a map to YAML.
    fn template(&mut self, span: Span) -> Value {
        if self.quiet == 1 && self.flaws.len() < MOST_FLAWS {
            self.flaws.push(refuse::braces(self.text, span));
        }
        let text = self.text[span.start..span.end].to_owned();
        Value::Scalar(Scalar { text, plain: false })
    }
}

fn text_node(text: &str, span: Span) -> Node {
    Node { value: Value::Scalar(Scalar { text: text.to_owned(), plain: false }), span }
}

/// YAML 1.2, core schema.
fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}
