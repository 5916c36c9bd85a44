//! The word that a writer probably meant. Decides nothing else.

/// Words that a message lists.
const MOST: usize = 20;

/// The nearest of the known words, where one is near enough to be a slip of the hand.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = |other: &&str| {
        let distance = strsim::damerau_levenshtein(word, other);
        let longest = word.chars().count().max(other.chars().count());
        (distance * 3 <= longest).then_some(distance)
    };
    let others = known.into_iter().filter(|other| *other != word);
    let candidates = others.filter(|other| other.len().abs_diff(word.len()) <= 8);
    candidates
        .filter_map(|other| near(&other).map(|distance| (distance, other)))
        .min()
        .map(|(_, other)| other)
}

/// ` did you mean …?` or the words there are, for a message's help.
pub(super) fn did_you_mean<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> Option<String> {
    if let Some(near) = nearest(word, known.clone()) {
        return Some(format!("did you mean `{near}`?"));
    }
    let mut all: Vec<&str> = Vec::new();
    for other in known.into_iter().filter(|other| *other != word).take(MOST) {
        if !all.contains(&other) {
            all.push(other);
        }
    }
    (!all.is_empty()).then(|| format!("there are: {}", all.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_hand_is_recognised() {
        assert_eq!(nearest("durration", ["duration", "details"]), Some("duration"));
        assert_eq!(nearest("citty", ["city", "cast"]), Some("city"));
        assert_eq!(nearest("city", ["city"]), None, "nobody means what is written already");
    }

    #[test]
    fn another_word_is_not_suggested() {
        assert_eq!(nearest("camera", ["city", "style"]), None);
        assert_eq!(nearest("x", ["y"]), None);
    }
}
