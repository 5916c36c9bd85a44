//! What a character is called where no font has it, and whether letters of its kind can be set one after another at all.

use unicode_script::{Script, UnicodeScript};

/// The kind of a character in words, such as `Chinese characters`.
pub(super) fn name(c: char) -> &'static str {
    match c.script() {
        Script::Han => "Chinese characters",
        Script::Hiragana | Script::Katakana => "Japanese kana",
        Script::Hangul => "Korean",
        Script::Bopomofo => "Bopomofo",
        Script::Common | Script::Inherited | Script::Unknown if is_east_asian(c) => "Chinese characters",
        Script::Common | Script::Inherited | Script::Unknown => "emoji or symbols",
        other => other.full_name(),
    }
}

/// Do fonts for Chinese, Japanese and Korean have it?
pub(super) fn is_east_asian(c: char) -> bool {
    let of_three = matches!(
        c.script(),
        Script::Han | Script::Hiragana | Script::Katakana | Script::Hangul | Script::Bopomofo
    );
    // CJK Symbols and Punctuation to CJK Compatibility, and Halfwidth and Fullwidth Forms.
    of_three || matches!(c, '\u{3000}'..='\u{33ff}' | '\u{ff00}'..='\u{ffef}')
}

/// Letters that join, stack or run from right to left. One after another they would be legible but wrong.
pub(super) fn is_shaped(c: char) -> bool {
    is_right_to_left(c.script()) || is_stacked(c.script())
}

fn is_right_to_left(script: Script) -> bool {
    matches!(
        script,
        Script::Arabic
            | Script::Hebrew
            | Script::Syriac
            | Script::Thaana
            | Script::Nko
            | Script::Samaritan
            | Script::Mandaic
            | Script::Adlam
    )
}

fn is_stacked(script: Script) -> bool {
    matches!(
        script,
        Script::Devanagari
            | Script::Bengali
            | Script::Gurmukhi
            | Script::Gujarati
            | Script::Oriya
            | Script::Tamil
            | Script::Telugu
            | Script::Kannada
            | Script::Malayalam
            | Script::Sinhala
            | Script::Thai
            | Script::Lao
            | Script::Tibetan
            | Script::Myanmar
            | Script::Khmer
            | Script::Mongolian
            | Script::Javanese
            | Script::Balinese
    )
}

/// Whose forms of the characters that Chinese, Japanese and Korean share are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Region {
    Japan,
    Korea,
    Taiwan,
    China,
}

impl Region {
    /// By the letters that only one of them writes; China where there are none.
    pub(super) fn of(mut text: impl Iterator<Item = char>) -> Self {
        let region = |c: char| match c.script() {
            Script::Hiragana | Script::Katakana => Some(Self::Japan),
            Script::Hangul => Some(Self::Korea),
            Script::Bopomofo => Some(Self::Taiwan),
            _ => None,
        };
        text.find_map(region).unwrap_or(Self::China)
    }

    /// What the family name of a font in such forms ends in, as those of the pan-CJK families do.
    pub(super) fn mark(self) -> &'static str {
        match self {
            Self::Japan => " JP",
            Self::Korea => " KR",
            Self::Taiwan => " TC",
            Self::China => " SC",
        }
    }
}
