//! The catalog's own data, and what a file of the user's is refused for.

use super::*;

fn builtin() -> Catalog {
    Catalog::builtin().unwrap()
}

fn refused(text: &str) -> String {
    builtin().with([CatalogFile { name: "mine.yaml", text }]).unwrap_err().to_string()
}

const MINE: &str = r#"alias: mine
endpoint: someone/app/text-to-video
title: Mine
sources:
  page: { from: "its page", date: 2026-11-20, verified: true }
clip_seconds: { min: 5, max: 10, source: page }
prompt_chars: { max: 1000, source: page }
fields:
  generate_audio: { takes: flag, fal_default: "false", source: page }
  strength: { takes: { number: { min: "0.1", max: "2" } }, source: page }
prices:
  - { generate_audio: false, usd_per_second: 0.10, source: page }
  - { generate_audio: true, usd_per_second: 0.2, source: page }
video: /video/url
"#;

fn price(catalog: &Catalog, model: &str, audio: bool) -> String {
    catalog.model(model).unwrap().price(Some(audio)).unwrap().usd_per_second.to_string()
}

#[test]
fn every_price_is_what_fal_asks() {
    let catalog = builtin();
    let table: Vec<String> = catalog
        .models()
        .iter()
        .map(|model| {
            let [off, on] = [false, true].map(|audio| model.price(Some(audio)).unwrap());
            let verified = model.is_verified(off) && model.is_verified(on);
            let (off, on) = (off.usd_per_second, on.usd_per_second);
            format!("{} {} {off} {on} {verified}", model.alias, model.endpoint)
        })
        .collect();
    insta::assert_snapshot!(table.join("\n"), @r"
    kling-o3-4k fal-ai/kling-video/o3/4k/text-to-video $0.42 $0.42 true
    kling-o3-pro fal-ai/kling-video/o3/pro/text-to-video $0.112 $0.14 true
    kling-o3-standard fal-ai/kling-video/o3/standard/text-to-video $0.084 $0.112 false
    kling-v3-4k fal-ai/kling-video/v3/4k/text-to-video $0.42 $0.42 false
    kling-v3-pro fal-ai/kling-video/v3/pro/text-to-video $0.112 $0.168 false
    kling-v3-standard fal-ai/kling-video/v3/standard/text-to-video $0.084 $0.126 false
    kling-v3-turbo-pro fal-ai/kling-video/v3/turbo/pro/text-to-video $0.14 $0.14 true
    kling-v3-turbo-standard fal-ai/kling-video/v3/turbo/standard/text-to-video $0.112 $0.112 false
    ");
}

#[test]
fn every_model_declares_the_fields_of_its_own_schema() {
    let fields = |family: &str| {
        let catalog = builtin();
        let of = |model: &&Arc<Model>| model.alias.starts_with(family);
        let mut all: Vec<Vec<String>> =
            catalog.models().iter().filter(of).map(|model| model.fields.keys().cloned().collect()).collect();
        all.dedup();
        assert_eq!(all.len(), 1, "{family}");
        all.remove(0)
    };
    assert_eq!(fields("kling-o3"), ["aspect_ratio", "generate_audio", "shot_type"]);
    assert_eq!(fields("kling-v3-turbo"), ["aspect_ratio"]);
    let v3 = ["aspect_ratio", "cfg_scale", "generate_audio", "negative_prompt", "shot_type"];
    assert_eq!(fields("kling-v3-p"), v3);
    assert_eq!(fields("kling-v3-s"), v3);
    assert_eq!(fields("kling-v3-4"), v3);
}

#[test]
fn every_data_file_is_in_the_catalog() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/catalog");
    let is_data = |entry: &std::fs::DirEntry| entry.path().extension().is_some_and(|end| end == "yaml");
    let files = std::fs::read_dir(folder).unwrap().filter(|entry| is_data(entry.as_ref().unwrap())).count();
    assert_eq!(builtin().names().count(), files);
}

#[test]
fn the_code_that_reads_names_no_model() {
    for code in [include_str!("../catalog.rs"), include_str!("check.rs"), include_str!("file.rs")] {
        let code: String = code.lines().filter(|line| !line.trim_start().starts_with("///")).collect();
        assert!(!code.contains("kling"));
    }
}

#[test]
fn a_model_is_found_by_alias_and_by_endpoint() {
    let catalog = builtin();
    let by_alias = catalog.model("kling-o3-4k").unwrap();
    assert_eq!(catalog.model("fal-ai/kling-video/o3/4k/text-to-video"), Some(by_alias));
    assert_eq!(catalog.model("kling"), None);
}

#[test]
fn a_request_that_leaves_audio_to_fal_counts_at_the_dearest_price() {
    let catalog = builtin().with([CatalogFile { name: "mine.yaml", text: MINE }]).unwrap();
    let mine = catalog.model("mine").unwrap();
    assert_eq!(mine.cost(None, 5).unwrap().to_string(), "$1.00");
    assert_eq!(mine.cost(Some(false), 5).unwrap().to_string(), "$0.50");
    assert_eq!(price(&catalog, "mine", true), "$0.20");
}

#[test]
fn a_price_that_is_missing_is_unknown_and_never_zero() {
    let text = MINE.split_once("prices:").unwrap().0.to_owned() + "prices: []\nvideo: /video/url\n";
    let catalog = builtin().with([CatalogFile { name: "mine.yaml", text: &text }]).unwrap();
    let mine = catalog.model("mine").unwrap();
    assert_eq!(mine.price(None), None);
    assert_eq!(mine.cost(Some(true), 5), None);
}

#[test]
fn a_file_replaces_nothing() {
    let same_alias = refused(&MINE.replace("alias: mine", "alias: kling-o3-4k"));
    assert_eq!(
        same_alias,
        "mine.yaml:1: the catalog has a model `kling-o3-4k` already; choose another alias"
    );
    let endpoint = "fal-ai/kling-video/o3/4k/text-to-video";
    let same_endpoint = refused(&MINE.replace("someone/app/text-to-video", endpoint));
    assert_eq!(
        same_endpoint,
        format!("mine.yaml:2: the catalog has `{endpoint}` already; a model is never replaced")
    );
}

#[test]
fn every_mistake_is_named_with_its_line() {
    let swaps = [
        ("alias: mine", "alias: My Model"),
        ("someone/app/text-to-video", "someone/../x"),
        ("min: 5", "min: 50"),
        ("max: 1000, source: page", "max: 1000, source: pge"),
        ("fal_default: \"false\"", "fal_default: \"no\""),
        ("min: \"0.1\"", "min: \"lots\""),
        ("usd_per_second: 0.10", "usd_per_second: 0"),
        ("generate_audio: true, usd", "usd"),
        ("video: /video/url", "video: video.url"),
        ("  strength:", "  duration:"),
        ("takes: flag, fal_default: \"false\"", "takes: { text: { max_chars: 9 } }"),
        ("verified: true", "verified: yes"),
        ("usd_per_second: 0.10", "usd_per_second: cheap"),
        ("title: Mine", "titel: Mine"),
        ("title: Mine", "title: Mine\ntitle: Yours"),
        ("title: Mine", "title: [Mine"),
    ];
    let messages: Vec<String> = swaps.map(|(from, to)| refused(&MINE.replacen(from, to, 1))).into();
    insta::assert_snapshot!(messages.join("\n--\n"), @r"
    mine.yaml:1: `My Model` is no alias; it is made of a-z, 0-9, `-` and `_`, and starts with a letter or digit
    --
    mine.yaml:2: `someone/../x` is no endpoint id; write it as fal does, such as owner/app/kind
    --
    mine.yaml:6: min 50 is more than max 10
    --
    mine.yaml:7: `sources` has no `pge`; every number says where it comes from
    --
    mine.yaml:9: `no` is not among what `generate_audio` takes
    --
    mine.yaml:10: min and max are decimal numbers such as 0.5
    --
    mine.yaml:12: a price of zero; leave an unknown price out, and nothing is bought by it
    --
    mine.yaml:12: one price for both, or one for each value of `generate_audio`
    --
    mine.yaml:14: `video.url` is no JSON pointer; write one such as /video/url
    --
    mine.yaml:10: `duration` is sent with every request as it is
    --
    mine.yaml:9: `generate_audio` is a flag: prices go by it
    --
    mine.yaml:5: invalid boolean (true or false expected)
    --
    mine.yaml:12: write an amount of dollars such as 25 or 12.50, with at most six decimals
    --
    mine.yaml:3: unknown field `titel`, expected one of alias, endpoint, title, sources, clip_seconds, prompt_chars, multi_prompt, fields, prices, video
    --
    mine.yaml:4: duplicate mapping key: title not allowed here
    --
    mine.yaml:3: expected string scalar
    ");
}

#[test]
fn all_mistakes_of_all_files_are_shown_at_once() {
    let one = MINE.replace("min: 5", "min: 50").replace("/video/url", "video");
    let files = [CatalogFile { name: "one.yaml", text: &one }, CatalogFile { name: "two.yaml", text: "-" }];
    let CatalogError(problems) = builtin().with(files).unwrap_err();
    let places: Vec<(&str, u64)> =
        problems.iter().map(|problem| (problem.file.as_str(), problem.line)).collect();
    assert_eq!(places, [("one.yaml", 14), ("one.yaml", 6), ("two.yaml", 1)]);
}
