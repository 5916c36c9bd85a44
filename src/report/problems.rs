//! Problems as text: place, line, what is wrong and what to write instead. Decides nothing, prints nothing.
//! Whatever a file holds, a terminal gets only visible characters.

mod excerpt;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Padding, Renderer, Snippet};

use self::excerpt::Excerpt;
pub(super) use self::excerpt::visible;
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
    let kept = rendered.lines().enumerate().filter(|(at, line)| *at < 2 || bare(line).trim() != ":::");
    kept.map(|(_, line)| line).collect::<Vec<_>>().join("\n")
}

/// Without colors.
fn bare(line: &str) -> String {
    let mut pieces = line.split('\u{1b}');
    let first = pieces.next().unwrap_or_default();
    let rest = pieces.map(|piece| piece.split_once('m').map_or(piece, |(_, text)| text));
    std::iter::once(first).chain(rest).collect()
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::storyboard::{Source, Span};

    fn problem(text: &str, start: usize, end: usize) -> Problem {
        Problem {
            severity: Severity::Error,
            source: Arc::new(Source { name: "a.yaml".to_owned(), text: text.to_owned() }),
            span: Span { start, end },
            message: "wrong".to_owned(),
            label: "here".to_owned(),
            help: None,
        }
    }

    fn plain(problem: &Problem) -> String {
        render(std::slice::from_ref(problem), Paint::Plain)
    }

    #[test]
    fn nothing_wrong_is_nothing_to_say() {
        assert_eq!(render(&[], Paint::Plain), "");
    }

    #[test]
    fn a_problem_shows_place_line_and_help() {
        let mut problem = problem("a: 1\nb: two\n", 8, 11);
        problem.help = Some("write\n    b: 2".to_owned());
        assert_eq!(
            plain(&problem),
            "error: wrong\n --> a.yaml:2:4\n  |\n2 | b: two\n  |    ^^^ here\n  |\n  = help: write\n              b: 2\n\n1 error in 1 file\n"
        );
    }

    #[test]
    fn the_place_is_of_the_whole_line_however_it_is_cut() {
        let text = format!("a: {} #end", "é".repeat(5_000));
        let shown = plain(&problem(&text, 10_004, 10_008));
        assert!(shown.contains(" --> a.yaml:1:5005\n"), "{shown}");
        assert!(shown.lines().all(|line| line.chars().count() < 120), "{shown}");
    }

    #[test]
    fn a_byte_order_mark_takes_no_column() {
        assert!(plain(&problem("\u{feff}a: b", 3, 4)).contains("a.yaml:1:1\n  |\n1 | a: b\n  | ^ here"));
    }

    #[test]
    fn nothing_of_a_file_reaches_the_terminal_as_a_command() {
        let text = "a: \u{1b}]0;title\u{7}\u{202e}b\u{9b}31m\r\n";
        let mut problem = problem(text, 0, text.len());
        for said in [&mut problem.message, &mut problem.label] {
            said.push_str(text.trim_end());
        }
        problem.help = Some(text.trim_end().to_owned());
        problem.source = Arc::new(Source { name: "\u{1b}[2J.yaml".to_owned(), text: text.to_owned() });
        let shown = plain(&problem);
        let seen = |c: char| c == '\n' || !c.is_control() && c != '\u{202e}';
        assert!(shown.chars().all(seen), "{shown:?}");
        assert_eq!(shown.matches("<U+001B>]0;title<U+0007><U+202E>b<U+009B>31m").count(), 4, "{shown}");
    }

    #[test]
    fn tabs_are_marked_where_they_are() {
        assert!(
            plain(&problem("a:\n\tb: c\n", 3, 4)).contains("a.yaml:2:1\n  |\n2 |     b: c\n  | ^^^^ here")
        );
    }

    #[test]
    fn colors_change_nothing_but_colors() {
        let problems = [problem("a: 1\nb: two\n", 8, 11)];
        let colored = render(&problems, Paint::Colored);
        assert!(colored.contains("\u{1b}["));
        assert_eq!(bare(&colored), render(&problems, Paint::Plain));
    }

    #[test]
    fn the_last_line_counts_kinds_and_files() {
        let (one, mut two, mut three) = (problem("a", 0, 1), problem("a", 0, 1), problem("a", 0, 1));
        two.severity = Severity::Warning;
        three.source = Arc::new(Source { name: "b.yaml".to_owned(), text: "b".to_owned() });
        let last = |problems: &[Problem]| render(problems, Paint::Plain).lines().last().map(str::to_owned);
        assert_eq!(last(&[two.clone()]).as_deref(), Some("1 warning in 1 file"));
        assert_eq!(last(&[one, two, three]).as_deref(), Some("2 errors, 1 warning in 2 files"));
    }
}
