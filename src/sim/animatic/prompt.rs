//! Reads a prompt into its labelled parts, each where a storyboard has it, and the lines that are spoken. Loses no word
//! of it; knows nothing of pixels.

mod role;

pub(super) use role::Role;

/// The longest text before a colon that is a label, in characters.
const LABEL: usize = 24;

/// What spoken lines begin with.
const QUOTES: [char; 6] = ['"', '“', '«', '„', '「', '『'];

/// A prompt as a card shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Prompt {
    /// In the order of their roles, and within one role as they were written.
    pub(super) parts: Vec<Part>,
    /// One entry per line of speech, without its outer quotes.
    pub(super) spoken: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Part {
    /// None for prose.
    pub(super) label: Option<String>,
    pub(super) text: String,
    pub(super) role: Role,
}

pub(super) fn read(prompt: &str) -> Prompt {
    let mut read = Prompt::default();
    let mut voice = Voice::Silent;
    let mut role = Role::default();
    for line in prompt.lines().map(clean).filter(|line| !line.is_empty()) {
        let part = split(&line);
        voice = voice.next(&part);
        // A line without a label goes on with the part before it.
        role = part.label.as_deref().map_or(role, Role::of);
        match voice {
            Voice::Silent => read.parts.push(Part { role, ..part }),
            Voice::Begins => read.spoken.extend(speeches(&part.text)),
            Voice::GoesOn => read.spoken.extend(speeches(&line)),
        }
    }
    read.spoken.retain(|line| !line.is_empty());
    read.parts.sort_by_key(|part| part.role);
    read
}

/// Whether a line is spoken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Voice {
    Silent,
    /// Its label says that speech begins.
    Begins,
    /// It belongs to the speech before it.
    GoesOn,
}

impl Voice {
    fn next(self, part: &Part) -> Self {
        match &part.label {
            Some(label) if role::is_spoken(label) => Self::Begins,
            Some(_) if !part.text.starts_with(QUOTES) => Self::Silent,
            _ if self == Self::Silent => Self::Silent,
            _ => Self::GoesOn,
        }
    }
}

/// One space between words, and nothing that cannot be seen.
fn clean(line: &str) -> String {
    let visible: String = line.chars().filter(|c| !is_invisible(*c)).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Controls and marks of direction, which would only confuse a left-to-right card. Tabs are space, and stay.
fn is_invisible(c: char) -> bool {
    let direction = matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    direction || (c.is_control() && !c.is_whitespace())
}

fn split(line: &str) -> Part {
    let labelled = line.split_once(": ").or_else(|| line.strip_suffix([':', '：']).map(|label| (label, "")));
    let labelled = labelled.or_else(|| line.split_once('：').map(|(label, text)| (label, text.trim_start())));
    match labelled {
        Some((label, text)) if is_label(label) => {
            Part { label: Some(label.to_owned()), text: text.to_owned(), ..Part::default() }
        }
        _ => Part { text: line.to_owned(), ..Part::default() },
    }
}

/// `Important details` is one, `She turns and says, slowly` is not.
fn is_label(text: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '/');
    // Scripts without capitals begin a label with any letter.
    let begins = |c: char| c.is_uppercase() || c.is_alphabetic() && !c.is_lowercase();
    text.chars().count() <= LABEL && text.starts_with(begins) && text.chars().all(plain)
}

/// Each speaker's words by themselves, as the template writes several on one line: `Rin: "Here." Kai: "Where?"`.
fn speeches(line: &str) -> Vec<String> {
    let mut speeches = Vec::new();
    let mut rest = line;
    while let Some(end) = turn(rest) {
        speeches.push(unquoted(&rest[..end]));
        rest = rest[end..].trim_start();
    }
    speeches.push(unquoted(rest));
    speeches
}

/// Where one speaker ends and the next begins: behind a closing quote that a name follows, and the quote of its words.
fn turn(line: &str) -> Option<usize> {
    let mut ends = line.match_indices("\" ").map(|(at, _)| at + 1);
    ends.find(|end| {
        let next = line[*end..].trim_start().split_once(": ");
        next.is_some_and(|(name, words)| is_label(name) && words.starts_with(QUOTES))
    })
}

/// Without the quotes around it, where one pair encloses the whole.
fn unquoted(text: &str) -> String {
    let pairs = [('"', '"'), ('“', '”'), ('«', '»'), ('„', '“'), ('「', '」'), ('『', '』')];
    let inner = pairs.iter().find_map(|(open, close)| {
        text.strip_prefix(*open)?.strip_suffix(*close).filter(|inner| !inner.contains([*open, *close]))
    });
    inner.unwrap_or(text).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(label: &str, text: &str) -> Part {
        Part { label: Some(label.to_owned()), text: text.to_owned(), role: Role::of(label) }
    }

    #[test]
    fn parts_stand_in_a_storyboards_order_whatever_the_prompts() {
        let read = read(
            "Constraints: no logos\nSubject: Rin\nin her jacket\nStyle: anime\nPan: left\nScene: a roof",
        );
        let texts: Vec<_> = read.parts.iter().map(|part| part.text.as_str()).collect();
        assert_eq!(texts, ["a roof", "Rin", "in her jacket", "anime", "left", "no logos"]);
    }

    #[test]
    fn prose_before_the_first_label_stays_before_it() {
        let read = read("A lighthouse at dusk.\nCamera: slow push-in\nSubject: the keeper");
        let texts: Vec<_> = read.parts.iter().map(|part| part.text.as_str()).collect();
        assert_eq!(texts, ["A lighthouse at dusk.", "the keeper", "slow push-in"]);
    }

    #[test]
    fn a_chinese_prompt_has_labels_too() {
        let read = read("主体：一位女驾驶员\n场景： 雨夜\n台词：「我在这里。」");
        assert_eq!(read.parts, [part("场景", "雨夜"), part("主体", "一位女驾驶员")]);
        assert_eq!(read.spoken, ["我在这里。"]);
    }

    #[test]
    fn the_template_lines_become_labels_and_a_spoken_line() {
        let read =
            read("Scene: a roof, rain\n\nSubject: Rin\nIn-scene line: \"I'm here.\"\nUse case: trailer");
        assert_eq!(
            read.parts,
            [part("Scene", "a roof, rain"), part("Subject", "Rin"), part("Use case", "trailer")]
        );
        assert_eq!(read.spoken, ["I'm here."]);
    }

    #[test]
    fn several_speakers_keep_their_names_and_quotes() {
        let read = read("In-scene line: Rin: \"Here.\"\nKai: \"Where?\"\nUse case: x");
        assert_eq!(read.spoken, ["Rin: \"Here.\"", "Kai: \"Where?\""]);
        assert_eq!(read.parts, [part("Use case", "x")]);
    }

    #[test]
    fn several_speakers_on_one_line_have_a_line_each() {
        let read = read("In-scene line: 美: \"还有面吗？\" Old Chen: \"One bowl.\" Rin: \"Here.\"");
        assert_eq!(read.spoken, ["美: \"还有面吗？\"", "Old Chen: \"One bowl.\"", "Rin: \"Here.\""]);
    }

    #[test]
    fn two_quotes_on_one_line_are_not_torn() {
        assert_eq!(read("In-scene line: \"Here.\" and \"There.\"").spoken, ["\"Here.\" and \"There.\""]);
    }

    #[test]
    fn prose_with_a_colon_stays_prose() {
        let text = "She turns, slowly, and says: stop. At 12:30 the clock strikes";
        assert_eq!(read(text).parts, [Part { text: text.to_owned(), ..Part::default() }]);
    }

    #[test]
    fn no_word_is_lost() {
        let text = "Scene: one\ntwo three\nConstraints:\n\u{202e}four\tfive\u{0}";
        let read = read(text);
        let words: Vec<_> =
            read.parts.iter().flat_map(|part| part.label.iter().chain([&part.text])).collect();
        assert_eq!(words, ["Scene", "one", "two three", "Constraints", "", "four five"]);
    }

    #[test]
    fn an_empty_prompt_has_no_parts() {
        assert_eq!(read(" \n\t\n"), Prompt::default());
    }
}
