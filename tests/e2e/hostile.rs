//! Files and servers that mean harm, or as good as: every one ends in a message, within a memory that is small.

use std::fs::{self, File};
use std::process::Command;

use serde_json::json;

use crate::support::project::{Project, board, names};
use crate::support::queue::Queue;
use crate::support::script::{Say, Script, Submit, looks, results, say, well};

/// Kilobytes of address space: several times what a usual run needs, a fraction of what these would take.
const MEMORY: u32 = 1_500_000;

fn checked(project: &Project, what: &str) {
    let done = project.shotlist("check").in_memory(MEMORY).start().done_at_leisure();
    assert_eq!(done.exit, 2, "{what}: {:.2000}", done.stderr);
    let unseen =
        |c: char| (c.is_control() && !matches!(c, '\n' | '\t')) || ('\u{202a}'..='\u{202e}').contains(&c);
    assert!(!done.stderr.contains(unseen), "{what}: {:.2000}", done.stderr);
    assert!(done.stderr.len() < 200_000, "{what}: {} bytes of messages", done.stderr.len());
}

fn lines(numbers: std::ops::Range<usize>, line: impl Fn(usize) -> String) -> String {
    numbers.map(line).collect::<Vec<_>>().concat()
}

#[test]
fn no_storyboard_takes_the_memory_or_the_terminal() {
    let head = "storyboard: x\nmodel: kling-o3-4k\n";
    let tenfold = |name: &str, of: &str| format!("{name}: &{name} [{}]\n", [of; 10].join(", "));
    let bomb: Vec<String> = (b'b'..=b'k')
        .map(|at| tenfold(&char::from(at).to_string(), &format!("*{}", char::from(at - 1))))
        .collect();
    let merges = lines(1..40, |at| format!("m{at}: &m{at} {{ <<: [*m{0}, *m{0}], k{at}: 1 }}\n", at - 1));
    let texts = [
        ("aliases of aliases", format!("a: &a [x]\n{}", bomb.concat())),
        ("merges of merges", format!("m0: &m0 {{ k: 1 }}\n{merges}")),
        (
            "a long text, often",
            format!("a: &a {}\nb: [{}]\n", "x".repeat(100_000), vec!["*a"; 20_000].join(", ")),
        ),
        ("lists in lists", "[".repeat(100_000)),
        ("maps in maps", "{a: ".repeat(100_000)),
        ("dashes in dashes", "- ".repeat(100_000)),
        ("an anchor in itself", "a: &a [*a]\n".to_owned()),
        ("one key a thousand times", format!("{head}{}", "title: x\n".repeat(1_000))),
        ("two documents", format!("{head}---\n{head}")),
        ("a zero byte", format!("{head}title: \"a\u{0}b\"\n")),
        ("terminal escapes", format!("{head}title: \u{1b}]0;owned\u{7}\u{1b}[2J\n")),
        ("text that turns around", format!("{head}tit\u{202e}le: x\n\u{202e}: \u{2066}y\n")),
        ("a mark in the middle", format!("{head}\u{feff}\u{feff}title: x\n")),
        ("tabs", format!("{head}scenes:\n\t- id: a\n")),
        ("one long line", "a".repeat(10_000_000)),
    ];
    for (what, text) in texts {
        checked(&Project::new(&text), what);
    }
    for (what, bytes) in [
        ("bytes", vec![0xff; 100_000]),
        ("UTF-16", "storyboard: x\n".encode_utf16().flat_map(u16::to_le_bytes).collect()),
    ] {
        let project = Project::new("");
        fs::write(project.path("storyboards/x.yaml"), bytes).unwrap();
        checked(&project, what);
    }
}

#[test]
fn a_million_keys_end_in_a_message() {
    checked(&Project::new(&lines(0..1_000_000, |at| format!("k{at}: 1\n"))), "a million keys");
}

#[test]
fn no_file_that_is_none_keeps_a_check_waiting() {
    let project = Project::new("");
    File::create(project.path("storyboards/x.yaml")).unwrap().set_len(1 << 30).unwrap();
    checked(&project, "a gigabyte");
    for file in ["cast.yaml", "rows.csv", "rows.jsonl"] {
        let keys = if file == "cast.yaml" {
            "vars_from: cast.yaml".to_owned()
        } else {
            format!("each: {{ rows: {file}, id: \"{{{{ row.a }}}}\" }}")
        };
        project.storyboard(&board(&["one"]).replacen("model:", &format!("{keys}\nmodel:"), 1));
        let path = project.path(&format!("storyboards/{file}"));
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        checked(&project, file);
        fs::remove_file(&path).unwrap();
        File::create(&path).unwrap().set_len(1 << 30).unwrap();
        checked(&project, file);
    }
}

#[test]
fn no_template_takes_the_memory() {
    let templates = [
        "{{ range(10**9) }}",
        "{% for a in range(1000000000) %}x{% endfor %}",
        "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
        "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
        "{% set x = 'aaaaaaaa' %}{% for a in [1,2,3,4,5,6,7,8,9] %}{% set x = x ~ x ~ x %}{% endfor %}{{ x }}",
        "{{ ('x' * 999999999)|join(',') }}",
        "{{ 'x'|center(999999999) }}",
        "{{ '%999999999d'|format(1) }}",
        "{{ 'x'|indent(999999999) }}",
        "{{ [1]|batch(999999999, 0)|list }}",
        "{% include 'self.j2' %}",
        "{% include '../../../etc/passwd' %}",
        "{{ 9**9**9**9 }}",
        "{{ 'a'|replace('a', 'aa'|replace('a', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')) }}{{ missing }}",
    ];
    let scenes = lines(0..templates.len(), |at| {
        format!("  - {{ id: s{at}, duration: 3, prompt: {} }}\n", json!(templates[at]))
    });
    let project =
        Project::new(&format!("storyboard: x\nmodel: kling-o3-4k\naspect_ratio: \"1:1\"\nscenes:\n{scenes}"));
    project.write("templates/self.j2", "{% include 'self.j2' %}");
    checked(&project, "templates");
    let queue = Queue::start();
    project.render(&queue, "").in_memory(MEMORY).ends(2);
    assert!(queue.asked().is_empty());
}

/// Small, and more than nine hundred megabytes of zeros when it is unpacked.
fn zeros() -> Vec<u8> {
    let mut packed = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03".to_vec();
    packed.extend([0xec, 0xc1, 0x01, 0x01, 0, 0, 0, 0x80, 0x90, 0xfe, 0xaf, 0xee, 0x08, 0x0a]);
    packed.resize(900_000, 0);
    packed
}

#[test]
fn answers_without_an_end_are_not_kept_in_memory() {
    let endless = || {
        Say::Endless(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n".into(),
            vec![b'['; 64 * 1024],
        )
    };
    let packed = || say(200, "content-encoding: gzip\r\ncontent-type: application/json\r\n", zeros());
    let scripts = [
        looks(vec![endless(), endless(), packed()]),
        looks(vec![endless(), endless(), packed()]),
        results(vec![endless(), endless(), packed()]),
        results(vec![endless(), endless(), packed()]),
        Script { submit: Submit::Say(endless()), ..well() },
        Script { submit: Submit::Say(packed()), ..well() },
    ];
    let words = names(scripts.len());
    let (queue, project) = (Queue::start(), Project::new(&board(&words)));
    for (word, script) in words.iter().zip(scripts) {
        queue.script(word, script);
    }
    // Less than a second of any of these servers.
    project.render(&queue, "-j 16").in_memory(700_000).ends(6);
    assert_eq!(queue.submits(), words.len());
    project.has_exactly(&queue, &["s1", "s2", "s3", "s4"]);
}
