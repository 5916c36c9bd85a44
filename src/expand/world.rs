//! What all of one storyboard's expansion shares: the engine, the catalog and the problems found so far.
//! Renders a text for whoever knows the names in it.

use crate::catalog::Catalog;
use crate::storyboard::PARTS;

use super::engine::{Compiled, Engine, Seen, is_template};
use super::fault::Fault;
use super::findings::{Findings, Known, Place, Reported};
use super::nearest::did_you_mean;
use super::trace::Trace;
use minijinja::value::Value;

pub(super) struct World<'a> {
    pub(super) engine: Engine<'a>,
    pub(super) catalog: &'a Catalog,
    pub(super) findings: Findings,
    pub(super) told_of_dropped: bool,
    /// Where somebody asks what a shot was made of.
    pub(super) trace: Option<Trace>,
}

/// The names that a template may use, and what stands behind them.
pub(super) trait Names {
    /// None where nothing does.
    fn get(&self, world: &mut World<'_>, name: &str) -> Known<Option<Value>>;

    /// For a writer who misspelled one.
    fn known(&self) -> Vec<String>;
}

/// A text of a storyboard, which may be a template.
#[derive(Clone, Copy)]
pub(super) struct Text<'t> {
    pub(super) text: &'t str,
    pub(super) place: &'t Place,
}

impl World<'_> {
    pub(super) fn render(&mut self, text: Text<'_>, names: &dyn Names) -> Known<String> {
        if !is_template(text.text) {
            return Ok(text.text.to_owned());
        }
        let compiled = self.engine.text(text.text).map_err(|fault| self.report(text, fault, names))?;
        self.fill(&compiled, text, names)
    }

    /// Renders a template of `templates/`; `text` is where the storyboard asks for it.
    pub(super) fn fill_template(&mut self, file: &str, text: Text<'_>, names: &dyn Names) -> Known<String> {
        let compiled = self.engine.template(file).map_err(|fault| self.report(text, fault, names))?;
        self.fill(&compiled, text, names)
    }

    fn fill(&mut self, compiled: &Compiled, text: Text<'_>, names: &dyn Names) -> Known<String> {
        let mut seen = Seen::new();
        for name in &compiled.names {
            if let Some(value) = names.get(self, name)? {
                seen.insert(name.clone(), value);
            }
        }
        if let Some(trace) = &mut self.trace {
            trace.filled(compiled, &seen);
        }
        self.engine.render(compiled, &seen).map_err(|fault| self.report(text, fault, names))
    }

    /// Is this a template that can be used at all? Says so of texts that no shot uses.
    pub(super) fn try_out(&mut self, text: Text<'_>, names: &dyn Names) {
        if is_template(text.text)
            && let Err(fault) = self.engine.text(text.text)
        {
            self.report(text, fault, names);
        }
    }

    /// Does this text use that name, itself or through what it includes?
    pub(super) fn uses(&mut self, text: &str, name: &str) -> bool {
        is_template(text) && self.engine.text(text).is_ok_and(|compiled| compiled.names.contains(name))
    }

    fn report(&mut self, text: Text<'_>, fault: Fault, names: &dyn Names) -> Reported {
        let place = match &fault.file {
            Some(file) => Place::part(file, &fault.range),
            None => text.place.within(text.text, &fault.range),
        };
        let help = match &fault.undefined {
            Some(name) => undefined_help(name, names),
            None => fault.help,
        };
        self.findings.error(&place, fault.message, help)
    }
}

fn undefined_help(name: &str, names: &dyn Names) -> Option<String> {
    match name {
        "row" => Some("`row` needs rows: add `each: { rows: FILE, id: … }`".to_owned()),
        "inherited" => {
            Some("`{{ inherited }}` stands in `place`, `style` and the other parts of a prompt".to_owned())
        }
        part if PARTS.contains(&part) => {
            Some(format!("`{part}` is a part of the prompt: it may use variables, but they can't use it"))
        }
        _ => {
            let known = names.known();
            did_you_mean(name, known.iter().map(String::as_str))
        }
    }
}
