//! Text to model: the one place of the catalog that reads YAML, and finds the lines that messages name.
//! What a model may say is decided in `check`.

use std::sync::Arc;

use granit_parser::{Event, Parser, Span};

use super::check::{self, Flaw};
use super::{CatalogFile, CatalogProblem, Model};

/// A catalog entry is some sixty lines; this is a thousand times as much.
const MAX_EVENTS: usize = 100_000;

pub(super) fn read(file: CatalogFile<'_>, known: &[Arc<Model>]) -> Result<Model, Vec<CatalogProblem>> {
    let model = parse(file).map_err(|problem| vec![problem])?;
    let flaws = check::flaws(&model, known);
    if flaws.is_empty() { Ok(model) } else { Err(flaws.into_iter().map(|flaw| at(file, flaw)).collect()) }
}

fn parse(file: CatalogFile<'_>) -> Result<Model, CatalogProblem> {
    let options = serde_yaml::options! {
        budget: serde_yaml::budget! { max_events: MAX_EVENTS },
        strict_booleans: true,
        with_snippet: false,
    };
    serde_yaml::from_str_with_options(file.text, options).map_err(|error| problem(file, &error))
}

fn problem(file: CatalogFile<'_>, error: &serde_yaml::Error) -> CatalogProblem {
    let formatter = serde_yaml::UserMessageFormatter;
    let written = error.without_snippet().render_with_formatter(&formatter);
    let line = error.location().map_or(1, |location| location.line());
    let what = written.split_once(" at line ").map_or(written.as_str(), |(what, _)| what).to_owned();
    CatalogProblem { file: file.name.to_owned(), line, what }
}

fn at(file: CatalogFile<'_>, flaw: Flaw) -> CatalogProblem {
    let line = line_of(file.text, &flaw.path).unwrap_or(1);
    CatalogProblem { file: file.name.to_owned(), line, what: flaw.what }
}

/// The line of the value at a path of keys and list indexes.
fn line_of(text: &str, path: &[String]) -> Option<u64> {
    let mut events = Parser::new_from_str(text).map_while(Result::ok).filter(|(event, _)| is_content(event));
    let mut next = events.next()?;
    for step in path {
        next = enter(&mut events, &next.0, step)?;
    }
    u64::try_from(next.1.start.line()).ok()
}

type Located<'a> = (Event<'a>, Span);

fn is_content(event: &Event<'_>) -> bool {
    !matches!(event, Event::StreamStart | Event::DocumentStart(..) | Event::Comment(..))
}

/// The first event of the child that `step` names.
fn enter<'a>(
    events: &mut impl Iterator<Item = Located<'a>>,
    parent: &Event<'a>,
    step: &str,
) -> Option<Located<'a>> {
    match parent {
        Event::MappingStart(..) => loop {
            let key = events.next()?.0;
            let value = events.next()?;
            if matches!(&key, Event::Scalar(text, ..) if text == step) {
                return Some(value);
            }
            skip(events, &value.0)?;
        },
        Event::SequenceStart(..) => {
            for _ in 0..step.parse::<usize>().ok()? {
                let item = events.next()?.0;
                skip(events, &item)?;
            }
            events.next()
        }
        _ => None,
    }
}

/// Passes the rest of a node that has begun.
fn skip<'a>(events: &mut impl Iterator<Item = Located<'a>>, begun: &Event<'a>) -> Option<()> {
    let mut depth = depth_change(begun);
    while depth > 0 {
        depth += depth_change(&events.next()?.0);
    }
    Some(())
}

fn depth_change(event: &Event<'_>) -> i32 {
    match event {
        Event::MappingStart(..) | Event::SequenceStart(..) => 1,
        Event::MappingEnd | Event::SequenceEnd => -1,
        _ => 0,
    }
}
