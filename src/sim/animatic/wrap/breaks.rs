//! Where a line may end within a word: between Chinese and Japanese characters, and at need after a hyphen or a slash.
//! No line begins with closing punctuation and none ends with opening (JIS X 4051, as in W3C's requirements for Chinese).

use unicode_script::{Script, UnicodeScript};
use unicode_width::UnicodeWidthChar;

/// What must not begin a line.
const CLOSING: &str = "、。，．・：；？！‐゠–〜々〻ーゝゞヽヾぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ）］｝〉》」』】〕〗〙〛〟｠’”»…‥—％℃‰,.:;?!)]}%";

/// What must not end one.
const OPENING: &str = "（［｛〈《「『【〔〖〘〚〝｟‘“«([{＄￥£#";

/// Whether a word may be parted after its hyphens and slashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joints {
    Fast,
    Loose,
}

/// A word in pieces that stay whole, all of it and in order.
pub(super) fn pieces(word: &str, joints: Joints) -> impl Iterator<Item = &str> {
    let mut rest = word;
    std::iter::from_fn(move || {
        let (piece, after) = rest.split_at(first_break(rest, joints));
        rest = after;
        Some(piece).filter(|piece| !piece.is_empty())
    })
}

/// Where in bytes the first piece of a text ends.
fn first_break(text: &str, joints: Joints) -> usize {
    let after = text.char_indices().skip(1);
    let breaks = text.chars().zip(after).find(|(before, (_, after))| is_break(*before, *after, joints));
    breaks.map_or(text.len(), |(_, (at, _))| at)
}

fn is_break(before: char, after: char, joints: Joints) -> bool {
    if after.width().unwrap_or(0) == 0 || CLOSING.contains(after) || OPENING.contains(before) {
        return false;
    }
    let loose = joints == Joints::Loose && is_joint(before) && after.is_alphabetic();
    loose || is_solid(before) || is_solid(after)
}

fn is_joint(c: char) -> bool {
    matches!(c, '-' | '/' | '\u{2010}' | '–' | '—')
}

/// Written without spaces. Korean has them.
fn is_solid(c: char) -> bool {
    let script = matches!(c.script(), Script::Han | Script::Hiragana | Script::Katakana | Script::Bopomofo);
    script || matches!(c, '\u{3000}'..='\u{30ff}' | '\u{ff00}'..='\u{ffef}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parts(word: &str) -> Vec<&str> {
        pieces(word, Joints::Loose).collect()
    }

    #[test]
    fn a_word_is_one_piece_and_korean_is_too() {
        assert_eq!(parts("lighthouse"), ["lighthouse"]);
        assert_eq!(parts("돌아본다"), ["돌아본다"]);
    }

    #[test]
    fn a_word_may_at_need_be_parted_after_a_hyphen_and_an_address_after_a_slash() {
        assert_eq!(pieces("close-up/neon", Joints::Fast).count(), 1);
        assert_eq!(parts("close-up/neon"), ["close-", "up/", "neon"]);
        assert_eq!(parts("-5--"), ["-5--"]);
    }

    #[test]
    fn punctuation_stays_with_the_character_that_it_belongs_to() {
        assert_eq!(parts("「雨」、です。"), ["「雨」、", "で", "す。"]);
        assert_eq!(parts("キャット"), ["キャッ", "ト"]);
        assert_eq!(parts("街区——她"), ["街", "区——", "她"]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(word in "\\PC{0,40}") {
            prop_assert_eq!(parts(&word).concat(), word);
        }
    }
}
