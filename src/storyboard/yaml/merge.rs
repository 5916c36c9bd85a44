//! The entries of a map with each key once, and what `<<` brings into it.

use std::collections::HashMap;
use std::mem;

use super::super::found::{Flaw, brief};
use super::super::node::{Node, Value};
use super::super::source::{Span, Spanned};
use super::super::traps;
use super::build::MOST_FLAWS;

type Pair = (Spanned<String>, Node);

/// What a map's entry is called.
#[derive(Debug)]
pub(super) enum Key {
    Named(Spanned<String>),
    /// `<<`.
    Merge(Span),
    /// No text; the problem is already told.
    Broken,
}

/// In the author's order; what the author wrote here wins over what `<<` brings, the first over what comes again.
pub(super) fn unique(text: &str, entries: Vec<(Key, Node)>) -> (Vec<Pair>, Vec<Flaw>) {
    let mut taken = HashMap::with_capacity(entries.len());
    let mut flaws = Vec::new();
    for (key, _) in &entries {
        let Some((name, span)) = named(key) else { continue };
        match taken.get(name) {
            None => drop(taken.insert(name.to_owned(), span)),
            Some(first) if flaws.len() < MOST_FLAWS => flaws.push(duplicate(text, name, *first, span)),
            Some(_) => {}
        }
    }
    (merged(entries, taken, &mut flaws), flaws)
}

fn named(key: &Key) -> Option<(&str, Span)> {
    match key {
        Key::Named(name) => Some((&name.value, name.span)),
        Key::Merge(span) => Some(("<<", *span)),
        Key::Broken => None,
    }
}

fn duplicate(text: &str, name: &str, first: Span, again: Span) -> Flaw {
    let line = traps::line_number(text, first.start);
    Flaw::new(again, format!("`{}` is written twice", brief(name)), format!("the first is on line {line}"))
        .help("a key stands once: delete one of the two")
        .mild()
}

fn merged(entries: Vec<(Key, Node)>, mut taken: HashMap<String, Span>, flaws: &mut Vec<Flaw>) -> Vec<Pair> {
    let mut kept = Vec::with_capacity(entries.len());
    for (key, node) in entries {
        match key {
            Key::Named(name) if taken.get(&name.value) == Some(&name.span) => kept.push((name, node)),
            Key::Named(_) | Key::Broken => {}
            Key::Merge(_) => {
                for (name, node) in brought(node, flaws) {
                    if !taken.contains_key(&name.value) {
                        taken.insert(name.value.clone(), name.span);
                        kept.push((name, node));
                    }
                }
            }
        }
    }
    kept
}

/// The entries of the map behind `<<`, or of a list of maps, where the first wins.
fn brought(node: Node, flaws: &mut Vec<Flaw>) -> Vec<Pair> {
    match node.value {
        Value::Map(entries) => entries,
        Value::List(mut items) if items.iter().all(is_map) => {
            items.iter_mut().flat_map(|item| entries(mem::replace(&mut item.value, Value::Null))).collect()
        }
        _ => {
            let flaw = Flaw::new(node.span, "`<<` takes over the keys of another map", "no map");
            flaws.push(flaw.help("write `<<: *name`, where `&name` marks a map above"));
            Vec::new()
        }
    }
}

fn is_map(node: &Node) -> bool {
    matches!(node.value, Value::Map(_))
}

fn entries(value: Value) -> Vec<Pair> {
    if let Value::Map(entries) = value { entries } else { Vec::new() }
}
