//! The only place that prints and asks: data to standard output, everything else to standard error.

use std::io::{self, BufRead, IsTerminal, Write};

use super::args::{Color, OutputArgs};
use crate::report::problems;
use crate::report::progress::{Detail, Place};
use crate::report::style::{Look, Paint, Room, Style};
use crate::storyboard::{Problem, Severity};

/// How this run is to look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terminal {
    pub(super) format: Format,
    pub(super) detail: Detail,
    out: Look,
    err: Look,
    place: Place,
    can_ask: bool,
}

/// What standard output is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Text,
    Json,
}

impl Terminal {
    pub(super) fn new(args: &OutputArgs) -> Self {
        let (out, err) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let draws = err && !dumb && std::env::var_os("CI").is_none();
        Self {
            format: if args.json { Format::Json } else { Format::Text },
            detail: detail(args),
            out: Look { paint: paint(args.color, out && !dumb), room: room(&io::stdout()) },
            err: Look { paint: paint(args.color, err && !dumb), room: room(&io::stderr()) },
            place: if draws { Place::Terminal } else { Place::Lines },
            can_ask: err && io::stdin().is_terminal(),
        }
    }

    /// How text on standard error is to look.
    pub(super) fn err_look(self) -> Look {
        self.err
    }

    /// How data for people is to look.
    pub(super) fn out_look(self) -> Look {
        self.out
    }

    pub(super) fn out_paint(self) -> Paint {
        self.out.paint
    }

    pub(super) fn place(self) -> Place {
        self.place
    }

    /// Is anybody there to answer?
    pub(super) fn can_ask(self) -> bool {
        self.can_ask
    }

    /// Data. A reader who has seen enough and left is no error.
    #[allow(clippy::unused_self, reason = "printing is this type's to do")]
    pub(super) fn data(self, text: &str) {
        let mut out = io::stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }

    /// For the user, on standard error, unless `--quiet`.
    pub(super) fn say(self, text: &str) {
        if self.detail > Detail::Quiet {
            say(text);
        }
    }

    pub(super) fn warn(self, text: &str) {
        say(&format!("{} {text}", self.err.style(Style::Warn, "warning:")));
    }

    pub(super) fn error(self, text: &str) {
        say(&format!("{} {text}", self.err.style(Style::Bad, "error:")));
    }

    pub(super) fn problems(self, problems: &[Problem]) {
        let text = problems::render(problems, self.err.paint);
        if !text.is_empty() {
            say(text.trim_end());
        }
    }

    /// Without the warnings.
    pub(super) fn errors(self, problems: &[Problem]) {
        let errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
        self.problems(&errors.cloned().collect::<Vec<_>>());
    }

    /// Asks for a yes; none where nobody is there to answer.
    pub(super) fn ask(self, question: &str) -> Option<Answer> {
        if !self.can_ask {
            return None;
        }
        let _ = write!(io::stderr(), "{question} [y/N] ").and_then(|()| io::stderr().flush());
        let mut line = String::new();
        let read = io::stdin().lock().read_line(&mut line);
        let yes = read.is_ok() && matches!(line.trim().to_lowercase().as_str(), "y" | "yes");
        Some(if yes { Answer::Yes } else { Answer::No })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Yes,
    No,
}

fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

fn detail(args: &OutputArgs) -> Detail {
    match (args.quiet, args.verbose) {
        (true, _) => Detail::Quiet,
        (_, true) => Detail::Verbose,
        _ => Detail::Normal,
    }
}

/// How wide a stream's terminal is, if it has one.
fn room(stream: &impl IsTerminal) -> Room {
    let size = stream.is_terminal().then(terminal_size::terminal_size).flatten();
    size.map_or(Room::Endless, |(columns, _)| Room::Terminal(usize::from(columns.0)))
}

/// `NO_COLOR` counts when it is not empty, as <https://no-color.org> says; a flag is stronger.
fn paint(color: Color, wants: bool) -> Paint {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    match color {
        Color::Always => Paint::Colored,
        Color::Auto if wants && !no_color => Paint::Colored,
        Color::Auto | Color::Never => Paint::Plain,
    }
}
