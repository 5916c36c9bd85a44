//! Trees of every shape, and files that mean harm.
#![allow(clippy::format_collect, clippy::format_push_string)]

use std::sync::Arc;

use crate::storyboard::{Node, Problem, Source, Value, tree};

fn read(text: &str) -> Result<Node, Vec<Problem>> {
    tree(&Arc::new(Source { name: "a.yaml".to_owned(), text: text.to_owned() }))
}

/// Texts in quotes where they were not written plainly.
fn shown(node: &Node) -> String {
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Scalar(scalar) if scalar.plain => scalar.text.clone(),
        Value::Scalar(scalar) => format!("{:?}", scalar.text),
        Value::List(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", ")),
        Value::Map(entries) => {
            let entry = |(key, node): &_| {
                let key: &crate::storyboard::Spanned<String> = key;
                format!("{}: {}", key.value, shown(node))
            };
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}

fn tree_of(text: &str) -> String {
    shown(&read(text).unwrap())
}

fn messages(text: &str) -> Vec<String> {
    read(text).unwrap_err().into_iter().map(|problem| problem.message).collect()
}

#[test]
fn text_stays_as_it_is_written() {
    assert_eq!(
        tree_of("a: 16:9\nb: no\nc: 12:30\nd: 007\ne: 1e3\nf: 0x1F\ng: \"5\"\nh: Yes\ni: .5\n"),
        r#"{a: 16:9, b: no, c: 12:30, d: 007, e: 1e3, f: 0x1F, g: "5", h: Yes, i: .5}"#
    );
}

#[test]
fn a_ratio_is_text_between_brackets_too() {
    assert_eq!(tree_of("[16:9, {a: 9:16, b: 1:1}]\n"), "[16:9, {a: 9:16, b: 1:1}]");
}

#[test]
fn nothing_is_null_and_a_quoted_nothing_is_text() {
    assert_eq!(
        tree_of("a:\nb: null\nc: ~\nd: ''\ne: 'null'\nf: [ , ]\n".replace("[ , ]", "[]").as_str()),
        r#"{a: null, b: null, c: null, d: "", e: "null", f: []}"#
    );
}

#[test]
fn blocks_fold_and_keep_lines() {
    assert_eq!(
        tree_of("a: >-\n  one\n  two\n\n  three\nb: |\n  one\n   two\nc: one\n  two\n"),
        r#"{a: "one two\nthree", b: "one\n two\n", c: one two}"#
    );
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_fine() {
    assert_eq!(tree_of("\u{feff}a: b\r\nc:\r\n  - d\r\n"), "{a: b, c: [d]}");
    assert_eq!(tree_of("\u{feff}a: |\r\n  b\r\n  c\r\n"), r#"{a: "b\nc\n"}"#);
}

#[test]
fn an_alias_is_a_copy_at_its_own_place() {
    let text = "a: &x [b, c]\nd: *x\n";
    let node = read(text).unwrap();
    assert_eq!(shown(&node), "{a: [b, c], d: [b, c]}");
    let Value::Map(entries) = node.value else { panic!() };
    let span = entries[1].1.span;
    assert_eq!(&text[span.start..span.end], "*x");
}

#[test]
fn what_is_written_wins_over_what_is_merged() {
    assert_eq!(
        tree_of("a: &x {p: 1, q: 2}\nb: {q: 3, <<: *x, r: 4}\n"),
        "{a: {p: 1, q: 2}, b: {q: 3, p: 1, r: 4}}"
    );
    assert_eq!(
        tree_of("- &x {p: 1}\n- &y {p: 2, q: 2}\n- <<: [*x, *y]\n"),
        "[{p: 1}, {p: 2, q: 2}, {p: 1, q: 2}]"
    );
    assert_eq!(tree_of("\"<<\": text\n"), "{<<: text}");
}

#[test]
fn spans_hold_exactly_what_is_written() {
    let text = "a:\n  - b: \"c d\"  # e\n    f: g h  \nk: [l, {m: n}]\n";
    let node = read(text).unwrap();
    let Value::Map(entries) = &node.value else { panic!() };
    let Value::List(items) = &entries[0].1.value else { panic!() };
    let Value::Map(inner) = &items[0].value else { panic!() };
    let of = |node: &Node| &text[node.span.start..node.span.end];
    assert_eq!(of(&inner[0].1), "\"c d\"");
    assert_eq!(of(&inner[1].1), "g h");
    assert_eq!(of(&items[0]), "b: \"c d\"  # e\n    f: g h");
    assert_eq!(of(&entries[1].1), "[l, {m: n}]");
}

#[test]
fn every_duplicate_key_is_told() {
    let problems = read("a: 1\nb: 1\na: 2\nb: 2\na: 3\n").unwrap_err();
    let told: Vec<_> =
        problems.iter().map(|problem| (problem.message.as_str(), problem.label.as_str())).collect();
    assert_eq!(
        told,
        [
            ("`a` is written twice", "the first is on line 1"),
            ("`b` is written twice", "the first is on line 2"),
            ("`a` is written twice", "the first is on line 1"),
        ]
    );
}

#[test]
fn mistakes_behind_a_mended_line_are_found_as_well() {
    assert_eq!(
        messages("a: b: c\nd: {{ x }} y\ne: @f\ng: 1\ng: 2\n"),
        [
            "text that holds `: ` needs quotes",
            "text that begins with `{{` needs quotes",
            "text that begins with `@` needs quotes",
            "`g` is written twice"
        ]
    );
}

#[test]
fn an_ordinary_comment_is_no_problem() {
    assert_eq!(
        tree_of("a: b   # for people\nc: d # x\ne: f ##\ng:  # below\n  - h\ni: j#k\nl: '#m' #n\n"),
        r##"{a: b, c: d, e: f, g: [h], i: j#k, l: "#m"}"##
    );
}

#[test]
fn a_lost_end_is_found_wherever_text_stands() {
    assert_eq!(messages("a: b #c\n").len(), 1);
    assert_eq!(messages("a:\n  - b #c\n  - d: e #f\n").len(), 2);
    assert_eq!(messages("a: #c\n").len(), 1);
    assert_eq!(messages("a:\n  - #c\n  - d\n").len(), 1);
}

#[test]
fn an_alias_before_a_comment_loses_nothing() {
    assert_eq!(tree_of("a: &x b\nc: *x #d\n"), "{a: b, c: b}");
}

#[test]
fn control_characters_are_refused_raw_and_escaped() {
    for text in ["a: b\0c\n", "a: \"b\\0c\"\n", "a: \u{1b}[2J\n", "a: \"\\x1b[2J\"\n", "a: \u{85}b\n"] {
        assert!(messages(text)[0].contains("invisible character U+"), "{text:?}");
    }
    assert_eq!(tree_of("a: \"b\\tc\\n\"\n"), r#"{a: "b\tc\n"}"#);
}

#[test]
fn a_small_file_cannot_grow_beyond_its_budget() {
    let mut values = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    let mut merges = "a0: &a0 {k: v}\n".to_owned();
    for level in 1..12 {
        let alias = format!("*a{}", level - 1);
        let ten = [alias.as_str(); 10].join(", ");
        values.push_str(&format!("a{level}: &a{level} [{ten}]\n"));
        let entries: Vec<_> = (0..10).map(|key| format!("k{level}_{key}: {alias}")).collect();
        merges.push_str(&format!("a{level}: &a{level} {{<<: {alias}, {}}}\n", entries.join(", ")));
    }
    assert!(messages(&values)[0].contains("more than 1000000 values"));
    assert!(messages(&merges)[0].contains("more than 1000000 values"));
    let long = format!("a: &a {}\nb:\n{}", "x".repeat(100_000), "  - *a\n".repeat(20_000));
    assert_eq!(messages(&long), ["the file holds more than 32 MB of text"]);
}

#[test]
fn anchors_inside_one_another_count_each_time() {
    let open: String = ('a'..='h').map(|name| format!("[&{name} ")).collect();
    let text = format!("{open}\"{}\"{}", "x".repeat(4_000_000), "]".repeat(8));
    assert_eq!(messages(&text), ["the file holds more than 32 MB of text"]);
}

#[test]
fn a_file_that_nests_deeply_ends_in_a_message() {
    let maps =
        |depth: usize| (0..depth).map(|level| format!("{}a:\n", " ".repeat(level))).collect::<String>();
    let flow_maps = "{a: ".repeat(100_000);
    for text in ["[".repeat(100_000), flow_maps, "- ".repeat(100_000), "? ".repeat(100_000), maps(2_000)] {
        assert_eq!(
            messages(&text),
            ["lists and maps inside one another more than 64 levels deep"],
            "{text:.20}"
        );
    }
}

#[test]
fn depth_counts_through_aliases() {
    let mut text = "a0: &a0 [x]\n".to_owned();
    for level in 1..100 {
        text.push_str(&format!("a{level}: &a{level} [*a{}]\n", level - 1));
    }
    assert_eq!(messages(&text), ["lists and maps inside one another more than 64 levels deep"]);
    assert_eq!(messages("a: &a [b, *a]\n"), ["an alias inside the value that it stands for"]);
}

#[test]
fn a_hundred_thousand_keys_are_read_and_as_many_mistakes_are_not_all_told() {
    let keys: String = (0..100_000).map(|key| format!("k{key}: v\n")).collect();
    let Value::Map(entries) = read(&keys).unwrap().value else { panic!() };
    assert_eq!(entries.len(), 100_000);
    let twice = "k: v\n".repeat(100_000);
    let told = messages(&twice);
    assert_eq!(told.len(), 101);
    assert_eq!(told.last().map(String::as_str), Some("more than 100 problems"));
    let commented: String = (0..100_000).map(|key| format!("k{key}: v #x\n")).collect();
    assert_eq!(messages(&commented).len(), 101);
}

#[test]
fn one_line_of_many_mistakes_is_told_quickly() {
    let braces = format!("[{}]", "{{ x }}, ".repeat(100_000));
    assert_eq!(messages(&braces).len(), 101);
    let aliases = format!("[{}]", "*x, ".repeat(100_000));
    assert_eq!(messages(&aliases).len(), 101);
    let keys = format!("{{{}}}", "k: v, ".repeat(100_000));
    assert_eq!(messages(&keys).len(), 101);
}

#[test]
fn a_file_too_large_to_read_is_not_read() {
    assert!(messages(&"a".repeat(16 * 1024 * 1024 + 1))[0].contains("at most 16 MB"));
}

#[test]
fn whatever_is_cut_off_or_torn_ends_in_a_message() {
    let whole = "a: &x {p: \"q\", r: [1, 2]}\nb: >-\n  c\n<<: *x\nd: 'e'\n? f\n: !t g # h\n";
    for end in 0..whole.len() {
        let _ = read(&whole[..end]);
        let _ = read(&whole[end..]);
        let _ = read(&format!("{}\t: [{}", &whole[..end], &whole[end..]));
    }
}

proptest::proptest! {
    #[test]
    fn no_text_whatever_stops_the_reader(text in "[ \\-a:{}\\[\\]\"'#&*!|>%@`?,~<\n\t\r\\\\é\u{0}]{0,60}") {
        for problem in read(&text).err().unwrap_or_default() {
            proptest::prop_assert!(problem.span.start <= problem.span.end);
            proptest::prop_assert!(problem.span.end <= text.len());
            proptest::prop_assert!(text.get(problem.span.start..problem.span.end).is_some());
            proptest::prop_assert!(!problem.message.is_empty() && !problem.label.is_empty());
        }
    }
}
