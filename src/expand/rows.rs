//! Rows of `each`: CSV, JSON, JSONL, YAML or inline, each with the place where it is written.
//! Cells are data, never templates. Decides nothing about ids.

use std::collections::BTreeSet;
use std::sync::Arc;

use minijinja::value::Value as Seen;

use super::data::{self, MAX_VALUES, TooLarge};
use super::filters::MAX_TEXT;
use super::findings::{Known, Place};
use super::world::World;
use crate::storyboard::{self, Node, Rows, Source, Span, Spanned, Value};

/// More videos than anybody renders of one storyboard.
pub(super) const MAX_ROWS: usize = 100_000;

#[derive(Debug)]
pub(super) struct Row {
    pub(super) value: Seen,
    pub(super) place: Place,
}

type Read = Result<Vec<Row>, Refusal>;

/// Why a file of rows can't be used, and where.
struct Refusal {
    span: Span,
    message: String,
    help: Option<String>,
}

impl Refusal {
    fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), help: None }
    }

    fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

impl From<TooLarge> for Refusal {
    fn from(large: TooLarge) -> Self {
        Self::new(large.span, large.message)
    }
}

pub(super) fn rows(world: &mut World<'_>, own: &Arc<Source>, rows: &Rows) -> Known<Vec<Row>> {
    let (source, read) = match rows {
        Rows::Inline(nodes) => (Arc::clone(own), from_nodes(own, nodes)),
        Rows::File(path) => {
            let place = Place::new(own, path.span);
            let source = near(world, own, path)?;
            let ending = path.value.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
            let read = match ending.as_deref() {
                Some("csv") => from_csv(&source),
                Some("json") => from_json(&source),
                Some("jsonl" | "ndjson") => from_jsonl(&source),
                Some("yaml" | "yml") => from_nodes(&source, &list(world, &source, &place)?),
                _ => {
                    let help = "name a .csv, .json, .jsonl or .yaml file".to_owned();
                    return Err(world.findings.error(&place, "rows of an unknown kind of file", help));
                }
            };
            (source, read)
        }
    };
    let rows = read.map_err(|refusal| {
        world.findings.error(&Place::new(&source, refusal.span), refusal.message, refusal.help)
    })?;
    limited(world, &source, rows)
}

fn limited(world: &mut World<'_>, source: &Arc<Source>, rows: Vec<Row>) -> Known<Vec<Row>> {
    let place = Place::new(source, Span::default());
    if rows.is_empty() {
        return Err(world.findings.error(
            &place,
            "there are no rows here, so there is nothing to render",
            None,
        ));
    }
    if rows.len() > MAX_ROWS {
        return Err(world.findings.error(&place, format!("{} rows; at most {MAX_ROWS}", rows.len()), None));
    }
    Ok(rows)
}

/// A file that the storyboard names.
pub(super) fn near(world: &mut World<'_>, own: &Arc<Source>, path: &Spanned<String>) -> Known<Arc<Source>> {
    let found = world.engine.files().near(own, &path.value);
    let help = "paths are relative to the storyboard's own folder".to_owned();
    found.map_err(|message| world.findings.error(&Place::new(own, path.span), message, help))
}

/// YAML's tree.
pub(super) fn tree(world: &mut World<'_>, source: &Arc<Source>) -> Known<Node> {
    storyboard::tree(source).map_err(|problems| {
        world.findings.extend(problems);
        super::findings::Reported
    })
}

fn list(world: &mut World<'_>, source: &Arc<Source>, place: &Place) -> Known<Vec<Node>> {
    match tree(world, source)?.value {
        Value::List(items) => Ok(items),
        _ => Err(world.findings.error(
            place,
            "this file is no list of rows",
            "write `- { sku: a-1 }` for each".to_owned(),
        )),
    }
}

fn from_nodes(source: &Arc<Source>, nodes: &[Node]) -> Read {
    let row = |node: &Node| {
        if !matches!(node.value, Value::Map(_)) {
            return Err(Refusal::new(node.span, "a row is a map such as { sku: a-1 }"));
        }
        Ok(Row { value: data::seen(node)?, place: Place::new(source, node.span) })
    };
    nodes.iter().map(row).collect()
}

fn from_json(source: &Arc<Source>) -> Read {
    let text = without_mark(&source.text);
    let rows: Vec<serde_json::Value> =
        serde_json::from_str(text).map_err(|error| not_json(source, text, &error))?;
    rows.iter().map(|row| json_row(source, row, Span::default())).collect()
}

fn from_jsonl(source: &Arc<Source>) -> Read {
    let lines = without_mark(&source.text).split('\n').map(|line| line.trim_end_matches('\r'));
    let lines = lines.filter(|line| !line.trim().is_empty());
    let row = |line: &str| {
        let start = offset(source, line);
        let span = Span { start, end: start + line.len() };
        let value: serde_json::Value = serde_json::from_str(line)
            .map_err(|error| Refusal::new(span, format!("this line is no JSON: {}", bare(&error))))?;
        json_row(source, &value, span)
    };
    lines.map(row).collect()
}

fn json_row(source: &Arc<Source>, value: &serde_json::Value, span: Span) -> Result<Row, Refusal> {
    if !value.is_object() {
        return Err(Refusal::new(span, "a row is an object such as {\"sku\": \"a-1\"}"));
    }
    let value = data::json(value, &mut 0).map_err(|large| Refusal::new(span, large.message))?;
    Ok(Row { value, place: Place::new(source, span) })
}

fn not_json(source: &Source, text: &str, error: &serde_json::Error) -> Refusal {
    let mark = source.text.len() - text.len();
    let before: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let start = (mark + before + error.column().saturating_sub(1)).min(source.text.len());
    let refusal =
        Refusal::new(Span { start, end: start }, format!("this is no JSON list of rows: {}", bare(error)));
    refusal.help("write [{\"sku\": \"a-1\"}, …]; one object a line is a .jsonl file")
}

/// The error without its place, which is shown anyway.
fn bare(error: &serde_json::Error) -> String {
    let error = error.to_string();
    error.split(" at line ").next().unwrap_or_default().to_owned()
}

/// Where a part of a source's text begins.
fn offset(source: &Source, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(source.text.as_ptr() as usize)
}

fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

fn from_csv(source: &Arc<Source>) -> Read {
    let text = without_mark(&source.text);
    let start = source.text.len() - text.len();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut header: Option<Vec<String>> = None;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record =
            record.map_err(|error| Refusal::new(Span::default(), format!("this is no CSV: {error}")))?;
        let at = record.position().map_or(0, csv::Position::byte);
        let span = line_of(source, start + usize::try_from(at).unwrap_or(usize::MAX));
        match &header {
            None => header = Some(columns(&record, span)?),
            Some(header) => rows.push(csv_row(source, header, &record, span)?),
        }
    }
    Ok(rows)
}

/// The text of the line that begins at or after this byte, line ends left out.
fn line_of(source: &Source, start: usize) -> Span {
    let text = source.text.get(start..).unwrap_or_default();
    let skipped = text.len() - text.trim_start_matches(['\r', '\n']).len();
    let start = start + skipped;
    let line = source.text.get(start..).unwrap_or_default().split(['\r', '\n']).next().unwrap_or_default();
    Span { start, end: start + line.len() }
}

fn columns(record: &csv::StringRecord, span: Span) -> Result<Vec<String>, Refusal> {
    let names: Vec<String> = record.iter().map(|name| name.trim().to_owned()).collect();
    if let [one] = names.as_slice() {
        let other =
            [(';', "semicolons"), ('\t', "tabs"), ('|', "bars")].into_iter().find(|(c, _)| one.contains(*c));
        if let Some((_, name)) = other {
            let refusal = Refusal::new(span, format!("the columns are separated by {name}, not by commas"));
            return Err(refusal.help("save the table as \"CSV (comma separated)\", or replace the separator"));
        }
    }
    if names.len() > MAX_VALUES {
        return Err(Refusal::new(span, format!("{} columns; at most {MAX_VALUES}", names.len())));
    }
    let mut seen = BTreeSet::new();
    for (at, name) in names.iter().enumerate() {
        if name.is_empty() {
            return Err(Refusal::new(span, format!("column {} has no name in the first line", at + 1)));
        }
        if !seen.insert(name) {
            return Err(Refusal::new(span, format!("two columns are called `{name}`")));
        }
    }
    Ok(names)
}

fn csv_row(
    source: &Arc<Source>,
    header: &[String],
    record: &csv::StringRecord,
    span: Span,
) -> Result<Row, Refusal> {
    if record.len() != header.len() {
        let message =
            format!("this row has {} cells, the first line names {} columns", record.len(), header.len());
        return Err(Refusal::new(span, message).help("a cell with a comma in it stands in double quotes"));
    }
    if record.iter().any(|cell| cell.len() > MAX_TEXT) {
        return Err(Refusal::new(span, format!("a cell of more than {} KiB", MAX_TEXT / 1024)));
    }
    let value = Seen::from_pairs(header.iter().map(String::as_str).zip(record.iter()));
    Ok(Row { value, place: Place::new(source, span) })
}
