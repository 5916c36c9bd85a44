//! Many videos from one file: rows times combinations, in order, and the name of each. Renders no prompt.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::value::Value as Seen;

use super::data::{self, ScalarAt};
use super::findings::{Known, Place};
use super::rows::{self, Row};
use super::values::brief;
use super::vars::Vars;
use super::world::{Text, World};
use crate::address::{Id, slug};
use crate::storyboard::{Each, Matrix, Node, Scalar, Source, Storyboard, Value};

/// Characters of one part of a variant's name, which is part of a folder's.
const MAX_NAME: usize = 64;

/// Renderings of one storyboard.
const MAX_VARIANTS: usize = 100_000;

/// One rendering of the storyboard: a row and a value of every axis.
#[derive(Clone, Debug)]
pub(super) struct Variant<'a> {
    /// `aur-100.9x16.zh`; none where there is neither `each` nor `matrix`.
    pub(super) name: Option<String>,
    pub(super) row: Option<Seen>,
    /// Axis and value, in the order of the axes.
    pub(super) axes: Vec<Axis<'a>>,
}

#[derive(Clone, Debug)]
pub(super) struct Axis<'a> {
    pub(super) name: &'a str,
    pub(super) node: &'a Node,
    pub(super) text: &'a str,
    slug: String,
}

impl Axis<'_> {
    /// As templates see it.
    pub(super) fn seen(&self) -> Seen {
        match &self.node.value {
            Value::Scalar(scalar) => data::scalar(&ScalarAt { scalar, span: self.node.span }),
            _ => Seen::from(self.text),
        }
    }
}

/// In the order of the contract: rows as in their file; below each the combinations, the last axis fastest; then `include`.
pub(super) fn variants<'a>(
    world: &mut World<'_>,
    storyboard: &'a Storyboard,
    vars: &dyn Fn(Seen) -> Vars,
) -> Known<Vec<Variant<'a>>> {
    let rows = storyboard.each.as_ref().map(|each| named_rows(world, storyboard, each, vars)).transpose();
    let matrix =
        storyboard.matrix.as_ref().map(|matrix| combinations(world, &storyboard.source, matrix)).transpose();
    let (rows, matrix) = (rows?, matrix?);
    let rows: Vec<(Option<String>, Option<Seen>)> = match rows {
        Some(rows) => rows.into_iter().map(|(id, row)| (Some(id), Some(row))).collect(),
        None => vec![(None, None)],
    };
    let combinations = matrix.unwrap_or_else(|| vec![Vec::new()]);
    let count = rows.len().saturating_mul(combinations.len());
    if count > MAX_VARIANTS {
        let place = Place::new(&storyboard.source, storyboard.id.span);
        return Err(world.findings.error(&place, format!("{count} variants; at most {MAX_VARIANTS}"), None));
    }
    let both = rows.iter().flat_map(|row| combinations.iter().map(move |axes| (row, axes)));
    Ok(both.map(|((id, row), axes)| variant(id.as_ref(), row.as_ref(), axes)).collect())
}

fn variant<'a>(id: Option<&String>, row: Option<&Seen>, axes: &[Axis<'a>]) -> Variant<'a> {
    let parts: Vec<&str> =
        id.map(String::as_str).into_iter().chain(axes.iter().map(|axis| axis.slug.as_str())).collect();
    let name = (!parts.is_empty()).then(|| parts.join("."));
    Variant { name, row: row.cloned(), axes: axes.to_vec() }
}

fn named_rows(
    world: &mut World<'_>,
    storyboard: &Storyboard,
    each: &Each,
    vars: &dyn Fn(Seen) -> Vars,
) -> Known<Vec<(String, Seen)>> {
    let rows = rows::rows(world, &storyboard.source, &each.rows)?;
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let mut named = Vec::with_capacity(rows.len());
    let mut broken = None;
    for (at, row) in rows.iter().enumerate() {
        let named_row = row_id(world, storyboard, each, vars, row)
            .and_then(|id| unused(world, &mut taken, &id, row, at).map(|()| id));
        match named_row {
            Ok(id) => named.push((id, row.value.clone())),
            Err(reported) => broken = Some(reported),
        }
    }
    broken.map_or(Ok(named), Err)
}

fn row_id(
    world: &mut World<'_>,
    storyboard: &Storyboard,
    each: &Each,
    vars: &dyn Fn(Seen) -> Vars,
    row: &Row,
) -> Known<String> {
    let place = Place::new(&storyboard.source, each.id.span);
    let text = world.render(Text { text: &each.id.value, place: &place }, &vars(row.value.clone()))?;
    named(&text).map_err(|message| {
        let message = format!("the id of this row can't be used: {message}");
        world.findings.error(&row_place(row, &place), message, better_name())
    })
}

fn unused(
    world: &mut World<'_>,
    taken: &mut BTreeMap<String, usize>,
    id: &str,
    row: &Row,
    at: usize,
) -> Known<()> {
    let Some(first) = taken.insert(id.to_owned(), at) else { return Ok(()) };
    let message = format!("rows {} and {} have the same id `{id}`", first + 1, at + 1);
    Err(world.findings.error(&row.place, message, "make `id` say what tells them apart".to_owned()))
}

/// Rows of a JSON list have no place of their own.
fn row_place(row: &Row, id: &Place) -> Place {
    if row.place.span.end == 0 { id.clone() } else { row.place.clone() }
}

fn better_name() -> String {
    "it needs some letters a-z or digits; another column may have them".to_owned()
}

/// A text as a part of an address.
///
/// # Errors
/// Nothing of it is left, or too much: folders are called so.
fn named(text: &str) -> Result<String, String> {
    let slug = slug(text);
    if slug.parse::<Id>().is_err() {
        return Err(format!("`{}` leaves nothing to write in an address", brief(text)));
    }
    if slug.len() > MAX_NAME {
        return Err(format!(
            "`{}` is {} characters long in an address; at most {MAX_NAME}",
            brief(text),
            slug.len()
        ));
    }
    Ok(slug)
}

fn combinations<'a>(
    world: &mut World<'_>,
    source: &Arc<Source>,
    matrix: &'a Matrix,
) -> Known<Vec<Vec<Axis<'a>>>> {
    let axes: Vec<Known<Vec<Axis<'a>>>> =
        matrix.axes.iter().map(|axis| values(world, source, axis)).collect();
    let axes: Vec<Vec<Axis<'a>>> = axes.into_iter().collect::<Known<_>>()?;
    let count = axes.iter().fold(1_usize, |count, axis| count.saturating_mul(axis.len()));
    if count > MAX_VARIANTS {
        let span = matrix.axes.first().map(|axis| axis.name.span).unwrap_or_default();
        let message = format!("the axes make {count} combinations; at most {MAX_VARIANTS}");
        return Err(world.findings.error(&Place::new(source, span), message, None));
    }
    let mut all = product(&axes);
    all.retain(|combination| !matrix.exclude.iter().any(|node| matches(node, combination)));
    for node in &matrix.include {
        let added = included(world, source, &axes, node)?;
        if all.iter().any(|other| same(other, &added)) {
            let place = Place::new(source, node.span);
            return Err(world.findings.error(&place, "this combination is there already", None));
        }
        all.push(added);
    }
    if all.is_empty() {
        let span = matrix.axes.first().map(|axis| axis.name.span).unwrap_or_default();
        return Err(world.findings.error(&Place::new(source, span), "`exclude` leaves no combination", None));
    }
    Ok(all)
}

fn product<'a>(axes: &[Vec<Axis<'a>>]) -> Vec<Vec<Axis<'a>>> {
    let add = |all: Vec<Vec<Axis<'a>>>, axis: &Vec<Axis<'a>>| {
        let with = |one: &Vec<Axis<'a>>, value: &Axis<'a>| one.iter().chain([value]).cloned().collect();
        all.iter().flat_map(|one| axis.iter().map(move |value| with(one, value))).collect()
    };
    axes.iter().fold(vec![Vec::new()], add)
}

fn same(one: &[Axis<'_>], other: &[Axis<'_>]) -> bool {
    one.iter().zip(other).all(|(a, b)| a.slug == b.slug)
}

/// Does the combination have every value that this node names?
fn matches(node: &Node, combination: &[Axis<'_>]) -> bool {
    let Value::Map(entries) = &node.value else { return false };
    entries.iter().all(|(key, value)| {
        combination
            .iter()
            .any(|axis| axis.name == key.value && text_of(value).is_some_and(|t| t.text == axis.text))
    })
}

fn text_of(node: &Node) -> Option<&Scalar> {
    if let Value::Scalar(scalar) = &node.value { Some(scalar) } else { None }
}

fn values<'a>(
    world: &mut World<'_>,
    source: &Arc<Source>,
    axis: &'a crate::storyboard::Axis,
) -> Known<Vec<Axis<'a>>> {
    if axis.values.is_empty() {
        let place = Place::new(source, axis.name.span);
        return Err(world.findings.error(
            &place,
            format!("the axis `{}` has no values", axis.name.value),
            None,
        ));
    }
    let mut values: Vec<Axis<'a>> = Vec::with_capacity(axis.values.len());
    let mut slugs: BTreeMap<String, &str> = BTreeMap::new();
    for node in &axis.values {
        let value = value(world, source, &axis.name.value, node)?;
        if let Some(other) = slugs.insert(value.slug.clone(), value.text) {
            let message = format!(
                "`{}` and `{}` are both `{}` in an address",
                brief(other),
                brief(value.text),
                value.slug
            );
            return Err(world.findings.error(&Place::new(source, node.span), message, None));
        }
        values.push(value);
    }
    Ok(values)
}

fn value<'a>(world: &mut World<'_>, source: &Arc<Source>, name: &'a str, node: &'a Node) -> Known<Axis<'a>> {
    let place = Place::new(source, node.span);
    let Some(scalar) = text_of(node) else {
        return Err(world.findings.error(
            &place,
            format!("a value of the axis `{name}` is a single text or number"),
            None,
        ));
    };
    if super::engine::is_template(&scalar.text) {
        let help = "write its values out; a variable may build on them as `{{ variant.NAME }}`".to_owned();
        return Err(world.findings.error(&place, "a value of an axis can't hold variables", help));
    }
    let slug = named(&scalar.text).map_err(|message| {
        let help =
            "it needs some letters a-z or digits; let the axis name it and a variable say it".to_owned();
        world.findings.error(&place, message, help)
    })?;
    Ok(Axis { name, node, text: &scalar.text, slug })
}

fn included<'a>(
    world: &mut World<'_>,
    source: &Arc<Source>,
    axes: &[Vec<Axis<'a>>],
    node: &'a Node,
) -> Known<Vec<Axis<'a>>> {
    let entries = if let Value::Map(entries) = &node.value { entries.as_slice() } else { &[] };
    let mut added = Vec::with_capacity(axes.len());
    for axis in axes {
        let name = axis[0].name;
        let Some((_, node)) = entries.iter().find(|(key, _)| key.value == name) else {
            let message = format!("this combination says nothing of `{name}`");
            return Err(world.findings.error(&Place::new(source, node.span), message, None));
        };
        let value = value(world, source, name, node)?;
        if let Some(other) = axis.iter().find(|other| other.slug == value.slug && other.text != value.text) {
            let message = format!(
                "`{}` and `{}` are both `{}` in an address",
                brief(other.text),
                brief(value.text),
                value.slug
            );
            return Err(world.findings.error(&Place::new(source, node.span), message, None));
        }
        added.push(value);
    }
    Ok(added)
}
