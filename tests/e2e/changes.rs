//! A storyboard that changes: what is bought again, what is not, and what the plan says of it.

use serde_json::Value;

use crate::support::project::{Project, addresses, board, clip};
use crate::support::queue::Queue;
use crate::support::script::{File, file, held, lost, policy, server_error};

/// One scene of shots too long to share a clip.
fn five(fourth: &str) -> String {
    scene(&["a first", "a second", "a third", fourth, "a fifth"].map(|prompt| (8, prompt)))
}

/// A scene `s` of shots with these lengths and prompts; a shot is called as its prompt's last word.
fn scene(shots: &[(u32, &str)]) -> String {
    let shot = |(seconds, prompt): &(u32, &str)| {
        let id = prompt.rsplit(' ').next().unwrap();
        format!("      - {{ id: {id}, duration: {seconds}, prompt: {prompt} }}\n")
    };
    let shots: String = shots.iter().map(shot).collect();
    format!(
        "storyboard: x\nmodel: kling-o3-4k\naspect_ratio: \"1:1\"\nscenes:\n  - id: s\n    shots:\n{shots}"
    )
}

fn rendered(story: &str) -> (Queue, Project) {
    let (queue, project) = (Queue::start(), Project::new(story));
    project.render(&queue, "-j 8").ends(0);
    (queue, project)
}

#[test]
fn an_edited_shot_buys_its_own_clip_again_and_undoing_it_buys_nothing() {
    let (queue, project) = rendered(&five("a fourth"));
    assert_eq!(queue.submits(), 5);

    project.storyboard(&five("a darker fourth"));
    let plan = project.plan("");
    assert_eq!(addresses(&plan, "action", "buy"), ["x/s/fourth"]);
    let reason = clip(&plan, "x/s/fourth")["reason"].as_str().unwrap().to_owned();
    assert!(reason.starts_with("prompt of fourth changed") && reason.contains("darker"), "{reason}");
    project.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), 6);
    assert_eq!(queue.bought()[5].body["prompt"], "a darker fourth");

    project.storyboard(&five("a fourth"));
    project.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), 6);
}

#[test]
fn an_inserted_shot_that_can_stand_alone_buys_itself_alone() {
    let (queue, project) = rendered(&scene(&[(8, "a first"), (8, "a second")]));
    project.storyboard(&scene(&[(8, "a first"), (3, "an inserted"), (8, "a second")]));
    let plan = project.plan("");
    assert_eq!(addresses(&plan, "action", "buy"), ["x/s/inserted"]);
    assert_eq!(clip(&plan, "x/s/inserted")["reason"], "never rendered");
    project.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), 3);
    assert_eq!(queue.bought()[2].body["prompt"], "an inserted");
    assert_eq!(project.view(), ["01_s_first.mp4", "02_s_inserted.mp4", "03_s_second.mp4"]);
}

#[test]
fn an_inserted_shot_too_short_for_a_clip_takes_its_cheaper_neighbour_along_and_says_so() {
    let (queue, project) = rendered(&scene(&[(9, "a first"), (8, "a second")]));
    project.storyboard(&scene(&[(9, "a first"), (2, "an inserted"), (8, "a second")]));
    let plan = project.plan("");
    assert_eq!(addresses(&plan, "action", "buy"), ["x/s/inserted"]);
    let bought = clip(&plan, "x/s/inserted");
    assert_eq!(
        (&bought["shots"], &bought["usd"]),
        (&serde_json::json!(["inserted", "second"]), &"4.20".into())
    );
    assert_eq!(
        bought["reason"],
        "inserted is new, second is bought again with it, since a clip is at least 3 s"
    );
    project.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), 3);

    project.storyboard(&scene(&[(9, "a first"), (8, "a second")]));
    project.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), 3, "without the insertion everything is there already");
}

#[test]
fn reordered_scenes_are_renumbered_and_nothing_is_bought() {
    let (queue, project) = rendered(&board(&["one", "two", "three"]));
    let takes = project.takes();
    project.storyboard(&board(&["three", "one", "two"]));
    project.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), 3);
    assert_eq!(project.view(), ["01_three.mp4", "02_one.mp4", "03_two.mp4"]);
    for (name, word) in [("01_three", "three"), ("02_one", "one"), ("03_two", "two")] {
        let shown = std::fs::read(project.path(&format!("r/x/{name}.mp4"))).unwrap();
        assert_eq!(shown, queue.file_of(word), "{name}");
    }
    assert_eq!(project.takes(), takes);
}

#[test]
fn comments_titles_notes_tags_and_key_order_buy_nothing() {
    let (queue, project) = rendered(&board(&["one"]));
    project.storyboard(
        "# a comment\nduration: 3\naspect_ratio: 1:1\ntitle: A title\nnote: for people\nmodel: kling-o3-4k\n\
         storyboard: x\nscenes:\n  - tags: [night]\n    prompt: >-\n      a lantern\n      called one\n    id: one\n",
    );
    project.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), 1);
}

#[test]
fn a_renamed_storyboard_with_renamed_scenes_keeps_its_clips() {
    let (queue, project) = rendered(&board(&["one", "two"]));
    let renamed =
        board(&["one", "two"]).replace("storyboard: x", "storyboard: y").replace("id: one", "id: opening");
    project.storyboard(&renamed);
    project.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), 2);
    assert_eq!(std::fs::read(project.path("r/y/01_opening.mp4")).unwrap(), queue.file_of("one"));
}

#[test]
fn another_model_or_shape_or_length_is_another_clip_and_the_plan_says_which() {
    let (_queue, project) = rendered(&board(&["one"]));
    for (from, to, why) in [
        ("kling-o3-4k", "kling-o3-pro", "model is now kling-o3-pro"),
        ("\"1:1\"", "\"9:16\"", "aspect_ratio is now 9:16, not 1:1"),
        ("duration: 3", "duration: 4", "one now lasts 4 s, not 3 s"),
        ("duration: 3", "duration: 3\ngenerate_audio: true", "generate_audio is now true, not false"),
    ] {
        project.storyboard(&board(&["one"]).replace(from, to));
        let plan = project.plan("");
        assert_eq!(clip(&plan, "x/one")["action"], "buy", "{to}");
        let reason = clip(&plan, "x/one")["reason"].as_str().unwrap();
        assert!(reason.starts_with(why), "{reason}");
    }
}

/// A clip is in flight, and the run that bought it is dead.
fn in_flight(story: &str) -> (Queue, Project) {
    let (queue, project) = (Queue::start(), Project::new(story));
    queue.script("one", held());
    let run = project.render(&queue, "-j 1").start();
    queue.wait_for_looks(1);
    run.kill();
    (queue, project)
}

#[test]
fn a_clip_in_flight_lands_although_another_storyboard_took_its_place() {
    let (queue, project) = in_flight(&board(&["one", "two"]));
    project.remove("storyboards/x.yaml");
    project.write("storyboards/y.yaml", &board(&["other"]).replace("storyboard: x", "storyboard: y"));
    queue.release();
    let json = project.render(&queue, "--json").ends(0).json();
    assert_eq!(queue.words(), ["one", "other"]);
    project.has_exactly(&queue, &["one", "other"]);
    assert!(clip(&json, "x/one")["reason"].as_str().unwrap().contains("in none of these storyboards"));
    assert!(project.view().is_empty(), "what no storyboard uses is not shown");
}

#[test]
fn a_clip_in_flight_lands_although_no_storyboard_is_left() {
    let (queue, project) = in_flight(&board(&["one", "two"]));
    project.remove("storyboards/x.yaml");
    queue.release();
    project.render(&queue, "").ends(2);
    assert_eq!(queue.words(), ["one"]);
    project.has_exactly(&queue, &["one"]);
}

#[test]
fn a_clip_in_flight_lands_although_its_storyboard_is_named_and_gone() {
    let (queue, project) = in_flight(&board(&["one", "two"]));
    project.remove("storyboards/x.yaml");
    queue.release();
    project.render(&queue, "storyboards/x.yaml").ends(2);
    assert_eq!(queue.words(), ["one"]);
    project.has_exactly(&queue, &["one"]);
}

#[test]
fn a_clip_in_flight_lands_although_its_storyboard_has_a_mistake_and_nothing_is_bought() {
    let (queue, project) = in_flight(&board(&["one", "two"]));
    project.storyboard(&board(&["one", "two"]).replace("duration: 3", "duration: 4s"));
    queue.release();
    let done = project.render(&queue, "--only x/two --tag night").ends(2);
    done.says("x.yaml");
    assert_eq!(queue.words(), ["one"]);
    project.has_exactly(&queue, &["one"]);
    project.storyboard(&board(&["one", "two"]));
    project.render(&queue, "").ends(0);
    assert_eq!(queue.words(), ["one", "two"]);
}

#[test]
fn a_mistake_in_one_storyboard_buys_nothing_of_any() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    project.write("storyboards/y.yaml", &board(&["two"]));
    project.render(&queue, "").ends(2);
    assert_eq!(queue.submits(), 0);
    assert!(!project.path("r").exists());
}

/// Plans, renders, and holds the one against the other.
fn does_as_planned(queue: &Queue, project: &Project, args: &str) {
    let plan = project.plan(args);
    let before = queue.bought().len();
    let done = project.render(queue, &format!("-j 3 --json {args}")).done();
    let planned = plan["clips"].as_array().unwrap().iter().filter(|clip| clip["action"] == "buy");
    let mut planned: Vec<String> = planned.map(|clip| clip["request"].to_string()).collect();
    let new = queue.bought().split_off(before);
    let mut bought: Vec<String> = new.iter().map(|bought| bought.body.to_string()).collect();
    planned.sort();
    bought.sort();
    assert_eq!(bought, planned, "{args}");
    let (planned, done) = (&plan["clips"], done.json());
    for key in ["address", "action", "reason", "usd", "fingerprint"] {
        let all = |clips: &Value| {
            clips.as_array().unwrap().iter().map(|clip| clip[key].clone()).collect::<Vec<_>>()
        };
        assert_eq!(all(&done["clips"]), all(planned), "{args}");
    }
}

#[test]
fn whatever_happened_before_a_run_does_what_the_plan_shows() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two", "three", "four"])));
    queue.script("one", policy());
    queue.script("two", server_error());
    queue.script("three", lost());
    queue.script("four", file(File::Gone));
    does_as_planned(&queue, &project, "--attempts 1");
    does_as_planned(&queue, &project, "--failed --budget 1.26 --attempts 1");
    project.storyboard(&board(&["five", "two", "one", "six", "three"]));
    does_as_planned(&queue, &project, "--budget 2.52");
    does_as_planned(&queue, &project, "--force x/five --only x/five");
    project.storyboard(&format!("takes: 2\n{}", board(&["five", "seven"])));
    does_as_planned(&queue, &project, "--attempts 1");
    does_as_planned(&queue, &project, "--force x/*");
    assert_eq!(
        queue.words(),
        ["five", "five", "five", "four", "one", "one", "seven", "seven", "seven", "three", "two", "two"]
    );
}
