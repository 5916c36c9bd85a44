//! Settings: which level's wins, what its text renders to, and what that is to the chosen model.
//! Knows no prompt; whether shots may share a clip is the plan's.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;

use super::Group;
use super::findings::{Known, Place};
use super::nearest::did_you_mean;
use super::values::{self, Mistake};
use super::world::{Names, Text, World};
use crate::catalog::{Model, Takes};
use crate::storyboard::{Entry, Node, SETTINGS, Source, Span, Value};

/// Those that are never a field of the request by themselves.
const NOT_SENT: [&str; 8] = ["model", "shot_type", "duration", "takes", "group", "template", "tags", "skip"];

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

    /// Every setting that somebody says, with the level that wins.
    pub(super) fn said(&self) -> impl Iterator<Item = (&'a str, Level, &'a Entry)> {
        self.said.iter().map(|(key, (level, entry))| (*key, *level, *entry))
    }

    /// Everything at once, so that every mistake is told.
    pub(super) fn settle(&self, world: &mut World<'_>, names: &dyn Names) -> Known<Settled> {
        let model = self.model(world, names);
        let seconds = self.seconds(world, names);
        let takes = self.parsed(world, names, "takes", values::takes);
        let group = self.parsed(world, names, "group", values::group);
        let skip = self.parsed(world, names, "skip", |text| values::flag("skip", text));
        let template = self.parsed(world, names, "template", values::template);
        let intelligent = self.parsed(world, names, "shot_type", values::is_intelligent);
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
        parse: impl Fn(&str) -> Result<T, Mistake>,
    ) -> Known<Option<T>> {
        let Some(written) = self.written(world, names, key)? else { return Ok(None) };
        let parsed = parse(&written.text);
        parsed.map(Some).map_err(|wrong| world.findings.error(&written.place, wrong.message, wrong.help))
    }

    fn model(&self, world: &mut World<'_>, names: &dyn Names) -> Known<Arc<Model>> {
        let Some(Written { text, place }) = self.written(world, names, "model")? else {
            let names: Vec<&str> = world.catalog.names().collect();
            let help =
                format!("write `model: NAME` at the top of the storyboard; there are {}", names.join(", "));
            let top = Place::new(self.source, Span::default());
            return Err(world.findings.error(&top, "no model is chosen", help));
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
        self.parsed(world, names, "duration", values::seconds)?.ok_or_else(|| {
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
        let value = values::field(key, &field.takes, &text);
        value.map(Some).map_err(|wrong| world.findings.error(&place, wrong.message, wrong.help))
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
    let own: Vec<&str> = model.fields.keys().map(String::as_str).collect();
    let help = did_you_mean(key, own.into_iter().chain(SETTINGS));
    Err(world.findings.error(place, message, help))
}
