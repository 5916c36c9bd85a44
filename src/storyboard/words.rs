//! The language's words: which key may stand where, and which one was meant.

use std::collections::BTreeSet;

/// What a prompt is written in, in the order of the template.
pub const PARTS: [&str; 7] = ["place", "style", "subject", "details", "line", "use_case", "constraints"];

/// Settings of every model, or of none.
pub const SETTINGS: [&str; 10] = [
    "model",
    "aspect_ratio",
    "generate_audio",
    "shot_type",
    "duration",
    "takes",
    "group",
    "template",
    "tags",
    "skip",
];

/// Settings that an axis of the matrix may vary, besides those of a model.
pub const AXES: [&str; 5] = ["model", "aspect_ratio", "generate_audio", "duration", "template"];

/// What templates see besides the variables.
pub const RESERVED: [&str; 6] = ["storyboard", "scene", "shot", "variant", "row", "inherited"];

/// Words of the template language, which no name can be.
pub const SYNTAX: [&str; 13] =
    ["true", "false", "none", "True", "False", "None", "and", "or", "not", "in", "is", "if", "else"];

const OF_STORYBOARD: [&str; 10] =
    ["storyboard", "title", "note", "budget", "runtime", "vars_from", "vars", "each", "matrix", "profiles"];
const OF_SCENE: [&str; 5] = ["id", "note", "vars", "shots", "prompt"];
const OF_SHOT: [&str; 5] = ["id", "note", "vars", "prompt", "new_clip"];

/// What others call it.
const SYNONYMS: [(&str, &str); 29] = [
    ("action", "subject"),
    ("aspect", "aspect_ratio"),
    ("audio", "generate_audio"),
    ("background", "place"),
    ("camera", "details"),
    ("character", "subject"),
    ("comment", "note"),
    ("dialog", "line"),
    ("dialogue", "line"),
    ("endpoint", "model"),
    ("important_details", "details"),
    ("in_scene_line", "line"),
    ("length", "duration"),
    ("lighting", "details"),
    ("location", "place"),
    ("multi_prompt", "shots"),
    ("name", "id"),
    ("notes", "note"),
    ("project", "storyboard"),
    ("ratio", "aspect_ratio"),
    ("seconds", "duration"),
    ("secs", "duration"),
    ("setting", "place"),
    ("sound", "generate_audio"),
    ("speech", "line"),
    ("text", "prompt"),
    ("usecase", "use_case"),
    ("variables", "vars"),
    ("variations", "takes"),
];

/// Where in a storyboard a key stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Storyboard,
    Scene,
    Shot,
}

impl Level {
    /// As messages call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Storyboard => "storyboard",
            Self::Scene => "scene",
            Self::Shot => "shot",
        }
    }

    /// Keys that are neither part nor setting.
    pub fn own(self) -> impl Iterator<Item = &'static str> {
        let scenes = (self == Self::Storyboard).then_some("scenes");
        let own: &[&str] = match self {
            Self::Storyboard => &OF_STORYBOARD,
            Self::Scene => &OF_SCENE,
            Self::Shot => &OF_SHOT,
        };
        own.iter().copied().chain(scenes)
    }

    /// All keys that may stand here.
    pub(crate) fn keys(self, fields: &BTreeSet<String>) -> impl Iterator<Item = &str> {
        let of_language = self.own().chain(PARTS).chain(SETTINGS).map(|key: &str| key);
        of_language.chain(fields.iter().map(String::as_str).filter(|field| !SETTINGS.contains(field)))
    }
}

/// What a key is at its level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Own,
    Part,
    Setting,
    /// A key, but of these.
    Elsewhere(&'static str),
    Unknown,
}

pub(super) fn role(level: Level, key: &str, fields: &BTreeSet<String>) -> Role {
    if level.own().any(|own| own == key) {
        Role::Own
    } else if PARTS.contains(&key) {
        Role::Part
    } else if is_setting(key, fields) {
        Role::Setting
    } else {
        elsewhere(key)
    }
}

fn elsewhere(key: &str) -> Role {
    let of = |level: Level| level.own().any(|own| own == key);
    match key {
        "prompt" => Role::Elsewhere("a shot, or a scene without shots"),
        "id" => Role::Elsewhere("a scene or a shot; the storyboard's own id is `storyboard: …`"),
        _ if of(Level::Storyboard) => Role::Elsewhere("the storyboard"),
        _ if of(Level::Scene) => Role::Elsewhere("a scene"),
        _ if of(Level::Shot) => Role::Elsewhere("a shot"),
        _ => Role::Unknown,
    }
}

/// Text that people read or a prompt is made of.
pub(super) fn is_prose(key: &str) -> bool {
    PARTS.contains(&key) || matches!(key, "prompt" | "title" | "note")
}

pub(super) fn is_setting(key: &str, fields: &BTreeSet<String>) -> bool {
    SETTINGS.contains(&key) || fields.contains(key)
}

/// More names than any storyboard has; a hostile one does not make every mistake slow.
const MOST_KNOWN: usize = 200;

/// The known word that a writer meant, where one is near.
pub(super) fn meant<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.trim().to_lowercase().replace(['-', ' '], "_");
    let known: Vec<&str> = known.take(MOST_KNOWN).collect();
    let synonym = SYNONYMS.iter().find(|(other, _)| *other == word).map(|(_, own)| *own);
    synonym
        .and_then(|own| known.iter().copied().find(|known| *known == own))
        .or_else(|| nearest(&word, &known))
}

fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    const LONGEST: usize = 40;
    let allowed = (word.chars().count() / 3).clamp(1, 3);
    let near = |known: &&'a str| {
        let distance = strsim::damerau_levenshtein(word, known);
        (distance <= allowed).then_some((distance, *known))
    };
    let is_short = word.len() <= LONGEST;
    is_short.then(|| known.iter().filter_map(near).min().map(|(_, known)| known)).flatten()
}

/// Why a text is no name of a variable.
pub(super) fn refuse_name(name: &str) -> Option<&'static str> {
    let letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    let is_word = name.starts_with(letter) && name.chars().all(|c| letter(c) || c.is_ascii_digit());
    if RESERVED.contains(&name) {
        Some("templates already use this name for something else")
    } else if PARTS.contains(&name) {
        Some("this is a part of the prompt; templates see it by this name")
    } else if SYNTAX.contains(&name) {
        Some("this word belongs to the template language")
    } else if is_word {
        None
    } else {
        Some("a variable's name is made of letters, digits and `_`, and begins with a letter")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant_at(level: Level, word: &str) -> Option<String> {
        let fields = BTreeSet::from(["negative_prompt".to_owned()]);
        meant(word, level.keys(&fields)).map(str::to_owned)
    }

    #[test]
    fn a_near_miss_finds_its_word() {
        let shot = |word| meant_at(Level::Shot, word);
        assert_eq!(shot("durration").as_deref(), Some("duration"));
        assert_eq!(shot("Subject").as_deref(), Some("subject"));
        assert_eq!(shot("use-case").as_deref(), Some("use_case"));
        assert_eq!(shot("negative_promt").as_deref(), Some("negative_prompt"));
        assert_eq!(shot("camera").as_deref(), Some("details"));
        assert_eq!(shot("zebra"), None);
        assert_eq!(shot(&"x".repeat(100_000)), None);
    }

    #[test]
    fn a_word_is_only_meant_where_it_may_stand() {
        assert_eq!(meant_at(Level::Storyboard, "scene").as_deref(), Some("scenes"));
        assert_eq!(meant_at(Level::Shot, "multi_prompt"), None);
    }

    #[test]
    fn every_synonym_stands_for_a_key() {
        let fields = BTreeSet::new();
        let levels = [Level::Storyboard, Level::Scene, Level::Shot];
        for (word, own) in SYNONYMS {
            assert!(levels.iter().any(|level| level.keys(&fields).any(|key| key == own)), "{word}");
        }
    }
}
