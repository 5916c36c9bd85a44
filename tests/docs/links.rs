//! Every link from one document to a file of the project, or to a heading of a document, leads somewhere.

use std::fs;
use std::path::{Path, PathBuf};

use crate::home;

fn documents() -> Vec<PathBuf> {
    let docs = fs::read_dir(home().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let pages = docs.filter(|path| path.extension().is_some_and(|kind| kind == "md"));
    pages.chain([home().join("README.md")]).collect()
}

/// What stands in `](…)`.
fn links(document: &str) -> impl Iterator<Item = &str> {
    document.split("](").skip(1).filter_map(|rest| rest.split_once(')').map(|(link, _)| link))
}

/// As GitHub makes them: lower case, words joined by `-`, everything else left out.
fn anchors(document: &str) -> Vec<String> {
    let headings = document.lines().filter(|line| line.starts_with('#'));
    let titles = headings.map(|line| line.trim_start_matches('#').trim().to_lowercase());
    let kept = |c: &char| c.is_alphanumeric() || " -_".contains(*c);
    titles.map(|title| title.chars().filter(kept).collect::<String>().replace(' ', "-")).collect()
}

fn leads_somewhere(from: &Path, link: &str) -> bool {
    if link.contains("://") {
        return true;
    }
    let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
    let target = if path.is_empty() { from.to_owned() } else { from.parent().unwrap().join(path) };
    let has = |anchor: &str| anchors(&fs::read_to_string(&target).unwrap()).contains(&anchor.to_owned());
    target.exists() && anchor.is_none_or(has)
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    let mut lost = Vec::new();
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        let broken = links(&text).filter(|link| !leads_somewhere(&document, link));
        lost.extend(broken.map(|link| format!("{}: {link}", document.display())));
    }
    assert!(lost.is_empty(), "{lost:#?}");
}
