//! Whole storyboards: what is read, what is told, and what is still trusted afterwards.
#![allow(clippy::format_collect)]

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Content, Entry, Reading, Rows, Source, Storyboard, Value, read};

fn named(name: &str, text: &str) -> Reading {
    let source = Arc::new(Source { name: name.to_owned(), text: text.to_owned() });
    read(&source, &BTreeSet::from(["negative_prompt".to_owned(), "cfg_scale".to_owned()]))
}

fn reading(text: &str) -> Reading {
    named("storyboards/neon.yaml", text)
}

fn whole(text: &str) -> Storyboard {
    let Reading { storyboard, problems } = reading(text);
    assert!(problems.is_empty(), "{problems:#?}");
    storyboard.unwrap()
}

fn told(text: &str) -> Vec<String> {
    reading(text).problems.into_iter().map(|problem| problem.message).collect()
}

fn keys(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.key.value.as_str()).collect()
}

fn text(entries: &[Entry], key: &str) -> String {
    let entry = entries.iter().find(|entry| entry.key.value == key).unwrap();
    let Value::Scalar(scalar) = &entry.value.value else { panic!("{key} is no text") };
    scalar.text.clone()
}

/// A storyboard of one scene with these lines in it.
fn scene(lines: &str) -> String {
    let indented: String = lines.lines().map(|line| format!("    {line}\n")).collect();
    format!("scenes:\n  - id: one\n{indented}")
}

/// A storyboard with these lines at its top.
fn above(lines: &str) -> String {
    format!("{lines}\n{}", scene("duration: 5\nprompt: A lamp."))
}

const WHOLE: &str = r#"# yaml-language-server: $schema=../schema/storyboard.schema.json
storyboard: neon-harbor            # id; default: the file's stem
title: Neon Harbor, cold open
note: first pass for the pitch     # for people, anywhere; shown in reports, never sent
model: kling-o3-4k                 # alias from the catalog, or a full endpoint id
budget: 25.00                      # USD, hard cap
runtime: 16                        # optional: seconds that the shots must add up to

vars_from: [shared/cast.yaml]
vars:
  city: a neon-lit harbor city
  rin: "{{ cast.rin.name }}, {{ cast.rin.look }}"

aspect_ratio: "16:9"               # any setting may stand here
generate_audio: true
style: anime, cel-shaded
use_case: anime sequence
constraints: no watermark, no logos, preserve subject identity

each: { rows: products.csv, id: "{{ row.sku }}" }   # or inline rows; CSV, JSON, JSONL, YAML
matrix:
  aspect_ratio: ["16:9", 9:16]
  lang: [en, zh]                   # any other axis is a variable
  exclude: [{ aspect_ratio: "9:16", lang: zh }]
  include: [{ aspect_ratio: "1:1", lang: en }]
profiles:
  draft: { model: kling-o3-standard, takes: 1 }     # any setting or variable

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
        constraints: "{{ inherited }}, steady camera"
        new_clip: true
      - id: close-up
        duration: "{{ row.secs }}"
        subject: "{{ rin }}, narrowing her eyes"
        line: I'm here.
        negative_prompt: blur
        tags: [hero, night]

  - id: title-card                 # a scene without `shots` is a single shot of that name
    duration: 5
    style:
    prompt: The words NEON HARBOR in rain-soaked neon, {{ style }}, slow dolly out.
"#;

#[test]
fn a_whole_storyboard_is_read_as_it_is_written() {
    let text_of = WHOLE.replace("    style:\n", "");
    let board = whole(&text_of);
    assert_eq!(board.id.value.as_str(), "neon-harbor");
    assert_eq!(board.title.unwrap().value, "Neon Harbor, cold open");
    assert_eq!(board.budget.unwrap().value.to_string(), "$25.00");
    assert_eq!(board.runtime.unwrap().value, 16);
    assert_eq!(board.vars_from[0].value, "shared/cast.yaml");
    assert_eq!(keys(&board.said.vars), ["city", "rin"]);
    assert_eq!(keys(&board.said.parts), ["style", "use_case", "constraints"]);
    assert_eq!(keys(&board.said.settings), ["model", "aspect_ratio", "generate_audio"]);
    assert!(matches!(board.each.unwrap().rows, Rows::File(file) if file.value == "products.csv"));
    let matrix = board.matrix.unwrap();
    assert_eq!(
        matrix.axes.iter().map(|axis| axis.name.value.as_str()).collect::<Vec<_>>(),
        ["aspect_ratio", "lang"]
    );
    assert_eq!((matrix.exclude.len(), matrix.include.len()), (1, 1));
    assert_eq!(board.profiles[0].name.value.as_str(), "draft");
    let Content::Shots(shots) = &board.scenes[0].content else { panic!() };
    assert_eq!(shots.iter().map(|shot| shot.new_clip).collect::<Vec<_>>(), [false, true, false]);
    assert_eq!(text(&shots[2].said.settings, "duration"), "{{ row.secs }}");
    assert_eq!(text(&shots[2].said.parts, "line"), "I'm here.");
    assert_eq!(keys(&shots[2].said.settings), ["duration", "negative_prompt", "tags"]);
    let Content::Single(Some(prompt)) = &board.scenes[1].content else { panic!() };
    assert_eq!(&text_of[prompt.span.start..prompt.span.end], prompt.value);
}

#[test]
fn the_files_stem_is_the_id_where_none_is_written() {
    assert_eq!(whole(&scene("duration: 5\nprompt: A lamp.")).id.value.as_str(), "neon");
    let wrong = named("storyboards/Neon Harbor.yaml", &scene("duration: 5\nprompt: A lamp."));
    assert_eq!(wrong.problems[0].help.as_deref(), Some("write at the top\n    storyboard: neon-harbor"));
    assert_eq!(wrong.storyboard.unwrap().id.value.as_str(), "neon-harbor");
}

#[test]
fn a_slip_that_is_understood_hides_nothing_else() {
    let Reading { storyboard, problems } = reading(
        "budgit: $20\nscenes:\n  - id: One\n    durration: 4s\n    takes: \"2\"\n    skip: no\n    line: Rin: go!\n    tags: a, b\n",
    );
    assert_eq!(
        problems.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>(),
        [
            "a storyboard has no key `budgit`",
            "`budget` is a number of US dollars",
            "`One` is no id",
            "a scene has no key `durration`",
            "`duration` is a whole number of seconds",
            "`takes` is the number of takes to want, without quotes",
            "`skip` is true or false",
            "text that holds `: ` needs quotes",
            "several tags stand in a list",
        ]
    );
    let board = storyboard.unwrap();
    assert_eq!(board.budget, None);
    let scene = &board.scenes[0];
    assert_eq!(scene.id.value.as_str(), "one");
    assert_eq!(text(&scene.said.settings, "duration"), "4");
    assert_eq!(text(&scene.said.settings, "takes"), "2");
    assert_eq!(text(&scene.said.settings, "skip"), "false");
    assert_eq!(text(&scene.said.parts, "line"), "Rin: go!");
}

#[test]
fn what_was_meant_stands_in_for_what_is_written() {
    let Reading { storyboard, problems } = reading(
        "profiles: { Final Cut: { takes: 2s } }\nscenes:\n  - id: a\n    prompt: [a lamp, a desk]\n    new_clip: no\n",
    );
    assert_eq!(problems.len(), 4);
    let board = storyboard.unwrap();
    assert_eq!(board.profiles[0].name.value.as_str(), "final-cut");
    assert_eq!(text(&board.profiles[0].overrides, "takes"), "2");
    assert!(
        matches!(&board.scenes[0].content, Content::Single(Some(prompt)) if prompt.value == "a lamp, a desk")
    );
}

#[test]
fn of_a_key_written_twice_the_first_counts() {
    let Reading { storyboard, problems } = reading(&scene("duration: 5\nprompt: A lamp.\nduration: 6"));
    assert_eq!(problems.len(), 1);
    let board = storyboard.unwrap();
    assert_eq!(keys(&board.scenes[0].said.settings), ["duration"]);
    assert_eq!(text(&board.scenes[0].said.settings, "duration"), "5");
}

#[test]
fn what_is_missing_is_not_trusted() {
    for text in [
        scene("duration: soon\nprompt: A lamp."),
        scene("duration: 5\nprompt:"),
        "scenes:\n  - duration: 5\n    prompt: A lamp.\n".to_owned(),
        "title: A\n".to_owned(),
        above("vars: [a]"),
        above("each: { rows: a.csv }"),
        "scenes: [\n".to_owned(),
    ] {
        let Reading { storyboard, problems } = reading(&text);
        assert!(storyboard.is_none(), "{text}");
        assert_eq!(problems.len(), 1, "{text}{problems:#?}");
    }
}

#[test]
fn problems_come_in_the_order_of_the_file() {
    let spans: Vec<_> = reading(
        "runtime: x\nscenes:\n  - id: a\n    zebra: 1\n    prompt: b: c\n    takes: 0\n  - prompt: d #e\nbudget: y\n",
    )
    .problems
    .into_iter()
    .map(|problem| problem.span)
    .collect();
    assert_eq!(spans.len(), 7);
    assert!(spans.is_sorted());
}

#[test]
fn values_with_variables_are_left_to_them() {
    whole(&scene(
        "duration: \"{{ d }}\"\ntakes: \"{{ t }}\"\nskip: \"{{ s }}\"\ngroup: \"{{ g }}\"\ntags: [\"{{ t }}\", hero]\nprompt: A lamp.\nshot_type: \"{{ s }}\"",
    ));
}

#[test]
fn parts_may_be_cleared_and_lines_may_be_a_conversation() {
    let board = whole(&scene(
        "duration: 5\nconstraints: null\nstyle:\nline:\n  - { who: Rin, say: \"get down, now\" }\n  - who: pilot\n    say: I'm here",
    ));
    assert_eq!(keys(&board.scenes[0].said.parts), ["constraints", "style", "line"]);
}

#[test]
fn a_setting_of_some_model_is_known_and_a_stranger_is_not() {
    assert!(told(&scene("duration: 5\ncfg_scale: 0.5\nprompt: A lamp.")).is_empty());
    assert_eq!(told(&scene("duration: 5\nseed: 7\nprompt: A lamp.")), ["a scene has no key `seed`"]);
}

#[test]
fn numbers_are_whole_plain_and_positive() {
    for (written, help) in [
        ("4s", "write 4"),
        ("4 sec", "write 4"),
        ("04", "write 4"),
        ("4.0", "write 4"),
        ("1:05", "write 65"),
        ("\"4\"", "write 4"),
        ("2.5", "write 2 or 3"),
        ("0", "write a number from 1 up"),
        ("-4", "write a number from 1 up"),
        ("4e1", "write a number from 1 up"),
        ("99999999999", "write a number from 1 up"),
        ("five", "write a number from 1 up"),
    ] {
        let problems = reading(&scene(&format!("duration: {written}\nprompt: A lamp."))).problems;
        assert_eq!(problems.len(), 1, "{written}");
        assert_eq!(problems[0].help.as_deref(), Some(help), "{written}");
    }
}

#[test]
fn money_is_a_plain_number_of_dollars() {
    for (written, help) in [
        ("$25", "write 25"),
        ("25 USD", "write 25"),
        ("25$", "write 25"),
        ("\"25\"", "write 25"),
        ("25,00", "write an amount of dollars such as 25 or 12.50, with at most six decimals"),
        ("-5", "write an amount of dollars such as 25 or 12.50, with at most six decimals"),
    ] {
        let problems = reading(&above(&format!("budget: {written}"))).problems;
        assert_eq!(problems.len(), 1, "{written}");
        assert_eq!(problems[0].help.as_deref(), Some(help), "{written}");
    }
}

#[test]
fn a_comment_is_only_taken_for_text_where_text_is_wanted() {
    assert!(told(&scene("duration: 5 #seconds\nprompt: A lamp.\nmodel: kling #the cheap one")).is_empty());
    assert_eq!(told(&scene("duration: 5\nsubject: A lamp #2")).len(), 1);
    assert_eq!(told(&above("note: take #2")).len(), 1);
    assert_eq!(told(&above("negative_prompt: blur #ff0000")).len(), 1);
    assert!(told(&above("cfg_scale: 0.5 #half")).is_empty());
    assert_eq!(told(&above("vars: \n  a: {b: [c]} #d\n  e: f #g")).len(), 1);
    assert!(told(&scene("duration: 5\nprompt: |\n  A lamp #2\nnote: 'a #2'")).is_empty());
}

#[test]
fn a_prompt_excludes_parts_of_its_own_but_not_inherited_ones() {
    assert!(told("style: anime\nscenes:\n  - id: a\n    place: roof\n    shots:\n      - {id: b, prompt: A lamp.}\n").is_empty());
    assert_eq!(told(&scene("duration: 5\nprompt: A lamp.\nplace: a desk")).len(), 1);
}

#[test]
fn the_first_shot_may_begin_a_clip() {
    assert!(
        told("scenes:\n  - id: a\n    shots:\n      - {id: b, new_clip: true, prompt: A lamp.}\n").is_empty()
    );
}

#[test]
fn intelligent_wants_a_scene_of_its_own() {
    assert!(told(&scene("shot_type: intelligent\nduration: 9\nprompt: A chase.")).is_empty());
    let shots = "shots:\n  - {id: b, duration: 5, prompt: A lamp.}";
    assert_eq!(told(&scene(&format!("shot_type: intelligent\n{shots}"))).len(), 1);
    assert!(told(&scene(&format!("shot_type: customize\n{shots}"))).is_empty());
}

#[test]
fn ids_are_unique_among_siblings_only() {
    let shot = "    shots:\n      - {id: x, prompt: A lamp.}\n";
    assert!(told(&format!("scenes:\n  - id: x\n{shot}  - id: y\n{shot}")).is_empty());
    assert_eq!(told(&format!("scenes:\n  - id: x\n{shot}  - id: x\n{shot}")), ["two scenes have the id `x`"]);
}

#[test]
fn names_of_variables_are_checked_wherever_they_are_given() {
    for name in ["place", "row", "storyboard", "inherited", "my-name", "1st", "not", "größe"] {
        assert_eq!(told(&above(&format!("vars: {{ {name}: a }}"))).len(), 1, "{name}");
        assert_eq!(told(&above(&format!("matrix: {{ {name}: [a] }}"))).len(), 1, "{name}");
        assert_eq!(told(&above(&format!("profiles: {{ a: {{ {name}: b }} }}"))).len(), 1, "{name}");
    }
    for name in ["takes", "tags", "scenes"] {
        assert_eq!(told(&above(&format!("matrix: {{ {name}: [1] }}"))).len(), 1, "{name}");
    }
}

#[test]
fn settings_are_checked_in_profiles_and_axes_too() {
    assert_eq!(told(&above("profiles: { draft: { takes: two } }")).len(), 1);
    assert_eq!(told(&above("matrix: { duration: [4s, 5] }")).len(), 1);
    assert_eq!(told(&above("matrix: { generate_audio: [yes, no] }")).len(), 2);
}

#[test]
fn twenty_thousand_of_anything_are_read_in_one_go() {
    let many = |line: &dyn Fn(usize) -> String| (0..20_000).map(line).collect::<String>();
    let scenes = many(&|n| format!("  - {{id: s{n}, prompt: A lamp.}}\n"));
    assert_eq!(whole(&format!("scenes:\n{scenes}")).scenes.len(), 20_000);
    for text in [
        many(&|n| format!("key{n}: v\n")),
        format!("scenes:\n{}", many(&|_| "  - {id: s, prompt: A lamp., style: x}\n".to_owned())),
        format!("scenes:\n{}", many(&|_| "  - {}\n".to_owned())),
        above(&format!(
            "matrix:\n{}  exclude:\n{}",
            many(&|n| format!("  a{n}: [x]\n")),
            many(&|n| format!("  - {{b{n}: y}}\n"))
        )),
        above(&format!(
            "matrix:\n  a: [{}]\n  exclude:\n{}",
            many(&|n| format!("v{n},")),
            many(&|_| "  - {a: w}\n".to_owned())
        )),
    ] {
        assert_eq!(reading(&text).problems.len(), 101, "{text:.40}");
    }
}

#[test]
fn anchors_and_merges_may_share_a_shot() {
    let board = whole(
        "vars: { night: &night heavy rain }\nscenes:\n  - &a\n    id: a\n    duration: 5\n    place: *night\n    subject: a lamp\n  - <<: *a\n    id: b\n",
    );
    assert_eq!(text(&board.scenes[1].said.parts, "place"), "heavy rain");
}

proptest::proptest! {
    #[test]
    fn any_two_lines_swapped_end_in_a_reading(a in 0..60_usize, b in 0..60_usize) {
        let mut lines: Vec<&str> = WHOLE.lines().collect();
        let count = lines.len();
        lines.swap(a % count, b % count);
        let Reading { storyboard, problems } = reading(&lines.join("\n"));
        proptest::prop_assert!(storyboard.is_some() || !problems.is_empty());
    }
}
