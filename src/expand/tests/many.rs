//! Many videos from one file: rows, matrix, profiles, and what they are called.

use super::*;

const EACH: &str = "each: { rows: products.csv, id: \"{{ row.sku }}\" }";

fn rows(csv: &str) -> Try {
    with(EACH, "prompt: \"{{ row.name }}\"").file("products.csv", csv)
}

#[test]
fn every_row_renders_the_storyboard_once_in_the_order_of_the_file() {
    let board = rows("sku,name\nB-2,Lamp\nA-1,\"Chair, red\"\n");
    assert_eq!(board.addresses(), ["board@b-2/s/a", "board@a-1/s/a"]);
    assert_eq!(board.prompts(), ["Lamp", "Chair, red"]);
}

#[test]
fn cells_are_always_text() {
    let board = with(
        EACH,
        "prompt: \"{{ row.n }} {{ row.n|int + 1 }} {{ 'text' if row.n is string else 'number' }}\"",
    );
    assert_eq!(board.file("products.csv", "sku,n\na,007\n").prompt(), "007 8 text");
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_fine() {
    let board = rows("\u{feff}sku,name\r\na,Lamp\r\n\r\nb,Chair\r\n");
    assert_eq!(board.addresses(), ["board@a/s/a", "board@b/s/a"]);
}

#[test]
fn a_table_with_semicolons_is_refused_with_a_hint() {
    let error = rows("sku;name\na;Lamp\n").error();
    assert!(
        error.starts_with(
            "products.csv:1: «sku;name» the columns are separated by semicolons, not by commas; save"
        ),
        "{error}"
    );
}

#[test]
fn a_row_of_another_length_is_named_by_its_line() {
    let error = rows("sku,name\na,Lamp\n\nb,Chair, red\n").error();
    assert!(
        error.starts_with(
            "products.csv:4: «b,Chair, red» this row has 3 cells, the first line names 2 columns"
        ),
        "{error}"
    );
    assert!(rows("sku,sku\na,b\n").error().contains("two columns are called `sku`"));
    assert!(rows("sku,name\n").error().contains("there are no rows"));
}

#[test]
fn rows_come_from_json_lines_of_json_yaml_or_the_file_itself() {
    let from = |top: &str, name: &'static str, text: &str| {
        with(top, "prompt: \"{{ row.name }} {{ row.price }}\"").file(name, text).prompts()
    };
    let top = |name: &str| format!("each: {{ rows: {name}, id: \"{{{{ row.sku }}}}\" }}");
    let want = ["Lamp 1.5", "Chair 2"];
    let json = r#"[{"sku": "a", "name": "Lamp", "price": 1.5}, {"sku": "b", "name": "Chair", "price": 2}]"#;
    assert_eq!(from(&top("p.json"), "p.json", json), want);
    let lines = "{\"sku\": \"a\", \"name\": \"Lamp\", \"price\": 1.5}\n\n{\"sku\": \"b\", \"name\": \"Chair\", \"price\": 2}\n";
    assert_eq!(from(&top("p.jsonl"), "p.jsonl", lines), want);
    let yaml = "- { sku: a, name: Lamp, price: 1.5 }\n- { sku: b, name: Chair, price: 2 }\n";
    assert_eq!(from(&top("p.yaml"), "p.yaml", yaml), want);
    let inline = "each:\n  id: \"{{ row.sku }}\"\n  rows:\n    - { sku: a, name: Lamp, price: 1.5 }\n    - { sku: b, name: Chair, price: 2 }";
    assert_eq!(from(inline, "unused", ""), want);
}

#[test]
fn rows_that_can_not_be_read_are_told_with_their_line() {
    let error = |name: &'static str, text: &str| {
        let top = format!("each: {{ rows: {name}, id: \"{{{{ row.sku }}}}\" }}");
        with(&top, "prompt: \"{{ row.name }}\"").file(name, text).error()
    };
    assert!(error("p.json", "[\n{\"sku\": }\n]").starts_with("p.json:2:"));
    assert!(error("p.jsonl", "{\"sku\": \"a\"}\n[1]\n").starts_with("p.jsonl:2: «[1]» a row is an object"));
    assert!(error("p.yaml", "sku: a\n").contains("this file is no list of rows"));
    assert!(error("p.txt", "").contains("rows of an unknown kind of file"));
    assert!(with(EACH, "prompt: x").error().contains("there is no file or folder products.csv"));
}

#[test]
fn ids_that_become_empty_or_equal_are_told_at_the_row() {
    let error = rows("sku,name\n日本,Lamp\n").error();
    assert!(
        error.starts_with(
            "products.csv:2: «日本,Lamp» the id of this row can't be used: `日本` leaves nothing"
        ),
        "{error}"
    );
    let error = rows("sku,name\nA 1,Lamp\na-1,Chair\n").error();
    assert!(error.starts_with("products.csv:3: «a-1,Chair» rows 1 and 2 have the same id `a-1`"), "{error}");
}

#[test]
fn cells_are_data_and_never_templates() {
    assert!(rows("sku,name\na,{{ x }}\n").error().contains("still holds `{{`"));
}

#[test]
fn a_misspelt_column_is_told_once_for_all_rows() {
    let board = with(EACH, "prompt: \"{{ row.nmae }}\"").file("products.csv", "sku,name\na,x\nb,y\n");
    assert_eq!(board.error(), "8: «row.nmae» `row` has no `nmae`; did you mean `name`?");
}

const MATRIX: &str = "matrix:\n  aspect_ratio: [\"16:9\", \"9:16\"]\n  lang: [en, zh]\n";

#[test]
fn the_last_axis_is_fastest_then_comes_include() {
    let top = format!(
        "{MATRIX}  exclude: [{{ aspect_ratio: \"9:16\", lang: zh }}]\n  include: [{{ aspect_ratio: \"1:1\", lang: en }}]\n"
    );
    let board = with(&top, "prompt: \"{{ lang }} {{ variant.aspect_ratio }}\"");
    assert_eq!(
        board.addresses(),
        ["board@16x9.en/s/a", "board@16x9.zh/s/a", "board@9x16.en/s/a", "board@1x1.en/s/a"]
    );
    assert_eq!(board.prompts(), ["en 16:9", "zh 16:9", "en 9:16", "en 1:1"]);
    assert_eq!(board.shots()[3].fields["aspect_ratio"], "1:1");
}

#[test]
fn rows_go_slower_than_axes_and_stand_first_in_the_address() {
    let board = with(&format!("{EACH}\n{MATRIX}"), "prompt: \"{{ row.name }} {{ lang }}\"")
        .file("products.csv", "sku,name\na,x\nb,y\n");
    assert_eq!(
        board.addresses()[..5],
        [
            "board@a.16x9.en/s/a",
            "board@a.16x9.zh/s/a",
            "board@a.9x16.en/s/a",
            "board@a.9x16.zh/s/a",
            "board@b.16x9.en/s/a"
        ]
    );
}

#[test]
fn an_axis_wins_over_the_shot_and_warns_of_it() {
    let board = with("matrix: { duration: [5, 6] }", "prompt: x\nduration: 7");
    assert_eq!(board.shots().iter().map(|shot| shot.seconds).collect::<Vec<_>>(), [5, 6]);
    assert_eq!(
        board.warnings(),
        [
            "1: «duration» the axis `duration` hides what the shot `s/a` says; delete `duration` there, or the axis"
        ]
    );
    let board = with("matrix: { city: [Rome, Oslo] }", "vars: { city: Kyoto }\nprompt: in {{ city }}");
    assert_eq!(board.prompts(), ["in Rome", "in Oslo"]);
    assert_eq!(board.warnings().len(), 1);
}

#[test]
fn values_of_an_axis_that_become_empty_or_equal_are_told_at_the_value() {
    let error = with("matrix: { lang: [en, 日本] }", "prompt: \"{{ lang }}\"").error();
    assert!(error.starts_with("1: «日本» `日本` leaves nothing to write in an address"), "{error}");
    let error = with("matrix: { lang: [en us, en-us] }", "prompt: \"{{ lang }}\"").error();
    assert!(error.starts_with("1: «en-us» `en us` and `en-us` are both `en-us` in an address"), "{error}");
    let error = with("matrix:\n  lang: [en]\n  include: [{ lang: en }]", "prompt: \"{{ lang }}\"").error();
    assert!(error.contains("this combination is there already"), "{error}");
}

#[test]
fn an_axis_that_nothing_uses_is_a_mistake() {
    let error = with("matrix: { langg: [en, zh] }\nvars: { lang: en }", "prompt: \"{{ lang }}\"").error();
    assert!(
        error.contains(
            "«langg» `langg` is no setting, no variable is called so, and no text uses it; did you mean `lang`?"
        ),
        "{error}"
    );
}

const DRAFT: &str =
    "vars: { look: rich }\nprofiles:\n  draft: { model: kling-o3-standard, takes: 2, look: rough }";

#[test]
fn a_profile_wins_over_everything_but_the_command_line() {
    let board = with(DRAFT, "prompt: \"{{ look }}\"\ntakes: 5\nvars: { look: own }").profile("draft");
    let one = board.one();
    assert_eq!((one.model.alias.as_str(), one.takes, one.prompt.as_str()), ("kling-o3-standard", 2, "rough"));
    assert_eq!(one.address.to_string(), "board+draft/s/a");
    assert_eq!(board.var("look", "given").prompt(), "given");
}

#[test]
fn a_profile_stands_after_the_variant() {
    let board =
        with(&format!("{DRAFT}\nmatrix: {{ aspect_ratio: [\"1:1\"] }}"), "prompt: x").profile("draft");
    assert_eq!(board.addresses(), ["board@1x1+draft/s/a"]);
}

#[test]
fn an_unknown_profile_is_refused() {
    let error = with(DRAFT, "prompt: x").profile("drft").error();
    assert!(error.contains("has no profile `drft`; did you mean `draft`?"), "{error}");
}

#[test]
fn a_name_in_a_profile_that_nothing_knows_is_a_mistake() {
    let error = with("vars: { look: a }\nprofiles: { draft: { lok: b } }", "prompt: \"{{ look }}\"")
        .profile("draft")
        .error();
    assert!(
        error.contains(
            "«lok» `lok` is no setting, no variable is called so, and no text uses it; did you mean `look`?"
        ),
        "{error}"
    );
}

#[test]
fn a_name_on_the_command_line_that_nothing_knows_is_a_mistake() {
    let error = with("vars: { city: a }", "prompt: \"{{ city }}\"").var("citty", "Rome").error();
    assert!(error.starts_with("--var:1: «citty» no variable is called `citty`"), "{error}");
    let error = shot("prompt: x").var("duration", "7").error();
    assert!(error.contains("`duration` is a setting: set it in the storyboard or in a profile"), "{error}");
    assert!(shot("prompt: x").var("style", "noir").error().contains("it is a part of the prompt"));
    assert!(shot("prompt: x").var("row", "noir").error().contains("can't name a variable"));
    assert_eq!(shot("prompt: \"{{ undeclared }}\"").var("undeclared", "fine").prompt(), "fine");
}

#[test]
fn check_tells_what_is_wrong_with_every_profile_once() {
    let board = with("profiles:\n  a: { model: kling-03 }\n  b: { duration: 99 }", "prompt: \"{{ x }}\"");
    let problems = check(&board.read(), &Catalog::builtin().unwrap(), &board.files, &[]);
    let told: Vec<String> = problems.iter().map(super::told).collect();
    assert_eq!(told.len(), 3, "{told:#?}");
    assert!(
        told[0].contains("kling-03") && told[1].contains("99") && told[2].contains("`x` is not defined"),
        "{told:#?}"
    );
}

#[test]
fn a_problem_of_one_variant_says_which() {
    let board = with(&format!("{EACH}\nduration: \"{{{{ row.secs }}}}\""), "prompt: x");
    let mut board = board.file("products.csv", "sku,secs\na,5\nb,99\n");
    board.storyboard = board.storyboard.replacen("\nduration: 5\n", "\n", 1);
    let (_, problems) = board.run();
    assert_eq!(problems[0].label, "in board@b");
}

#[test]
fn shared_variables_may_not_take_a_reserved_name() {
    let board = with("vars_from: [cast.yaml]", "prompt: x").file("cast.yaml", "style: noir\n");
    assert!(board.error().starts_with("cast.yaml:1: «style» `style` can't name a variable"));
}

#[test]
fn variables_see_the_row_and_the_variant() {
    let top = format!(
        "{EACH}\nmatrix: {{ lang: [en, zh] }}\nvars: {{ who: \"{{{{ row.name }}}} {{{{ variant.lang }}}}\" }}"
    );
    let board = with(&top, "prompt: \"{{ who }}\"").file("products.csv", "sku,name\na,Lamp\n");
    assert_eq!(board.prompts(), ["Lamp en", "Lamp zh"]);
}

#[test]
fn a_variable_of_the_command_line_may_be_for_another_storyboard_of_the_run() {
    let catalog = Catalog::builtin().unwrap();
    let [mut one, two] = ["city", "town"].map(|name| with(&format!("vars: {{ {name}: a }}"), "prompt: x"));
    one.storyboard.insert_str(0, "storyboard: one\n");
    let options = |name: &str| Options { vars: vec![(name.to_owned(), "b".to_owned())], profile: None };
    let (first, second) = (one.read(), two.read());
    let boards: [(&Storyboard, &dyn Files); 2] = [(&first, &one.files), (&second, &two.files)];
    assert_eq!(expand_all(&boards, &catalog, &options("town")).0.len(), 2);
    let (expanded, problems) = expand_all(&boards, &catalog, &options("village"));
    assert!(expanded.is_empty());
    assert_eq!(problems.len(), 1);
}

#[test]
fn two_storyboards_of_one_id_are_refused() {
    let catalog = Catalog::builtin().unwrap();
    let board = shot("prompt: x");
    let read = board.read();
    let (expanded, problems) =
        expand_all(&[(&read, &board.files), (&read, &board.files)], &catalog, &Options::default());
    assert!(expanded.is_empty());
    assert_eq!(problems[0].message, "`board` is the id of board.yaml too");
}

#[test]
fn a_row_id_too_long_for_a_folders_name_is_refused() {
    let error = rows(&format!("sku,name\n{},Lamp\n", "a".repeat(65))).error();
    assert!(error.contains("is 65 characters long in an address; at most 64"), "{error}");
    assert_eq!(rows(&format!("sku,name\n{},Lamp\n", "a".repeat(64))).shots().len(), 1);
}
