//! The tree of a file to a [`Storyboard`], with every problem that needs no variable to be seen.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Storyboard;
use super::found::{Flaw, Found, Trust, brief};
use super::level::{Reader, Sorted};
use super::many;
use super::node::{Node, Value};
use super::number;
use super::problem::Problem;
use super::scenes;
use super::source::{Source, Span, Spanned};
use super::value::{self, Pair};
use super::words::Level;
use super::yaml;
use crate::address::{self, Id};

/// What a file says, as far as it can be trusted, and all that is wrong with it.
#[derive(Clone, Debug)]
pub struct Reading {
    /// None where a problem leaves something out, so that whatever is found later may be only its echo.
    pub storyboard: Option<Storyboard>,
    /// In the order of the file.
    pub problems: Vec<Problem>,
}

/// Reads a storyboard. `model_fields` are the settings that only some model knows, such as `negative_prompt`.
#[must_use]
pub fn read(source: &Arc<Source>, model_fields: &BTreeSet<String>) -> Reading {
    let mut found = Found::new(source);
    let root = yaml::parse(source, &mut found);
    let mut reader = Reader { found: &mut found, fields: model_fields };
    let storyboard = root.and_then(|root| storyboard(&mut reader, root));
    let trusted = found.trust() == Trust::Whole;
    Reading { storyboard: storyboard.filter(|_| trusted), problems: found.into_problems() }
}

/// Reads a file of variables or rows: any YAML that is text, lists and maps.
///
/// # Errors
/// Every problem of the file.
pub fn tree(source: &Arc<Source>) -> Result<Node, Vec<Problem>> {
    let mut found = Found::new(source);
    let root = yaml::parse(source, &mut found);
    if let Some(root) = &root {
        value::whole_text(&mut found, root);
    }
    let problems = found.into_problems();
    root.filter(|_| problems.is_empty()).ok_or(problems)
}

fn storyboard(reader: &mut Reader<'_>, root: Node) -> Option<Storyboard> {
    let entries = reader.keep(top(root))?;
    let mut sorted = reader.sort(Level::Storyboard, entries);
    let id = id(reader, &mut sorted);
    let (title, note) = (reader.text(sorted.take("title")), reader.text(sorted.take("note")));
    let (budget, runtime) = (budget(reader, &mut sorted), runtime(reader, &mut sorted));
    let vars_from = sorted.take("vars_from").map(|pair| many::vars_from(reader, pair)).unwrap_or_default();
    let each = sorted.take("each").and_then(|pair| many::each(reader, pair));
    let matrix = sorted.take("matrix").and_then(|pair| many::matrix(reader, pair));
    let profiles = sorted.take("profiles").map(|pair| many::profiles(reader, pair)).unwrap_or_default();
    let scenes = scenes(reader, &mut sorted);
    let source = Arc::clone(&reader.found.source);
    let said = sorted.said;
    Some(Storyboard {
        source,
        id: id?,
        title,
        note,
        budget,
        runtime,
        vars_from,
        each,
        matrix,
        profiles,
        said,
        scenes,
    })
}

const SMALLEST: &str = "the smallest storyboard is\n    scenes:\n      - id: opening\n        duration: 5\n        prompt: What is to be seen.";

fn top(root: Node) -> Result<Vec<Pair>, Flaw> {
    let span = root.span;
    match root.value {
        Value::Map(entries) => Ok(entries),
        Value::Null => Err(Flaw::new(span, "the file is empty", "nothing is written here").help(SMALLEST)),
        other => {
            let message = format!("a storyboard is a map of `key: value` lines, not {}", value::kind(&other));
            Err(Flaw::new(span, message, value::kind(&other)).help(SMALLEST))
        }
    }
}

/// As written, or by the name of the file.
fn id(reader: &mut Reader<'_>, sorted: &mut Sorted) -> Option<Spanned<Id>> {
    if let Some((key, node)) = sorted.take("storyboard") {
        return reader.id(&key, &node);
    }
    let name = reader.found.source.name.replace('\\', "/");
    let file = name.rsplit('/').next().unwrap_or_default();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let span = Span::default();
    match stem.parse() {
        Ok(value) => Some(Spanned { value, span }),
        Err(reason) => {
            let message =
                format!("the file's name `{}` is no id, and the storyboard has no other", brief(stem));
            let near = address::slug(stem);
            let near = if near.parse::<Id>().is_ok() { near } else { "my-film".to_owned() };
            let flaw = Flaw::new(span, message, reason.to_string()).mild();
            reader.found.add(flaw.help(format!("write at the top\n    storyboard: {}", brief(&near))));
            near.parse().ok().map(|value| Spanned { value, span })
        }
    }
}

fn budget(reader: &mut Reader<'_>, sorted: &mut Sorted) -> Option<Spanned<crate::usd::Usd>> {
    let (key, node) = sorted.take("budget")?;
    let read = fixed(&key, &node).and_then(|()| number::money(&key, &node));
    reader.keep(read.map_err(Flaw::mild))
}

fn runtime(reader: &mut Reader<'_>, sorted: &mut Sorted) -> Option<Spanned<u32>> {
    let (key, node) = sorted.take("runtime")?;
    let read = fixed(&key, &node)
        .and_then(|()| number::whole(&key, &node, &(1..=u32::MAX), "a whole number of seconds"));
    let value = reader.keep(read.map_err(Flaw::mild))?;
    Some(Spanned { value, span: node.span })
}

/// A number that holds for all variants.
fn fixed(key: &Spanned<String>, node: &Node) -> Result<(), Flaw> {
    let varies = value::text_of(&node.value).is_some_and(value::is_template);
    if !varies {
        return Ok(());
    }
    let flaw = Flaw::new(node.span, format!("`{}` cannot hold variables", key.value), "not a fixed number");
    Err(flaw.help("it is one number for the whole file: write it out"))
}

fn scenes(reader: &mut Reader<'_>, sorted: &mut Sorted) -> Vec<super::Scene> {
    if let Some((key, node)) = sorted.take("scenes") {
        return scenes::read(reader, &key, node);
    }
    if sorted.lacks("scenes") {
        let flaw = Flaw::new(Span::default(), "the storyboard has no `scenes`", "nothing to show");
        reader.found.add(flaw.help(SMALLEST));
    }
    Vec::new()
}
