//! Scenes and their shots: ids, prompts and shots, and which of them exclude each other.

use std::collections::BTreeMap;

use super::found::{Flaw, brief};
use super::level::{Reader, Sorted};
use super::node::{Node, Value};
use super::number::{self, Flag};
use super::settings;
use super::source::{Span, Spanned};
use super::value::{self, Pair};
use super::words::Level;
use super::{Content, Scene, Shot};
use crate::address::Id;

/// The scenes of a storyboard.
pub(super) fn read(reader: &mut Reader<'_>, key: &Spanned<String>, node: Node) -> Vec<Scene> {
    let entries = maps(reader, Level::Scene, key, node);
    let scenes = entries.into_iter().filter_map(|(span, entries)| scene(reader, span, entries)).collect();
    unique(reader, Level::Scene, &scenes, |scene: &Scene| &scene.id);
    scenes
}

/// The list of scenes or shots, each a map.
fn maps(reader: &mut Reader<'_>, level: Level, key: &Spanned<String>, node: Node) -> Vec<(Span, Vec<Pair>)> {
    let shape = format!("begin every {} with `- id: …`", level.name());
    let items = match keyed(level, key, &node) {
        Some(flaw) => Err(flaw),
        None => value::list(key, node, &shape),
    };
    let items = reader.keep(items).unwrap_or_default();
    let mut maps = Vec::with_capacity(items.len());
    for item in items {
        let (span, kind) = (item.span, value::kind(&item.value));
        let Value::Map(entries) = item.value else {
            let span = if span.start == span.end { key.span } else { span };
            let flaw = Flaw::new(span, format!("a {} is a map, not {kind}", level.name()), kind);
            reader.found.add(flaw.help(shape.clone()));
            continue;
        };
        maps.push((first_key(&entries, span), entries));
    }
    maps
}

/// `scenes: { rooftop: … }`, with ids as keys.
fn keyed(level: Level, key: &Spanned<String>, node: &Node) -> Option<Flaw> {
    let Value::Map(entries) = &node.value else { return None };
    let (first, _) = entries.first()?;
    let flaw = Flaw::new(first.span, format!("`{}` is a list, not a map", key.value), "begins without `- `");
    let name = if first.value.parse::<Id>().is_ok() { first.value.as_str() } else { "…" };
    let name =
        if level.keys(&std::collections::BTreeSet::new()).any(|own| own == name) { "…" } else { name };
    Some(flaw.help(format!("write\n    {}:\n      - id: {name}", key.value)))
}

fn first_key(entries: &[Pair], span: Span) -> Span {
    entries.first().map_or(span, |(key, _)| key.span)
}

fn scene(reader: &mut Reader<'_>, span: Span, entries: Vec<Pair>) -> Option<Scene> {
    let mut sorted = reader.sort(Level::Scene, entries);
    let id = id(reader, Level::Scene, span, &mut sorted);
    let note = reader.text(sorted.take("note"));
    let content = content(reader, &mut sorted);
    Some(Scene { id: id?, note, said: sorted.said, content })
}

fn id(reader: &mut Reader<'_>, level: Level, span: Span, sorted: &mut Sorted) -> Option<Spanned<Id>> {
    if let Some((key, node)) = sorted.take("id") {
        return reader.id(&key, &node);
    }
    if sorted.lacks("id") {
        let flaw = Flaw::new(span, format!("a {} has no `id`", level.name()), "begins here");
        reader.found.add(flaw.help(
            "begin it with `- id: …`: a name of a-z, 0-9, `-` and `_` that stays when others come and go",
        ));
    }
    None
}

fn content(reader: &mut Reader<'_>, sorted: &mut Sorted) -> Content {
    let prompt = sorted.take("prompt");
    match sorted.take("shots") {
        Some((key, node)) => {
            with_shots(reader, sorted, prompt);
            Content::Shots(shots(reader, &key, node))
        }
        None => Content::Single(self::prompt(reader, prompt, sorted)),
    }
}

/// What a scene with shots cannot have besides.
fn with_shots(reader: &mut Reader<'_>, sorted: &Sorted, prompt: Option<Pair>) {
    if let Some((key, _)) = prompt {
        let flaw =
            Flaw::new(key.span, "a scene with `shots` has no `prompt` of its own", "would never be sent");
        reader.found.add(flaw.help("move it into a shot, or what all shots share into `place` and `style`"));
    }
    if let Some((entry, "intelligent")) = settings::said(&sorted.said.settings, "shot_type") {
        let flaw = Flaw::new(
            entry.value.span,
            "with `shot_type: intelligent` the model plans the cuts itself",
            "but this scene has `shots`",
        );
        reader
            .found
            .add(flaw.help("delete this line, or write one `prompt` and `duration` in place of `shots`"));
    }
}

fn shots(reader: &mut Reader<'_>, key: &Spanned<String>, node: Node) -> Vec<Shot> {
    let entries = maps(reader, Level::Shot, key, node);
    let shots = entries.into_iter().filter_map(|(span, entries)| shot(reader, span, entries)).collect();
    unique(reader, Level::Shot, &shots, |shot: &Shot| &shot.id);
    shots
}

fn shot(reader: &mut Reader<'_>, span: Span, entries: Vec<Pair>) -> Option<Shot> {
    let mut sorted = reader.sort(Level::Shot, entries);
    let id = id(reader, Level::Shot, span, &mut sorted);
    let note = reader.text(sorted.take("note"));
    let new_clip = sorted.take("new_clip").and_then(|(key, node)| reader.keep(number::flag(&key, &node)));
    let prompt = sorted.take("prompt");
    let prompt = self::prompt(reader, prompt, &sorted);
    lonely_cut(reader, &sorted);
    Some(Shot { id: id?, note, prompt, new_clip: new_clip == Some(Flag::On), said: sorted.said })
}

fn lonely_cut(reader: &mut Reader<'_>, sorted: &Sorted) {
    if let Some((entry, "intelligent")) = settings::said(&sorted.said.settings, "shot_type") {
        let flaw = Flaw::new(
            entry.value.span,
            "with `shot_type: intelligent` the model plans the cuts of a whole scene",
            "but this is one shot of several",
        );
        reader.found.add(flaw.help("write a scene without `shots`: one `prompt` and `duration`"));
    }
}

/// A finished prompt, which no part stands beside.
fn prompt(reader: &mut Reader<'_>, pair: Option<Pair>, sorted: &Sorted) -> Option<Spanned<String>> {
    let (key, _) = pair.as_ref()?;
    for part in &sorted.said.parts {
        if reader.found.is_full() {
            break;
        }
        let name = &part.key.value;
        let message = format!("both `prompt` and `{name}`: a finished prompt is sent as it is written");
        let line = super::traps::line_number(&reader.found.source.text, key.span.start);
        let label = format!("would not be added to the `prompt` on line {line}");
        let flaw = Flaw::new(part.key.span, message, label).mild();
        let parts = match name.as_str() {
            "subject" => "delete `prompt` and write the shot in parts".to_owned(),
            name => format!("move the prompt into `subject` beside `{name}`"),
        };
        reader.found.add(flaw.help(format!("write it into the prompt, or {parts}")));
    }
    let empty = |text: &Spanned<String>| text.value.trim().is_empty();
    let text = reader.text(pair)?;
    if empty(&text) {
        let flaw = Flaw::new(text.span, "`prompt` is empty", "no text");
        reader
            .found
            .add(flaw.help("write what is to be seen, or write the shot in parts: `subject`, `details` …"));
        return None;
    }
    Some(text)
}

/// Siblings are told apart by their ids.
fn unique<T>(reader: &mut Reader<'_>, level: Level, items: &Vec<T>, id: impl Fn(&T) -> &Spanned<Id>) {
    let mut first: BTreeMap<&str, Span> = BTreeMap::new();
    for item in items {
        let id = id(item);
        let Some(before) = first.insert(id.value.as_str(), id.span) else { continue };
        first.insert(id.value.as_str(), before);
        if reader.found.is_full() {
            return;
        }
        let line = super::traps::line_number(&reader.found.source.text, before.start);
        let message = format!("two {}s have the id `{}`", level.name(), brief(id.value.as_str()));
        let flaw = Flaw::new(id.span, message, format!("the first is on line {line}"));
        reader.found.add(flaw.help("give each an id of its own"));
    }
}
