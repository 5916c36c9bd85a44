//! Prompts: parts and their inheritance, templates, variables.

use super::*;

const NEON: &str = r#"storyboard: neon-harbor
title: Neon Harbor, cold open
model: kling-o3-4k
budget: 25.00
runtime: 16
vars_from: [shared/cast.yaml]
vars:
  city: a neon-lit harbor city
  rin: "{{ cast.rin.name }}, {{ cast.rin.look }}"
aspect_ratio: "16:9"
generate_audio: true
style: anime, cel-shaded
use_case: anime sequence
constraints: no watermark, no logos, preserve subject identity
scenes:
  - id: rooftop
    place: rooftop in {{ city }}, heavy rain
    shots:
      - id: skyline
        duration: 4
        subject: the harbor at dusk, signs flickering on
        details: establishing wide shot
      - id: landing
        duration: 4
        subject: a mecha lands on the rooftop, dust kicking up
        details: low-angle hero shot, slow push-in
        constraints: "{{ inherited }}, steady camera"
      - id: close-up
        duration: 3
        subject: "{{ rin }}, narrowing her eyes"
        line: I'm here.
  - id: title-card
    duration: 5
    prompt: The words NEON HARBOR in rain-soaked neon, {{ style }}, slow dolly out.
"#;

fn neon() -> Try {
    storyboard(NEON).file("shared/cast.yaml", "cast:\n  rin: { name: Rin, look: short silver hair }\n")
}

#[test]
fn the_guides_example_comes_out_as_the_guide_says() {
    let shots = neon().shots();
    let addresses: Vec<String> = shots.iter().map(|shot| shot.address.to_string()).collect();
    assert_eq!(
        addresses,
        [
            "neon-harbor/rooftop/skyline",
            "neon-harbor/rooftop/landing",
            "neon-harbor/rooftop/close-up",
            "neon-harbor/title-card"
        ]
    );
    assert_eq!(shots.iter().map(|shot| shot.seconds).collect::<Vec<u32>>(), [4, 4, 3, 5]);
    let written: Vec<&str> = shots.iter().map(|shot| &NEON[shot.span.start..shot.span.end]).collect();
    assert_eq!(written, ["skyline", "landing", "close-up", "title-card"]);
    insta::assert_snapshot!(shots[2].prompt, @r#"
    Scene: rooftop in a neon-lit harbor city, heavy rain, anime, cel-shaded
    Subject: Rin, short silver hair, narrowing her eyes
    In-scene line: "I'm here."
    Use case: anime sequence
    Constraints: no watermark, no logos, preserve subject identity
    "#);
    assert!(
        shots[1]
            .prompt
            .ends_with("Constraints: no watermark, no logos, preserve subject identity, steady camera")
    );
    assert_eq!(
        shots[3].prompt,
        "The words NEON HARBOR in rain-soaked neon, anime, cel-shaded, slow dolly out."
    );
    assert_eq!(
        serde_json::to_string(&shots[0].fields).unwrap(),
        r#"{"aspect_ratio":"16:9","generate_audio":true}"#
    );
    assert_eq!(shots[2].spoken, [Spoken { who: None, say: "I'm here.".to_owned() }]);
    assert_eq!(shots[2].parts["place"], "rooftop in a neon-lit harbor city, heavy rain");
}

#[test]
fn the_six_lines_stand_in_the_models_order_and_empty_ones_are_left_out() {
    let all = "constraints: c\nuse_case: u\nline: l\ndetails: d\nsubject: s\nstyle: t\nplace: p";
    insta::assert_snapshot!(shot(all).prompt(), @r#"
    Scene: p, t
    Subject: s
    Important details: d
    In-scene line: "l"
    Use case: u
    Constraints: c
    "#);
    assert_eq!(shot("subject: s\nstyle: t").prompt(), "Scene: t\nSubject: s");
}

#[test]
fn several_lines_name_who_says_them() {
    let lines = "subject: s\nline:\n  - { who: Rin, say: Get down! }\n  - { who: Kade, say: Where? }";
    let shot = shot(lines).one();
    assert_eq!(shot.prompt, "Subject: s\nIn-scene line: Rin: \"Get down!\" Kade: \"Where?\"");
    assert_eq!(shot.spoken[0], Spoken { who: Some("Rin".to_owned()), say: "Get down!".to_owned() });
    assert_eq!(shot.parts["line"], "Rin: Get down!\nKade: Where?");
}

#[test]
fn parts_are_inherited_key_by_key_and_null_clears_them() {
    let board = "model: kling-o3-4k\nduration: 5\nstyle: anime\nplace: city\nscenes:\n  - id: s\n    place: roof\n    shots:\n      - { id: a, subject: x }\n      - { id: b, subject: x, style: null }\n      - { id: c, subject: x, style: \"{{ inherited }}, grain\", place: \"{{ inherited }}, night\" }\n";
    assert_eq!(
        storyboard(board).prompts(),
        [
            "Scene: roof, anime\nSubject: x",
            "Scene: roof\nSubject: x",
            "Scene: roof, night, anime, grain\nSubject: x"
        ]
    );
}

#[test]
fn inherited_is_rendered_with_the_shots_own_variables() {
    let board = "model: kling-o3-4k\nduration: 5\nvars: { mood: calm }\nstyle: \"{{ mood }} anime\"\nscenes:\n  - id: s\n    vars: { mood: tense }\n    shots:\n      - { id: a, subject: x }\n      - { id: b, subject: x, vars: { mood: wild }, style: \"{{ inherited }}!\" }\n  - { id: t, subject: x }\n";
    assert_eq!(
        storyboard(board).prompts(),
        ["Scene: tense anime\nSubject: x", "Scene: wild anime!\nSubject: x", "Scene: calm anime\nSubject: x"]
    );
}

#[test]
fn parts_see_each_other_but_not_in_a_circle() {
    assert_eq!(
        shot("subject: a car, {{ style }}\nstyle: noir").prompt(),
        "Scene: noir\nSubject: a car, noir"
    );
    let error = shot("subject: \"{{ details }}\"\ndetails: \"{{ subject }}\"").error();
    assert_eq!(error, "8: «\"{{ details }}\"» parts that need each other: subject → details → subject; break the circle: give one of them its text".replace("8:", "7:"));
    let error = shot("subject: \"{{ subject }}!\"").error();
    assert!(error.contains("`{{ inherited }}` is what it would have been"), "{error}");
}

#[test]
fn unset_parts_are_empty_text() {
    assert_eq!(shot("prompt: A car{{ details }}, {{ style }}.").prompt(), "A car, .");
}

#[test]
fn a_variable_sees_the_winners_of_others_and_its_own_name_below() {
    let board = "model: kling-o3-4k\nduration: 5\nvars: { city: Kyoto, where: \"in {{ city }}\" }\nscenes:\n  - id: s\n    vars: { city: \"old {{ city }}\" }\n    shots:\n      - { id: a, prompt: \"{{ where }}\" }\n      - { id: b, prompt: \"{{ where }}\", vars: { city: \"very {{ city }}\" } }\n";
    assert_eq!(storyboard(board).prompts(), ["in old Kyoto", "in very old Kyoto"]);
}

#[test]
fn the_last_file_of_shared_variables_is_nearest_and_the_storyboard_nearer() {
    let board =
        with("vars_from: [one.yaml, two.yaml]\nvars: { c: own }", "prompt: \"{{ a }} {{ b }} {{ c }}\"");
    let board =
        board.file("one.yaml", "a: one\nb: one\nc: one\n").file("two.yaml", "b: \"two after {{ b }}\"\n");
    assert_eq!(board.prompt(), "one two after one own");
}

#[test]
fn the_command_line_wins_over_all_and_is_never_a_template() {
    let board =
        with("vars: { city: Kyoto }", "vars: { city: Oslo }\nprompt: in {{ city }}").var("city", "Rome");
    assert_eq!(board.prompt(), "in Rome");
    let board = with("vars: { city: Kyoto }", "prompt: in {{ city }}").var("city", "{{ 7 }}");
    assert!(board.error().contains("still holds `{{`"));
}

#[test]
fn variables_in_a_circle_are_told_with_their_chain() {
    let error =
        with("vars: { a: \"{{ b }}\", b: \"{{ c }}\", c: \"{{ a }}\" }", "prompt: \"{{ a }}\"").error();
    assert!(error.contains("variables that need each other: a → b → c → a"), "{error}");
}

#[test]
fn a_long_chain_of_variables_is_refused_before_it_is_deep() {
    let links: Vec<String> = (1..5000).map(|at| format!("  v{at}: \"{{{{ v{} }}}}\"\n", at - 1)).collect();
    let vars = format!("vars:\n  v0: end\n{}", links.concat());
    assert!(with(&vars, "prompt: \"{{ v4999 }}\"").error().contains("more than 50 deep"));
}

#[test]
fn an_undefined_variable_is_named_with_its_place_and_the_word_that_was_meant() {
    let error = with("vars: { city: Kyoto }", "subject: a car in {{ citty }}").error();
    assert_eq!(error, "8: «citty» `citty` is not defined; did you mean `city`?");
    let error = with("vars: { cast: { rin: { name: Rin } } }", "subject: \"{{ cast.rin.nme }}\"").error();
    assert_eq!(error, "8: «cast.rin.nme» `cast.rin` has no `nme`; did you mean `name`?");
    let error = shot("subject: \"{{ row.sku }}\"").error();
    assert!(error.contains("`row` is not defined; `row` needs rows: add `each:"), "{error}");
}

#[test]
fn an_undefined_variable_is_found_in_a_block_of_several_lines() {
    let error = shot("prompt: |\n  One line,\n  another of {{ citty }}.").error();
    assert!(error.starts_with("9: «citty»"), "{error}");
}

#[test]
fn an_undefined_variable_of_a_template_file_is_shown_in_that_file() {
    let board = with("template: mine", "subject: s").file("templates/mine.j2", "A\n{{ subjct }}\n");
    assert_eq!(
        board.error(),
        "templates/mine.j2:2: «subjct» `subjct` is not defined; did you mean `subject`?"
    );
}

#[test]
fn what_can_not_be_printed_is_told_with_what_can() {
    let vars =
        "vars: { rin: { name: Rin }, list: [a, b], dark: true, none: null }".replace("none", "nothing");
    let error = |text: &str| with(&vars, &format!("prompt: A {{{{ {text} }}}} b")).error();
    assert!(
        error("rin")
            .ends_with("`rin` is a map, which can't be printed; write one of its values, such as `rin.name`")
    );
    assert!(error("list").contains("`list` is a list, which can't be printed; write `list|join(\", \")`"));
    assert!(error("dark").contains("`dark` is true or false, which can't be printed"));
    assert!(error("nothing").contains("`nothing` is null, which can't be printed"));
}

#[test]
fn numbers_are_printed_as_they_are_written() {
    let top = "vars: { a: 5, b: 1.10, c: 007, d: 0.5, e: 1e3 }";
    assert_eq!(
        with(top, "prompt: \"{{ a }} {{ b }} {{ c }} {{ d }} {{ e }}\"").prompt(),
        "5 1.10 007 0.5 1e3"
    );
}

#[test]
fn a_finished_prompt_with_template_marks_left_in_it_is_refused() {
    for mark in ["{{", "{%", "{#"] {
        let board = shot("prompt: \"{{ x }}\"").var("x", &format!("a {mark} b"));
        assert!(board.error().contains(&format!("still holds `{mark}`")), "{mark}");
    }
}

#[test]
fn reformatting_a_template_changes_no_prompt() {
    let tight = with("template: t", "subject: s").file("templates/t.j2", "A\n\n{{ subject }}");
    let loose =
        with("template: t", "subject: s").file("templates/t.j2", "\n\n\nA  \n\n\n\n{{ subject }}\n\n");
    assert_eq!(tight.prompt(), loose.prompt());
    assert_eq!(tight.prompt(), "A\n\ns");
}

#[test]
fn a_projects_shot_template_takes_the_place_of_the_built_in_one() {
    let board = shot("subject: s").file("templates/shot.j2", "Mine: {{ subject }}");
    assert_eq!(board.prompt(), "Mine: s");
}

#[test]
fn templates_include_import_and_extend_templates() {
    let board = with("template: t", "subject: s\ndetails: d")
        .file("templates/t.j2", "{% extends 'base.j2' %}{% from 'm.j2' import said %}{% block top %}{{ said(subject) }}{% endblock %}")
        .file("templates/base.j2", "<{% block top %}{% endblock %}> {% include 'look.j2' %}")
        .file("templates/look.j2", "look: {{ details }}")
        .file("templates/m.j2", "{% macro said(x) %}\"{{ x }}\"{% endmacro %}");
    assert_eq!(board.prompt(), "<\"s\"> look: d");
}

#[test]
fn a_missing_template_is_told_where_it_is_asked_for() {
    let error = with("template: titel", "subject: s").error();
    assert!(error.starts_with("1: «titel» there is no template `templates/titel.j2`"), "{error}");
    let board = with("template: t", "subject: s").file("templates/t.j2", "{% include 'no.j2' %}");
    assert!(board.error().starts_with("templates/t.j2:1: «'no.j2'» there is no template `templates/no.j2`"));
}

#[test]
fn a_shot_sees_its_own_and_its_scenes_id() {
    let text = "prompt: \"{{ storyboard.id }} {{ scene.id }} {{ shot.id }}\"";
    assert_eq!(shot(text).prompt(), "board s a");
}

#[test]
fn a_prompt_that_comes_out_empty_is_refused() {
    assert!(shot("subject: \"{{ details }}\"").error().contains("this shot's prompt is empty"));
}

#[test]
fn a_prompt_over_the_models_length_is_refused() {
    let error = shot(&format!("prompt: {}", "ä".repeat(2501))).error();
    assert!(error.contains("this prompt has 2501 characters, kling-o3-4k takes 2500"), "{error}");
    assert_eq!(shot(&format!("prompt: {}", "ä".repeat(2500))).prompt().chars().count(), 2500);
}

#[test]
fn what_a_finished_prompt_drops_is_warned_of_once_a_file() {
    let board = "model: kling-o3-4k\nduration: 5\nstyle: anime\nconstraints: no logos\nscenes:\n  - { id: a, prompt: one }\n  - { id: b, prompt: two }\n";
    let warnings = storyboard(board).warnings();
    assert_eq!(
        warnings,
        [
            "6: «one» `style` and `constraints` are not part of a finished prompt; use them as {{ style }} and {{ constraints }}, or write the shot in parts"
        ]
    );
    let used = board
        .replace("prompt: one", "prompt: \"{{ style }} {{ constraints }}\"")
        .replace("two", "\"{{ style }}. {{ constraints }}\"");
    assert_eq!(storyboard(&used).warnings(), Vec::<String>::new());
}

#[test]
fn a_mistake_in_a_variable_that_no_shot_uses_is_told_too() {
    let error = with("vars: { unused: \"{{ a b }}\" }", "prompt: x").error();
    assert!(error.starts_with("1: "), "{error}");
}

#[test]
fn filters_that_are_there_work_and_others_are_named() {
    let text = "prompt: \"{{ 'a b'|upper }} {{ ['x', 'y']|join('-') }} {{ n|int * 2 + 1 }} {{ zz|default('none') }} {{ 'abc'|replace('b', 'd') }}\"";
    assert_eq!(with("vars: { n: 3 }", text).prompt(), "A B x-y 7 none adc");
    let error = shot("prompt: \"{{ 'a'|uper }}\"").error();
    assert!(error.contains("there is no filter `uper`; did you mean `upper`?"), "{error}");
}

#[test]
fn conditions_and_loops_work_on_what_there_is() {
    let text =
        "prompt: \"{% if n > 2 %}many{% else %}few{% endif %}{% for p in [a, b] %} {{ p }}{% endfor %}\"";
    assert_eq!(with("vars: { n: 3, a: x, b: y }", text).prompt(), "many x y");
}
