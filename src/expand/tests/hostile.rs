//! Templates made to take all time and memory there is.

use super::*;

/// The error that this template of `templates/` ends in.
fn refused(template: &str) -> String {
    with("template: t", "subject: s").file("templates/t.j2", template).error()
}

#[test]
fn doubling_a_text_is_refused_however_it_is_fed_back() {
    for template in [
        "{% set x = 'aaaa' %}{% for i in [1, 2] %}{% set x = x ~ x %}{% endfor %}{{ x }}",
        "{% set x = subject ~ subject %}{{ x }}",
        "{% with x = subject ~ subject %}{{ x }}{% endwith %}",
        "{% macro m(x) %}{{ m(x ~ x) }}{% endmacro %}{{ m('a') }}",
        "{% macro m(x, y=x ~ x) %}{{ m(y) }}{% endmacro %}{{ m('a') }}",
        "{{ subject|default(subject ~ subject) }}",
        "{{ (subject ~ subject)|upper }}",
        "{% if subject ~ subject == 'x' %}{% endif %}",
    ] {
        assert!(refused(template).contains("joined with `~` only where they are printed"), "{template}");
    }
}

#[test]
fn doubling_a_text_by_printing_it_ends_at_the_cap() {
    let doubled: String = (0..30).map(|_| "{% set x %}{{ x }}{{ x }}{% endset %}").collect();
    assert!(refused(&format!("{{% set x = 'aaaaaaaa' %}}{doubled}{{{{ x }}}}")).contains("does too much"));
    let macros = "{% macro m(x) %}{{ x }}{{ x }}{% endmacro %}";
    let nested: String = (0..60).fold("'aaaa'".to_owned(), |inner, _| format!("m({inner})"));
    assert!(refused(&format!("{macros}{{{{ {nested} }}}}")).contains("does too much"));
}

#[test]
fn texts_and_lists_are_not_multiplied_or_added() {
    for (template, sign) in [
        ("{{ 'a' * 100000000 }}", "*"),
        ("{{ subject * 1000 }}", "*"),
        ("{{ 1000 * subject }}", "*"),
        ("{% for i in [1] * 100000000 %}{% endfor %}", "*"),
        ("{{ subject + subject }}", "+"),
        ("{% set a = subject + subject %}", "+"),
        ("{{ 'a' ** 9 }}", "**"),
    ] {
        assert!(refused(template).contains(&format!("`{sign}` works on numbers only")), "{template}");
    }
}

#[test]
fn functions_methods_and_greedy_filters_are_not_there() {
    for template in [
        "{{ range(1000000000) }}",
        "{% for i in range(10**9) %}{% for j in range(10**9) %}x{% endfor %}{% endfor %}",
        "{{ namespace(x=1) }}",
        "{{ dict(a=1) }}",
        "{{ 'a'.join(['b']) }}",
        "{{ lipsum() }}",
        "{{ debug() }}",
        "{{ loop.cycle(1) }}",
        "{{ caller() }}",
    ] {
        assert!(refused(template).contains("is not available"), "{template}");
    }
    for filter in [
        "batch(2)",
        "indent(1000000000)",
        "format(1)",
        "center(1000000000)",
        "tojson",
        "pprint",
        "list",
        "slice(9)",
        "map('upper')",
        "groupby('a')",
        "string",
        "safe",
    ] {
        assert!(refused(&format!("{{{{ subject|{filter} }}}}")).contains("there is no filter"), "{filter}");
    }
}

#[test]
fn tags_that_feed_text_back_through_filters_or_calls_are_not_there() {
    for template in [
        "{% filter upper %}x{% endfilter %}",
        "{% set x | upper %}x{% endset %}",
        "{% macro m() %}{% endmacro %}{% call m() %}{% endcall %}",
        "{% autoescape true %}{% endautoescape %}",
        "{% set ns.x = 1 %}",
        "{% for x in [[1]] recursive %}{{ loop(x) }}{% endfor %}",
    ] {
        let error = refused(template);
        assert!(
            error.contains("not available") || error.contains("only a plain name"),
            "{template}: {error}"
        );
    }
}

#[test]
fn lists_can_not_be_nested_into_each_other() {
    for template in [
        "{% set a = [subject, subject] %}",
        "{% for a in [[subject]] %}{% endfor %}",
        "{% macro m(a) %}{{ m([a, a]) }}{% endmacro %}{{ m(1) }}",
        "{% set a = {'b': subject} %}",
    ] {
        let error = refused(template);
        assert!(error.contains("can't be kept") || error.contains("can't be written"), "{template}: {error}");
    }
}

#[test]
fn replacing_and_joining_end_at_the_cap() {
    let grown: String = (0..40).map(|_| "{% set x = x|replace('a', 'aa') %}").collect();
    assert!(refused(&format!("{{% set x = 'aaaa' %}}{grown}{{{{ x }}}}")).contains("does too much"));
    let long = "x".repeat(10_000);
    let parts = "a, ".repeat(100);
    assert!(
        refused(&format!("{{% set a = '{long}' %}}{{{{ [{parts}]|join(a) }}}}")).contains("does too much")
    );
}

#[test]
fn endless_work_ends_when_the_fuel_does() {
    let deep = "{% for a in l %}".repeat(12) + "x" + &"{% endfor %}".repeat(12);
    let list = format!("vars: {{ l: [{}] }}\ntemplate: t", "1, ".repeat(100));
    assert!(with(&list, "subject: s").file("templates/t.j2", &deep).error().contains("does too much"));
    let filtered = "{% for a in l %}{% for b in l %}{{ '' if l|length else '' }}{% endfor %}{% endfor %}";
    let list = format!("vars:\n  l:\n{}template: t", "  - 1\n".repeat(9000));
    assert!(with(&list, "subject: s").file("templates/t.j2", filtered).error().contains("does too much"));
}

#[test]
fn a_template_that_calls_or_includes_itself_ends() {
    assert!(refused("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}").contains("recursion"));
    assert!(refused("{% include 't.j2' %}").contains("includes itself"));
    let board = with("template: t", "subject: s")
        .file("templates/t.j2", "{% include 'u.j2' %}")
        .file("templates/u.j2", "{% import 't.j2' as t %}");
    assert!(board.error().contains("includes itself"));
}

#[test]
fn a_template_is_named_by_a_plain_text_only() {
    assert!(refused("{% include subject %}").contains("named in quotes"));
    assert!(refused("{% include ['a.j2', 'b.j2'] %}").contains("named in quotes"));
}

#[test]
fn deep_and_long_templates_are_refused_before_they_are_parsed() {
    for template in [
        format!("{{{{ {}1{} }}}}", "(".repeat(5000), ")".repeat(5000)),
        format!("{{{{ 1{} }}}}", " ~ 1".repeat(3000)),
        format!("{{{{ {}1 }}}}", "not ".repeat(3000)),
        format!("{{{{ {}1 }}}}", "-".repeat(10_000)),
        format!("{{{{ subject{} }}}}", ".a".repeat(7000)),
        format!("{{% if 1 %}}{}{{% endif %}}", "{% elif 1 %}".repeat(1200)),
        "{% if 1 %}".repeat(1500),
        "{{ 1 }}".repeat(2000),
        "x".repeat(17 * 1024),
    ] {
        let error = refused(&template);
        let told = ["too much in one template", "recursion", "a template of 17 KiB"];
        assert!(told.iter().any(|one| error.contains(one)), "{}", &error[..error.len().min(500)]);
    }
}

#[test]
fn a_tag_of_the_most_words_is_rendered_on_a_small_stack() {
    for (text, times) in [(" ~ 1", 120), ("|upper", 100)] {
        let template = format!("{{{{ 1{} }}}}", text.repeat(times));
        let board = with("template: t", "subject: s").file("templates/t.j2", &template);
        let thread = std::thread::Builder::new().stack_size(1024 * 1024);
        let prompt = thread.spawn(move || board.prompt()).unwrap().join().unwrap();
        assert!(prompt.starts_with('1'));
    }
    let nested = "{% if 1 %}".repeat(100) + "deep" + &"{% endif %}".repeat(100);
    let board = with("template: t", "subject: s").file("templates/t.j2", &nested);
    let thread = std::thread::Builder::new().stack_size(1024 * 1024);
    assert_eq!(thread.spawn(move || board.prompt()).unwrap().join().unwrap(), "deep");
}

#[test]
fn a_variable_or_row_that_is_too_large_is_refused() {
    let long = "x".repeat(70_000);
    let board =
        with("vars_from: [big.yaml]", "prompt: \"{{ big }}\"").file("big.yaml", &format!("big: {long}\n"));
    assert!(board.error().contains("a text of 68 KiB; at most 64"));
    let many = format!("big:\n{}", "- 1\n".repeat(10_001));
    let board = with("vars_from: [big.yaml]", "prompt: \"{{ big|length }}\"").file("big.yaml", &many);
    assert!(board.error().contains("more than 10000 values"));
    let each = with("each: { rows: r.csv, id: \"{{ row.a }}\" }", "prompt: x")
        .file("r.csv", &format!("a\n{long}\n"));
    assert!(each.error().contains("a cell of more than 64 KiB"));
}

#[test]
fn axes_that_multiply_beyond_all_bounds_are_refused_before_they_are_multiplied() {
    let axis = |name: char| {
        format!("  {name}: [{}]\n", (0..100).map(|n| n.to_string()).collect::<Vec<_>>().join(", "))
    };
    let matrix: String = ('a'..='h').map(axis).collect();
    assert!(
        with(&format!("matrix:\n{matrix}"), "prompt: x").error().contains("combinations; at most 100000")
    );
}

#[test]
fn constants_are_not_computed_before_they_are_checked() {
    assert!(refused("{{ ('a' * 99999999) ~ ('b' * 99999999) }}").contains("works on numbers only"));
    assert!(refused("{{ 9 ** 9 ** 9 ** 9 }}").len() < 500);
}

#[test]
fn raw_text_that_is_kept_and_never_printed_ends_when_the_fuel_does() {
    let list = format!("vars:\n  l:\n{}template: t", "  - 1\n".repeat(9000));
    let raw = "x".repeat(16_000);
    let template = format!("{{% set x %}}{{% for a in l %}}{raw}{{% endfor %}}{{% endset %}}");
    assert!(with(&list, "subject: s").file("templates/t.j2", &template).error().contains("does too much"));
}

#[test]
fn a_finished_template_is_no_longer_than_the_cap() {
    let list = format!("vars:\n  l:\n{}template: t", "  - 1\n".repeat(100));
    let template = format!("{{% for a in l %}}{}{{% endfor %}}", "x".repeat(1000));
    assert!(with(&list, "subject: s").file("templates/t.j2", &template).error().contains("does too much"));
}

mod any {
    use super::*;
    use proptest::prelude::*;

    /// Pieces that fit together often enough to get past the parser.
    const PIECES: &[&str] = &[
        "{{ ",
        " }}",
        "{% if x %}",
        "{% endif %}",
        "{% for a in l %}",
        "{% endfor %}",
        "{% set x = ",
        " %}",
        "x",
        "l",
        "m.k",
        "'a'",
        "9223372036854775807",
        "-",
        " ~ ",
        " + ",
        " * ",
        " // ",
        " % ",
        " ** ",
        "|int",
        "|abs",
        "|upper",
        "|join('x')",
        "|default(x)",
        "|length",
        "|round",
        "|first",
        "|replace('a', 'aa')",
        " in ",
        " == ",
        " < ",
        "not ",
        "(",
        ")",
        "[x, l]",
        " if x else l",
        " is string",
        "{% macro f(y) %}",
        "{% endmacro %}",
        "f(x)",
        "0",
        "1.5",
        "{#",
        "#}",
        "{% include 'u.j2' %}",
        "loop.index",
        "\u{1F3AC}",
        "\n",
        "{% set x %}",
        "{% endset %}",
        "{%- ",
        "-%}",
        "{{",
    ];

    proptest! {
        #[test]
        fn any_template_ends_in_a_prompt_or_a_message(pieces in prop::collection::vec(0..PIECES.len(), 0..40)) {
            let template: String = pieces.iter().map(|&piece| PIECES[piece]).collect();
            let top = "vars: { x: aaa, l: [1, b, [2]], m: { k: v } }\ntemplate: t";
            let board = with(top, "subject: s")
                .file("templates/t.j2", &template)
                .file("templates/u.j2", "{{ x }}");
            let (expanded, problems) = board.run();
            prop_assert!(expanded.is_empty() != problems.is_empty());
            for problem in &problems {
                prop_assert!(problem.source.text.get(problem.span.start..problem.span.end).is_some(), "{problem:?}");
            }
        }

        #[test]
        fn any_cell_comes_out_as_it_was_written(cell in "[^{\r\n]{0,40}x") {
            let mut csv = csv::Writer::from_writer(Vec::new());
            csv.write_record(["id", "name"]).unwrap();
            csv.write_record(["a", &cell]).unwrap();
            let csv = String::from_utf8(csv.into_inner().unwrap()).unwrap();
            let board = with("each: { rows: r.csv, id: \"{{ row.id }}\" }", "prompt: \"<{{ row.name }}>\"");
            prop_assert_eq!(board.file("r.csv", &csv).prompt(), format!("<{cell}>"));
        }
    }
}
