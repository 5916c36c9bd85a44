//! `cut` as far as it goes without ffmpeg: what it refuses, and that it then leaves nothing behind. What it makes is
//! played in `make test-edit`.

use std::fs;

use crate::support::project::{Done, Project, board};

/// Clips of two shapes.
const MIXED: &str = "storyboard: mixed\nmodel: kling-o3-4k\nduration: 3\nscenes:\n\
    \x20 - { id: wide, prompt: a lantern }\n  - { id: tall, prompt: a lantern, aspect_ratio: \"9:16\" }\n";

fn rendered() -> Project {
    let project = Project::new(&board(&["one", "two"]));
    project.write("storyboards/mixed.yaml", MIXED);
    project.shotlist("render --sim --sim-pace 0 --out r").ends(0);
    project
}

/// On a machine that has no ffmpeg.
fn cut(project: &Project, args: &str, exit: i32) -> Done {
    let done = project.shotlist(&format!("cut --sim --out r {args}")).env("PATH", "/nowhere").ends(exit);
    let left: Vec<_> =
        project.everything().into_iter().filter(|(path, _)| path.ends_with("film.mp4")).collect();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(done.stdout, "");
    done
}

#[test]
fn without_ffmpeg_it_says_how_to_get_one() {
    let project = rendered();
    for args in ["x", "x -o films/", "x --stills"] {
        cut(&project, args, 1).says("ffmpeg is not on the PATH; install it (Debian: apt install ffmpeg");
    }
    cut(&project, "x --ffmpeg ./none", 1).says("none can't be started: No such file");
    project.write("fake", "#!/bin/sh\necho out of order >&2\nexit 3\n");
    fs::set_permissions(project.path("fake"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    cut(&project, "x --ffmpeg ./fake", 1).says("ffmpeg failed: out of order");
}

#[test]
fn takes_that_are_missing_are_all_named_with_what_renders_them() {
    let project = Project::new(&board(&["one", "two", "three"]));
    project.shotlist("render --sim --sim-pace 0 --out r --only x/two").ends(0);
    let done = cut(&project, "x", 5);
    done.says("2 of 3 clips of x can't be shown:\n  x/one: it was never rendered\n  x/three: it was never rendered\n");
    done.says("next: shotlist render storyboards/x.yaml --sim --out r");
}

#[test]
fn clips_of_several_shapes_are_named_by_their_shape() {
    let project = rendered();
    let done = cut(&project, "mixed", 2);
    done.says("mixed has clips of 2 shapes, which make no one film:\n  720x1280: mixed/tall\n  1280x720: mixed/wide\n");
    done.says("--letterbox");
    cut(&project, "mixed --letterbox", 1).says("ffmpeg is not on the PATH");
}

#[test]
fn a_film_goes_only_where_a_film_may_be() {
    let project = rendered();
    cut(&project, "x -o storyboards/x.yaml", 2).says("no .mp4 file; choose another name");
    cut(&project, "x -o r/takes/x.mp4", 2).says("is among the takes");
    cut(&project, "x -o -", 2).says("can't go to standard output");
    cut(&project, "x -o /dev/null", 2).says("no plain file");
    cut(&project, "x --at 1", 2).says("--stills");
    cut(&project, "x --stills --at 7", 2).says("x ends after 6 s, before 7 s");
    cut(&project, "x --stills --at soon", 2).says("write seconds from the film's start");
}
