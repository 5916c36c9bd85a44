//! Text that a storyboard's author wrote, as Markdown that shows it and does nothing else.

use std::fmt;
use std::fmt::Write as _;

use crate::report::problems::visible;

/// What Markdown, HTML or GitHub's formulas would take for their own.
const MARKS: &str = "\\`*_{}[]<>()|~&!^=";

/// For a line of text or a cell of a table. `@name`, `#12` and addresses stay text: nobody is called and nothing is
/// linked because of a prompt.
pub(super) fn text(said: &str) -> String {
    let mut out = String::with_capacity(said.len());
    for c in visible(said).chars() {
        match c {
            '\n' | '\t' => out.push(' '),
            // A comment parts the sign from the name, so that GitHub does not see them together.
            '@' | '#' => {
                out.push(c);
                out.push_str(APART);
            }
            // GitHub's own way to keep a dollar from beginning a formula.
            '$' => out.push_str("<span>$</span>"),
            c if MARKS.contains(c) => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.replace("://", &format!(":{APART}//")).replace("www.", &format!("www{APART}."))
}

/// Nothing that is seen.
const APART: &str = "<!-- -->";

/// Backticks that end no earlier than they should.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fence(usize);

impl Fence {
    pub(super) fn around<'a>(lines: impl IntoIterator<Item = &'a str>) -> Self {
        let longest = lines.into_iter().flat_map(|line| line.split(|c| c != '`').map(str::len)).max();
        Self(longest.unwrap_or_default().max(2) + 1)
    }
}

impl fmt::Display for Fence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&"`".repeat(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_somebody_wrote_is_markup_or_calls_anybody() {
        let shown = text("a|b\n<img src=x> **x** @octocat #77 https://x.org $a$ `c` \u{1b}[2J");
        assert!(!shown.contains(['|', '`', '*', '\n', '\u{1b}']), "{shown}");
        assert!(!shown.contains("<img") && !shown.contains("@octocat"), "{shown}");
        assert!(!shown.contains("#77") && !shown.contains("://") && !shown.contains("$a"), "{shown}");
    }

    #[test]
    fn a_fence_is_longer_than_any_in_it() {
        assert_eq!(Fence::around(["a"]).to_string(), "```");
        assert_eq!(Fence::around(["``` b", " `````"]).to_string(), "``````");
    }
}
