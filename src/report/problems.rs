//! Problems as text: place, line, what is wrong and what to write instead. Decides nothing, prints nothing.
//! Whatever a file holds, a terminal gets only visible characters.

mod excerpt;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Padding, Renderer, Snippet};

use self::excerpt::{Excerpt, visible};
use super::style::Paint;
use crate::storyboard::{Problem, Severity};

/// All problems in the given order, and a last line that counts them. Empty where there are none.
#[must_use]
pub fn render(problems: &[Problem], paint: Paint) -> String {
    let renderer = match paint {
        Paint::Plain => Renderer::plain(),
        Paint::Colored => Renderer::styled(),
    };
    let mut text = String::new();
    for problem in problems {
        text.push_str(&one_place(&renderer.render(&[group(problem)])));
        text.push_str("\n\n");
    }
    text.push_str(&count(problems));
    text
}

fn group(problem: &Problem) -> Group<'static> {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let (line, column) = problem.source.line_column(problem.span.start);
    let origin = Origin::path(visible(&problem.source.name)).line(line).char_column(column);
    let Excerpt { text, mark } = Excerpt::of(&problem.source.text, problem.span);
    let annotation = AnnotationKind::Primary.span(mark).label(visible(&problem.label));
    let snippet = Snippet::source(text).line_start(line).annotation(annotation);
    let group = level.primary_title(visible(&problem.message)).element(origin).element(snippet);
    match &problem.help {
        Some(help) => group.element(Padding).element(Level::HELP.message(visible(help))),
        None => group,
    }
}

/// The place stands above the excerpt already, with the column of the whole line; the excerpt has none of its own.
fn one_place(rendered: &str) -> String {
    let is_empty_place = |line: &&str| line.contains(" ::: ") && !line.contains('|');
    let second = rendered.lines().find(is_empty_place);
    rendered.lines().filter(|line| Some(*line) != second).collect::<Vec<_>>().join("\n")
}

/// `2 errors, 1 warning in 1 file`.
fn count(problems: &[Problem]) -> String {
    let files: BTreeSet<&str> = problems.iter().map(|problem| problem.source.name.as_str()).collect();
    let of = |severity| problems.iter().filter(|problem| problem.severity == severity).count();
    let kinds = [(of(Severity::Error), "error"), (of(Severity::Warning), "warning")];
    let counted: Vec<String> =
        kinds.into_iter().filter(|(count, _)| *count > 0).map(|(count, word)| plural(count, word)).collect();
    let mut text = counted.join(", ");
    if !text.is_empty() {
        // Writing to a String cannot fail.
        let _ = writeln!(text, " in {}", plural(files.len(), "file"));
    }
    text
}

fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}
