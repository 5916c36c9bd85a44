//! The filters and tests of templates. Each is charged for what it reads and refuses to make more than [`MAX_TEXT`];
//! the template engine's own list has some that take gigabytes (`join`, `batch`, `indent`, `format`, `center`, `tojson`).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use minijinja::value::{Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind, filters, tests};

/// Bytes of any text that a template is given, makes or prints; a prompt has some thousand.
pub(super) const MAX_TEXT: usize = 64 * 1024;
/// Bytes that the filters of one rendering may read.
const MAX_WORK: usize = 8 * 1024 * 1024;

/// In the order of the guide.
pub(super) const FILTERS: &[&str] = &[
    "upper",
    "lower",
    "title",
    "capitalize",
    "trim",
    "replace",
    "join",
    "default",
    "d",
    "first",
    "last",
    "length",
    "count",
    "int",
    "float",
    "round",
    "abs",
];
pub(super) const TESTS: &[&str] = &[
    "defined",
    "undefined",
    "none",
    "string",
    "number",
    "mapping",
    "sequence",
    "true",
    "false",
    "odd",
    "even",
    "in",
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
];

/// What one rendering has used up so far.
#[derive(Debug, Default)]
pub(super) struct Meter {
    work: AtomicUsize,
    printed: AtomicUsize,
}

impl Meter {
    pub(super) fn reset(&self) {
        self.work.store(0, Ordering::Relaxed);
        self.printed.store(0, Ordering::Relaxed);
    }

    fn read(&self, value: &Value) -> Result<(), Error> {
        let size = value.as_str().map_or_else(|| value.len().unwrap_or(1), str::len);
        add(&self.work, size, MAX_WORK)
    }

    /// Counts every `{{ }}`, those inside a macro included: that is what bounds a macro's result.
    pub(super) fn print(&self, text: &str) -> Result<(), Error> {
        add(&self.printed, text.len(), MAX_TEXT)
    }
}

fn add(counter: &AtomicUsize, size: usize, limit: usize) -> Result<(), Error> {
    let before = counter.fetch_add(size, Ordering::Relaxed);
    if before.saturating_add(size) > limit { Err(too_long()) } else { Ok(()) }
}

pub(super) fn too_long() -> Error {
    Error::new(ErrorKind::OutOfFuel, "")
}

fn checked(text: String) -> Result<String, Error> {
    if text.len() > MAX_TEXT { Err(too_long()) } else { Ok(text) }
}

/// Adds what [`FILTERS`] and [`TESTS`] name to an empty environment.
pub(super) fn install(env: &mut Environment<'_>, meter: &Arc<Meter>) {
    install_texts(env, meter);
    install_values(env, meter);
    install_tests(env);
}

fn install_texts(env: &mut Environment<'_>, meter: &Arc<Meter>) {
    let mut text = |name: &'static str, change: fn(&str) -> String| {
        let meter = Arc::clone(meter);
        env.add_filter(name, move |value: &Value| {
            meter.read(value)?;
            checked(change(&written(value)?))
        });
    };
    text("upper", str::to_uppercase);
    text("lower", str::to_lowercase);
    text("title", |text| filters::title(text.into()));
    text("capitalize", capitalize);
    text("trim", |text| text.trim().to_owned());
    let read = Arc::clone(meter);
    env.add_filter("replace", move |value: &Value, from: &str, to: &str| {
        read.read(value)?;
        replace(&written(value)?, from, to)
    });
    let read = Arc::clone(meter);
    env.add_filter("join", move |value: &Value, between: Option<&str>| {
        read.read(value)?;
        join(value, between.unwrap_or_default(), &read)
    });
}

fn install_values(env: &mut Environment<'_>, meter: &Arc<Meter>) {
    for name in ["default", "d"] {
        env.add_filter(
            name,
            |value: &Value, other: Value| {
                if value.is_undefined() { other } else { value.clone() }
            },
        );
    }
    for name in ["length", "count"] {
        let meter = Arc::clone(meter);
        env.add_filter(name, move |value: &Value| {
            meter.read(value)?;
            filters::length(value)
        });
    }
    env.add_filter("first", |value: &Value| filters::first(value));
    let read = Arc::clone(meter);
    env.add_filter("last", move |value: Value| {
        read.read(&value)?;
        filters::last(value)
    });
    env.add_filter("abs", filters::abs);
    env.add_filter("round", |value: Value| filters::round(value, None, None, no_kwargs()));
    let read = Arc::clone(meter);
    env.add_filter("int", move |value: &Value| {
        read.read(value)?;
        number(value).map(|float| {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "cutting off the fraction is what the filter does"
            )]
            let whole = float.trunc() as i64;
            whole
        })
    });
    let read = Arc::clone(meter);
    env.add_filter("float", move |value: &Value| {
        read.read(value)?;
        number(value)
    });
}

fn no_kwargs() -> minijinja::value::Kwargs {
    std::iter::empty::<(String, Value)>().collect()
}

fn install_tests(env: &mut Environment<'_>) {
    env.add_test("defined", |value: &Value| !value.is_undefined());
    env.add_test("undefined", |value: &Value| value.is_undefined());
    env.add_test("none", |value: &Value| value.is_none());
    env.add_test("string", |value: &Value| value.kind() == ValueKind::String);
    env.add_test("number", |value: &Value| value.is_number());
    env.add_test("mapping", |value: &Value| value.kind() == ValueKind::Map);
    env.add_test("sequence", |value: &Value| value.kind() == ValueKind::Seq);
    env.add_test("true", |value: &Value| value == &Value::from(true));
    env.add_test("false", |value: &Value| value == &Value::from(false));
    env.add_test("odd", tests::is_odd);
    env.add_test("even", tests::is_even);
    env.add_test("in", tests::is_in);
    for name in ["eq", "=="] {
        env.add_test(name, |left: &Value, right: &Value| left == right);
    }
    for name in ["ne", "!="] {
        env.add_test(name, |left: &Value, right: &Value| left != right);
    }
    for (name, sign) in [("lt", "<"), ("le", "<="), ("gt", ">"), ("ge", ">=")] {
        for name in [name, sign] {
            env.add_test(name, move |left: &Value, right: &Value| match sign {
                "<" => left < right,
                "<=" => left <= right,
                ">" => left > right,
                _ => left >= right,
            });
        }
    }
}

/// The text of a text or number; nothing else is printed.
fn written(value: &Value) -> Result<String, Error> {
    match value.kind() {
        ValueKind::String | ValueKind::Number => Ok(value.to_string()),
        ValueKind::Undefined => Err(Error::from(ErrorKind::UndefinedError)),
        other => {
            Err(Error::new(ErrorKind::InvalidOperation, format!("this takes a text, not a {}", named(other))))
        }
    }
}

/// The kind of a value in a writer's words.
pub(super) fn named(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Bool => "true or false",
        ValueKind::None => "null",
        ValueKind::Map => "map",
        ValueKind::Seq | ValueKind::Iterable => "list",
        ValueKind::String => "text",
        ValueKind::Number => "number",
        _ => "value that can't be printed",
    }
}

fn capitalize(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + &chars.as_str().to_lowercase()
}

fn replace(text: &str, from: &str, to: &str) -> Result<String, Error> {
    if from.is_empty() {
        return Err(Error::new(ErrorKind::InvalidOperation, "`replace` needs a text to look for"));
    }
    let longer = text.matches(from).count().saturating_mul(to.len());
    if longer > MAX_TEXT { Err(too_long()) } else { checked(text.replace(from, to)) }
}

fn join(list: &Value, between: &str, meter: &Meter) -> Result<String, Error> {
    let mut joined = String::new();
    for (at, item) in list.try_iter()?.enumerate() {
        meter.read(&item)?;
        if at > 0 {
            joined.push_str(between);
        }
        joined = checked(joined + &written(&item)?)?;
    }
    Ok(joined)
}

fn number(value: &Value) -> Result<f64, Error> {
    let text = written(value)?;
    let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    let shown: String = text.chars().take(40).collect();
    number.ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("`{shown}` is no number")))
}
