//! What an editor says of every key: what it is for, and how it is written. A key without words here fails a test.

use serde_json::{Value, json};

use super::shape;
use crate::catalog::Model;

/// What is said of a key. `key` is its name, with its level's before it where levels differ.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    key: &'static str,
    says: &'static str,
    /// As JSON.
    pub(super) examples: &'static [&'static str],
}

const fn words(key: &'static str, says: &'static str, examples: &'static [&'static str]) -> Words {
    Words { key, says, examples }
}

const WORDS: &[Words] = &[
    words(
        "storyboard",
        "One file of scenes and shots, rendered by `shotlist render`. Settings and parts that stand here hold for every shot that says nothing else.",
        &[
            r#"{ "scenes": [{ "id": "opening", "duration": 5, "prompt": "A lighthouse at dusk, slow push-in." }] }"#,
        ],
    ),
    words(
        "storyboard.storyboard",
        "The storyboard's id, unique in the project: the first part of every clip's address. Default: the file's name.",
        &[r#""neon-harbor""#],
    ),
    words("storyboard.title", "For people: shown in reports, never sent.", &[r#""Neon Harbor, cold open""#]),
    words("note", "For people, anywhere: shown in reports, never sent.", &[r#""first pass for the pitch""#]),
    words(
        "storyboard.budget",
        "US dollars: a hard cap on everything ever charged to this storyboard in one output folder, with all its takes, variants and profiles.",
        &["25.0"],
    ),
    words(
        "storyboard.runtime",
        "Seconds that the shots must add up to. Where they do not, `check` says so, with the sum of every scene.",
        &["15"],
    ),
    words(
        "vars_from",
        "Files of shared variables, relative to this file, inside the project. The last one wins, and `vars` win over all.",
        &[r#"["shared/cast.yaml"]"#],
    ),
    words(
        "vars",
        "Variables, for `{{ name }}` in any text and any setting. A value may be text, a list or a map, and may use other variables. The nearest level wins.",
        &[r#"{ "city": "a neon-lit harbor city", "rin": "{{ cast.rin.name }}, {{ cast.rin.look }}" }"#],
    ),
    words(
        "each",
        "Renders the storyboard once per row of a table. A row's columns are `{{ row.NAME }}`.",
        &[r#"{ "rows": "shared/products.csv", "id": "{{ row.sku }}" }"#],
    ),
    words(
        "each.rows",
        "A CSV, JSON, JSONL or YAML file, relative to this one, or the rows themselves.",
        &[r#""shared/products.csv""#, r#"[{ "sku": "a-1", "name": "Tide" }]"#],
    ),
    words(
        "each.id",
        "What a row is called in addresses: a template that is different for every row.",
        &[r#""{{ row.sku }}""#],
    ),
    words(
        "matrix",
        "Renders the storyboard once per combination of its axes, the last axis fastest. An axis named like a setting sets it, any other is a variable.",
        &[r#"{ "aspect_ratio": ["16:9", "9:16"], "lang": ["en", "zh"] }"#],
    ),
    words(
        "matrix.exclude",
        "Combinations to leave out. Each names some of the axes.",
        &[r#"[{ "aspect_ratio": "9:16", "lang": "zh" }]"#],
    ),
    words(
        "matrix.include",
        "Combinations to add. Each names every axis.",
        &[r#"[{ "aspect_ratio": "1:1", "lang": "en" }]"#],
    ),
    words(
        "profiles",
        "Named sets of settings and variables that win over all that the file says: `shotlist render --profile draft`.",
        &[r#"{ "draft": { "takes": 1, "city": "any town" } }"#],
    ),
    words("storyboard.scenes", "The scenes, in story order.", &[]),
    words(
        "scene",
        "Shots that belong together in one place and time. Only shots of one scene may share a clip. Without `shots` it is itself the one shot.",
        &[],
    ),
    words(
        "scene.id",
        "The scene's name, unique in the storyboard and part of its clips' addresses. It stays when others come and go.",
        &[r#""rooftop""#],
    ),
    words(
        "scene.shots",
        "The scene's shots, in order. Shots that follow each other share a clip where the model allows it.",
        &[],
    ),
    words(
        "prompt",
        "The finished prompt, sent as it is written. No part is added, but it may use them: `{{ style }}`, `{{ place }}`.",
        &[r#""The words NEON HARBOR in rain-soaked neon, {{ style }}, slow dolly out.""#],
    ),
    words("shot", "One uninterrupted view: a prompt, finished or in parts, and a duration.", &[]),
    words(
        "shot.id",
        "The shot's name, unique in its scene and part of its clip's address. It stays when others come and go.",
        &[r#""skyline""#],
    ),
    words("shot.new_clip", "A clip starts here, whatever might be shared.", &["true"]),
    words(
        "place",
        "Part of the prompt: where and when. Inherited by every shot below; `{{ inherited }}` is what it would have been, `null` clears it.",
        &[r#""rooftops in {{ city }}, dusk, heavy rain""#],
    ),
    words(
        "style",
        "Part of the prompt: the look of it all. Inherited by every shot below; `{{ inherited }}` is what it would have been, `null` clears it.",
        &[r#""anime, cel-shaded, teal and magenta neon""#],
    ),
    words(
        "subject",
        "Part of the prompt: who or what is seen, and what it does.",
        &[r#""a mecha landing on the rooftop, dust kicking up""#],
    ),
    words(
        "details",
        "Part of the prompt: camera, framing, light, pace.",
        &[r#""low-angle hero shot, slow push-in""#],
    ),
    words(
        "line",
        "Part of the prompt: what is spoken. Text, or a list of who says what. Heard only with `generate_audio: true`. Write English in lower case, except for proper nouns and acronyms.",
        &[r#""I'm here.""#, r#"[{ "who": "Mio", "say": "you're late." }]"#],
    ),
    words("line.who", "Who says it.", &[r#""Mio""#]),
    words("line.say", "What is said.", &[r#""you're late.""#]),
    words("use_case", "Part of the prompt: what the video is for.", &[r#""anime sequence""#]),
    words(
        "constraints",
        "Part of the prompt: what must hold and what must not be seen. `{{ inherited }}` is what it would have been, `null` clears it.",
        &[r#""no watermark, no logos, preserve subject identity""#, r#""{{ inherited }}, steady camera""#],
    ),
    words(
        "model",
        "The model, by its alias or by fal's endpoint id. A project adds its own in `models/`. `shotlist models` lists them.",
        &[],
    ),
    words(
        "aspect_ratio",
        "Shape of the picture, in quotes. 16:9 unless you say otherwise, for every model.",
        &[r#""16:9""#],
    ),
    words(
        "generate_audio",
        "Sound and speech, made with the picture. False unless you say otherwise, for every model. Some models cost more with it.",
        &["true"],
    ),
    words(
        "shot_type",
        "`intelligent` for a scene without `shots`: the model plans the cuts inside its one prompt.",
        &[r#""intelligent""#],
    ),
    words(
        "shot.shot_type",
        "`customize`, for a shot that is cut by hand. Only a scene without `shots` can be `intelligent`.",
        &[r#""customize""#],
    ),
    words(
        "duration",
        "Length of a shot in whole seconds, required. At a scene or the storyboard it is each shot's default.",
        &["5", r#""{{ row.seconds }}""#],
    ),
    words(
        "takes",
        "How many takes of every clip are wanted; 1 unless you say otherwise. Each is a purchase of its own.",
        &["3"],
    ),
    words(
        "group",
        "How shots share clips. `auto`: the cheapest way, counting what is owned. `whole`: the scene must be one clip. `solo`: a clip for itself.",
        &[r#""whole""#],
    ),
    words(
        "template",
        "The file of `templates/`, without its ending, that makes the prompt of the parts; `shot` unless you say otherwise.",
        &[r#""poster""#],
    ),
    words(
        "tags",
        "Words to select clips by: `shotlist render --tag hero`. They replace what is inherited.",
        &[r#"["teaser", "hero"]"#],
    ),
    words("skip", "Checked, but neither planned nor rendered.", &["true", r#""{{ row.without_closeup }}""#]),
    words(
        "negative_prompt",
        "What is not to be seen. Not every model has it.",
        &[r#""blur, distortion, text""#],
    ),
    words("cfg_scale", "How closely the model keeps to the prompt. Not every model has it.", &["0.5"]),
];

/// Of `shot.id`, or of `id` where all levels mean the same.
pub(super) fn of(key: &str) -> Option<Words> {
    let bare = key.rsplit('.').next();
    let named = |name: &str| WORDS.iter().find(|words| words.key == name).copied();
    named(key).or_else(|| bare.and_then(named))
}

/// The shape with what is said of its key.
pub(super) fn described(key: &str, shape: Value) -> Value {
    let Some(words) = of(key) else { return shape };
    let examples: Vec<Value> =
        words.examples.iter().filter_map(|json| serde_json::from_str(json).ok()).collect();
    let examples = if examples.is_empty() { json!({}) } else { json!({ "examples": examples }) };
    shape::with(shape::with(shape, text(words.says)), examples)
}

/// Twice where it holds code, which editors show as such in one of them and quote in the other.
pub(super) fn text(says: &str) -> Value {
    let plain = says.replace('`', "");
    if plain == says {
        json!({ "description": says })
    } else {
        json!({ "description": plain, "markdownDescription": says })
    }
}

/// `Kling O3 4K: $0.42 a second`
pub(super) fn model(model: &Model) -> String {
    let price = |audio| model.price(Some(audio)).map(|price| price.usd_per_second);
    let price = match (price(false), price(true)) {
        (Some(silent), Some(sound)) if silent == sound => format!("{silent} a second"),
        (Some(silent), Some(sound)) => format!("{silent} a second, {sound} with audio"),
        _ => "no price, so that nothing is bought from it".to_owned(),
    };
    format!("{}: {price}", model.title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_json_and_no_key_is_told_twice() {
        for words in WORDS {
            assert_eq!(WORDS.iter().filter(|other| other.key == words.key).count(), 1, "{}", words.key);
            for example in words.examples {
                assert!(serde_json::from_str::<Value>(example).is_ok(), "{example}");
            }
        }
    }
}
