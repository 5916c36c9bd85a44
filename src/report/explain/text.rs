//! An explanation for people: the clip, its shots with what made each, and its takes.

use std::fmt::Write as _;

use serde_json::Value;

use super::{Explained, Known, Lost, Made, level, line};
use crate::expand::{Given, Origin};
use crate::plan;
use crate::record::Vault;
use crate::report::ledger::{in_words, seconds};
use crate::report::state::{state, why};
use crate::report::style::{Look, Style};
use crate::report::table;
use crate::report::wrap::{Indent, Prose, padded, width};
use crate::take::{Bill, Nonce, Take};
use crate::timeline::Shot;

/// Columns of a name, before what it is.
const NAME: usize = 12;
/// The widest name that others are aligned with.
const NAMES: usize = 20;
/// With fewer columns, later lines begin at the left.
const NARROW: usize = 60;

/// One explanation after the other.
#[must_use]
pub fn text(explained: &Explained, look: Look) -> String {
    let page = Page { look, folder: explained.folder, known: explained.known };
    let made = explained.made.iter().map(|made| page.made(made));
    let lost = explained.lost.iter().map(|lost| page.lost(lost));
    made.chain(lost).collect::<Vec<_>>().join("\n")
}

#[derive(Clone, Copy)]
struct Page<'a> {
    look: Look,
    folder: &'a str,
    known: Known,
}

impl Page<'_> {
    fn made(self, made: &Made) -> String {
        let clip = made.clip.planned;
        let mut out = self.heading(&clip.address.to_string(), made.film.title);
        self.put(&mut out, 2, "written in", None, &made.film.source.name);
        made.commit.iter().for_each(|commit| self.put(&mut out, 2, "commit", None, commit));
        for wanted in &clip.wanted {
            let usd = if table::costs(wanted.action) { format!(" for {}", clip.usd) } else { String::new() };
            let said = format!("{}{usd}: {}", table::word(wanted.action), wanted.words());
            self.put(&mut out, 2, "now", Some(table::style(wanted.action)), &said);
        }
        self.put(&mut out, 2, "request", None, &format!("{}, {} s", clip.request.endpoint, clip.seconds));
        self.put(&mut out, 2, "fingerprint", Some(Style::Dim), &clip.fingerprint.to_string());
        let mut before: Option<&Origin> = None;
        for (shot, origin) in made.clip.shots.iter().zip(&made.origins) {
            out.push('\n');
            self.shot(&mut out, shot, origin.as_ref(), before);
            before = origin.as_ref().or(before);
        }
        out.push('\n');
        if made.clip.takes.is_empty() {
            out.push_str("No take of this request was bought yet.\n");
        }
        for (number, take) in made.clip.takes.iter().enumerate() {
            let chosen = made.clip.chosen.is_some_and(|chosen| chosen.nonce == take.nonce);
            self.take(
                &mut out,
                &format!("take {}", number + 1),
                take,
                chosen.then_some("chosen"),
                made.asked,
            );
        }
        self.earlier(&mut out, made);
        out
    }

    fn earlier(self, out: &mut String, made: &Made) {
        let count = made.clip.earlier.len();
        if count > 0 {
            let what = if count == 1 { "take" } else { "takes" };
            let said = format!("{count} earlier {what} of these shots, of other requests:");
            let names = made.clip.earlier.iter().map(|take| take.nonce.short());
            let names: Vec<String> = names.collect();
            self.say(out, 0, &format!("{said} {}", names.join(", ")));
        }
    }

    /// What only the record knows.
    fn lost(self, lost: &Lost) -> String {
        let intent = &lost.take.intent;
        let mut out = self.heading(&intent.address.to_string(), None);
        let asked = match self.known {
            Known::All => "No storyboard asks for this request any more",
            Known::Record => {
                "The storyboards have problems, so that none can say whether it asks for this request"
            }
        };
        self.say(&mut out, 2, &format!("{asked}; this is what was sent:"));
        let names: Vec<&str> = intent.shots.iter().map(crate::address::Id::as_str).collect();
        self.put(&mut out, 2, "shots", None, &names.join(", "));
        self.put(&mut out, 2, "request", None, &format!("{}, {} s", intent.request.endpoint, intent.seconds));
        self.put(&mut out, 2, "fingerprint", Some(Style::Dim), &lost.take.fingerprint.to_string());
        for (key, value) in intent.request.body.iter().filter(|(key, _)| !PROMPTS.contains(&key.as_str())) {
            self.put(&mut out, 2, key, None, &plain(value));
        }
        for (shot, prompt) in intent.shots.iter().zip(prompts(&intent.request.body)) {
            let _ = writeln!(out, "\n{}", self.look.style(Style::Strong, shot.as_str()));
            self.prompt(&mut out, prompt);
        }
        out.push('\n');
        self.take(&mut out, "take", lost.take, None, None);
        for clip in &lost.now {
            self.heir(&mut out, clip);
        }
        out
    }

    fn heir(self, out: &mut String, clip: &plan::Clip) {
        let said =
            clip.wanted.iter().map(|wanted| format!("{}: {}", table::word(wanted.action), wanted.words()));
        let said: Vec<String> = said.collect();
        self.say(out, 0, &format!("Its shots are now in {} ({})", clip.address, said.join("; ")));
    }

    fn shot(self, out: &mut String, shot: &Shot, origin: Option<&Origin>, before: Option<&Origin>) {
        let name = self.look.style(Style::Strong, shot.shot.name().as_str());
        let _ = writeln!(out, "{name}  {} s", shot.shot.seconds);
        if let Some(origin) = origin {
            self.put(out, 2, "shot", None, &line(&origin.shot));
            origin.prompt.iter().for_each(|prompt| self.put(out, 2, "prompt", None, &line(prompt)));
            origin.template.iter().for_each(|template| self.put(out, 2, "template", None, &template.name));
        }
        self.prompt(out, &shot.shot.prompt);
        let Some(origin) = origin else { return };
        let before = |of: fn(&Origin) -> &Vec<Given>| before.map_or(&[][..], |before| of(before).as_slice());
        self.givens(out, "parts", &origin.parts, before(|origin| &origin.parts));
        self.givens(out, "variables", &origin.variables, before(|origin| &origin.variables));
        self.givens(out, "settings", &origin.settings, before(|origin| &origin.settings));
    }

    fn prompt(self, out: &mut String, prompt: &str) {
        for row in prompt.lines() {
            let mut prose = Prose::default();
            prose.add(None, row);
            let _ = writeln!(
                out,
                "  {} {}",
                self.look.style(Style::Dim, "|"),
                prose.lines(self.look, Indent { taken: 4, rest: 6 })
            );
        }
    }

    /// Without those that the shot before it has from the same place.
    fn givens(self, out: &mut String, what: &str, givens: &[Given], known: &[Given]) {
        let same = |one: &Given, other: &Given| {
            (&one.name, &one.value, &one.spot) == (&other.name, &other.value, &other.spot)
        };
        let new = givens.iter().filter(|given| !known.iter().any(|other| same(given, other)));
        let new: Vec<&Given> = new.collect();
        if new.is_empty() {
            return;
        }
        let as_before = if new.len() < givens.len() { ", others as above" } else { "" };
        let _ = writeln!(out, "  {what}{as_before}");
        let names = new.iter().map(|given| width(&given.name)).filter(|width| *width <= NAMES).max();
        for given in new {
            self.given(out, given, names.unwrap_or_default());
        }
    }

    /// The value, and beside it where it is said; below it, where there is no room.
    fn given(self, out: &mut String, given: &Given, names: usize) {
        let (name, value) = (padded(&given.name, names), brief(&given.value));
        let place = format!("{} ({})", line(&given.spot), level(given.level));
        let taken = 6 + width(&name);
        let rest = if self.look.columns() < NARROW { 6 } else { 6 + names };
        let mut prose = Prose::default();
        prose.add(None, &value);
        let _ = write!(out, "    {name}  {}", prose.lines(self.look, Indent { taken, rest }));
        let fits = taken + width(&value) + 2 + width(&place) <= self.look.columns();
        if fits {
            out.push_str("  ");
        } else {
            let _ = write!(out, "\n{:rest$}", "");
        }
        let mut prose = Prose::default();
        prose.add(Some(Style::Dim), &place);
        let _ = writeln!(out, "{}", prose.lines(self.look, Indent { taken: rest, rest }));
    }

    fn take(self, out: &mut String, name: &str, take: &Take, note: Option<&str>, asked: Option<Nonce>) {
        let (word, style) = state(take);
        let mut first = Prose::default();
        first.add(Some(Style::Strong), name);
        first.apart(Some(style), word);
        if let Some(note) = note {
            first.apart(Some(Style::Good), note);
        }
        if asked == Some(take.nonce) {
            first.apart(Some(Style::Info), "the one you asked about");
        }
        let _ = writeln!(out, "{}", first.lines(self.look, Indent { taken: 0, rest: 2 }));
        for (name, said) in facts(take, self.folder) {
            self.put(out, 2, name, None, &said);
        }
    }

    fn heading(self, name: &str, title: Option<&str>) -> String {
        let mut prose = Prose::default();
        prose.add(Some(Style::Strong), name);
        prose.apart(None, title.unwrap_or_default());
        prose.lines(self.look, Indent { taken: 0, rest: 2 }) + "\n"
    }

    fn put(self, out: &mut String, indent: usize, name: &str, style: Option<Style>, said: &str) {
        let mut prose = Prose::default();
        prose.add(style, said);
        let name = padded(name, NAME);
        let taken = indent + 1 + width(&name);
        let rest = if self.look.columns() < NARROW { indent + 2 } else { taken };
        let lines = prose.lines(self.look, Indent { taken, rest });
        let _ = writeln!(out, "{:indent$}{name} {lines}", "");
    }

    fn say(self, out: &mut String, indent: usize, said: &str) {
        let mut prose = Prose::default();
        prose.add(None, said);
        let lines = prose.lines(self.look, Indent { taken: indent, rest: indent + 2 });
        let _ = writeln!(out, "{:indent$}{lines}", "");
    }
}

/// Fields that hold the shots, which are shown one by one.
const PROMPTS: [&str; 3] = ["prompt", "multi_prompt", "duration"];

/// Of each shot that was sent.
fn prompts(body: &serde_json::Map<String, Value>) -> Vec<&str> {
    let elements = body.get("multi_prompt").and_then(Value::as_array);
    let own = body.get("prompt").and_then(Value::as_str);
    match elements {
        Some(elements) => elements.iter().filter_map(|one| one.get("prompt")?.as_str()).collect(),
        None => own.into_iter().collect(),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Enough of a value to know it by.
fn brief(value: &str) -> String {
    const MOST: usize = 160;
    let one_line = value.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = one_line.chars().take(MOST).collect();
    if short.len() < one_line.len() { short + " …" } else { short }
}

/// What is known of a purchase, by name.
fn facts(take: &Take, folder: &str) -> Vec<(&'static str, String)> {
    let mut facts = vec![("number", take.nonce.to_string())];
    let time = |at: jiff::Timestamp| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
    facts.extend(take.request_id().map(|id| ("request id", id.to_owned())));
    facts.push(("begun", time(take.intent.at)));
    facts.extend(take.submitted.as_ref().map(|submitted| ("submitted", time(submitted.at))));
    facts.extend(take.failure().map(|failed| ("failed", failed.kind.words().to_owned())));
    facts.extend(why(take).map(|why| ("why", why.to_owned())));
    facts.push(("price", price(take)));
    if let Some(landed) = &take.landed {
        facts.push(("landed", time(landed.at)));
        facts.push((
            "picture",
            format!(
                "{}x{}, {} s long ({} s asked), {} bytes",
                landed.width,
                landed.height,
                seconds(landed.millis),
                take.intent.seconds,
                landed.bytes
            ),
        ));
        facts.push(("file", format!("{folder}/{}", Vault::relative_path(take))));
    }
    facts
}

fn price(take: &Take) -> String {
    let bill = Bill::of(take);
    let counted = format!("{} planned, {} counted", take.intent.usd, bill.counted);
    std::iter::once(counted).chain(in_words(&bill)).collect::<Vec<_>>().join("; ")
}
