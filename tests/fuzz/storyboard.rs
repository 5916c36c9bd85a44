//! The storyboard's text through everything that `check` does with one file: read, expanded with every profile,
//! cut into clips, its problems shown.

#![no_main]

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use libfuzzer_sys::{Corpus, fuzz_target};
use shotlist::catalog::Catalog;
use shotlist::expand::{self, Expanded, Files, Options};
use shotlist::plan;
use shotlist::report::{json, problems, style::Paint};
use shotlist::storyboard::{self, Problem, Severity, Source, Storyboard};

/// Longer texts are slower and say nothing new.
const LONGEST: usize = 4_096;

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::builtin().expect("the models are sound"));
static FIELDS: LazyLock<BTreeSet<String>> =
    LazyLock::new(|| CATALOG.models().iter().flat_map(|model| model.fields.keys().cloned()).collect());

fuzz_target!(|input: &[u8]| -> Corpus {
    let Some(text) = std::str::from_utf8(input).ok().filter(|text| text.len() <= LONGEST) else {
        return Corpus::Reject;
    };
    let source = source("storyboards/x.yaml", text);
    let reading = storyboard::read(&source, &FIELDS);
    assert!(
        reading.storyboard.is_some() || reading.problems.iter().any(is_error),
        "nothing, and nothing wrong"
    );
    can_be_shown(&reading.problems);
    if let Some(storyboard) = &reading.storyboard {
        check(storyboard);
    }
    Corpus::Keep
});

fn check(storyboard: &Storyboard) {
    can_be_shown(&expand::check(storyboard, &CATALOG, &Shelf, &[]));
    let profiles = storyboard.profiles.iter().map(|profile| Some(profile.name.value.clone()));
    for profile in std::iter::once(None).chain(profiles).take(3) {
        let options = Options { vars: Vec::new(), profile };
        let (expanded, found) = expand::expand(storyboard, &CATALOG, &Shelf, &options);
        can_be_shown(&found);
        if found.iter().any(is_error) {
            assert!(expanded.is_empty(), "expanded in spite of an error");
        }
        expanded.iter().for_each(is_sound);
        can_be_shown(&plan::problems(&expanded));
    }
}

/// What would be sent has words, a length that the model offers, and nothing that a template left.
fn is_sound(expanded: &Expanded) {
    let shots = expanded.scenes.iter().flat_map(|scene| &scene.shots);
    let mut seen = BTreeSet::new();
    for shot in shots {
        assert!(!shot.prompt.trim().is_empty(), "{:?}", shot.address);
        assert!(shot.seconds > 0 && shot.takes > 0, "{:?}", shot.address);
        assert!(seen.insert(&shot.address), "{:?} twice", shot.address);
    }
}

fn can_be_shown(found: &[Problem]) {
    for problem in found {
        let (text, span) = (&problem.source.text, problem.span);
        assert!(span.start <= span.end && span.end <= text.len(), "{problem:?}");
        assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end), "{problem:?}");
        assert!(!problem.message.is_empty());
    }
    let shown = problems::render(found, Paint::Plain);
    assert!(!shown.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\t')), "{shown:?}");
    serde_json::from_str::<serde_json::Value>(&json::problems(found)).expect("problems are JSON");
}

fn is_error(problem: &Problem) -> bool {
    problem.severity == Severity::Error
}

fn source(name: &str, text: &str) -> Arc<Source> {
    Arc::new(Source { name: name.to_owned(), text: text.to_owned() })
}

/// The files that a storyboard may name.
struct Shelf;

impl Files for Shelf {
    fn near(&self, _: &Source, path: &str) -> Result<Arc<Source>, String> {
        let text = match path {
            "cast.yaml" => "hero: a fox\nplaces: [pier, quay]\n",
            "rows.csv" => "sku,name,seconds\na1,Lamp,5\nb2,Chair,7\n",
            "rows.json" => r#"[{"sku": "a1", "name": "Lamp"}, {"sku": "b2", "name": null}]"#,
            "rows.jsonl" => "{\"sku\": \"a1\"}\n{\"sku\": \"b2\"}\n",
            _ => return Err(format!("there is no file or folder {path}")),
        };
        Ok(source(path, text))
    }

    fn template(&self, name: &str) -> Result<Option<Arc<Source>>, String> {
        let text = match name {
            "shot.j2" => "{{ place }}. {{ subject }}. {{ style }}",
            "poster.j2" => "{% include 'shot.j2' %} {{ name|default('none')|upper }}",
            _ => return Ok(None),
        };
        Ok(Some(source(name, text)))
    }
}
