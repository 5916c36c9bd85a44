//! The parts of a prompt: inherited key by key from storyboard to scene to shot, and what a shot's templates see.
//! Knows no model and no setting.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::value::Value as Seen;

use super::Spoken;
use super::findings::{Known, Place};
use super::vars::Vars;
use super::world::{Names, Text, World};
use crate::storyboard::{Entry, Node, PARTS, Source, Value};

/// A part as it comes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Text(String),
    Lines(Vec<Spoken>),
}

impl Part {
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.trim().is_empty(),
            Self::Lines(lines) => lines.is_empty(),
        }
    }

    fn seen(&self) -> Seen {
        match self {
            Self::Text(text) => Seen::from(text.trim()),
            Self::Lines(lines) => lines.iter().map(spoken).collect(),
        }
    }

    pub(super) fn spoken(&self) -> Vec<Spoken> {
        match self {
            Self::Lines(lines) => lines.clone(),
            Self::Text(_) if self.is_empty() => Vec::new(),
            Self::Text(text) => vec![Spoken { who: None, say: text.trim().to_owned() }],
        }
    }

    /// For people: as one text.
    pub(super) fn written(&self) -> String {
        let said =
            |line: &Spoken| line.who.as_ref().map_or(line.say.clone(), |who| format!("{who}: {}", line.say));
        match self {
            Self::Text(text) => text.trim().to_owned(),
            Self::Lines(lines) => lines.iter().map(said).collect::<Vec<String>>().join("\n"),
        }
    }
}

fn spoken(line: &Spoken) -> Seen {
    Seen::from_pairs([("who", line.who.clone().unwrap_or_default()), ("say", line.say.clone())])
}

/// What the templates of one shot see.
pub(super) struct ShotNames<'a> {
    pub(super) vars: &'a Vars,
    /// What shot, scene and storyboard say, nearest first.
    pub(super) levels: [&'a [Entry]; 3],
    pub(super) source: &'a Arc<Source>,
    pub(super) scene: Seen,
    pub(super) shot: Seen,
    values: RefCell<BTreeMap<(&'static str, usize), Known<Part>>>,
    busy: RefCell<Vec<(&'static str, usize)>>,
}

impl<'a> ShotNames<'a> {
    pub(super) fn new(
        vars: &'a Vars,
        levels: [&'a [Entry]; 3],
        source: &'a Arc<Source>,
        scene: Seen,
        shot: Seen,
    ) -> Self {
        Self { vars, levels, source, scene, shot, values: RefCell::default(), busy: RefCell::default() }
    }

    /// Where the winning text of a part stands.
    pub(super) fn place(&self, part: &str) -> Option<Place> {
        let entry = self.levels.iter().find_map(|level| find(level, part))?;
        Some(Place::new(self.source, entry.value.span))
    }

    /// Does the shot itself, or its scene, or the storyboard give it?
    pub(super) fn part(&self, world: &mut World<'_>, part: &'static str) -> Known<Part> {
        self.from(world, part, 0)
    }

    fn from(&self, world: &mut World<'_>, part: &'static str, level: usize) -> Known<Part> {
        let said = (level..3).find_map(|at| Some((at, find(self.levels[at], part)?)));
        let Some((at, entry)) = said else { return Ok(Part::Text(String::new())) };
        if let Some(known) = self.values.borrow().get(&(part, at)) {
            return known.clone();
        }
        self.not_busy(world, (part, at), entry)?;
        self.busy.borrow_mut().push((part, at));
        let value = self.written(world, part, at, &entry.value);
        self.busy.borrow_mut().pop();
        self.values.borrow_mut().insert((part, at), value.clone());
        value
    }

    fn not_busy(&self, world: &mut World<'_>, key: (&'static str, usize), entry: &Entry) -> Known<()> {
        let busy = self.busy.borrow();
        let Some(start) = busy.iter().position(|one| *one == key) else { return Ok(()) };
        let place = Place::new(self.source, entry.value.span);
        let mut chain: Vec<&str> = busy[start..].iter().map(|(part, _)| *part).collect();
        chain.push(key.0);
        let message = format!("parts that need each other: {}", chain.join(" → "));
        let help = if chain.len() == 2 {
            "`{{ inherited }}` is what it would have been"
        } else {
            "break the circle: give one of them its text"
        };
        Err(world.findings.error(&place, message, help.to_owned()))
    }

    fn written(&self, world: &mut World<'_>, part: &'static str, at: usize, node: &Node) -> Known<Part> {
        let names = InPart { shot: self, part, at };
        match &node.value {
            Value::Null => Ok(Part::Text(String::new())),
            Value::Scalar(_) => text(world, node, self.source, &names).map(Part::Text),
            Value::List(items) if part == "line" => items
                .iter()
                .map(|item| line(world, item, self.source, &names))
                .collect::<Known<_>>()
                .map(Part::Lines),
            Value::List(_) | Value::Map(_) => {
                let place = Place::new(self.source, node.span);
                Err(world.findings.error(&place, format!("`{part}` is a text"), None))
            }
        }
    }
}

fn find<'e>(entries: &'e [Entry], key: &str) -> Option<&'e Entry> {
    entries.iter().find(|entry| entry.key.value == key)
}

fn text(world: &mut World<'_>, node: &Node, source: &Arc<Source>, names: &dyn Names) -> Known<String> {
    let place = Place::new(source, node.span);
    match &node.value {
        Value::Scalar(scalar) => world.render(Text { text: &scalar.text, place: &place }, names),
        _ => Err(world.findings.error(&place, "a text is wanted here", None)),
    }
}

fn line(world: &mut World<'_>, node: &Node, source: &Arc<Source>, names: &dyn Names) -> Known<Spoken> {
    let Value::Map(entries) = &node.value else {
        return Ok(Spoken { who: None, say: text(world, node, source, names)?.trim().to_owned() });
    };
    let mut said = |key: &str| {
        let value = entries.iter().find(|(name, _)| name.value == key).map(|(_, value)| value);
        value.map(|value| text(world, value, source, names)).transpose()
    };
    let who = said("who")?.map(|who| who.trim().to_owned()).filter(|who| !who.is_empty());
    let Some(say) = said("say")? else {
        let place = Place::new(source, node.span);
        return Err(world.findings.error(
            &place,
            "a line without `say`",
            "write { who: Rin, say: Get down! }".to_owned(),
        ));
    };
    Ok(Spoken { who, say: say.trim().to_owned() })
}

impl Names for ShotNames<'_> {
    fn get(&self, world: &mut World<'_>, name: &str) -> Known<Option<Seen>> {
        if let Some(part) = PARTS.into_iter().find(|part| *part == name) {
            return self.part(world, part).map(|part| Some(part.seen()));
        }
        match name {
            "scene" => Ok(Some(self.scene.clone())),
            "shot" => Ok(Some(self.shot.clone())),
            _ => self.vars.get(world, name),
        }
    }

    fn known(&self) -> Vec<String> {
        let own = PARTS.into_iter().chain(["scene", "shot"]).map(str::to_owned);
        self.vars.known().into_iter().chain(own).collect()
    }
}

/// The names as the text of one part sees them.
struct InPart<'a> {
    shot: &'a ShotNames<'a>,
    part: &'static str,
    at: usize,
}

impl Names for InPart<'_> {
    fn get(&self, world: &mut World<'_>, name: &str) -> Known<Option<Seen>> {
        match name {
            "inherited" => self.shot.from(world, self.part, self.at + 1).map(|part| Some(part.seen())),
            _ if name == self.part => self.shot.from(world, self.part, self.at).map(|part| Some(part.seen())),
            _ => self.shot.get(world, name),
        }
    }

    fn known(&self) -> Vec<String> {
        self.shot.known()
    }
}

/// A prompt as it is sent: trimmed, blanks at line ends gone, runs of blank lines folded to one.
pub(super) fn tidy(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.trim().lines().map(str::trim_end) {
        if !(line.is_empty() && lines.last().is_some_and(|last| last.is_empty())) {
            lines.push(line);
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_is_trimmed_and_its_blank_lines_are_folded() {
        assert_eq!(tidy("\n\n A\r\n\n\n \t\nB  \n"), "A\n\nB");
        assert_eq!(tidy(" \n"), "");
    }
}
