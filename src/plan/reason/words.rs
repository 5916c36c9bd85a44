//! Which words of a prompt changed, short enough for one line.

/// The most words quoted from either side.
const MOST: usize = 6;

/// `"lands" became "crashes"`, without the words that both begin and end with.
#[must_use]
pub fn difference(old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) =
        (old.split_whitespace().collect(), new.split_whitespace().collect());
    let start = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
    let (old, new) = (&old[start..], &new[start..]);
    let end = old.iter().rev().zip(new.iter().rev()).take_while(|(one, other)| one == other).count();
    match (&old[..old.len() - end], &new[..new.len() - end]) {
        ([], []) => "its spacing".to_owned(),
        ([], added) => format!("{} added", quoted(added)),
        (removed, []) => format!("{} removed", quoted(removed)),
        (old, new) => format!("{} became {}", quoted(old), quoted(new)),
    }
}

fn quoted(words: &[&str]) -> String {
    if words.len() <= MOST {
        format!("\"{}\"", words.join(" "))
    } else {
        format!("\"{} …\"", words[..MOST].join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_words_that_differ_are_quoted() {
        assert_eq!(
            difference("a mecha lands on the roof", "a mecha crashes on the roof"),
            r#""lands" became "crashes""#
        );
        assert_eq!(difference("a mecha lands", "a red mecha lands"), r#""red" added"#);
        assert_eq!(difference("a red mecha", "a mecha"), r#""red" removed"#);
        assert_eq!(difference("a  b", "a b"), "its spacing");
        assert_eq!(difference("aa", "aa aa"), r#""aa" added"#);
    }

    #[test]
    fn a_long_difference_is_cut() {
        assert_eq!(difference("", "1 2 3 4 5 6 7 8"), r#""1 2 3 4 5 6 …" added"#);
    }
}
