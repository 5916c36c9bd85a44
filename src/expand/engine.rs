//! Renders templates within bounds of work, memory and output, and says what was wrong and where.
//! Which syntax is allowed is decided in `guard`; what a template gets to see, by its caller.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{self, Write};
use std::sync::Arc;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior};

use super::Files;
use super::fault::{self, Fault};
use super::filters::{self, MAX_TEXT, Meter, named};
use super::guard::{self, Facts, Reference};
use crate::storyboard::Source;

/// Instructions of one rendering. A template of some six parts takes a hundred.
pub(super) const FUEL: u64 = 10_000;
/// How deep macros and includes may go; each level is several kilobytes of stack.
const DEPTH: usize = 40;

/// The template of `templates/` that is there without a file.
const BUILT_IN: (&str, &str) = ("shot.j2", include_str!("../../templates/shot.j2"));

/// A template that is allowed and compiled.
#[derive(Debug)]
pub(super) struct Compiled {
    key: String,
    facts: Facts,
    /// The names that it and what it includes take from outside.
    pub(super) names: BTreeSet<String>,
}

impl Compiled {
    /// How its own text reads a name from outside: `cast`, `rin`, `name`.
    pub(super) fn paths(&self, name: &str) -> impl Iterator<Item = &[String]> {
        let own = self.facts.references.iter().filter(|reference| !reference.local);
        own.map(|reference| reference.path.as_slice())
            .filter(move |path| path.first().is_some_and(|first| first == name))
    }
}

/// What a template gets to see.
pub(super) type Seen = BTreeMap<String, Value>;

pub(super) struct Engine<'f> {
    env: Environment<'static>,
    syntax: SyntaxConfig,
    meter: Arc<Meter>,
    files: &'f dyn Files,
    texts: HashMap<String, Result<Arc<Compiled>, Fault>>,
    templates: BTreeMap<String, Template>,
}

#[derive(Clone)]
struct Template {
    source: Arc<Source>,
    /// None while it is being read, so that a template which includes itself is seen.
    compiled: Option<Result<Arc<Compiled>, Fault>>,
}

/// Is there anything to render in this text?
pub(super) fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%") || text.contains("{#")
}

impl<'f> Engine<'f> {
    pub(super) fn new(files: &'f dyn Files) -> Self {
        let mut builder = SyntaxConfig::builder();
        builder.trim_blocks(true).lstrip_blocks(true);
        let syntax = builder.build().unwrap_or_default();
        let meter = Arc::new(Meter::default());
        let mut env = Environment::empty();
        env.set_syntax(syntax.clone());
        env.set_undefined_behavior(UndefinedBehavior::Strict);
        env.set_auto_escape_callback(|_| AutoEscape::None);
        env.set_fuel(Some(FUEL));
        env.set_recursion_limit(DEPTH);
        env.set_debug(true);
        filters::install(&mut env, &meter);
        let printed = Arc::clone(&meter);
        env.set_formatter(move |out, state, value| print(out, state, value, &printed));
        Self { env, syntax, meter, files, texts: HashMap::new(), templates: BTreeMap::new() }
    }

    pub(super) fn files(&self) -> &'f dyn Files {
        self.files
    }

    /// Every name that any template so far takes from outside.
    pub(super) fn names(&self) -> BTreeSet<&str> {
        let texts = self.texts.values().filter_map(|text| text.as_ref().ok());
        let templates =
            self.templates.values().filter_map(|template| template.compiled.as_ref()?.as_ref().ok());
        let all: Vec<&Arc<Compiled>> = texts.chain(templates).collect();
        let axes = all.iter().flat_map(|compiled| compiled.facts.references.iter()).filter_map(axis);
        all.iter().flat_map(|compiled| compiled.names.iter().map(String::as_str)).chain(axes).collect()
    }

    /// The template that a storyboard's text is; compiled once, however often it stands there.
    pub(super) fn text(&mut self, text: &str) -> Result<Arc<Compiled>, Fault> {
        if let Some(known) = self.texts.get(text) {
            return known.clone();
        }
        // No file name holds a line break, so a text is never taken for a file.
        let compiled = self.compile(format!("text\n{}", self.texts.len()), text);
        self.texts.insert(text.to_owned(), compiled.clone());
        compiled
    }

    /// The file of `templates/` with this name.
    pub(super) fn template(&mut self, name: &str) -> Result<Arc<Compiled>, Fault> {
        match self.templates.get(name) {
            Some(Template { compiled: Some(known), .. }) => return known.clone(),
            Some(Template { compiled: None, .. }) => {
                return Err(Fault::new(0..0, format!("the template `{name}` includes itself")));
            }
            None => {}
        }
        let source = self.read(name)?;
        self.templates.insert(name.to_owned(), Template { source: Arc::clone(&source), compiled: None });
        let compiled = self.compile(name.to_owned(), &source.text).map_err(|fault| fault.within(&source));
        self.templates.insert(name.to_owned(), Template { source, compiled: Some(compiled.clone()) });
        compiled
    }

    /// The text of a file of `templates/` that was used.
    pub(super) fn source(&self, name: &str) -> Option<&Arc<Source>> {
        self.templates.get(name).map(|template| &template.source)
    }

    fn read(&self, name: &str) -> Result<Arc<Source>, Fault> {
        let found = self.files.template(name).map_err(|error| Fault::new(0..0, error))?;
        let built_in = || {
            let (file, text) = BUILT_IN;
            let source = Source { name: format!("templates/{file} (built in)"), text: text.to_owned() };
            (name == file).then(|| Arc::new(source))
        };
        found.or_else(built_in).ok_or_else(|| {
            let mut fault = Fault::new(0..0, format!("there is no template `templates/{name}`"));
            fault.help =
                Some("`template: shot` is built in; others are files such as templates/title.j2".to_owned());
            fault
        })
    }

    fn compile(&mut self, key: String, text: &str) -> Result<Arc<Compiled>, Fault> {
        let facts = guard::inspect(text, &self.syntax)?;
        let mut names = facts.names.clone();
        for (file, range) in &facts.files {
            let included = self.template(file).map_err(|fault| match fault.file {
                Some(_) => fault,
                None => Fault { range: range.clone(), ..fault },
            })?;
            names.extend(included.names.iter().cloned());
        }
        self.env.add_template_owned(key.clone(), text.to_owned()).map_err(|error| {
            Fault::new(error.range().unwrap_or_default(), error.detail().unwrap_or("this is no template"))
        })?;
        Ok(Arc::new(Compiled { key, facts, names }))
    }

    /// Renders within bounds.
    ///
    /// # Errors
    /// What the template did wrong, and where.
    pub(super) fn render(&self, compiled: &Compiled, seen: &Seen) -> Result<String, Fault> {
        self.meter.reset();
        let mut out = Capped(Vec::new());
        let root: Value = Value::from_pairs(seen.iter().map(|(name, value)| (name.clone(), value.clone())));
        let rendered = self
            .env
            .get_template(&compiled.key)
            .and_then(|template| template.render_captured_to(root, &mut out).map(drop));
        match rendered {
            Ok(()) => Ok(String::from_utf8_lossy(&out.0).into_owned()),
            Err(error) => Err(self.fault(compiled, seen, &error)),
        }
    }

    fn fault(&self, compiled: &Compiled, seen: &Seen, error: &Error) -> Fault {
        let error = fault::innermost(error);
        let template = error.name().and_then(|name| self.templates.get(name));
        let inner = template.and_then(|template| template.compiled.as_ref()?.as_ref().ok());
        let facts = inner.map_or(&compiled.facts, |inner| &inner.facts);
        let mut told = fault::explain(error, facts, seen);
        told.file = template.map(|template| Arc::clone(&template.source));
        told
    }
}

/// The axis that `variant.NAME` reads.
fn axis(reference: &Reference) -> Option<&str> {
    let [first, axis, ..] = reference.path.as_slice() else { return None };
    (first == "variant").then_some(axis)
}

/// Output that ends at [`MAX_TEXT`].
struct Capped(Vec<u8>);

impl Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_TEXT {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Texts and numbers are printed; a list or a map is a mistake, and so is `true`.
fn print(out: &mut Output<'_>, _: &mut State<'_, '_>, value: &Value, meter: &Meter) -> Result<(), Error> {
    match value.kind() {
        ValueKind::String | ValueKind::Number => {
            let number;
            let text = if let Some(text) = value.as_str() {
                text
            } else {
                number = value.to_string();
                &number
            };
            meter.print(text)?;
            out.write_str(text).map_err(|_| filters::too_long())
        }
        ValueKind::Undefined => Err(Error::from(ErrorKind::UndefinedError)),
        kind => Err(Error::new(ErrorKind::NonPrimitive, named(kind))),
    }
}
