//! Settings: which level's wins, what its text renders to, and what that is to the chosen model.
//! Knows no prompt; whether shots may share a clip is the plan's.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;

use super::Group;
use super::fields;
use super::findings::{Known, Place, Reported};
use super::world::{Names, Text, World};
use crate::catalog::{Model, Takes};
use crate::storyboard::{Entry, Node, Source, Value};

/// Settings of every model, or of none.
pub(super) const COMMON: [&str; 10] = [
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

/// Those that are never a field of the request by themselves.
const NOT_SENT: [&str; 8] = ["model", "shot_type", "duration", "takes", "group", "template", "tags", "skip"];

/// More takes of one clip than anybody watches.
const MAX_TAKES: u32 = 1000;

/// Where a setting is said. The nearest wins: profile, matrix, shot, scene, storyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Storyboard,
    Scene,
    Shot,
    Matrix,
    Profile,
}

/// What all levels together say about one shot.
#[derive(Debug)]
pub(super) struct Settings<'a> {
    said: BTreeMap<&'a str, (Level, &'a Entry)>,
    source: &'a Arc<Source>,
    /// The shot, for what nobody says.
    shot: Place,
}

/// A shot's settings, checked.
#[derive(Debug)]
pub(super) struct Settled {
    pub(super) model: Arc<Model>,
    pub(super) seconds: u32,
    pub(super) fields: BTreeMap<String, Json>,
    pub(super) intelligent: bool,
    pub(super) takes: u32,
    pub(super) group: Group,
    pub(super) template: String,
    pub(super) tags: Vec<String>,
    pub(super) skip: bool,
}

/// A rendered setting and where it stands.
struct Written {
    text: String,
    place: Place,
}

impl<'a> Settings<'a> {
    /// `levels` from the farthest to the nearest.
    pub(super) fn new(
        levels: impl IntoIterator<Item = (Level, &'a [Entry])>,
        source: &'a Arc<Source>,
        shot: Place,
    ) -> Self {
        let entries =
            levels.into_iter().flat_map(|(level, entries)| entries.iter().map(move |entry| (level, entry)));
        let said = entries.map(|(level, entry)| (entry.key.value.as_str(), (level, entry))).collect();
        Self { said, source, shot }
    }

    /// Where a setting stands, or the shot where nobody says it.
    pub(super) fn place(&self, key: &str) -> Place {
        let said = self.said.get(key);
        said.map_or_else(|| self.shot.clone(), |(_, entry)| Place::new(self.source, entry.value.span))
    }

    /// Everything at once, so that every mistake is told.
    pub(super) fn settle(&self, world: &mut World<'_>, names: &dyn Names) -> Known<Settled> {
        let model = self.model(world, names);
        let seconds = self.seconds(world, names);
        let takes = self.parsed(world, names, "takes", parse_takes);
        let group = self.parsed(world, names, "group", parse_group);
        let skip = self.parsed(world, names, "skip", |text| parse_flag("skip", text));
        let template = self.parsed(world, names, "template", parse_template);
        let intelligent = self.parsed(world, names, "shot_type", parse_shot_type);
        let tags = self.tags(world, names);
        let model = model?;
        let fields = self.fields(world, names, &model);
        let intelligent = intelligent?.unwrap_or_default();
        if intelligent {
            self.plans_cuts(world, &model)?;
        }
        Ok(Settled {
            model,
            seconds: seconds?,
            fields: fields?,
            intelligent,
            takes: takes?.unwrap_or(1),
            group: group?.unwrap_or_default(),
            template: template?.unwrap_or_else(|| "shot".to_owned()),
            tags: tags?,
            skip: skip?.unwrap_or_default(),
        })
    }

    /// The text of a setting; none where nobody says it, or null does.
    fn written(&self, world: &mut World<'_>, names: &dyn Names, key: &str) -> Known<Option<Written>> {
        let Some((_, entry)) = self.said.get(key) else { return Ok(None) };
        let place = Place::new(self.source, entry.value.span);
        match &entry.value.value {
            Value::Null => Ok(None),
            Value::Scalar(scalar) => {
                let text = world.render(Text { text: &scalar.text, place: &place }, names)?.trim().to_owned();
                Ok(Some(Written { text, place }))
            }
            Value::List(_) | Value::Map(_) => {
                Err(world.findings.error(&place, format!("`{key}` is a single value"), None))
            }
        }
    }

    fn parsed<T>(
        &self,
        world: &mut World<'_>,
        names: &dyn Names,
        key: &str,
        parse: impl Fn(&str) -> Result<T, (String, String)>,
    ) -> Known<Option<T>> {
        let Some(written) = self.written(world, names, key)? else { return Ok(None) };
        let parsed = parse(&written.text);
        parsed.map(Some).map_err(|(message, help)| world.findings.error(&written.place, message, help))
    }

    fn model(&self, world: &mut World<'_>, names: &dyn Names) -> Known<Arc<Model>> {
        let Some(Written { text, place }) = self.written(world, names, "model")? else {
            let help =
                "write `model: NAME` at the top of the storyboard; `shotlist models` lists them".to_owned();
            return Err(world.findings.error(&self.shot, "no model is chosen for this shot", help));
        };
        if let Some(model) = world.catalog.model(&text) {
            return Ok(Arc::clone(model));
        }
        let models = world.catalog.models().iter();
        let known: Vec<&str> =
            models.flat_map(|model| [model.alias.as_str(), model.endpoint.as_str()]).collect();
        let aliases: Vec<&str> = world.catalog.models().iter().map(|model| model.alias.as_str()).collect();
        let near = super::nearest::nearest(&text, known).map(|near| format!("did you mean `{near}`?"));
        let help = near.unwrap_or_else(|| format!("the catalog has {}", aliases.join(", ")));
        Err(world.findings.error(&place, format!("there is no model `{text}` in the catalog"), help))
    }

    fn seconds(&self, world: &mut World<'_>, names: &dyn Names) -> Known<u32> {
        self.parsed(world, names, "duration", parse_seconds)?.ok_or_else(|| {
            let help = "write `duration: 5` here, at the scene or at the storyboard".to_owned();
            world.findings.error(&self.shot, "no duration is given for this shot", help)
        })
    }

    fn fields(
        &self,
        world: &mut World<'_>,
        names: &dyn Names,
        model: &Model,
    ) -> Known<BTreeMap<String, Json>> {
        let mut fields = defaults(model);
        let mut broken = None;
        for (&key, (level, entry)) in self.said.iter().filter(|(key, _)| !NOT_SENT.contains(key)) {
            match self.field(world, names, model, key, *level, entry) {
                Ok(Some(value)) => drop(fields.insert(key.to_owned(), value)),
                Ok(None) => {}
                Err(reported) => broken = Some(reported),
            }
        }
        if broken.is_none() {
            self.unsaid(world, model, &fields)?;
        }
        broken.map_or(Ok(fields), Err)
    }

    fn field(
        &self,
        world: &mut World<'_>,
        names: &dyn Names,
        model: &Model,
        key: &str,
        level: Level,
        entry: &Entry,
    ) -> Known<Option<Json>> {
        let Some(field) = model.fields.get(key) else {
            return not_of_model(world, model, key, level, &Place::new(self.source, entry.key.span))
                .map(|()| None);
        };
        let Some(Written { text, place }) = self.written(world, names, key)? else { return Ok(None) };
        let value = fields::parse(key, &field.takes, &text);
        value.map(Some).map_err(|(message, help)| world.findings.error(&place, message, help))
    }

    /// The defaults of the language are sent too, so they have to be among what the model takes.
    fn unsaid(&self, world: &mut World<'_>, model: &Model, sent: &BTreeMap<String, Json>) -> Known<()> {
        let Some(Takes::OneOf(choices)) = model.fields.get("aspect_ratio").map(|field| &field.takes) else {
            return Ok(());
        };
        let taken = sent.get("aspect_ratio").and_then(Json::as_str);
        if taken.is_none_or(|ratio| choices.iter().any(|choice| choice == ratio)) {
            return Ok(());
        }
        let message =
            format!("{} has no 16:9, which is what a shot is unless it says otherwise", model.alias);
        Err(world.findings.error(
            &self.shot,
            message,
            format!("write `aspect_ratio: \"{}\"`", choices.join("\" or \"")),
        ))
    }

    fn plans_cuts(&self, world: &mut World<'_>, model: &Model) -> Known<()> {
        let takes = model.fields.get("shot_type").map(|field| &field.takes);
        let able = matches!(takes, Some(Takes::OneOf(choices)) if choices.iter().any(|choice| choice == "intelligent"));
        if able {
            return Ok(());
        }
        let message = format!("{} does not plan cuts by itself", model.alias);
        Err(world.findings.error(&self.place("shot_type"), message, "write the cuts as `shots:`".to_owned()))
    }

    fn tags(&self, world: &mut World<'_>, names: &dyn Names) -> Known<Vec<String>> {
        let Some((_, entry)) = self.said.get("tags") else { return Ok(Vec::new()) };
        let items = match &entry.value.value {
            Value::Null => &[],
            Value::List(items) => items.as_slice(),
            Value::Scalar(_) | Value::Map(_) => std::slice::from_ref(&entry.value),
        };
        let tags: Known<Vec<String>> = items.iter().map(|item| self.tag(world, names, item)).collect();
        tags.map(|tags| tags.into_iter().filter(|tag| !tag.is_empty()).collect())
    }

    fn tag(&self, world: &mut World<'_>, names: &dyn Names, item: &Node) -> Known<String> {
        let place = Place::new(self.source, item.span);
        let Value::Scalar(scalar) = &item.value else {
            return Err(world.findings.error(&place, "a tag is a single word", None));
        };
        Ok(world.render(Text { text: &scalar.text, place: &place }, names)?.trim().to_owned())
    }
}

/// What is sent unless the author says otherwise; fal's own defaults differ between models.
fn defaults(model: &Model) -> BTreeMap<String, Json> {
    let defaults = [("aspect_ratio", Json::from("16:9")), ("generate_audio", Json::from(false))];
    let declared = defaults.into_iter().filter(|(key, _)| model.fields.contains_key(*key));
    declared.map(|(key, value)| (key.to_owned(), value)).collect()
}

fn not_of_model(world: &mut World<'_>, model: &Model, key: &str, level: Level, place: &Place) -> Known<()> {
    let message = format!("{} has no setting `{key}`", model.alias);
    if level == Level::Storyboard {
        let help = "it is left out for this model".to_owned();
        world.findings.warn(place, message, help);
        return Ok(());
    }
    let has = |other: &&Arc<Model>| other.fields.contains_key(key);
    let others: Vec<&str> =
        world.catalog.models().iter().filter(has).map(|other| other.alias.as_str()).collect();
    let help = format!("delete it, or choose a model that has it: {}", others.join(", "));
    Err(world.findings.error(place, message, help))
}

type Parsed<T> = Result<T, (String, String)>;

fn parse_seconds(text: &str) -> Parsed<u32> {
    if let Ok(seconds) = text.parse::<u32>() {
        return Ok(seconds);
    }
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    let unit = text[digits.len()..].trim_start();
    let help = match unit {
        "s" | "sec" | "secs" | "second" | "seconds" if !digits.is_empty() => format!("write {digits}"),
        _ => "such as `duration: 5`".to_owned(),
    };
    Err((format!("a duration is a whole number of seconds, not `{}`", brief(text)), help))
}

fn parse_takes(text: &str) -> Parsed<u32> {
    let takes = text.parse::<u32>().ok().filter(|takes| (1..=MAX_TAKES).contains(takes));
    takes.ok_or_else(|| {
        (format!("`takes` is a whole number from 1 to {MAX_TAKES}, not `{}`", brief(text)), String::new())
    })
}

fn parse_group(text: &str) -> Parsed<Group> {
    match text {
        "auto" => Ok(Group::Auto),
        "whole" => Ok(Group::Whole),
        "solo" => Ok(Group::Solo),
        _ => Err((format!("there is no group `{}`", brief(text)), "write auto, whole or solo".to_owned())),
    }
}

/// True for `intelligent`.
fn parse_shot_type(text: &str) -> Parsed<bool> {
    match text {
        "intelligent" => Ok(true),
        "customize" => Ok(false),
        _ => Err((
            format!("there is no shot_type `{}`", brief(text)),
            "write customize or intelligent".to_owned(),
        )),
    }
}

pub(super) fn parse_flag(key: &str, text: &str) -> Parsed<bool> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err((format!("`{key}` is true or false, not `{}`", brief(text)), String::new())),
    }
}

fn parse_template(text: &str) -> Parsed<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_/".contains(c);
    let fine = !text.is_empty() && text.chars().all(plain) && !text.starts_with('/');
    let help = "the name of a file of templates/ without `.j2`".to_owned();
    fine.then(|| text.to_owned()).ok_or_else(|| (format!("`{}` is no template's name", brief(text)), help))
}

/// Enough of a text to recognise it in a message.
pub(super) fn brief(text: &str) -> String {
    const LONGEST: usize = 60;
    let short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() { short + "…" } else { short }
}

/// Whole seconds that a shot may have.
pub(super) fn check_seconds(
    world: &mut World<'_>,
    settled: &Settled,
    company: Company,
    place: &Place,
) -> Result<(), Reported> {
    let clip = &settled.model.clip_seconds;
    let multi = settled.model.multi_prompt.as_ref().map(|multi| &multi.shot_seconds);
    let alone = settled.intelligent || settled.group == Group::Solo || company == Company::Alone;
    let (min, max, what) = match multi.filter(|_| !alone) {
        Some(shot) => (shot.min, shot.max.max(clip.max), "shot"),
        None => (clip.min, clip.max, "clip"),
    };
    if (min..=max).contains(&settled.seconds) {
        return Ok(());
    }
    let model = &settled.model.alias;
    let shorter =
        what == "clip" && multi.is_some_and(|shot| shot.min <= settled.seconds && settled.seconds < min);
    let help = if shorter && !settled.intelligent {
        "make it longer, or put it into a scene with other shots, whose clip it can share".to_owned()
    } else {
        format!("write {min} to {max}")
    };
    let message =
        format!("a {what} of {model} is {min} to {max} seconds long, this one is {}", settled.seconds);
    Err(world.findings.error(place, message, help))
}

/// Has a shot others in its scene to share a clip with?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Company {
    Alone,
    Among,
}
