//! Storyboards as their authors write them, read and expanded in memory.

mod hostile;
mod many;
mod prompts;
mod settings;

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::storyboard::{self, Severity};

/// A storyboard's folder and `templates/`, by path.
#[derive(Default)]
struct Memory(BTreeMap<&'static str, String>);

impl Memory {
    fn get(&self, path: &str) -> Option<Arc<Source>> {
        let text = self.0.get(path)?.clone();
        Some(Arc::new(Source { name: path.to_owned(), text }))
    }
}

impl Files for Memory {
    fn near(&self, _: &Source, path: &str) -> Result<Arc<Source>, String> {
        self.get(path).ok_or_else(|| format!("there is no file or folder {path}"))
    }

    fn template(&self, name: &str) -> Result<Option<Arc<Source>>, String> {
        Ok(self.get(&format!("templates/{name}")))
    }
}

/// One try: a storyboard, what lies beside it, and the command line.
#[derive(Default)]
struct Try {
    storyboard: String,
    files: Memory,
    options: Options,
}

fn storyboard(text: &str) -> Try {
    Try { storyboard: text.to_owned(), ..Try::default() }
}

/// A storyboard of one scene with one shot, made of these lines.
fn shot(lines: &str) -> Try {
    let indented: String = format!("        {}\n", lines.replace('\n', "\n        "));
    storyboard(&format!(
        "model: kling-o3-4k\nduration: 5\nscenes:\n  - id: s\n    shots:\n      - id: a\n{indented}"
    ))
}

/// The same with these lines above.
fn with(top: &str, lines: &str) -> Try {
    let mut try_ = shot(lines);
    try_.storyboard.insert_str(0, &format!("{}\n", top.trim_end()));
    try_
}

impl Try {
    fn file(mut self, path: &'static str, text: &str) -> Self {
        self.files.0.insert(path, text.to_owned());
        self
    }

    fn var(mut self, name: &str, value: &str) -> Self {
        self.options.vars.push((name.to_owned(), value.to_owned()));
        self
    }

    fn profile(mut self, name: &str) -> Self {
        self.options.profile = Some(name.parse().unwrap());
        self
    }

    fn read(&self) -> Storyboard {
        let catalog = Catalog::builtin().unwrap();
        let fields: BTreeSet<String> =
            catalog.models().iter().flat_map(|model| model.fields.keys().cloned()).collect();
        let source = Arc::new(Source { name: "board.yaml".to_owned(), text: self.storyboard.clone() });
        let reading = storyboard::read(&source, &fields);
        reading.storyboard.unwrap_or_else(|| panic!("{:#?}", reading.problems))
    }

    fn run(&self) -> (Vec<Expanded>, Vec<Problem>) {
        expand(&self.read(), &Catalog::builtin().unwrap(), &self.files, &self.options)
    }

    fn expanded(&self) -> Vec<Expanded> {
        let (expanded, problems) = self.run();
        let errors: Vec<String> =
            problems.iter().filter(|one| one.severity == Severity::Error).map(told).collect();
        assert!(errors.is_empty(), "{}", errors.join("\n"));
        expanded
    }

    fn shots(&self) -> Vec<Shot> {
        self.expanded().into_iter().flat_map(|one| one.scenes).flat_map(|scene| scene.shots).collect()
    }

    fn one(&self) -> Shot {
        let mut shots = self.shots();
        assert_eq!(shots.len(), 1);
        shots.remove(0)
    }

    fn prompt(&self) -> String {
        self.one().prompt
    }

    fn prompts(&self) -> Vec<String> {
        self.shots().into_iter().map(|shot| shot.prompt).collect()
    }

    fn addresses(&self) -> Vec<String> {
        self.shots().iter().map(|shot| shot.address.to_string()).collect()
    }

    fn problems(&self, severity: Severity) -> Vec<String> {
        self.run().1.iter().filter(|problem| problem.severity == severity).map(told).collect()
    }

    /// The only error, as `line: «marked text» message; help`.
    fn error(&self) -> String {
        let (expanded, _) = self.run();
        assert!(expanded.is_empty(), "nothing is expanded where there is an error");
        let mut errors = self.problems(Severity::Error);
        assert_eq!(errors.len(), 1, "{errors:#?}");
        errors.remove(0)
    }

    fn warnings(&self) -> Vec<String> {
        let _ = self.expanded();
        self.problems(Severity::Warning)
    }
}

fn told(problem: &Problem) -> String {
    let (line, _) = problem.source.line_column(problem.span.start);
    let marked = &problem.source.text[problem.span.start..problem.span.end];
    let file =
        if problem.source.name == "board.yaml" { String::new() } else { format!("{}:", problem.source.name) };
    let help = problem.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
    format!("{file}{line}: «{marked}» {}{help}", problem.message)
}
