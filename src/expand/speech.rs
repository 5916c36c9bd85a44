//! Warnings about spoken lines, from the model page's notes: capitals, no sound, and scripts that get translated.

use unicode_script::{Script, UnicodeScript};

use super::Spoken;
use super::findings::{Findings, Place};

/// Is sound made at all?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Audio {
    On,
    Off,
    /// The model has no such choice.
    Unsaid,
}

pub(super) fn warn(findings: &mut Findings, place: &Place, spoken: &[Spoken], audio: Audio) {
    if spoken.is_empty() {
        return;
    }
    if audio == Audio::Off {
        let help = "write `generate_audio: true`, or delete the line".to_owned();
        findings.warn(place, "this line is not heard: `generate_audio` is false", help);
    }
    for line in spoken {
        if is_shouted(&line.say) {
            let help = "models speak lower case best; capitals are for acronyms and names".to_owned();
            findings.warn(place, "this line is all in capitals", help);
        }
        if let Some(script) = foreign(&line.say) {
            let message = format!(
                "this line is in {} script, which the model translates to English",
                script.full_name()
            );
            findings.warn(place, message, "write the line in English or Chinese".to_owned());
        }
    }
}

/// All of three or more cased letters are capitals.
fn is_shouted(text: &str) -> bool {
    let cased = text.chars().filter(|c| c.is_uppercase() || c.is_lowercase());
    let (count, capitals) =
        cased.fold((0, 0), |(all, capitals), c| (all + 1, capitals + usize::from(c.is_uppercase())));
    count >= 3 && capitals == count
}

/// The first script that is neither Latin nor Chinese.
fn foreign(text: &str) -> Option<Script> {
    let known =
        [Script::Latin, Script::Han, Script::Bopomofo, Script::Common, Script::Inherited, Script::Unknown];
    text.chars().filter(|c| c.is_alphabetic()).map(|c| c.script()).find(|script| !known.contains(script))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_are_seen_where_nothing_else_is_there() {
        assert!(is_shouted("GET DOWN!"));
        assert!(is_shouted("ВНИЗ"));
        for text in ["Get down!", "I", "OK", "NASA called", "你好", "42"] {
            assert!(!is_shouted(text), "{text}");
        }
    }

    #[test]
    fn a_script_that_is_neither_latin_nor_chinese_is_seen() {
        assert_eq!(foreign("Get down, Zoë!"), None);
        assert_eq!(foreign("快趴下！"), None);
        assert_eq!(foreign("伏せろ"), Some(Script::Hiragana));
        assert_eq!(foreign("Ложись"), Some(Script::Cyrillic));
    }
}
