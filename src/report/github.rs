//! Workflow commands of GitHub Actions: problems and purchases as annotations, at their lines in a pull request.
//! Decides nothing. The form is that of <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>.

use std::fmt::Write as _;

use super::problems::visible;
use super::table::{Spending, costs, summary, word};
use crate::plan::{self, Action, Clause, Plan, Wanted};
use crate::storyboard::{Problem, Severity, Source, Span};
use crate::timeline::{Clip, Timeline};

/// GitHub shows so many of each kind a step, and drops the rest; all of them stay in the log.
const SHOWN: usize = 10;

/// What a file is called from the top of its repository; none for what is no file.
pub type Names<'a> = &'a dyn Fn(&str) -> Option<String>;

#[derive(Clone, Copy)]
enum Kind {
    Notice,
    Warning,
    Error,
}

/// Where an annotation stands.
struct Spot<'a> {
    source: &'a Source,
    span: Span,
}

/// One line for every problem.
#[must_use]
pub fn problems(problems: &[Problem], names: Names) -> String {
    problems.iter().map(|problem| one_problem(problem, names)).collect()
}

fn one_problem(problem: &Problem, names: Names) -> String {
    let kind = match problem.severity {
        Severity::Error => Kind::Error,
        Severity::Warning => Kind::Warning,
    };
    let help = problem.help.as_ref().map(|help| format!("help: {help}"));
    let label = Some(problem.label.clone()).filter(|label| !label.is_empty());
    let lines: Vec<String> = label.into_iter().chain(help).collect();
    let spot = Spot { source: &problem.source, span: problem.span };
    let more = if lines.is_empty() { problem.message.clone() } else { lines.join("\n") };
    command(kind, Some(&spot), &problem.message, &more, names)
}

/// What the plan comes to, then a line for every take that would be bought or cannot be.
#[must_use]
pub fn plan(plan: &Plan, films: &[Timeline], spending: Spending, names: Names) -> String {
    let all: Vec<(Kind, String)> = films.iter().flat_map(|film| clips(film, names)).collect();
    let notices = all.iter().filter(|(kind, _)| matches!(kind, Kind::Notice)).count();
    let mut total = summary(plan, spending);
    if notices >= SHOWN {
        let _ =
            write!(total, "\nGitHub shows {SHOWN} notes a step; all {notices} clips are in this step's log");
    }
    let first = command(Kind::Notice, None, "shotlist plan", &total, names);
    std::iter::once(first).chain(all.into_iter().map(|(_, line)| line)).collect()
}

fn clips<'a>(film: &'a Timeline, names: Names<'a>) -> impl Iterator<Item = (Kind, String)> {
    let wanted = film.clips.iter().flat_map(|clip| clip.planned.wanted.iter().map(move |one| (clip, one)));
    let costly = wanted.filter(|(_, wanted)| costs(wanted.action));
    costly.map(move |(clip, wanted)| {
        let kind = if wanted.action == Action::Buy { Kind::Notice } else { Kind::Warning };
        let spot = Spot { source: film.source, span: place(clip, wanted) };
        let title = title(clip.planned, wanted);
        let message = format!("{} s: {}", clip.planned.seconds, wanted.words());
        (kind, command(kind, Some(&spot), &title, &message, names))
    })
}

/// At the shot that changed, or at the first one.
fn place(clip: &Clip, wanted: &Wanted) -> Span {
    let clauses = wanted.clauses();
    let changed = clauses.iter().find_map(|clause| match clause {
        Clause::Prompt { shot, .. } => Some(shot),
        Clause::Said(_) => None,
    });
    let shot = clip.shots.iter().find(|shot| changed.is_none_or(|changed| shot.shot.name() == changed));
    shot.or(clip.shots.first()).map(|shot| shot.shot.span).unwrap_or_default()
}

fn title(clip: &plan::Clip, wanted: &Wanted) -> String {
    let take = if wanted.number > 1 { format!(" take {}", wanted.number) } else { String::new() };
    format!("{} {}{take}, {}", word(wanted.action), clip.address, clip.usd)
}

fn command(kind: Kind, spot: Option<&Spot>, title: &str, message: &str, names: Names) -> String {
    let kind = match kind {
        Kind::Notice => "notice",
        Kind::Warning => "warning",
        Kind::Error => "error",
    };
    let file = spot.and_then(|spot| Some((spot, names(&spot.source.name)?)));
    let place = file.map(|(spot, file)| {
        let (line, column) = spot.source.line_column(spot.span.start);
        format!("file={},line={line},col={column},", property(&file))
    });
    format!("::{kind} {}title={}::{}\n", place.unwrap_or_default(), property(title), data(message))
}

/// As GitHub's own toolkit escapes a message.
fn data(text: &str) -> String {
    visible(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Likewise a property, which ends at a comma.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn named(file: &str) -> Option<String> {
        (file != "--var").then(|| format!("film/{file}"))
    }

    #[test]
    fn a_problem_is_one_line_that_nothing_in_it_can_end() {
        let source = Source { name: "a,b:c.yaml".to_owned(), text: "a: 1\nb: two\n".to_owned() };
        let problem = Problem {
            severity: Severity::Error,
            source: Arc::new(source),
            span: Span { start: 8, end: 11 },
            message: "100 %\r\n::error::owned".to_owned(),
            label: String::new(),
            help: Some("write\n2".to_owned()),
        };
        let shown = problems(std::slice::from_ref(&problem), &named);
        assert_eq!(
            shown,
            "::error file=film/a%2Cb%3Ac.yaml,line=2,col=4,title=100 %25<U+000D>%0A%3A%3Aerror%3A%3Aowned\
             ::help: write%0A2\n"
        );
    }

    #[test]
    fn what_is_no_file_has_no_place() {
        let source = Source { name: "--var".to_owned(), text: "x=1".to_owned() };
        let problem = Problem {
            severity: Severity::Warning,
            source: Arc::new(source),
            span: Span::default(),
            message: "unused".to_owned(),
            label: String::new(),
            help: None,
        };
        assert_eq!(problems(&[problem], &named), "::warning title=unused::unused\n");
    }
}
