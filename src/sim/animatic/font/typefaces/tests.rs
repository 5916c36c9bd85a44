//! Named fonts, from files as they lie on a disk. What a computer has in its usual places decides nothing here.

use std::fs;

use super::super::{Fonts, Style};
use super::*;

/// Japanese and Chinese forms of 直, 雨, の and the ideographic full stop.
const FONT: &[u8] = include_bytes!("cjk.ttc");
const STYLE: Style = Style::regular(40.0);

/// Only the named font.
fn named(bytes: &[u8]) -> Result<Typefaces, FontError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("named.ttc");
    fs::write(&path, bytes).unwrap();
    Ok(Typefaces(vec![File::Open(read(&path)?)]))
}

fn fonts(text: &str) -> Fonts {
    Fonts::for_texts([text].into_iter(), &named(FONT).unwrap()).unwrap()
}

fn outline(fonts: &Fonts, text: &str) -> tiny_skia::Path {
    fonts.outline(text, STYLE, 0.0, 100.0).unwrap()
}

#[test]
fn a_named_font_lends_the_letters_that_the_bundled_one_lacks() {
    let (bundled, borrowed) = (Fonts::load().unwrap(), fonts("A 雨。"));
    assert!(borrowed.missing("A 雨。").is_empty());
    assert_ne!(outline(&bundled, "雨"), outline(&borrowed, "雨"));
    assert!((borrowed.width("雨。", STYLE) - 80.0).abs() < 0.1, "one em each");
}

#[test]
fn the_bundled_font_draws_what_it_has_all_the_same() {
    assert_eq!(outline(&fonts("A雨"), "Aé"), outline(&Fonts::load().unwrap(), "Aé"));
}

#[test]
fn a_text_in_kana_gets_japanese_forms_and_one_without_chinese_forms() {
    assert_ne!(outline(&fonts("直"), "直"), outline(&fonts("直の"), "直"));
}

#[test]
fn what_was_asked_before_changes_nothing() {
    let typefaces = named(FONT).unwrap();
    let glyphs = |text: &str| Fonts::for_texts([text].into_iter(), &typefaces).unwrap();
    let first = outline(&glyphs("直"), "直");
    let _ = glyphs("直の雨");
    assert_eq!(outline(&glyphs("直"), "直"), first);
}

#[test]
fn what_no_font_has_stays_a_box() {
    assert!(!fonts("雪").missing("雪").is_empty());
}

#[test]
fn letters_that_run_from_right_to_left_are_borrowed_from_no_font() {
    assert!(named(FONT).unwrap().glyphs(&BTreeSet::from(['ש', 'ع'])).is_empty());
}

#[test]
fn a_font_that_is_not_there_is_an_error_that_names_it() {
    let error = Typefaces::find(Some(Path::new("/nowhere/a.ttf"))).unwrap_err().to_string();
    assert!(error.starts_with("cannot read the font /nowhere/a.ttf: No such file"), "{error}");
}

#[test]
fn a_file_that_is_no_font_is_an_error_that_says_so() {
    for bytes in [&b""[..], b"not a font", &FONT[..40]] {
        let error = named(bytes).unwrap_err().to_string();
        let why = "is no TrueType or OpenType font with outlines (.ttf, .otf, .ttc); name another";
        assert!(error.ends_with(why), "{error}");
    }
}
