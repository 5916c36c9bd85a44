//! The word that a writer probably meant. Decides nothing else.

/// The nearest of the known words, where one is near enough to be a slip of the hand.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (word.chars().count() / 3).clamp(1, 4);
    let near = |other: &'a str| {
        let distance = strsim::damerau_levenshtein(word, other);
        (distance <= allowed).then_some((distance, other))
    };
    known.into_iter().filter_map(near).min().map(|(_, other)| other)
}

/// ` did you mean …?`, or nothing.
pub(super) fn meant<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, known).map(|near| format!(" did you mean `{near}`?")).unwrap_or_default()
}
