//! Text that YAML does not read as it looks: what must be quoted, and the line to paste instead.
//! Looks at single lines; knows neither the tree nor the language's keys.

use super::source::Span;

/// A line such as `- key: value`, cut into what stays and what may need quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// `- ` and `key: `, without the indentation.
    pub(super) lead: &'a str,
    /// Without a comment, which begins with `# `, and without spaces around it.
    pub(super) value: &'a str,
    pub(super) value_span: Span,
    /// Spaces and tabs before the lead.
    pub(super) indent: &'a str,
}

impl Line<'_> {
    /// The line as it should be written.
    pub(super) fn quoted(&self) -> String {
        format!("{}{}", self.lead, quote(bare(self.value)))
    }
}

/// The bytes of the line that holds `at`, without its line break.
pub(super) fn line_span(text: &str, at: usize) -> Span {
    let at = floor(text, at);
    let start = text[..at].rfind('\n').map_or(0, |found| found + 1);
    let end = text[at..].find('\n').map_or(text.len(), |found| at + found);
    let end = if text[start..end].ends_with('\r') { end - 1 } else { end };
    Span { start, end: end.max(start) }
}

/// From 1.
pub(super) fn line_number(text: &str, at: usize) -> usize {
    text[..floor(text, at)].matches('\n').count() + 1
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Reads the line around `at` as `key: value` or `- value`; a line longer than people write is none.
pub(super) fn line(text: &str, at: usize) -> Option<Line<'_>> {
    const LONGEST: usize = 4096;
    let span = line_span(text, at);
    let whole = Some(&text[span.start..span.end]).filter(|whole| whole.len() <= LONGEST)?;
    let indent = &whole[..whole.len() - whole.trim_start_matches([' ', '\t']).len()];
    let rest = &whole[indent.len()..];
    let dashes = rest.len() - after_dashes(rest).len();
    let key = key_len(&rest[dashes..]);
    let lead = dashes + key;
    if lead == 0 {
        return None;
    }
    let value = without_comment(&rest[lead..]).trim_end();
    let start = span.start + indent.len() + lead;
    let value_span = Span { start, end: start + value.len() };
    (!value.is_empty()).then_some(Line { lead: &rest[..lead], value, value_span, indent })
}

fn after_dashes(mut rest: &str) -> &str {
    while let Some(after) = rest.strip_prefix("- ") {
        rest = after.trim_start_matches(' ');
    }
    rest
}

/// Length of `key: ` with its spaces, 0 where the line has none.
fn key_len(rest: &str) -> usize {
    let Some(colon) = rest.find(':') else { return 0 };
    let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '<');
    let after = &rest[colon + 1..];
    let spaces = after.len() - after.trim_start_matches([' ', '\t']).len();
    let is_key = colon > 0 && rest[..colon].chars().all(word) && (spaces > 0 || after.is_empty());
    if is_key { colon + 1 + spaces } else { 0 }
}

fn without_comment(value: &str) -> &str {
    if value.starts_with("# ") {
        return "";
    }
    value.find(" # ").map_or(value, |at| &value[..at])
}

/// The text that its author meant: a quote at its start that does not enclose all of it is part of it.
pub(super) fn bare(value: &str) -> &str {
    for mark in ['"', '\''] {
        let Some(inner) = value.strip_prefix(mark) else { continue };
        let odd = mark == '"' && value.matches(mark).count() % 2 == 1;
        match inner.strip_suffix(mark) {
            // The closing one belongs to a word inside, and the first was never closed.
            Some(text) if odd && text.contains(mark) => return inner,
            Some(text) => return text,
            None if !inner.contains(mark) => return inner,
            None => {}
        }
    }
    value
}

/// A text as YAML reads it whatever it holds.
pub(super) fn quote(text: &str) -> String {
    if text.contains(['"', '\\']) && !text.contains('\'') {
        return format!("'{text}'");
    }
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The line around a piece of text, which gets quotes.
pub(super) fn quoted_piece(text: &str, span: Span) -> String {
    const LONGEST: usize = 200;
    let line = line_span(text, span.start);
    let end = span.end.min(line.end);
    let piece = quote(&text[span.start..end]);
    if line.end - line.start > LONGEST {
        return piece;
    }
    format!("{}{piece}{}", text[line.start..span.start].trim_start(), text[end..line.end].trim_end())
}

/// The comment that ends a plain text at `end` and looks like a part of it: `#ff6600`, not `# orange`.
pub(super) fn cut_comment(text: &str, end: usize) -> Option<Span> {
    let rest = text.get(end..)?;
    let gap = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let word = rest[gap..].strip_prefix('#')?;
    let looks_like_text = word.starts_with(|c: char| c.is_alphanumeric());
    (gap > 0 && looks_like_text).then(|| Span { start: end + gap, end: line_span(text, end + gap).end })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(&str, &str, String)> {
        line(text, 0).map(|line| (line.lead, line.value, line.quoted()))
    }

    #[test]
    fn a_line_is_cut_into_what_stays_and_what_is_quoted() {
        let paste = |text| read(text).map(|(_, _, quoted)| quoted);
        assert_eq!(paste("    line: Rin: get down!"), Some(r#"line: "Rin: get down!""#.to_owned()));
        assert_eq!(paste("  - id: {{ x }}   # why"), Some(r#"- id: "{{ x }}""#.to_owned()));
        assert_eq!(paste("- @rin"), Some(r#"- "@rin""#.to_owned()));
        assert_eq!(paste("a: 'I'm here'"), Some(r#"a: "I'm here""#.to_owned()));
        assert_eq!(paste(r#"a: "Rin" runs"#), Some(r#"a: '"Rin" runs'"#.to_owned()));
        assert_eq!(paste(r#"a: "He said "go""#), Some(r#"a: 'He said "go"'"#.to_owned()));
        assert_eq!(paste(r#"a: "rain"#), Some(r#"a: "rain""#.to_owned()));
        assert_eq!(paste("no key here"), None);
        assert_eq!(paste("a:"), None);
    }

    #[test]
    fn a_comment_that_looks_like_text_is_told_from_a_comment() {
        let cut = |text: &str| cut_comment(text, 1).map(|span| text[span.start..span.end].to_owned());
        assert_eq!(cut("a #ff6600\nb"), Some("#ff6600".to_owned()));
        assert_eq!(cut("a   #1 on the list\r\n"), Some("#1 on the list".to_owned()));
        assert_eq!(cut("a # orange"), None);
        assert_eq!(cut("a #"), None);
        assert_eq!(cut("a ## orange"), None);
        assert_eq!(cut("a#b"), None);
        assert_eq!(cut("a\n#b"), None);
    }

    #[test]
    fn quotes_are_chosen_so_that_little_is_escaped() {
        assert_eq!(quote("a"), "\"a\"");
        assert_eq!(quote("say \"hi\""), "'say \"hi\"'");
        assert_eq!(quote("I'm \"hi\""), "\"I'm \\\"hi\\\"\"");
    }
}
