//! The keys that storyboard, scene and shot have in common: variables, parts and settings.
//! What a level alone has is handed back.

use std::collections::BTreeSet;

use super::found::{Flaw, Found, brief};
use super::node::{Node, Scalar, Value};
use super::source::{Span, Spanned};
use super::traps;
use super::value::{self, Pair};
use super::words::{self, Level, Role};
use super::{Entry, Said, settings};
use crate::address::Id;

/// What reading any level needs: where problems go, and what settings the models have.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    pub(super) found: &'a mut Found,
    pub(super) fields: &'a BTreeSet<String>,
}

/// One level, sorted.
#[derive(Debug)]
pub(super) struct Sorted {
    pub(super) said: Said,
    own: Vec<Pair>,
    /// Keys that were probably meant by an unknown one: not to be called missing as well.
    meant: BTreeSet<String>,
}

impl Sorted {
    pub(super) fn take(&mut self, key: &str) -> Option<Pair> {
        let at = self.own.iter().position(|(name, _)| name.value == key)?;
        Some(self.own.swap_remove(at))
    }

    /// Is a key absent, and no misspelt one there in its stead?
    pub(super) fn lacks(&self, key: &str) -> bool {
        !self.meant.contains(key)
    }
}

impl Reader<'_> {
    pub(super) fn keep<T>(&mut self, read: Result<T, Flaw>) -> Option<T> {
        read.map_err(|flaw| self.found.add(flaw)).ok()
    }

    /// Tells a problem, and hands out the text that was meant.
    pub(super) fn meant(&mut self, flaw: Flaw, span: Span) -> Option<Node> {
        let meant = flaw.instead.clone();
        self.found.add(flaw);
        meant.map(|text| Node { value: Value::Scalar(Scalar { text, plain: true }), span })
    }

    /// An id, or the nearest one.
    pub(super) fn id(&mut self, key: &Spanned<String>, node: &Node) -> Option<Spanned<Id>> {
        let flaw = match value::id(key, node) {
            Ok(id) => return Some(id),
            Err(flaw) => flaw,
        };
        let meant = self.meant(flaw, node.span)?;
        value::id(key, &meant).ok()
    }

    pub(super) fn text(&mut self, pair: Option<Pair>) -> Option<Spanned<String>> {
        let (key, node) = pair?;
        value::text(self.found, &key, &node)
    }

    pub(super) fn sort(&mut self, level: Level, entries: Vec<Pair>) -> Sorted {
        let mut sorted = Sorted { said: Said::default(), own: Vec::new(), meant: BTreeSet::new() };
        let known = |entry: &Pair| words::role(level, &entry.0.value, self.fields) != Role::Unknown;
        let (known, unknown): (Vec<_>, Vec<_>) = entries.into_iter().partition(known);
        let written: BTreeSet<String> = known.iter().map(|(key, _)| key.value.clone()).collect();
        for (key, node) in known {
            self.place(level, &mut sorted, key, node);
        }
        for (key, node) in unknown {
            // A misspelt key is read as the one that was meant, so that all below it is looked at too.
            let Some(near) = self.unknown(level, &key).filter(|near| !written.contains(near)) else {
                continue;
            };
            if sorted.meant.insert(near.clone()) {
                self.place(level, &mut sorted, Spanned { value: near, span: key.span }, node);
            }
        }
        sorted
    }

    fn place(&mut self, level: Level, sorted: &mut Sorted, key: Spanned<String>, node: Node) {
        match words::role(level, &key.value, self.fields) {
            Role::Own if key.value == "vars" => sorted.said.vars = self.vars(&key, node),
            Role::Own => sorted.own.push((key, node)),
            Role::Part => sorted.said.parts.extend(self.part(&key, node).map(|value| Entry { key, value })),
            Role::Setting => {
                let value = settings::check(self, &key, node);
                sorted.said.settings.extend(value.map(|value| Entry { key, value }));
            }
            Role::Elsewhere(home) => sorted.meant.extend(self.misplaced(level, &key, home)),
            Role::Unknown => {}
        }
    }

    /// Whatever stands at a wrong level, what is missing at the right one is no second mistake.
    fn misplaced(&mut self, level: Level, key: &Spanned<String>, home: &str) -> Option<String> {
        let message = format!("`{}` does not belong to a {}", key.value, level.name());
        let flaw = Flaw::new(key.span, message, format!("this key is of {home}"));
        let help = match (level, key.value.as_str()) {
            (Level::Storyboard, "shots" | "prompt") => {
                "put it into a scene\n    scenes:\n      - id: …\n        shots:"
            }
            (Level::Storyboard, "id") => "write `storyboard: …`",
            (Level::Scene, "new_clip") => "a scene begins a clip anyway: delete it, or write it at a shot",
            (Level::Shot, "shots") => {
                "a shot is not divided: write its shots into the scene, one after the other"
            }
            _ => "move it there",
        };
        let flaw = flaw.help(help.replace("shots:", &format!("{}: …", key.value)));
        let is_spare = matches!(key.value.as_str(), "title" | "note" | "budget" | "runtime" | "new_clip");
        self.found.add(if is_spare { flaw.mild() } else { flaw });
        (level == Level::Storyboard && key.value == "shots").then(|| "scenes".to_owned())
    }

    fn unknown(&mut self, level: Level, key: &Spanned<String>) -> Option<String> {
        if self.found.is_full() {
            return None;
        }
        let known = || level.keys(self.fields);
        let near = words::meant(&key.value, known()).map(str::to_owned);
        let message = format!("a {} has no key `{}`", level.name(), brief(&key.value));
        let flaw = Flaw::new(key.span, message, "unknown key").mild();
        let help = near
            .as_ref()
            .map_or_else(|| all_keys(level, self.fields), |near| format!("did you mean `{near}`?"));
        self.found.add(flaw.help(help));
        near
    }

    /// Variables of any level.
    fn vars(&mut self, key: &Spanned<String>, node: Node) -> Vec<Entry> {
        let shape = "write one variable a line, indented: `name: text`";
        let entries = self.keep(value::map(key, node, shape)).unwrap_or_default();
        entries.into_iter().filter_map(|(key, value)| self.var(key, value)).collect()
    }

    fn var(&mut self, key: Spanned<String>, value: Node) -> Option<Entry> {
        value::whole_text(self.found, &value);
        if let Some(reason) = words::refuse_name(&key.value) {
            let message = format!("`{}` cannot name a variable", brief(&key.value));
            let flaw = Flaw::new(key.span, message, "choose another name");
            self.found.add(flaw.help(reason).mild());
            return None;
        }
        Some(Entry { key, value })
    }

    /// A part is text, and null clears what was inherited; a line may be a conversation.
    fn part(&mut self, key: &Spanned<String>, node: Node) -> Option<Node> {
        value::whole_text(self.found, &node);
        let flaw = match &node.value {
            Value::Null => return Some(node),
            Value::List(items) if key.value == "line" && items.iter().any(is_map) => {
                self.spoken(key, items);
                return Some(node);
            }
            Value::Map(entries) if key.value == "line" && is_spoken(entries) => {
                let flaw =
                    Flaw::new(node.span, "a `line` by somebody stands in a list", "begins without `- `");
                flaw.help(format!("write\n    line:\n      {}", speech_line(entries))).mild()
            }
            _ => match value::scalar(key, &node) {
                Ok(_) => return Some(node),
                Err(flaw) => flaw,
            },
        };
        self.meant(flaw, node.span)
    }

    fn spoken(&mut self, key: &Spanned<String>, items: &[Node]) {
        for item in items {
            match &item.value {
                Value::Map(entries) => self.speech(item.span, entries),
                other => {
                    let label = format!("{} instead", value::kind(other));
                    let flaw =
                        Flaw::new(value::at(key, item), "an entry of `line` has `who` and `say`", label);
                    self.found.add(flaw.help("write `- { who: Rin, say: \"get down\" }`"));
                }
            }
        }
    }

    fn speech(&mut self, span: Span, entries: &[Pair]) {
        if let [(who, say)] = entries
            && !is_spoken(entries)
            && value::text_of(&say.value).is_some()
        {
            let flaw = Flaw::new(who.span, "an entry of `line` has `who` and `say`", "neither of the two");
            return self.found.add(flaw.help(format!("write\n    {}", said_by(&who.value, say))));
        }
        let mut meant = BTreeSet::new();
        for (key, node) in entries {
            match key.value.as_str() {
                "who" | "say" => drop(self.keep(value::scalar(key, node))),
                _ => meant.extend(self.stray_speech(key, node)),
            }
        }
        for wanted in ["who", "say"] {
            if !meant.contains(wanted) && !entries.iter().any(|(key, _)| key.value == wanted) {
                let flaw = Flaw::new(span, format!("an entry of `line` lacks `{wanted}`"), "this one");
                self.found.add(flaw.help("write `- { who: Rin, say: \"get down\" }`"));
            }
        }
    }

    fn stray_speech(&mut self, key: &Spanned<String>, node: &Node) -> Option<&'static str> {
        let message = format!("an entry of `line` has no key `{}`", brief(&key.value));
        let flaw = Flaw::new(key.span, message, "unknown key");
        let near = words::meant(&key.value, ["who", "say"].into_iter());
        let help = match near {
            _ if node.value == Value::Null => {
                "inside `{ }` a comma ends the text: quote text that holds one".to_owned()
            }
            Some(near) => format!("did you mean `{near}`?"),
            None => "an entry has `who` and `say`".to_owned(),
        };
        self.found.add(flaw.help(help));
        near
    }
}

fn said_by(who: &str, say: &Node) -> String {
    let say = value::text_of(&say.value).unwrap_or_default();
    format!("- {{ who: {}, say: {} }}", brief(who), traps::quote(&brief(say)))
}

fn speech_line(entries: &[Pair]) -> String {
    let said = |name: &str| {
        let (_, node) = entries.iter().find(|(key, _)| key.value == name)?;
        value::text_of(&node.value)
    };
    let (who, say) = (said("who").unwrap_or("…"), said("say").unwrap_or("…"));
    format!("- {{ who: {}, say: {} }}", brief(who), traps::quote(&brief(say)))
}

fn is_map(node: &Node) -> bool {
    matches!(node.value, Value::Map(_))
}

fn is_spoken(entries: &[Pair]) -> bool {
    entries.iter().any(|(key, _)| key.value == "say" || key.value == "who")
}

fn all_keys(level: Level, fields: &BTreeSet<String>) -> String {
    let keys: Vec<&str> = level.keys(fields).collect();
    format!("a {} has {}", level.name(), keys.join(", "))
}
