//! Settings: which wins, what it is to the model, and what is refused.

use super::*;

fn field(board: &Try, name: &str) -> String {
    board.one().fields.get(name).map_or_else(|| "-".to_owned(), ToString::to_string)
}

#[test]
fn the_nearest_setting_wins() {
    let board = "model: kling-o3-4k\nduration: 4\ntakes: 1\nscenes:\n  - id: s\n    duration: 5\n    shots:\n      - { id: a, prompt: x, duration: 6, takes: 3 }\n      - { id: b, prompt: y }\n";
    let shots = storyboard(board).shots();
    assert_eq!(shots.iter().map(|shot| (shot.seconds, shot.takes)).collect::<Vec<_>>(), [(6, 3), (5, 1)]);
}

#[test]
fn what_nobody_says_is_sixteen_by_nine_silent_and_one_take() {
    let board = shot("prompt: x");
    assert_eq!(field(&board, "aspect_ratio"), "\"16:9\"");
    assert_eq!(field(&board, "generate_audio"), "false");
    let shot = board.one();
    assert_eq!((shot.takes, shot.group, shot.intelligent, shot.new_clip), (1, Group::Auto, false, false));
}

#[test]
fn what_the_model_does_not_declare_is_not_sent() {
    let board = storyboard("model: kling-v3-turbo-pro\nduration: 5\nscenes: [{ id: a, prompt: x }]\n");
    assert_eq!(board.one().fields.keys().collect::<Vec<_>>(), ["aspect_ratio"]);
}

#[test]
fn a_models_own_settings_are_sent_as_its_json() {
    let board = storyboard(
        "model: kling-v3-pro\nduration: 5\ncfg_scale: 0.7\nnegative_prompt: blur\nscenes: [{ id: a, prompt: x }]\n",
    );
    assert_eq!(field(&board, "cfg_scale"), "0.7");
    assert_eq!(field(&board, "negative_prompt"), "\"blur\"");
}

#[test]
fn a_setting_of_another_model_warns_at_the_storyboard_and_is_refused_nearer() {
    let warned = with("cfg_scale: 0.5", "prompt: x").warnings();
    assert_eq!(
        warned,
        ["1: «cfg_scale» kling-o3-4k has no setting `cfg_scale`; it is left out for this model"]
    );
    let error = shot("prompt: x\ncfg_scale: 0.5").error();
    assert!(error.contains("«cfg_scale» kling-o3-4k has no setting `cfg_scale`"), "{error}");
}

#[test]
fn a_model_is_an_alias_or_an_endpoint_and_a_near_miss_is_recognised() {
    let endpoint =
        "model: fal-ai/kling-video/o3/4k/text-to-video\nduration: 5\nscenes: [{ id: a, prompt: x }]\n";
    assert_eq!(storyboard(endpoint).one().model.alias, "kling-o3-4k");
    let error =
        storyboard(&endpoint.replace("fal-ai/kling-video/o3/4k/text-to-video", "kling-03-4k")).error();
    assert!(
        error.contains("there is no model `kling-03-4k` in the catalog; did you mean `kling-o3-4k`?"),
        "{error}"
    );
    let error = storyboard("duration: 5\nscenes: [{ id: a, prompt: x }]\n").error();
    assert!(error.contains("no model is chosen"), "{error}");
}

#[test]
fn settings_are_rendered_then_parsed() {
    let board = with(
        "vars: { secs: 6, loud: true }",
        "prompt: x\nduration: \"{{ secs|int + 1 }}\"\ntakes: \"{{ 2 }}\"",
    );
    let shot = board.one();
    assert_eq!((shot.seconds, shot.takes), (7, 2));
}

#[test]
fn a_rendered_setting_of_the_wrong_type_is_told_where_it_stands() {
    let error = with("vars: { secs: 6s }", "prompt: x\nduration: \"{{ secs }}\"").error();
    assert!(error.ends_with("a duration is a whole number of seconds, not `6s`; write 6"), "{error}");
    let error = with("vars: { n: many }", "prompt: x\ntakes: \"{{ n }}\"").error();
    assert!(error.contains("`takes` is a whole number from 1 to 1000, not `many`"), "{error}");
    let error = with("vars: { g: all }", "prompt: x\ngroup: \"{{ g }}\"").error();
    assert!(error.contains("there is no group `all`; write auto, whole or solo"), "{error}");
}

#[test]
fn choices_flags_and_numbers_are_held_to_what_the_model_takes() {
    let error = shot("prompt: x\naspect_ratio: \"4:3\"").error();
    assert!(
        error.contains("`aspect_ratio` can't be `4:3`; write one of \"16:9\", \"9:16\", \"1:1\""),
        "{error}"
    );
    let error = with("vars: { a: yes }", "prompt: x\ngenerate_audio: \"{{ a }}\"").error();
    assert!(error.contains("`generate_audio` is true or false, not `yes`"), "{error}");
}

#[test]
fn a_shot_alone_keeps_to_a_clips_length_and_one_among_others_to_a_shots() {
    let error = shot("prompt: x\nduration: 2").error();
    assert!(error.contains("a clip of kling-o3-4k is 3 to 15 seconds long, this one is 2; make it longer, or put it into a scene"), "{error}");
    let board = "model: kling-o3-4k\nscenes:\n  - id: s\n    shots:\n      - { id: a, prompt: x, duration: 1 }\n      - { id: b, prompt: y, duration: 15 }\n";
    assert_eq!(storyboard(board).shots().len(), 2);
    assert!(storyboard(&board.replace("15", "16")).error().contains("this one is 16"));
    assert!(
        storyboard(&board.replace("duration: 1 ", "duration: 1, group: solo "))
            .error()
            .contains("this one is 1")
    );
}

#[test]
fn no_duration_is_told_at_the_shot() {
    let error = storyboard("model: kling-o3-4k\nscenes: [{ id: a, prompt: x }]\n").error();
    assert!(error.contains("«a» no duration is given for this shot"), "{error}");
}

#[test]
fn intelligent_cuts_are_for_a_scene_without_shots_and_a_model_that_plans_them() {
    let board = storyboard(
        "model: kling-o3-4k\nscenes: [{ id: a, prompt: x, duration: 9, shot_type: intelligent }]\n",
    );
    let one = board.one();
    assert!(one.intelligent && !one.fields.contains_key("shot_type"));
    let among = with("vars: { cuts: intelligent }", "prompt: x\nshot_type: \"{{ cuts }}\"");
    assert!(among.error().contains("the scene has no `shots`"));
    let turbo = storyboard(
        "model: kling-v3-turbo-pro\nscenes: [{ id: a, prompt: x, duration: 9, shot_type: intelligent }]\n",
    );
    assert!(turbo.error().contains("kling-v3-turbo-pro does not plan cuts"));
}

#[test]
fn a_skipped_shot_is_checked_and_left_out() {
    let board = "model: kling-o3-4k\nduration: 5\nvars: { off: true }\nscenes:\n  - id: s\n    shots:\n      - { id: a, prompt: x, skip: \"{{ 'true' if off else 'false' }}\" }\n      - { id: b, prompt: y }\n  - { id: t, prompt: z, skip: true }\n";
    assert_eq!(storyboard(board).addresses(), ["board/s/b"]);
    assert!(
        storyboard(&board.replace("prompt: z", "prompt: \"{{ zz }}\""))
            .error()
            .contains("`zz` is not defined")
    );
}

#[test]
fn tags_replace_and_do_not_merge() {
    let board = "model: kling-o3-4k\nduration: 5\ntags: [a, b]\nscenes:\n  - { id: s, prompt: x }\n  - { id: t, prompt: y, tags: [c] }\n";
    let tags: Vec<Vec<String>> = storyboard(board).shots().into_iter().map(|shot| shot.tags).collect();
    assert_eq!(tags, [vec!["a", "b"], vec!["c"]]);
}

#[test]
fn group_and_new_clip_are_handed_on() {
    let board = "model: kling-o3-4k\nduration: 5\nscenes:\n  - id: s\n    group: whole\n    shots:\n      - { id: a, prompt: x }\n      - { id: b, prompt: y, new_clip: true, group: solo }\n";
    let shots = storyboard(board).shots();
    assert_eq!((shots[0].group, shots[1].group, shots[1].new_clip), (Group::Whole, Group::Solo, true));
}

#[test]
fn a_runtime_that_does_not_add_up_shows_each_scenes_sum() {
    let board = "model: kling-o3-4k\nruntime: 20\nscenes:\n  - { id: s, prompt: x, duration: 5 }\n  - { id: t, prompt: y, duration: 6 }\n";
    assert_eq!(
        storyboard(board).error(),
        "2: «20» the shots add up to 11 s, not to the runtime of 20 s; s 5 s, t 6 s"
    );
    assert_eq!(storyboard(&board.replace("20", "11")).shots().len(), 2);
}

#[test]
fn spoken_lines_that_will_not_come_out_are_warned_of() {
    let warned = |line: &str, audio: bool| {
        shot(&format!("subject: s\ngenerate_audio: {audio}\nline: {line}")).warnings()
    };
    assert!(warned("Get down!", true).is_empty());
    assert!(warned("GET DOWN!", true)[0].contains("all in capitals"));
    assert!(warned("Get down!", false)[0].contains("`generate_audio` is false"));
    assert!(warned("伏せろ！", true)[0].contains("Hiragana"));
    assert!(warned("快趴下！", true).is_empty());
}

#[test]
fn every_problem_is_told_in_the_order_of_the_file() {
    let board = "model: kling-o3-4k\nscenes:\n  - { id: a, prompt: \"{{ x1 }}\", duration: 5 }\n  - { id: b, prompt: y, duration: 99 }\n  - { id: c, subject: \"{{ x2 }}\", duration: \"{{ x3 }}\" }\n";
    let errors = storyboard(board).problems(Severity::Error);
    let lines: Vec<&str> = errors.iter().filter_map(|error| error.split(':').next()).collect();
    assert_eq!(lines, ["3", "4", "5", "5"]);
}
