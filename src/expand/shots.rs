//! One shot: its settings, its prompt, and what is to be said about them. Knows no other shot.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::value::Value as Seen;
use serde_json::Value as Json;

use super::findings::{Known, Place};
use super::parts::{ShotNames, tidy};
use super::settings::{Level, Settings, Settled};
use super::speech::{self, Audio};
use super::vars::Vars;
use super::world::{Text, World};
use super::{Shot, Spoken};
use crate::address::{Address, Edition, Id};
use crate::storyboard::{Entry, PARTS, Said, Source, Spanned};

/// A shot as its scene writes it; a scene without `shots` is one.
#[derive(Clone, Copy)]
pub(super) struct Written<'a> {
    pub(super) scene: &'a Spanned<Id>,
    /// None where the scene is itself the shot.
    pub(super) id: Option<&'a Spanned<Id>>,
    pub(super) note: Option<&'a Spanned<String>>,
    pub(super) prompt: Option<&'a Spanned<String>>,
    pub(super) new_clip: bool,
    pub(super) scene_said: &'a Said,
    pub(super) said: Option<&'a Said>,
}

impl<'a> Written<'a> {
    pub(super) fn name(&self) -> &'a Spanned<Id> {
        self.id.unwrap_or(self.scene)
    }

    fn parts(&self) -> &'a [Entry] {
        self.said.map_or(&[], |said| &said.parts)
    }

    fn settings(&self) -> &'a [Entry] {
        self.said.map_or(&[], |said| &said.settings)
    }
}

/// What holds for every shot of one edition.
pub(super) struct Around<'a> {
    pub(super) source: &'a Arc<Source>,
    pub(super) edition: &'a Edition,
    pub(super) said: &'a Said,
    pub(super) matrix: &'a [Entry],
    pub(super) profile: &'a [Entry],
}

/// A shot and what its scene decides about it.
pub(super) struct Drawn {
    /// Only where its prompt is fine too.
    pub(super) shot: Known<Shot>,
    pub(super) settled: Settled,
    /// Where its duration is said.
    pub(super) duration: Place,
    pub(super) shot_type: Place,
}

/// A prompt, and what it was made of.
struct Prompt {
    text: String,
    parts: BTreeMap<String, String>,
    spoken: Vec<Spoken>,
}

pub(super) fn draw(
    world: &mut World<'_>,
    around: &Around<'_>,
    written: &Written<'_>,
    vars: &Vars,
) -> Known<Drawn> {
    let place = Place::new(around.source, written.name().span);
    let (names, settings) = (names(around, written, vars), settings(around, written));
    let settled = settings.settle(world, &names);
    let template = settled.as_ref().map_or("shot", |settled| settled.template.as_str()).to_owned();
    let prompt = match written.prompt {
        Some(prompt) => finished(world, &names, prompt, around.source),
        None => in_parts(world, &names, &template, &settings, &place),
    };
    let settled = settled?;
    let prompt = prompt.and_then(|prompt| {
        check_length(world, &settled, &prompt.text, written, &place)?;
        warn_of_speech(world, &names, &settled, &prompt.spoken);
        warn_of_unsent_lines(world, &names, &template, &prompt);
        Ok(prompt)
    });
    let shot = prompt.map(|prompt| shot(around, written, &settled, prompt));
    let [duration, shot_type] = ["duration", "shot_type"].map(|key| settings.place(key));
    Ok(Drawn { shot, settled, duration, shot_type })
}

/// What the templates of a shot see.
pub(super) fn names<'a>(around: &Around<'a>, written: &Written<'a>, vars: &'a Vars) -> ShotNames<'a> {
    let levels = [written.parts(), written.scene_said.parts.as_slice(), around.said.parts.as_slice()];
    ShotNames::new(vars, levels, around.source, named(written.scene), named(written.name()))
}

/// What all levels say of a shot's settings.
pub(super) fn settings<'a>(around: &Around<'a>, written: &Written<'a>) -> Settings<'a> {
    let levels = [
        (Level::Storyboard, around.said.settings.as_slice()),
        (Level::Scene, &written.scene_said.settings),
        (Level::Shot, written.settings()),
        (Level::Matrix, around.matrix),
        (Level::Profile, around.profile),
    ];
    Settings::new(levels, around.source, Place::new(around.source, written.name().span))
}

fn shot(around: &Around<'_>, written: &Written<'_>, settled: &Settled, prompt: Prompt) -> Shot {
    let address = Address {
        edition: around.edition.clone(),
        scene: written.scene.value.clone(),
        shot: written.id.map(|id| id.value.clone()),
    };
    Shot {
        address,
        span: written.name().span,
        model: Arc::clone(&settled.model),
        prompt: prompt.text,
        seconds: settled.seconds,
        fields: settled.fields.clone(),
        intelligent: settled.intelligent,
        takes: settled.takes,
        group: settled.group,
        new_clip: written.new_clip,
        tags: settled.tags.clone(),
        note: written.note.map(|note| note.value.clone()),
        parts: prompt.parts,
        spoken: prompt.spoken,
    }
}

fn named(id: &Spanned<Id>) -> Seen {
    Seen::from_pairs([("id", id.value.as_str())])
}

fn finished(
    world: &mut World<'_>,
    names: &ShotNames<'_>,
    prompt: &Spanned<String>,
    source: &Arc<Source>,
) -> Known<Prompt> {
    let place = Place::new(source, prompt.span);
    let text = world.render(Text { text: &prompt.value, place: &place }, names)?;
    warn_of_dropped(world, names, prompt, &place)?;
    let text = checked(world, &text, &place)?;
    Ok(Prompt { text, parts: BTreeMap::new(), spoken: Vec::new() })
}

fn in_parts(
    world: &mut World<'_>,
    names: &ShotNames<'_>,
    template: &str,
    settings: &Settings<'_>,
    shot: &Place,
) -> Known<Prompt> {
    let mut parts = BTreeMap::new();
    let mut broken = None;
    for part in PARTS {
        match names.part(world, part) {
            Ok(value) if value.is_empty() => {}
            Ok(value) => drop(parts.insert(part.to_owned(), value.written())),
            Err(reported) => broken = Some(reported),
        }
    }
    if let Some(reported) = broken {
        return Err(reported);
    }
    let place = settings.place("template");
    let file = format!("{template}.j2");
    let text = world.fill_template(&file, Text { text: "", place: &place }, names)?;
    let text = checked(world, &text, shot)?;
    let spoken = names.part(world, "line")?.spoken();
    Ok(Prompt { text, parts, spoken })
}

/// What no prompt may be: empty, or with a template's marks still in it.
fn checked(world: &mut World<'_>, text: &str, place: &Place) -> Known<String> {
    let text = tidy(text);
    if text.is_empty() {
        let help = "write `prompt:`, or parts such as `subject:` and `details:`".to_owned();
        return Err(world.findings.error(place, "this shot's prompt is empty", help));
    }
    if let Some(mark) = ["{{", "{%", "{#"].into_iter().find(|mark| text.contains(mark)) {
        let message =
            format!("the finished prompt still holds `{mark}`, which the model would read aloud or draw");
        let help = "rows, axes and --var are data: what they hold is not filled in".to_owned();
        return Err(world.findings.error(place, message, help));
    }
    Ok(text)
}

/// Told once a file: a finished prompt is sent as it is written.
fn warn_of_dropped(
    world: &mut World<'_>,
    names: &ShotNames<'_>,
    prompt: &Spanned<String>,
    place: &Place,
) -> Known<()> {
    if world.told_of_dropped {
        return Ok(());
    }
    let mut dropped = Vec::new();
    for part in ["style", "constraints"] {
        if !world.uses(&prompt.value, part) && !names.part(world, part)?.is_empty() {
            dropped.push(part);
        }
    }
    if dropped.is_empty() {
        return Ok(());
    }
    world.told_of_dropped = true;
    let (are, them) = if dropped.len() == 1 { ("is", "it") } else { ("are", "them") };
    let message = format!("`{}` {are} not part of a finished prompt", dropped.join("` and `"));
    let uses: Vec<String> = dropped.iter().map(|part| format!("{{{{ {part} }}}}")).collect();
    world.findings.warn(
        place,
        message,
        format!("use {them} as {}, or write the shot in parts", uses.join(" and ")),
    );
    Ok(())
}

fn check_length(
    world: &mut World<'_>,
    settled: &Settled,
    prompt: &str,
    written: &Written<'_>,
    shot: &Place,
) -> Known<()> {
    let length = prompt.chars().count();
    let max = settled.model.prompt_chars.max;
    if u32::try_from(length).is_ok_and(|length| length <= max) {
        return Ok(());
    }
    let place = written.prompt.map_or_else(|| shot.clone(), |prompt| Place::new(&shot.source, prompt.span));
    let message = format!("this prompt has {length} characters, {} takes {max}", settled.model.alias);
    Err(world.findings.error(&place, message, "shorten it".to_owned()))
}

/// A template that leaves the line out makes a clip with sound in which nobody says it.
fn warn_of_unsent_lines(world: &mut World<'_>, names: &ShotNames<'_>, template: &str, prompt: &Prompt) {
    let Some(place) = names.place("line") else { return };
    if prompt.spoken.iter().any(|spoken| !prompt.text.contains(spoken.say.trim())) {
        let help = format!("print `line` in templates/{template}.j2, or clear it with `line: null`");
        world.findings.warn(
            &place,
            format!("this line is not sent: the template `{template}` does not print it"),
            help,
        );
    }
}

fn warn_of_speech(world: &mut World<'_>, names: &ShotNames<'_>, settled: &Settled, spoken: &[Spoken]) {
    let Some(place) = names.place("line") else { return };
    let audio = match settled.fields.get("generate_audio").and_then(Json::as_bool) {
        Some(true) => Audio::On,
        Some(false) => Audio::Off,
        None => Audio::Unsaid,
    };
    speech::warn(&mut world.findings, &place, spoken, audio);
}
