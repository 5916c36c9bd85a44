//! What makes many videos of one file: `each`, `matrix` and `profiles`, by shape and name.
//! Rows of other files, and what a value does to a model, are for others.

use std::collections::{BTreeMap, BTreeSet};

use super::found::{Flaw, brief};
use super::level::Reader;
use super::node::{Node, Scalar, Value};
use super::source::{Span, Spanned};
use super::traps;
use super::value::{self, Pair};
use super::words::{self, AXES, Level};
use super::{Axis, Each, Entry, Matrix, Profile, Rows, settings};

const EACH: &str = "write `each: { rows: products.csv, id: \"{{ row.sku }}\" }`";
const COMBINATION: &str = "write combinations such as `- { aspect_ratio: \"9:16\", lang: zh }`";

pub(super) fn each(reader: &mut Reader<'_>, (key, node): Pair) -> Option<Each> {
    let entries = value::map(&key, node, EACH);
    let entries = reader.keep(entries)?;
    let (mut rows, mut id, mut stray) = (None, None, BTreeSet::new());
    for (key, node) in entries {
        match key.value.as_str() {
            "rows" => rows = Some(self::rows(reader, &key, node)),
            "id" => id = Some(value::text(reader.found, &key, &node)),
            _ => stray.extend(unknown(reader, "`each`", &key, &["rows", "id"])),
        }
    }
    for (missing, name) in [(rows.is_none(), "rows"), (id.is_none(), "id")] {
        if missing && !stray.contains(name) {
            let flaw = Flaw::new(key.span, format!("`each` has no `{name}`"), format!("`{name}` is missing"));
            reader.found.add(flaw.help(EACH));
        }
    }
    Some(Each { rows: rows??, id: id?? })
}

fn unknown(
    reader: &mut Reader<'_>,
    of: &str,
    key: &Spanned<String>,
    known: &[&'static str],
) -> Option<&'static str> {
    let near = words::meant(&key.value, known.iter().copied());
    let flaw = Flaw::new(key.span, format!("{of} has no key `{}`", brief(&key.value)), "unknown key");
    let listed = || format!("it has `{}`", known.join("`, `"));
    reader.found.add(flaw.help(near.map_or_else(listed, |near| format!("did you mean `{near}`?"))));
    near
}

fn rows(reader: &mut Reader<'_>, key: &Spanned<String>, node: Node) -> Option<Rows> {
    if let Value::Scalar(_) = node.value {
        return value::text(reader.found, key, &node).map(Rows::File);
    }
    let shape = "name a CSV, JSON, JSONL or YAML file, or write rows such as `- { sku: a-1, name: Lamp }`";
    let rows = reader.keep(value::list(key, node, shape))?;
    for row in &rows {
        value::whole_text(reader.found, row);
        combination(reader, key, row, "a row", shape);
    }
    Some(Rows::Inline(rows))
}

/// Is this a map, as it should be?
fn combination(reader: &mut Reader<'_>, key: &Spanned<String>, node: &Node, what: &str, shape: &str) {
    if !matches!(node.value, Value::Map(_)) {
        let kind = value::kind(&node.value);
        let flaw = Flaw::new(value::at(key, node), format!("{what} is a map, not {kind}"), kind);
        reader.found.add(flaw.help(shape));
    }
}

pub(super) fn matrix(reader: &mut Reader<'_>, (key, node): Pair) -> Option<Matrix> {
    let entries =
        reader.keep(value::map(&key, node, "write `matrix:` and below it axes such as `lang: [en, zh]`"))?;
    let mut matrix = Matrix { axes: Vec::new(), exclude: Vec::new(), include: Vec::new() };
    let mut refused = BTreeSet::new();
    for (key, node) in entries {
        match key.value.as_str() {
            "exclude" => matrix.exclude = combinations(reader, &key, node),
            "include" => matrix.include = combinations(reader, &key, node),
            name => match axis(reader, &key, node) {
                Some(axis) => matrix.axes.push(axis),
                None => drop(refused.insert(name.to_owned())),
            },
        }
    }
    if matrix.axes.is_empty() && refused.is_empty() {
        let flaw = Flaw::new(key.span, "`matrix` has no axis", "nothing to combine");
        reader.found.add(flaw.help("write at least one, such as `lang: [en, zh]`"));
    }
    if refused.is_empty() {
        check_combinations(reader, &matrix);
    }
    Some(matrix)
}

fn combinations(reader: &mut Reader<'_>, key: &Spanned<String>, node: Node) -> Vec<Node> {
    let items = reader.keep(value::list(key, node, COMBINATION)).unwrap_or_default();
    for item in &items {
        combination(reader, key, item, "a combination", COMBINATION);
    }
    items
}

fn axis(reader: &mut Reader<'_>, key: &Spanned<String>, node: Node) -> Option<Axis> {
    let name = axis_name(reader, key);
    let shape = format!("write\n    {}: [{}]", brief(&key.value), listed(&node));
    let values = reader.keep(value::list(key, node, &shape))?;
    let values = values.into_iter().filter_map(|value| axis_value(reader, key, value)).collect();
    name.map(|name| Axis { name, values })
}

fn axis_value(reader: &mut Reader<'_>, key: &Spanned<String>, value: Node) -> Option<Node> {
    value::whole_text(reader.found, &value);
    if words::is_setting(&key.value, reader.fields) {
        return settings::check(reader, key, value);
    }
    match value::scalar(key, &value) {
        Ok(_) => Some(value),
        Err(flaw) => reader.meant(flaw, value.span),
    }
}

/// What one text would be as a list.
fn listed(node: &Node) -> String {
    let text = value::text_of(&node.value).unwrap_or("a, b");
    let quoted = |part: &str| if part.contains([':', '{']) { traps::quote(part) } else { part.to_owned() };
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(quoted).collect::<Vec<_>>().join(", ")
}

fn axis_name(reader: &mut Reader<'_>, key: &Spanned<String>) -> Option<Spanned<String>> {
    let name = key.value.as_str();
    let sets = AXES.contains(&name) || reader.fields.contains(name);
    let reason = if words::SETTINGS.contains(&name) && !sets {
        Some(format!("an axis varies `{}`, a setting of the model alone, or a variable", AXES.join("`, `")))
    } else if Level::Storyboard.own().any(|own| own == name) {
        Some("this key stands beside `matrix`, not in it".to_owned())
    } else if sets {
        None
    } else {
        words::refuse_name(name).map(str::to_owned)
    };
    let Some(reason) = reason else { return Some(key.clone()) };
    let flaw = Flaw::new(key.span, format!("`{}` cannot be an axis", brief(name)), "not this name");
    reader.found.add(flaw.help(reason));
    None
}

/// The axes by name, each with its values as they are written.
type Axes<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

fn texts(axis: &Axis) -> (&str, BTreeSet<&str>) {
    let values = axis.values.iter().filter_map(|value| value::text_of(&value.value));
    (&axis.name.value, values.collect())
}

fn check_combinations(reader: &mut Reader<'_>, matrix: &Matrix) {
    let axes: Axes<'_> = matrix.axes.iter().map(texts).collect();
    for node in &matrix.exclude {
        names_axes(reader, &axes, node);
        excludes_something(reader, &axes, node);
    }
    for node in &matrix.include {
        names_axes(reader, &axes, node);
        names_all(reader, &axes, node);
    }
}

fn pairs(node: &Node) -> &[Pair] {
    if let Value::Map(entries) = &node.value { entries } else { &[] }
}

fn names_axes(reader: &mut Reader<'_>, axes: &Axes<'_>, node: &Node) {
    for (key, value) in pairs(node) {
        if reader.found.is_full() {
            return;
        }
        if !axes.contains_key(key.value.as_str()) {
            reader.found.add(no_axis(axes, key));
        } else if let Err(flaw) = value::scalar(key, value) {
            reader.found.add(flaw);
        }
    }
}

fn no_axis(axes: &Axes<'_>, key: &Spanned<String>) -> Flaw {
    let near = words::meant(&key.value, axes.keys().copied());
    let message = format!("`{}` is no axis of this matrix", brief(&key.value));
    let listed = || format!("the axes are {}", some(axes.keys().copied()));
    let help = near.map_or_else(listed, |near| format!("did you mean `{near}`?"));
    Flaw::new(key.span, message, "unknown axis").help(help)
}

/// The first few of a list.
fn some<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    const SHOWN: usize = 12;
    let mut texts = texts.map(brief);
    let shown: Vec<String> = texts.by_ref().take(SHOWN).collect();
    format!("{}{}", shown.join(", "), if texts.next().is_some() { " …" } else { "" })
}

fn excludes_something(reader: &mut Reader<'_>, axes: &Axes<'_>, node: &Node) {
    for (key, value) in pairs(node) {
        let (Some(values), Some(text)) = (axes.get(key.value.as_str()), value::text_of(&value.value)) else {
            continue;
        };
        if values.contains(text) || value::is_template(text) || reader.found.is_full() {
            continue;
        }
        if !values.iter().any(|value| value::is_template(value)) {
            let message = format!("`{}` is no value of the axis `{}`", brief(text), key.value);
            let flaw = Flaw::new(value.span, message, "excludes nothing");
            reader.found.add(flaw.help(format!("its values are {}", some(values.iter().copied()))));
        }
    }
}

fn names_all(reader: &mut Reader<'_>, axes: &Axes<'_>, node: &Node) {
    let said: BTreeSet<&str> = pairs(node).iter().map(|(key, _)| key.value.as_str()).collect();
    if said.is_empty() || reader.found.is_full() {
        return;
    }
    for name in axes.keys().filter(|name| !said.contains(**name)) {
        let message = format!("this combination says nothing of `{name}`");
        let flaw = Flaw::new(node.span, message, "names every axis");
        reader.found.add(flaw.help(format!("add `{name}: …`")));
    }
}

pub(super) fn profiles(reader: &mut Reader<'_>, (key, node): Pair) -> Vec<Profile> {
    let shape = "write `profiles:` and below it names such as `draft: { takes: 1 }`";
    let entries = reader.keep(value::map(&key, node, shape)).unwrap_or_default();
    entries.into_iter().filter_map(|(key, node)| profile(reader, &key, node)).collect()
}

fn profile(reader: &mut Reader<'_>, key: &Spanned<String>, node: Node) -> Option<Profile> {
    let written =
        Node { value: Value::Scalar(Scalar { text: key.value.clone(), plain: true }), span: key.span };
    let name = reader.id(key, &written);
    let shape = format!("write settings and variables such as `{}: {{ takes: 1 }}`", brief(&key.value));
    let entries = reader.keep(value::map(key, node, &shape))?;
    let overrides = entries.into_iter().filter_map(|(key, value)| replaced(reader, key, value)).collect();
    Some(Profile { name: name?, overrides })
}

/// One setting or variable of a profile.
fn replaced(reader: &mut Reader<'_>, key: Spanned<String>, value: Node) -> Option<Entry> {
    let name = key.value.as_str();
    if words::is_setting(name, reader.fields) {
        return settings::check(reader, &key, value).map(|value| Entry { key, value });
    }
    if let Some(reason) = no_override(name) {
        let flaw = Flaw::new(
            key.span,
            format!("a profile cannot set `{}`", brief(name)),
            "neither setting nor variable",
        );
        reader.found.add(flaw.help(reason).mild());
        return None;
    }
    value::whole_text(reader.found, &value);
    Some(Entry { key, value })
}

fn no_override(name: &str) -> Option<String> {
    let own = |level: Level| level.own().any(|own| own == name);
    if words::PARTS.contains(&name) {
        return Some(format!(
            "write `{name}: \"{{{{ look }}}}\"` in the storyboard, and set the variable `look` here"
        ));
    }
    if own(Level::Storyboard) || own(Level::Scene) || own(Level::Shot) {
        return Some("a profile holds settings (`model`, `takes`, `duration` …) and variables".to_owned());
    }
    words::refuse_name(name).map(str::to_owned)
}

/// One file or a list of them.
pub(super) fn vars_from(reader: &mut Reader<'_>, (key, node): Pair) -> Vec<Spanned<String>> {
    if let Value::Scalar(_) = node.value {
        return value::text(reader.found, &key, &node).into_iter().collect();
    }
    let items =
        reader.keep(value::list(&key, node, "write `vars_from: [shared/cast.yaml]`")).unwrap_or_default();
    items.iter().filter_map(|item| file(reader, &key, item)).collect()
}

fn file(reader: &mut Reader<'_>, key: &Spanned<String>, item: &Node) -> Option<Spanned<String>> {
    if let Value::Scalar(_) = item.value {
        return value::text(reader.found, key, item);
    }
    let span: Span = value::at(key, item);
    let kind = value::kind(&item.value);
    let flaw = Flaw::new(span, format!("`vars_from` names files, not {kind}"), kind);
    reader.found.add(flaw.help("write `vars_from: [shared/cast.yaml]`"));
    None
}
