//! The committed schema is the one that the program prints; what it is worth, `make test-schema` asks a validator.

use std::fs;
use std::path::Path;

use crate::support::project::{Project, board};

const KLING: &str = include_str!("../../src/catalog/kling-o3-4k.yaml");

#[test]
fn the_committed_schema_is_what_the_program_prints() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/storyboard.schema.json");
    let printed = Project::empty().shotlist("schema").ends(0).stdout;
    let how = "the language or the catalog changed: shotlist schema -o schema/storyboard.schema.json";
    assert!(fs::read_to_string(committed).unwrap() == printed, "{how}");
}

#[test]
fn it_is_written_where_it_is_asked_for_with_the_projects_own_models() {
    let project = Project::new(&board(&["one"]));
    let mine =
        KLING.replace("alias: kling-o3-4k", "alias: mine").replace("endpoint: fal-ai/", "endpoint: me/");
    project.write("models/mine.yaml", &mine);
    let done = project.shotlist("schema -o ../schema/own.json").within("storyboards").ends(0);
    assert_eq!((done.stdout.as_str(), done.stderr.as_str()), ("", "wrote ../schema/own.json\n"));
    let written = fs::read_to_string(project.path("schema/own.json")).unwrap();
    assert!(written.contains("\"mine\"") && written.contains("\"me/kling-video/o3/4k/text-to-video\""));
    assert_eq!(project.shotlist("schema -o s.json --json").ends(0).json()["file"], "s.json");
}

#[test]
fn a_place_that_cannot_be_written_to_is_told() {
    let project = Project::empty();
    project.write("file", "");
    project.shotlist("schema -o file").ends(2).says("file is there and no .json file; choose another name");
    project.shotlist("schema -o file/below.json").ends(1).says("could not write file/below.json");
}
